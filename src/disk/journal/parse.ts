/** Reads a journal back, and tells a tail that was torn off by a crash from a file that was changed. */
import { isNumber, isOptional, isRecordOf, isShaped, isText } from '../../domain/shape.ts';
import type { LogRecord } from '../../ports/log.ts';
import { JournalError } from './errors.ts';
import {
  decodeLine,
  type End,
  type Header,
  headerBegins,
  holdsSynced,
  isJson,
  isRecord,
  type JournalLine,
  looksWhole,
  type Pin,
  schema,
} from './format.ts';

export interface JournalContents {
  readonly file: string;
  readonly header: Header;
  /** Everything, oldest first, the header too; for people. */
  readonly lines: readonly JournalLine[];
  /** What a replay needs. */
  readonly records: readonly LogRecord[];
  /** Absent: the run is unfinished. */
  readonly end?: End;
  /** Where the next line goes, in bytes, and the sum it goes on from. */
  readonly next: { readonly position: number; readonly sum: number };
}

/** @throws {JournalError} */
export function parseJournal(bytes: Buffer, file: string): JournalContents {
  refuseNewer(bytes, file);
  const lines: JournalLine[] = [];
  let next = { position: 0, sum: 0 };
  for (;;) {
    const stop = bytes.indexOf('\n', next.position);
    const decoded = stop < 0 ? undefined : decodeLine(bytes.toString('utf8', next.position, stop), next.sum);
    if (!decoded) break;
    lines.push(decoded.line);
    next = { position: stop + 1, sum: decoded.sum };
  }
  const rest = bytes.toString('utf8', next.position);
  const [header] = lines;
  if (header === undefined && isTornHeader(rest))
    throw new JournalError('broken', `${file} has no whole header: its run died before it sent anything. Delete it.`);
  if (header?.kind !== 'run') throw changed(1, file);
  if (isChanged(rest)) throw changed(lines.length + 1, file);
  if (!isHeader(header))
    throw new JournalError(
      'broken',
      `${file} has a header that this version of cks cannot read. Use the version that wrote it, or describe the store and decide.`,
    );
  const end = lines.find((line): line is End => line.kind === 'end');
  const records = lines.filter(isRecord);
  return { file, header, lines, records, ...(end ? { end } : {}), next };
}

/** Of what each look at a journal relies on; another version may have written it. */
const hasFacts = isShaped<Omit<Header, 'kind' | 'schema' | 'who' | 'input'>>({
  version: isText,
  chart: isOptional(isText),
  runId: isText,
  startedAtMs: isNumber,
  account: isText,
  region: isText,
  endpoint: isOptional(isText),
  profile: isOptional(isText),
  lockTable: isOptional(isText),
  pins: isOptional(isRecordOf(isShaped<Pin>({ salt: isText, digest: isText }))),
});
const isHeader = (line: JournalLine): line is Header => hasFacts(line);

/** Looked at before the sums, which a newer version may make in another way. */
function refuseNewer(bytes: Buffer, file: string): void {
  const stop = bytes.indexOf('\n');
  const first = bytes.toString('utf8', 0, stop < 0 ? bytes.length : stop);
  const told = /^\{"kind":"run","schema":(\d+)(?:,"version":"([^"]*)")?/.exec(first);
  if (!told || Number(told[1]) <= schema) return;
  const message = `${file} was written by version ${told[2] ?? 'unknown'} in a newer format (${told[1]}; this version knows ${schema}). Continue with that version.`;
  throw new JournalError('newer', message);
}

/**
 * A power cut may leave anything behind the last line that was synced. What is broken before it, or is a whole line and
 * not the one that was written there, was changed later.
 */
function isChanged(rest: string): boolean {
  const [broken = ''] = rest.split('\n', 1);
  const isEnded = broken.length < rest.length;
  return isEnded && (looksWhole(broken) || holdsSynced(rest.slice(broken.length)));
}

/** Whether a crash while the file was created may have left this: nothing, or the beginning of its first line. */
function isTornHeader(text: string): boolean {
  // What was reserved for later lines may be there without the line before it.
  const torn = text.replace(/[\0 \n]+$/, '');
  if (/[\r\n]/.test(torn)) return false;
  const begins = torn.startsWith(headerBegins) || headerBegins.startsWith(torn);
  return begins && (!isJson(torn) || decodeLine(torn, 0) !== undefined);
}

function changed(lineNumber: number, file: string): JournalError {
  const message = `${file} was changed after cks wrote it: from line ${lineNumber} on, its checksums do not fit. Restore it from a backup. Without one, describe the store and its keys, and decide.`;
  return new JournalError('broken', message);
}
