/** The calls that change the store, and the outages that they make. */

import type { JournalLine } from '../disk/journal/format.ts';
import { toIso } from '../domain/duration.ts';
import { graceMs } from '../domain/stale-reads.ts';
import { members, number, text } from './members.ts';
import type { ReportedCall, Span } from './model.ts';
import { readSeen, type Seen } from './states.ts';

export function listCalls(lines: readonly JournalLine[]): readonly ReportedCall[] {
  return lines.flatMap((line, at) => (line.kind === 'intent' ? [readCall(line, lines.slice(at + 1))] : []));
}

function readCall(intent: JournalLine, later: readonly JournalLine[]): ReportedCall {
  const { step, atMs, sending } = members(intent);
  const answeredAt = later.findIndex((line) => line.kind === 'result' && members(line).step === step);
  const answer = members(later[answeredAt]);
  const value = members(answer.value);
  const isOfOneProcess = !later.slice(0, Math.max(0, answeredAt)).some(({ kind }) => kind === 'resumed');
  const sentAtMs = number(atMs) ?? 0;
  const keptAtMs = number(answer.atMs);
  return {
    operation: text(members(sending).operation) ?? 'unknown',
    at: toIso(sentAtMs),
    tookMs: keptAtMs !== undefined && isOfOneProcess ? keptAtMs - sentAtMs : null,
    answer: text(value.kind) ?? null,
    code: text(members(value.failure).code) ?? null,
    requestId: text(value.requestId) ?? text(members(value.failure).requestId) ?? null,
  };
}

/** A wait that ends so has told stale reads apart. */
const afterWaits: ReadonlySet<string> = new Set(['reached', 'foreign', 'unmoved']);

/**
 * From a Disconnect that was accepted, or may have been, to the observation of CONNECTED that is no stale read, also if
 * another actor connected the store. What an earlier run has left offline counts from there.
 */
export function listOutages(lines: readonly JournalLine[]): readonly Span[] {
  const outages: Span[] = [];
  let sinceMs = number(members(members(members(lines[0]).input).resumedFrom).offlineSinceMs);
  /** KMS has said so, or the store has shown it; else the call may never have arrived. */
  let isSure = sinceMs !== undefined;
  let isConnecting = false;
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
      if (isAnswer) take(answer, number(atMs));
      // What a write was sent by was seen before it; what kept it from being sent is news.
      if (!isAnswer || answer === 'foreign') see(readSeen(line), answer);
    }
  }
  if (sent?.operation === 'DisconnectCustomKeyStore') sinceMs ??= sent.atMs;
  return sinceMs === undefined ? outages : [...outages, { from: toIso(sinceMs), until: null }];

  function take(answer: string | undefined, atMs: number | undefined): void {
    const mayBeDone = answer !== 'refused' && answer !== 'foreign';
    if (mayBeDone) acceptedAtMs = atMs ?? acceptedAtMs;
    if (sent?.operation === 'DisconnectCustomKeyStore' && mayBeDone && !isSure) {
      sinceMs = atMs;
      isSure = answer === 'accepted';
    }
    isConnecting = sent?.operation === 'ConnectCustomKeyStore' && mayBeDone;
    sent = undefined;
  }

  function see(observed: Seen | undefined, answer: string | undefined): void {
    if (observed === undefined || sinceMs === undefined) return;
    const isNoStaleRead = (answer !== undefined && afterWaits.has(answer)) || observed.atMs >= acceptedAtMs + graceMs;
    const mayBeConnected = isConnecting || observed.atMs >= firesAtMs || isNoStaleRead;
    if (observed.state !== 'CONNECTED') isSure = true;
    else if (mayBeConnected) outages.push({ from: toIso(sinceMs), until: toIso(observed.atMs) });
    if (observed.state !== 'CONNECTED' || !(mayBeConnected || !isSure)) return;
    sinceMs = undefined;
    isSure = false;
  }
}
