/** The outages of a run, by its journal: what lists, reports and the lease of a run go by. */
import { graceMs } from '../../domain/stale-reads.ts';
import type { JournalLine } from './format.ts';
import { members, number, text } from './members.ts';
import { isNotDone, peekKind } from './peek.ts';
import { readSeen, type Seen } from './seen.ts';

/** Instants in milliseconds since the epoch. `untilMs`: null: it was not seen to end. */
export interface Outage {
  readonly fromMs: number;
  readonly untilMs: number | null;
}

/** A wait that ends so has told stale reads apart. */
const afterWaits: ReadonlySet<string> = new Set(['reached', 'foreign', 'unmoved']);

/**
 * From a Disconnect that was accepted, or may have been, to the observation of CONNECTED that is no stale read, also if
 * another actor connected the store. What an earlier run has left offline counts from there.
 */
export function listOutages(lines: readonly JournalLine[]): readonly Outage[] {
  const outages: Outage[] = [];
  let sinceMs = number(members(members(members(lines[0]).input).resumedFrom).offlineSinceMs);
  /** KMS has said so, or the store has shown it; else the call may never have arrived. */
  let isSure = sinceMs !== undefined;
  let isConnecting = false;
  /** The first of the observations of CONNECTED, noted in passing, that no other state has followed. */
  let shownSinceMs: number | undefined;
  /** From when on a dead man's switch may have connected it. */
  let firesAtMs = Number.POSITIVE_INFINITY;
  /** Until a grace later a CONNECTED may be a stale read. */
  let acceptedAtMs = number(members(members(members(lines[0]).input).resumedFrom).lastAcceptedAtMs) ?? 0;
  let sent: { readonly operation: string | undefined; readonly atMs: number | undefined } | undefined;
  for (const line of lines) {
    const { kind, atMs, value, sending } = members(line);
    firesAtMs = number(members(members(value).armed).deadlineAtMs) ?? firesAtMs;
    if (kind === 'intent') sent = { operation: text(members(sending).operation), atMs: number(atMs) };
    else {
      const answer = text(members(value).kind);
      const isAnswer = kind === 'result' && sent !== undefined;
      if (isAnswer) take(value, number(atMs));
      // What a write was sent by was seen before it; what kept it from being sent is news.
      if (!isAnswer || answer === 'foreign') see(readSeen(line), answer);
    }
  }
  if (sent?.operation === 'DisconnectCustomKeyStore') sinceMs ??= sent.atMs;
  return sinceMs === undefined ? outages : [...outages, { fromMs: sinceMs, untilMs: null }];

  function take(value: unknown, atMs: number | undefined): void {
    const answer = peekKind(value);
    const mayBeDone = answer !== 'refused' && answer !== 'foreign' && !isNotDone(value);
    if (mayBeDone) acceptedAtMs = atMs ?? acceptedAtMs;
    if (sent?.operation === 'DisconnectCustomKeyStore' && mayBeDone && !isSure) {
      sinceMs = atMs;
      isSure = answer === 'accepted';
    }
    isConnecting = sent?.operation === 'ConnectCustomKeyStore' && mayBeDone;
    sent = undefined;
  }

  /** `answer`: undefined: noted in passing, so CONNECTED may be a stale read that the wait went on from. */
  function see(observed: Seen | undefined, answer: string | undefined): void {
    if (observed === undefined || sinceMs === undefined) return;
    shownSinceMs = observed.state === 'CONNECTED' ? (shownSinceMs ?? observed.atMs) : undefined;
    if (observed.state === 'CONNECTED' && answer === undefined) return;
    const isNoStaleRead = (answer !== undefined && afterWaits.has(answer)) || observed.atMs >= acceptedAtMs + graceMs;
    const mayBeConnected = isConnecting || observed.atMs >= firesAtMs || isNoStaleRead;
    if (observed.state !== 'CONNECTED') isSure = true;
    else if (mayBeConnected)
      outages.push({ fromMs: sinceMs, untilMs: (answer === 'reached' ? shownSinceMs : undefined) ?? observed.atMs });
    if (observed.state !== 'CONNECTED' || !(mayBeConnected || !isSure)) return;
    sinceMs = undefined;
    shownSinceMs = undefined;
    isSure = false;
  }
}
