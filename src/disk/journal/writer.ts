/**
 * Writes lines one behind the other. Before the run acts, a line that cannot be kept is an error; from its first intent
 * on nothing fails any more: what the disk does not take is handed to `onLost` and tried again with the next line.
 */

import { LogError } from '../../ports/log.ts';
import type { OpenFile } from '../files/files.ts';
import { encodeLine, isAct, type JournalLine } from './format.ts';

/** Kept free for the run from its beginning, in bytes: a full disk must show before a store is touched. */
export const reservedBytes = 64 * 1024;

/** A disk that does not answer for so long counts as failed: an outage must not wait for it. */
const patienceMs = 5_000;

export interface Writer {
  /** @throws {LogError} while the run has not acted. */
  append(line: JournalLine, sync: boolean): Promise<void>;
  /** Everything is on the disk. */
  readonly isComplete: boolean;
  /** Gives back what was reserved. Never fails. */
  close(): Promise<void>;
}

export interface WriterOptions {
  /** How the file is named in errors. */
  readonly file: string;
  readonly next: { readonly position: number; readonly sum: number };
  /** An intent was kept: a call that changes the store may have been sent. */
  readonly hasActed: boolean;
  /** Gets each line that the disk did not take, with its newline. */
  readonly onLost: (line: string) => void;
  /** Told once, before the first line is lost, what the disk has said. */
  readonly onFailure?: ((message: string) => void) | undefined;
}

/** `disk`: an error where the file could not even be opened. */
export function createWriter(disk: OpenFile | Error, options: WriterOptions): Writer {
  let { hasActed } = options;
  let { position, sum } = options.next;
  /** Written since the last sync, or not written at all; it begins at `position`. */
  let tail = '';
  let isBroken = disk instanceof Error;
  let isGone = disk instanceof Error;
  let hasFailed = false;
  let queue: Promise<unknown> = Promise.resolve();

  async function put(text: string, sync: boolean): Promise<void> {
    if (disk instanceof Error) throw disk;
    if (isGone) throw new Error('the file is not open');
    // After a failed sync the contents of the disk are unknown: all of it is written again.
    if (isBroken) await disk.write(tail + text, position);
    else await disk.write(text, position + Buffer.byteLength(tail));
    if (sync || isBroken) await disk.sync();
  }

  async function keep(line: JournalLine, sync: boolean): Promise<void> {
    const { text, sum: sumAfter } = encodeLine(line, sync, sum);
    try {
      await inTime(put(text, sync));
      const isSynced = sync || isBroken;
      isBroken = false;
      tail += text;
      if (isSynced) {
        position += Buffer.byteLength(tail);
        tail = '';
      }
    } catch (error) {
      isBroken = true;
      if (!hasActed) throw explainFailure(options.file, error);
      tail += text;
      if (!hasFailed) notify(() => options.onFailure?.(describeLoss(options.file, error)));
      hasFailed = true;
      notify(() => options.onLost(text));
    }
    sum = sumAfter;
    hasActed ||= isAct(line);
  }

  function notify(how: () => void): void {
    try {
      how();
    } catch {
      // The terminal that would show it may be closed too.
    }
  }

  async function closeQuietly(): Promise<void> {
    if (!(disk instanceof Error)) await disk.close().catch(() => undefined);
  }

  async function inTime(work: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        // What hangs may still land: nothing may be written behind it. Node.js throws where a file is never closed.
        isGone = true;
        void work.catch(() => undefined).then(closeQuietly);
        reject(new Error(`the disk did not answer in ${patienceMs / 1_000} s`));
      }, patienceMs);
    });
    try {
      await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  function inTurn(work: () => Promise<void>): Promise<void> {
    const turn = queue.then(work);
    queue = turn.catch(() => undefined);
    return turn;
  }

  return {
    append: (line, sync) => inTurn(() => keep(line, sync)),
    get isComplete() {
      return !isBroken;
    },
    close: () =>
      inTurn(async () => {
        if (disk instanceof Error || isGone) return;
        isGone = true;
        if (!isBroken) await inTime(disk.truncate(position + Buffer.byteLength(tail))).catch(() => undefined);
        await inTime(closeQuietly()).catch(() => undefined);
      }),
  };
}

/** Blanks in one line of their own: the file stays valid NDJSON, and shows them least. */
export function blanks(): string {
  return `${' '.repeat(reservedBytes - 1)}\n`;
}

function describeLoss(file: string, error: unknown): string {
  return `cks cannot write the journal ${file} (${describeError(error)}). The run continues from memory; the missing lines go to standard error.`;
}

const describeError = (error: unknown) => (error instanceof Error ? error.message : String(error));

export function explainFailure(file: string, error: unknown): LogError {
  const told = describeError(error);
  const message = `the journal ${file} cannot be kept (${told}), so nothing was sent. Free some space, fix the permissions, or name another folder with --state-dir or CKS_STATE_DIR.`;
  return new LogError(message);
}
