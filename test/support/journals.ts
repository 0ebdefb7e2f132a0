/** Journals for tests, on the real disk and in folders of their own. */

import * as fs from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Files, OpenFile } from '../../src/disk/files/files.ts';
import type { Header, JournalLine } from '../../src/disk/journal/format.ts';
import type { RunResult } from '../../src/domain/outcome.ts';
import type { LogRecord } from '../../src/ports/log.ts';
import type { RunReport } from '../../src/report/model.ts';
import { readReport } from '../../src/report/read-report.ts';

const who = { user: 'alice', host: 'workstation', pid: 4711 } as const;

export const facts: Omit<Header, 'kind' | 'schema'> = {
  version: '0.1.0',
  runId: 'run-1',
  startedAtMs: 1_000,
  who,
  account: '111122223333',
  region: 'us-east-1',
  input: { store: 'xks' },
};

export const resumed = { atMs: 9_000, who: { ...who, pid: 4712 }, version: '0.1.0' } as const;

/** A folder that is gone when the test is over. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cks-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const observe = {
  kind: 'result',
  step: '1.look',
  atMs: 1_100,
  cancelRequested: false,
  value: 'observed',
} as const;
export const intent = {
  kind: 'intent',
  step: '2.disconnectStore',
  atMs: 1_200,
  sending: { operation: 'DisconnectCustomKeyStore' },
} as const;
export const accepted = {
  kind: 'result',
  step: '2.disconnectStore',
  atMs: 1_300,
  cancelRequested: false,
  value: { kind: 'accepted' },
} as const;
export const note = { kind: 'note', step: '3.settleStore', atMs: 1_400, note: 'DISCONNECTING' } as const;

/** The real disk, answering at once: virtual time does not wait for threads. */
export const promptFiles: Files = {
  makeFolder: async (folder) => void fs.mkdirSync(folder, { recursive: true, mode: 0o700 }),
  create: async (file) => openPrompt(fs.openSync(file, 'wx', 0o600)),
  open: async (file) => openPrompt(fs.openSync(file, 'r+')),
  replace: async (file, text) => fs.writeFileSync(file, text),
  tryReplace: async () => undefined,
  syncFolder: async () => undefined,
  read: async (file) => fs.readFileSync(file),
  list: async (folder) => fs.readdirSync(folder),
  remove: async (file) => fs.unlinkSync(file),
};

function openPrompt(fd: number): OpenFile {
  return {
    write: async (text, position) => void fs.writeSync(fd, text, position),
    sync: async () => undefined,
    truncate: async (length) => fs.ftruncateSync(fd, length),
    close: async () => fs.closeSync(fd),
  };
}

/** The same files, with each call on them named before it is made; `before` may throw. */
export function watchFiles(files: Files, before: (call: string, text?: string) => void): Files {
  const emit =
    <A extends readonly unknown[], R>(call: string, work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      before(call, typeof args[0] === 'string' ? args[0] : undefined);
      return work(...args);
    };
  const watchOpen = (open: OpenFile): OpenFile => ({
    write: emit('write', open.write),
    sync: emit('sync', open.sync),
    truncate: emit('truncate', open.truncate),
    // As on Linux: what close(2) reports, the file is closed.
    close: async () => {
      try {
        await emit('close', async () => undefined)();
      } finally {
        await open.close();
      }
    },
  });
  return {
    makeFolder: emit('makeFolder', files.makeFolder),
    create: emit('create', async (file: string) => watchOpen(await files.create(file))),
    open: emit('open', async (file: string) => watchOpen(await files.open(file))),
    replace: emit('replace', files.replace),
    tryReplace: emit('tryReplace', files.tryReplace),
    syncFolder: emit('syncFolder', files.syncFolder),
    read: emit('read', files.read),
    list: emit('list', files.list),
    remove: emit('remove', files.remove),
  };
}

/** The lines of a journal around the records of a run. `input`: its members that a report looks at. */
export function toLines(records: readonly LogRecord[], result: RunResult | null, input: unknown = {}): JournalLine[] {
  const startedAtMs = records[0]?.atMs ?? 0;
  const endedAtMs = records.at(-1)?.atMs ?? 0;
  const header = { kind: 'run', schema: 1, ...facts, startedAtMs, input };
  const end = { kind: 'end', atMs: endedAtMs, outcome: result?.outcome ?? null, result };
  return JSON.parse(JSON.stringify([header, ...records, ...(result ? [end] : [])]));
}

export function reportOf(records: readonly LogRecord[], result: RunResult | null, input?: unknown): RunReport {
  return readReport(toLines(records, result, input), null);
}
