/**
 * The format of a journal: one JSON object a line. Every line ends in a checksum of itself and of all lines before it, so
 * that a line that was changed, moved or taken out shows: a run must not be taken up from what never happened. It guards
 * against a slip of the hand, not against an attacker, who could write the checksums too.
 *
 * | kind | written | for |
 * |---|---|---|
 * | `run` | once, first | the header: who, when, where, and what a resume needs |
 * | `intent`, `result`, `stop` | by the host | replay |
 * | `note` | by the host | people |
 * | `resumed` | when another process goes on | people |
 * | `end` | once, last | people; nothing goes on after it |
 *
 * Other kinds of the same schema are kept for people and left out of replay; a newer schema is refused.
 */
import { crc32 } from 'node:zlib';
import type { Outcome } from '../../domain/outcome.ts';
import { isTextLike } from '../../domain/shape.ts';
import { isTrialConnectStep } from '../../domain/trial-connect.ts';
import type { LogRecord } from '../../ports/log.ts';

export const schema = 1;

export interface Who {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
}

/** A salted digest of a secret, by which another process can tell whether a reference still leads to it. Both in base64. */
export interface Pin {
  readonly salt: string;
  readonly digest: string;
}

export interface Header {
  readonly kind: 'run';
  readonly schema: typeof schema;
  /** Of the package that wrote it. */
  readonly version: string;
  /** Of its lifecycle: the log is replayed by the same one only. */
  readonly chart?: string;
  readonly runId: string;
  readonly startedAtMs: number;
  readonly who: Who;
  readonly account: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly profile?: string;
  /** The table in which its lock is, where it is in one: its name or ARN. */
  readonly lockTable?: string;
  /** Of the old secrets, by reference. Absent: the run was given none. */
  readonly pins?: Readonly<Record<string, Pin>>;
  /** What the run was started with; JSON, and no secret in it. */
  readonly input: unknown;
}

export interface Resumed {
  readonly kind: 'resumed';
  readonly atMs: number;
  readonly who: Who;
  readonly version: string;
}

/** `outcome`: null where it ended without one (the input was wrong). `result`: the result object as the caller got it. */
export interface End {
  readonly kind: 'end';
  readonly atMs: number;
  readonly outcome: Outcome | null;
  readonly result: unknown;
}

export interface UnknownLine {
  readonly kind: string;
  readonly [member: string]: unknown;
}

export type JournalLine = Header | LogRecord | Resumed | End | UnknownLine;

const recordKinds: Readonly<Record<LogRecord['kind'], true>> = { intent: true, result: true, note: true, stop: true };

/** Whether a call that changes the run's store may follow: a trial connect has a store of its own. */
export function isAct(line: JournalLine): boolean {
  return line.kind === 'intent' && !isTrialConnectStep((line as Extract<LogRecord, { kind: 'intent' }>).step);
}

export function isRecord(line: JournalLine): line is LogRecord {
  return Object.hasOwn(recordKinds, line.kind);
}

const sumAtEnd = /,"sum":"([0-9a-f]{8})"}$/;
const sumLength = ',"sum":"01234567"}'.length;
const syncedAtEnd = ',"synced":true';

/** A line as it is written, and the sum that the next one goes on from; 0 before the first. */
export function encodeLine(line: JournalLine, synced: boolean, sumBefore: number): { text: string; sum: number } {
  const body = JSON.stringify(synced ? { ...line, synced } : line).slice(0, -1);
  const sum = crc32(body, sumBefore);
  return { text: `${body},"sum":"${sum.toString(16).padStart(8, '0')}"}\n`, sum };
}

/** Undefined: not what was written behind the lines with this sum. */
export function decodeLine(text: string, sumBefore: number): { line: JournalLine; sum: number } | undefined {
  const body = text.slice(0, -sumLength);
  const sum = crc32(body, sumBefore);
  if (readSum(text) !== sum) return undefined;
  const line = body.endsWith(syncedAtEnd) ? body.slice(0, -syncedAtEnd.length) : body;
  return { line: JSON.parse(`${line}}`), sum };
}

/** Looked for where it stands: a search through a whole line takes longer than its sum. */
function readSum(text: string): number {
  return Number.parseInt(sumAtEnd.exec(text.slice(-sumLength))?.[1] ?? '', 16);
}

/** How each header begins, so that an older version can tell a newer one. */
export const headerBegins = '{"kind":"run","schema":';

const syncedAnywhere = /"synced"\s*:\s*true\s*,\s*"sum"\s*:\s*"[0-9a-f]{8}"/;

/** Whether a line of this text was on the disk, by its own word, before the run went on; other programs space it differently. */
export function holdsSynced(text: string): boolean {
  return syncedAnywhere.test(text);
}

/** Whether a line was once written as a whole, be it this one or another that it was made from. */
export function looksWhole(text: string): boolean {
  if (!text.startsWith('{')) return false;
  try {
    return isTextLike(/^[0-9a-f]{8}$/)(JSON.parse(text).sum);
  } catch {
    return false;
  }
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
