import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createCanaries,
  findKnownRuns,
  InvalidInputError,
  listRuns,
  pruneRuns,
  readRun,
  reportRun,
  resumeRun,
  rollBackRun,
  stopRun,
  updateStore,
} from '../../src/index.ts';
import { useStore } from '../support/library-over-http.ts';

const { simulator, customKeyStoreId, place, folder } = useStore();

/** Where a folder should be. */
function makeFile(): string {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  return file;
}

describe('a function of the library', () => {
  it('refuses a run that can have no journal, as a result', async () => {
    const result = await updateStore({
      ...place,
      customKeyStoreId,
      change: { NewCustomKeyStoreName: 'other' },
      stateDirectory: makeFile(),
    });
    expect(result).toMatchObject({ outcome: 'refused', reason: { code: 'SAFEGUARD_UNAVAILABLE' } });
    expect(simulator.calls.filter(({ operation }) => operation === 'UpdateCustomKeyStore')).toEqual([]);
  });

  const runId = '20261128-020000-1a2b';
  it.each<[string, () => Promise<unknown>]>([
    ['resumeRun', () => resumeRun({ runId })],
    ['rollBackRun', () => rollBackRun({ runId })],
    ['readRun', () => readRun(runId)],
    ['reportRun', () => reportRun(runId)],
    ['listRuns', () => listRuns({ stateDirectory: makeFile() })],
    ['pruneRuns', () => pruneRuns(0, makeFile())],
    ['stopRun', () => stopRun({ runId, stateDirectory: makeFile() })],
    ['createCanaries', () => createCanaries({ ...place, customKeyStoreId, stateDirectory: makeFile() })],
    ['findKnownRuns', () => findKnownRuns({ ...place, lockTable: 'absent' })],
  ])('says as a wrong input what it cannot read, with the cause: %s', async (_, call) => {
    const error = await call().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as Error).cause).toBeInstanceOf(Error);
    expect((error as Error).message).toBe(((error as Error).cause as Error).message);
  });
});
