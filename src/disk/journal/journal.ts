/** The journal of a run: its log on disk, from which another process can go on. */

import { LogError, type LogRecord, type RunLog } from '../../ports/log.ts';
import { type Files, nodeFiles, type OpenFile } from '../files/files.ts';
import { JournalError } from './errors.ts';
import { type End, encodeLine, type Header, isAct, type Resumed, schema } from './format.ts';
import type { JournalContents } from './parse.ts';
import { journalFile, readJournal } from './shelf.ts';
import { blanks, createWriter, explainFailure, reservedBytes, type Writer } from './writer.ts';

export interface Journal {
  readonly file: string;
  readonly header: Header;
  readonly log: RunLog;
  /** Another process can read it. False: it is in memory alone. */
  readonly isResumable: boolean;
  /** Everything that was appended is on the disk. False: some of it went to `onLost` alone. */
  readonly isComplete: boolean;
  /** Writes the last line and closes. Never fails. */
  finish(end: Omit<End, 'kind'>): Promise<void>;
  /** Closes without an end: the run is unfinished. Never fails. */
  close(): Promise<void>;
}

export interface JournalOptions {
  /** Gets each line, with its newline, that the disk did not take after the run began to act. */
  readonly onLost: (line: string) => void;
  /** Told once, in words for people, before the first of these lines. */
  readonly onFailure?: (message: string) => void;
  /** Default: the disk. */
  readonly files?: Files;
}

/**
 * Begins a journal: file, header and reserve are on the disk when it resolves. `hasActed`: the run continues one that has
 * changed the store; where no journal can be kept it goes on from memory.
 *
 * @throws {LogError} where that cannot be and the run has not acted: it must not begin.
 */
export async function createJournal(
  folder: string,
  facts: Omit<Header, 'kind' | 'schema'>,
  { onLost, onFailure, hasActed = false, files = nodeFiles }: JournalOptions & { readonly hasActed?: boolean },
): Promise<Journal> {
  const header: Header = { kind: 'run', schema, ...facts };
  const file = journalFile(folder, header.runId);
  const { text, sum } = encodeLine(header, true, 0);
  const position = Buffer.byteLength(text);
  let disk: OpenFile | undefined;
  try {
    await files.makeFolder(folder);
    disk = await files.create(file);
    await disk.write(text + blanks(), 0);
    await disk.sync();
    await files.syncFolder(folder);
  } catch (error) {
    await disk?.close().catch(() => undefined);
    // An empty journal would be listed for ever.
    if (disk) await files.remove(file).catch(() => undefined);
    if (!hasActed) throw explainFailure(file, error);
    const writer = createWriter(asError(error), { file, next: { position: 0, sum: 0 }, hasActed, onLost, onFailure });
    await writer.append(header, true);
    return createHandle(file, header, [], writer, false);
  }
  const writer = createWriter(disk, { file, next: { position, sum }, hasActed, onLost, onFailure });
  return createHandle(file, header, [], writer);
}

const asError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/**
 * Goes on with the journal of an unfinished run. Only one process may: hold the lock of the run before. `known`: what it
 * held when it was read before, for a run that has acted and whose file cannot be read any more.
 *
 * @throws {JournalError} when there is none, it has ended, or it cannot be trusted.
 * @throws {LogError} where it cannot be written and its run has not acted. One that has acted goes on from memory.
 */
export async function openJournal(
  folder: string,
  runId: string,
  resumed: Omit<Resumed, 'kind'>,
  { onLost, onFailure, known, files = nodeFiles }: JournalOptions & { readonly known?: JournalContents },
): Promise<Journal> {
  const contents = await readJournal(folder, runId, files).catch((error: unknown) => {
    const isGone = error instanceof JournalError && (error.problem === 'unknown' || error.problem === 'unreadable');
    if (isGone && known?.records.some(isAct)) return known;
    throw error;
  });
  const { file, header, records, end, next } = contents;
  if (end) throw new JournalError('ended', `the run ${runId} has ended (${end.outcome ?? 'without an outcome'})`);
  const hasActed = records.some(isAct);
  const disk = await files.open(file).catch(asError);
  try {
    if (disk instanceof Error) throw disk;
    await disk.write(blanks(), next.position);
    await disk.truncate(next.position + reservedBytes);
  } catch (error) {
    if (!hasActed) {
      if (!(disk instanceof Error)) await disk.close().catch(() => undefined);
      throw explainFailure(file, error);
    }
  }
  const writer = createWriter(disk, { file, next, hasActed, onLost, onFailure });
  await writer.append({ kind: 'resumed', ...resumed }, true).catch(async (error: unknown) => {
    await writer.close();
    throw error;
  });
  return createHandle(file, header, records, writer);
}

function createHandle(
  file: string,
  header: Header,
  past: readonly LogRecord[],
  writer: Writer,
  isResumable = true,
): Journal {
  let hasEnded = false;
  return {
    file,
    header,
    isResumable,
    get isComplete() {
      return writer.isComplete;
    },
    log: {
      past,
      async append(record, sync) {
        if (hasEnded) throw new LogError(`the journal ${file} is closed`);
        await writer.append(record, sync);
      },
    },
    async finish(end) {
      hasEnded = true;
      // Only a run that never acted can fail here, and then nothing is lost.
      await writer.append({ kind: 'end', ...end }, true).catch(() => undefined);
      await writer.close();
    },
    async close() {
      hasEnded = true;
      await writer.close();
    },
  };
}
