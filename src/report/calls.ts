/** The calls that change the store, and the outages that they make. */
import type { JournalLine } from '../journal/format.ts';
import { members, number, text } from './members.ts';
import type { ReportedCall, Span } from './model.ts';
import { readSeen } from './states.ts';

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
    atMs: sentAtMs,
    tookMs: keptAtMs !== undefined && isOfOneProcess ? keptAtMs - sentAtMs : null,
    answer: text(value.kind) ?? null,
    code: text(members(value.failure).code) ?? null,
    requestId: text(value.requestId) ?? text(members(value.failure).requestId) ?? null,
  };
}

/**
 * From a Disconnect that was accepted, or may have been, to the look that saw the store CONNECTED behind a Connect. What
 * an earlier run has left offline counts from there.
 */
export function listOutages(lines: readonly JournalLine[]): readonly Span[] {
  const outages: Span[] = [];
  let sinceMs = number(members(members(members(lines[0]).input).takenUp).offlineSinceMs);
  let sending: string | undefined;
  let sentAtMs: number | undefined;
  let isConnecting = false;
  for (const line of lines) {
    const { kind, atMs, value } = members(line);
    if (kind === 'intent') {
      sending = text(members(members(line).sending).operation);
      sentAtMs = number(atMs);
    }
    const answer = kind === 'result' && sending !== undefined ? text(members(value).kind) : undefined;
    if (answer !== undefined) {
      const mayBeDone = answer !== 'refused' && answer !== 'foreign';
      if (sending === 'DisconnectCustomKeyStore' && mayBeDone) sinceMs ??= number(atMs);
      isConnecting = sending === 'ConnectCustomKeyStore' && mayBeDone;
      sending = undefined;
      continue;
    }
    const seen = readSeen(line);
    if (sinceMs === undefined || !isConnecting || seen?.state !== 'CONNECTED') continue;
    outages.push({ fromMs: sinceMs, untilMs: seen.atMs });
    sinceMs = undefined;
  }
  if (sending === 'DisconnectCustomKeyStore') sinceMs ??= sentAtMs;
  return sinceMs === undefined ? outages : [...outages, { fromMs: sinceMs, untilMs: null }];
}
