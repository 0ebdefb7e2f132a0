/** The calls that change the store. */
import type { JournalLine } from '../disk/journal/format.ts';
import { members, number, text } from '../disk/journal/members.ts';
import { toIso } from '../domain/duration.ts';
import type { ReportedCall } from './model.ts';

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
