import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createJournal } from '../../../src/disk/journal/journal.ts';
import { listJournals, runLockFile } from '../../../src/disk/journal/shelf.ts';
import { lockFile } from '../../../src/disk/locks/file-lock.ts';
import { facts, makeFolder } from '../../support/journals.ts';

it('of two that resume one run at once, the second is told of the first, and the journal stays as it is', async () => {
  const folder = join(makeFolder(), 'runs');
  await (await createJournal(folder, facts, { onLost: () => undefined })).close();
  const file = runLockFile(folder, facts.runId);
  const first = { runId: facts.runId, pid: process.pid, sinceMs: 1_000, step: 'resuming' };
  const taken = await lockFile(file, first);
  if (!('held' in taken)) throw new Error('nobody else holds it');
  onTestFinished(() => taken.held.release());
  expect(await lockFile(file, { ...first, sinceMs: 2_000 })).toEqual({ owner: first });
  expect(await listJournals(folder)).toMatchObject([{ runId: facts.runId, digest: { resumes: 0 } }]);
});
