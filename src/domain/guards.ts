/** What stands between a run and a crash or a second operator, in words for the plan. */
export interface Guards {
  readonly journal: 'memory' | 'file';
  readonly lock: 'none';
}

export function explainGuards({ journal, lock }: Guards): readonly string[] {
  const notes: string[] = [];
  if (journal === 'memory') {
    notes.push(
      'No journal is kept: a run that is killed cannot be resumed. cks reconnect brings the store back online.',
    );
  }
  if (lock === 'none') notes.push('No lock is held: another operator is noticed before each write, not kept out.');
  return notes;
}
