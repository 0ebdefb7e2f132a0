/** What a line of the journal has seen of the store. */
import type { ConnectionState } from '../../domain/key-store.ts';
import type { JournalLine } from './format.ts';
import { members, number, text } from './members.ts';
import { peekState } from './peek.ts';

export interface Seen {
  readonly atMs: number;
  readonly state: ConnectionState;
  readonly errorCode?: string;
}

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
