/** The connection state over time, as observations have shown it. */
import type { JournalLine } from '../disk/journal/format.ts';
import { readSeen } from '../disk/journal/seen.ts';
import { toIso } from '../domain/duration.ts';
import type { StateSpan } from './model.ts';

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
