import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createJournal } from '../../../src/disk/journal/journal.ts';
import { journalFile, listJournals, mayName } from '../../../src/disk/journal/shelf.ts';
import { accepted, facts, intent, makeFolder, promptFiles } from '../../support/journals.ts';

const options = { onLost: () => undefined, files: promptFiles };

/** A run that ended, one that died before it acted, one that left its store offline, and one that was changed by hand. */
async function fillShelf() {
  const folder = join(makeFolder(), 'runs');
  const begin = (runId: string) => createJournal(folder, { ...facts, runId }, options);
  const ended = await begin('run-1');
  await ended.log.append(intent, true);
  await ended.finish({ atMs: 2_000, outcome: 'stranded', result: {} });
  await (await begin('run-2')).close();
  const offline = await begin('run-3');
  await offline.log.append(intent, true);
  await offline.log.append(accepted, true);
  await offline.close();
  await (await begin('run-4')).close();
  writeFileSync(journalFile(folder, 'run-4'), 'mine');
  return folder;
}

describe('the shelf of journals', () => {
  it('lists every run, also one whose journal cannot be read', async () => {
    const folder = await fillShelf();
    expect(await listJournals(folder)).toMatchObject([
      { runId: 'run-1', digest: { outcome: 'stranded', hasEnded: true } },
      { runId: 'run-2', digest: { outcome: null, hasEnded: false, hasWritten: false } },
      { runId: 'run-3', digest: { isOffline: true, hasEnded: false } },
      { runId: 'run-4', problem: { name: 'JournalError', problem: 'broken' } },
    ]);
  });

  it('is empty where nothing was ever kept', async () => {
    expect(await listJournals(join(makeFolder(), 'nowhere'))).toEqual([]);
  });

  it('cannot be listed where it is no folder', async () => {
    const file = join(makeFolder(), 'runs');
    writeFileSync(file, '');
    await expect(listJournals(file)).rejects.toThrow(`${file} cannot be read or written (ENOTDIR)`);
  });
});

it('lists a journal whose header another version wrote in another form as one that cannot be read', async () => {
  const folder = join(makeFolder(), 'runs');
  const header = { ...facts, region: undefined as never, startedAtMs: '2026-01-01' as never };
  await (await createJournal(folder, { ...header, runId: 'run-1' }, options)).close();
  expect(await listJournals(folder)).toMatchObject([{ runId: 'run-1', problem: { problem: 'broken' } }]);
});

it.each([
  ['pretty-printed', (text: string) => Buffer.from(JSON.stringify(JSON.parse(`[${text.trim()}]`), null, 2))],
  ['in UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
])('finds the store in a journal that was written anew %s, and lists it as changed', async (_, rewrite) => {
  const folder = join(makeFolder(), 'runs');
  const id = 'cks-1234567890abcdef0';
  const { file, close } = await createJournal(folder, { ...facts, runId: 'run-1', input: { store: id } }, options);
  await close();
  writeFileSync(file, rewrite(readFileSync(file, 'utf8')));

  expect(await mayName(id, folder, 'run-1')).toBe(true);
  expect(await mayName('cks-0fedcba0987654321', folder, 'run-1')).toBe(false);
  const [listed] = await listJournals(folder);
  expect(listed).toMatchObject({ problem: { message: expect.stringContaining('was changed after cks wrote it') } });
});
