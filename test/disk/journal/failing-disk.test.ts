import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { nodeFiles } from '../../../src/disk/files/files.ts';
import { createJournal, openJournal } from '../../../src/disk/journal/journal.ts';
import { readJournal } from '../../../src/disk/journal/shelf.ts';
import { accepted, facts, intent, makeFolder, note, observe, resumed, watchFiles } from '../../support/journals.ts';
import { canMount, mount } from '../../support/small-disks.ts';

/** A disk on which calls fail while `fails` says so, and what was lost on it. */
function createDisk(fails: (call: string, nth: number) => boolean) {
  const folder = join(makeFolder(), 'runs');
  const lost: string[] = [];
  const calls: string[] = [];
  const files = watchFiles(nodeFiles, (call) => {
    calls.push(call);
    if (fails(call, calls.length - 1)) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
  });
  return { folder, calls, lost, options: { files, onLost: (line: string) => lost.push(line) } };
}

const kinds = (lines: readonly string[]) => lines.map((line) => JSON.parse(line).kind);

describe('a disk that fails before the run acts', () => {
  it.each([0, 1, 2, 3, 4])('refuses to begin, at call %i, and leaves no file', async (at) => {
    const disk = createDisk((_, nth) => nth === at);
    const begun = createJournal(disk.folder, facts, disk.options);
    await expect(begun).rejects.toMatchObject({ name: 'LogError' });
    await expect(begun).rejects.toThrow(/^the journal .*run-1.ndjson cannot be kept \(ENOSPC.*so nothing was sent/);
    expect(existsSync(disk.folder) ? readdirSync(disk.folder) : []).toEqual([]);
  });

  it.each(['write', 'sync'])('fails the first intent, at its %s, and nothing of it is kept', async (failing) => {
    let isFull = false;
    const disk = createDisk((call) => isFull && call === failing);
    const journal = await createJournal(disk.folder, facts, disk.options);
    await journal.log.append(observe, false);
    isFull = true;
    await expect(journal.log.append(intent, true)).rejects.toMatchObject({ name: 'LogError' });
    expect(disk.lost).toEqual([]);
    isFull = false;
    await journal.finish({ atMs: 1, outcome: null, result: null });
    expect((await readJournal(disk.folder, 'run-1')).lines.map(({ kind }) => kind)).toEqual(['run', 'result', 'end']);
  });

  it('refuses to go on with a run that has not acted', async () => {
    let isFull = false;
    const disk = createDisk((call) => isFull && call === 'write');
    await (await createJournal(disk.folder, facts, disk.options)).close();
    isFull = true;
    await expect(openJournal(disk.folder, 'run-1', resumed, disk.options)).rejects.toMatchObject({ name: 'LogError' });
  });
});

describe('a disk that fails once the run has acted', () => {
  async function act(fails: (call: string) => boolean) {
    let isFull = false;
    const disk = createDisk((call) => isFull && fails(call));
    const journal = await createJournal(disk.folder, facts, disk.options);
    onTestFinished(() => journal.close());
    await journal.log.append(observe, false);
    await journal.log.append(intent, true);
    const setFull = (full: boolean) => {
      isFull = full;
    };
    return { ...disk, journal, setFull };
  }

  it.each(['write', 'sync'])('never fails the run, and hands each record over: %s', async (failing) => {
    const { journal, lost, folder, setFull } = await act((call) => call === failing);
    setFull(true);
    await journal.log.append(accepted, true);
    expect(journal.isComplete).toBe(false);
    await journal.log.append({ ...note, note: 'lost' }, true);
    await journal.finish({ atMs: 5, outcome: 'updated', result: {} });
    expect(kinds(lost)).toEqual(['result', 'note', 'end']);
    expect(lost.every((line) => line.endsWith('}\n'))).toBe(true);
    expect(journal.isComplete).toBe(false);
    const { records } = await readJournal(folder, 'run-1');
    expect(records.slice(0, 2)).toEqual([observe, intent]);
  });

  it('is tried again with every record, and complete again once it takes them', async () => {
    const { journal, lost, folder, setFull } = await act(() => true);
    setFull(true);
    await journal.log.append(accepted, true);
    await journal.log.append(note, false);
    setFull(false);
    await journal.log.append({ ...note, note: 'DISCONNECTED' }, false);
    expect(journal.isComplete).toBe(true);
    expect(kinds(lost)).toEqual(['result', 'note']);
    await journal.finish({ atMs: 5, outcome: 'updated', result: {} });
    const { records, end } = await readJournal(folder, 'run-1');
    expect(records).toEqual([observe, intent, accepted, note, { ...note, note: 'DISCONNECTED' }]);
    expect(end).toMatchObject({ outcome: 'updated' });
  });

  it('leaves a journal that a resume can go on with, wherever it broke off', async () => {
    const { journal, folder, setFull, lost } = await act((call) => call === 'sync');
    setFull(true);
    await journal.log.append(accepted, true);
    await journal.close();
    setFull(false);
    const again = await openJournal(folder, 'run-1', resumed, { onLost: (line) => lost.push(line) });
    expect(again.isComplete).toBe(true);
    expect(again.log.past.slice(0, 2)).toEqual([observe, intent]);
    await again.close();
  });

  it.each(['open', 'write', 'sync', 'truncate'])('does not stop a resume either, at %s', async (failing) => {
    const { journal, folder, options, setFull, lost } = await act((call) => call === failing);
    await journal.close();
    setFull(true);
    const again = await openJournal(folder, 'run-1', resumed, options);
    await again.log.append(accepted, true);
    expect(again.log.past).toEqual([observe, intent]);
    await again.finish({ atMs: 5, outcome: 'updated', result: {} });
    if (failing === 'truncate') expect(again.isComplete).toBe(true);
    else expect(kinds(lost)).toEqual(['resumed', 'result', 'end']);
  });

  it('is named once, before the first line that it loses', async () => {
    const told: string[] = [];
    let isFull = false;
    const disk = createDisk(() => isFull);
    const emit = { onLost: () => told.push('line'), onFailure: (message: string) => told.push(message) };
    const journal = await createJournal(disk.folder, facts, { ...disk.options, ...emit });
    await journal.log.append(intent, true);
    isFull = true;
    await journal.log.append(accepted, true);
    await journal.log.append(note, true);
    await journal.close();
    expect(told).toEqual([
      expect.stringMatching(/^cks cannot write the journal \S+run-1.ndjson \(ENOSPC: no space left\)\. /),
      'line',
      'line',
    ]);
  });

  it('does not mind that nobody can be told', async () => {
    const folder = join(makeFolder(), 'runs');
    let isFull = false;
    const files = watchFiles(nodeFiles, (call) => {
      if (isFull && call === 'write') throw new Error('full');
    });
    const onLost = () => {
      throw new Error('EPIPE');
    };
    const journal = await createJournal(folder, facts, { files, onLost });
    await journal.log.append(intent, true);
    isFull = true;
    await journal.log.append(accepted, true);
    await expect(journal.close()).resolves.toBeUndefined();
    expect((await readJournal(folder, 'run-1')).records).toEqual([intent]);
  });
});

describe('a run that continues one that has acted', () => {
  it.each([0, 1, 2, 3, 4])('begins in memory where no journal can be kept, at call %i', async (at) => {
    const disk = createDisk((_, nth) => nth >= at);
    const journal = await createJournal(disk.folder, facts, { ...disk.options, hasActed: true });
    await journal.log.append(intent, true);
    expect([journal.isResumable, journal.isComplete]).toEqual([false, false]);
    await journal.finish({ atMs: 5, outcome: 'updated', result: {} });
    expect(kinds(disk.lost)).toEqual(['run', 'intent', 'end']);
  });

  it('goes on from what was read before when the folder vanishes', async () => {
    const disk = createDisk(() => false);
    const journal = await createJournal(disk.folder, facts, disk.options);
    await journal.log.append(intent, true);
    await journal.close();
    const known = await readJournal(disk.folder, 'run-1');
    rmSync(disk.folder, { recursive: true });
    const again = await openJournal(disk.folder, 'run-1', resumed, { ...disk.options, known });
    expect(again.log.past).toEqual([intent]);
    expect(kinds(disk.lost)).toEqual(['resumed']);
  });

  it('is refused when the folder vanishes and nothing was sent', async () => {
    const disk = createDisk(() => false);
    await (await createJournal(disk.folder, facts, disk.options)).close();
    const known = await readJournal(disk.folder, 'run-1');
    rmSync(disk.folder, { recursive: true });
    const again = openJournal(disk.folder, 'run-1', resumed, { ...disk.options, known });
    await expect(again).rejects.toMatchObject({ name: 'JournalError', problem: 'unknown' });
  });
});

describe('a disk that hangs', () => {
  afterEach(() => vi.useRealTimers());

  it('is waited for five seconds, then left alone, and its file is closed once it answers', async () => {
    const folder = join(makeFolder(), 'runs');
    let hangs = false;
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const closed = vi.fn();
    const lost: string[] = [];
    const files = {
      ...nodeFiles,
      async create(file: string) {
        const open = await nodeFiles.create(file);
        const close = () => open.close().then(closed);
        return { ...open, close, sync: () => (hangs ? answered : open.sync()) };
      },
    };
    const journal = await createJournal(folder, facts, { files, onLost: (line) => lost.push(line) });
    await journal.log.append(intent, true);
    hangs = true;
    vi.useFakeTimers();
    const kept = journal.log.append(accepted, true);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(lost).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await kept;
    await journal.log.append(note, true);
    expect(kinds(lost)).toEqual(['result', 'note']);
    await journal.close();
    expect(closed).not.toHaveBeenCalled();
    answer();
    vi.useRealTimers();
    await expect.poll(() => closed.mock.calls.length).toBe(1);
  });
});

const isRoot = process.getuid?.() === 0;

describe.skipIf(!canMount())('a disk that is really full', () => {
  const fill = (folder: string) => {
    try {
      for (let nth = 0; ; nth += 1) writeFileSync(join(folder, `filler-${nth}`), 'x'.repeat(4_096));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
  };

  it('refuses to begin where the reserve does not fit', async () => {
    const folder = mount('64k');
    const begun = createJournal(join(folder, 'runs'), facts, { onLost: () => undefined });
    await expect(begun).rejects.toThrow(/cannot be kept \(ENOSPC: no space left on device, write\)/);
  });

  it('takes a whole run out of the reserve, and loses what goes beyond it', async () => {
    const folder = mount('256k');
    const lost: string[] = [];
    const journal = await createJournal(join(folder, 'runs'), facts, { onLost: (line) => lost.push(line) });
    await journal.log.append(intent, true);
    fill(folder);
    for (let nth = 0; nth < 40; nth += 1) await journal.log.append({ ...note, note: 'x'.repeat(1_000) }, true);
    expect(journal.isComplete).toBe(true);
    for (let nth = 0; nth < 40; nth += 1) await journal.log.append({ ...note, note: 'x'.repeat(1_000) }, true);
    expect(journal.isComplete).toBe(false);
    expect(lost.length).toBeGreaterThan(5);
    rmSync(join(folder, 'filler-0'));
    for (const name of readdirSync(folder).filter((name) => name.startsWith('filler'))) rmSync(join(folder, name));
    await journal.finish({ atMs: 9, outcome: 'updated', result: {} });
    expect(journal.isComplete).toBe(true);
    expect((await readJournal(join(folder, 'runs'), 'run-1')).records).toHaveLength(81);
  });

  it('refuses a folder on a disk that is read-only', async () => {
    const folder = mount('256k');
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    const begun = createJournal(join(folder, 'runs'), facts, { onLost: () => undefined });
    await expect(begun).rejects.toThrow(/cannot be kept \(EROFS/);
  });
});

describe.skipIf(isRoot || process.platform === 'win32')('a folder without permission to write', () => {
  it('refuses to begin', async () => {
    const folder = join(makeFolder(), 'runs');
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    const begun = createJournal(folder, facts, { onLost: () => undefined });
    await expect(begun).rejects.toThrow(/cannot be kept \(EACCES/);
  });
});

it('a state directory that is a file refuses to begin', async () => {
  const file = join(makeFolder(), 'state');
  writeFileSync(file, 'mine');
  await expect(createJournal(join(file, 'runs'), facts, { onLost: () => undefined })).rejects.toThrow(/ENOTDIR/);
  expect(readFileSync(file, 'utf8')).toBe('mine');
});
