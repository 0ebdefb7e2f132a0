/** The connection state over time, as observations have shown it. */

import type { JournalLine } from '../disk/journal/format.ts';
import { peekState } from '../disk/journal/peek.ts';
import { toIso } from '../domain/duration.ts';
import type { ConnectionState } from '../domain/key-store.ts';
import { members, number, text } from './members.ts';
import type { StateSpan } from './model.ts';

export interface Seen {
  readonly atMs: number;
  readonly state: ConnectionState;
  readonly errorCode?: string;
}

/** What one line of the journal has seen of the store. */
export function readSeen(line: JournalLine): Seen | undefined {
  const { kind, note, value, atMs } = members(line);
  if (kind === 'note') {
    const [word, code] = String(note).split(' ');
    return see(number(atMs), word, code);
  }
  if (kind !== 'result') return undefined;
  const observed = members(members(value).observed);
  const { connectionState, connectionErrorCode } = members(observed.store);
  return see(number(observed.atMs), text(connectionState), text(connectionErrorCode));
}

function see(atMs: number | undefined, word: string | undefined, errorCode?: string): Seen | undefined {
  const state = peekState(word);
  if (atMs === undefined || state === undefined) return undefined;
  return { atMs, state, ...(errorCode === undefined ? {} : { errorCode }) };
}

export function listStates(lines: readonly JournalLine[]): readonly StateSpan[] {
  const observed = lines.flatMap((line) => readSeen(line) ?? []).sort((a, b) => a.atMs - b.atMs);
  const changes = observed.filter(({ state, errorCode }, at) => {
    const before = observed[at - 1];
    return before?.state !== state || before.errorCode !== errorCode;
  });
  return changes.map(({ atMs, ...what }, at) => {
    const next = changes[at + 1];
    return { ...what, from: toIso(atMs), until: next ? toIso(next.atMs) : null };
  });
}
