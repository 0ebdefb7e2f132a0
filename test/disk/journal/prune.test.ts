/** `cks runs --prune`: which journals it removes, and which it keeps. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createJournal, openJournal } from '../../../src/disk/journal/journal.ts';
import { journalFile } from '../../../src/disk/journal/shelf.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import { pruneRuns } from '../../../src/library/runs.ts';
import { lockRun } from '../../../src/library/wiring/locks.ts';
import { createSimulator, serveSimulator } from '../../../src/simulator/index.ts';
import { accepted, facts, intent, makeFolder, promptFiles, resumed } from '../../support/journals.ts';

const options = { onLost: () => undefined, files: promptFiles };
const id = 'cks-1234567890abcdef0';
const observed = {
  kind: 'result',
  step: '1.observeStore',
  atMs: 1_100,
  cancelRequested: false,
  value: { observed: { store: { customKeyStoreId: id, connectionState: 'CONNECTED', settings: {} } } },
} as const;

interface Shelf {
  readonly folder: string;
  /** Keeps a run; `outcome` undefined: it is unfinished. `end`: when it ended. */
  keep(
    runId: string,
    words?: { outcome?: Outcome; hasActed?: boolean; resumedFrom?: string; atMs?: number },
  ): Promise<void>;
  prune(beforeMs?: number): Promise<readonly string[]>;
}

let url = 'http://127.0.0.1:9';

function openShelf(): Shelf {
  const state = makeFolder();
  const folder = join(state, 'runs');
  return {
    folder,
    async keep(runId, { outcome, hasActed = false, resumedFrom, atMs = 2_000 } = {}) {
      const input = { store: id, ...(resumedFrom ? { resumedFrom: { runId: resumedFrom } } : {}) };
      const header = { ...facts, runId, startedAtMs: atMs - 1_000, endpoint: url, input };
      const journal = await createJournal(folder, header, options);
      await journal.log.append(observed, true);
      if (hasActed) {
        await journal.log.append(intent, true);
        await journal.log.append(accepted, true);
      }
      if (outcome) await journal.finish({ atMs, outcome, result: {} });
      else await journal.close();
    },
    prune: (beforeMs = 1_000_000) => pruneRuns(Date.now() - beforeMs, state),
  };
}

/** KMS, with the store in this state. */
async function serveStore(ConnectionState: 'CONNECTED' | 'DISCONNECTED'): Promise<void> {
  const simulator = createSimulator();
  simulator.addStore({ CustomKeyStoreId: id, CustomKeyStoreType: 'EXTERNAL_KEY_STORE', ConnectionState });
  const server = await serveSimulator(simulator);
  onTestFinished(() => server.close());
  url = server.url;
}

beforeEach(() => {
  url = 'http://127.0.0.1:9';
  return () => vi.unstubAllEnvs();
});

describe('pruning journals', () => {
  it('removes nothing where no journal was ever kept', async () => {
    expect(await openShelf().prune()).toEqual([]);
  });

  it('removes runs that are over, with their locks, and keeps one that may have left its store offline', async () => {
    const { folder, keep, prune } = openShelf();
    await keep('run-1', { outcome: 'updated', hasActed: true });
    await keep('run-2');
    await keep('run-3', { hasActed: true });
    await keep('run-4');
    writeFileSync(journalFile(folder, 'run-4'), 'mine');
    writeFileSync(join(folder, 'run-2.stop'), '');
    expect(await prune(1_500)).toEqual(['run-2']);
    expect(await prune()).toEqual(['run-1']);
    expect(readdirSync(folder).sort()).toEqual(['run-3.ndjson', 'run-4.ndjson']);
  });

  it('keeps a journal that was written anew by another program', async () => {
    const { folder, keep, prune } = openShelf();
    await keep('run-1', { outcome: 'updated', hasActed: true });
    const file = journalFile(folder, 'run-1');
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    writeFileSync(file, lines.map((line) => JSON.stringify(JSON.parse(line), null, 2)).join('\n'));
    expect(await prune()).toEqual([]);
    expect(readdirSync(folder)).toEqual(['run-1.ndjson']);
  });

  it('counts the age of a run from its last line', async () => {
    const { folder, keep, prune } = openShelf();
    await keep('run-1');
    await (await openJournal(folder, 'run-1', resumed, options)).close();
    expect(await prune(3_000)).toEqual([]);
  });

  it('keeps the journal and the lock of a run that a process carries, such as one that waits for its window', async () => {
    const { folder, keep, prune } = openShelf();
    await keep('run-1');
    const lock = await lockRun(folder, 'run-1');
    expect(await prune()).toEqual([]);
    expect(readdirSync(folder)).toContain('run-1.ndjson');
    if ('release' in lock) lock.release();
    expect(await prune()).toEqual(['run-1']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['stranded', 'unsettled'] as const)(
    'keeps a run that ended %s while its store is not well',
    async (outcome) => {
      await serveStore('DISCONNECTED');
      const { keep, prune } = openShelf();
      await keep('run-1', { outcome, hasActed: true });
      expect(await prune()).toEqual([]);
    },
  );

  it('keeps a run that ended stranded where KMS does not answer', async () => {
    const { keep, prune } = openShelf();
    await keep('run-1', { outcome: 'stranded', hasActed: true });
    expect(await prune()).toEqual([]);
  });

  it('removes a run that ended stranded once its store is CONNECTED', async () => {
    await serveStore('CONNECTED');
    const { keep, prune } = openShelf();
    await keep('run-1', { outcome: 'stranded', hasActed: true });
    expect(await prune()).toEqual(['run-1']);
  });

  it('removes a run that ended stranded once a later run has cured its store', async () => {
    await serveStore('DISCONNECTED');
    const { keep, prune } = openShelf();
    await keep('run-1', { outcome: 'stranded', hasActed: true });
    await keep('run-2', { outcome: 'stranded', resumedFrom: 'run-1', atMs: 4_000 });
    await keep('run-3', { outcome: 'rolledBack', atMs: 5_000 });
    expect(await prune()).toEqual(['run-3']);
    await keep('run-4', { outcome: 'rolledBack', resumedFrom: 'run-2', atMs: 6_000 });
    expect(await prune()).toEqual(['run-1', 'run-2', 'run-4']);
  });
});
