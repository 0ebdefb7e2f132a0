/** What stands between a run and a crash or a second operator, in words for the plan. */

/** Who is at work on a store. */
export interface LockOwner {
  readonly runId: string;
  /** 0: it is carried by no process that lasts. */
  readonly pid: number;
  /** The machine, or what else carries it; absent: this machine. */
  readonly host?: string;
  readonly sinceMs: number;
  /** What the holder is doing, by the name of its step. */
  readonly step: string;
}

export interface Safeguards {
  readonly journal: 'memory' | 'file';
  readonly lock: 'none' | 'user' | 'table';
}

export function explainSafeguards({ journal, lock }: Safeguards): readonly string[] {
  const notes: string[] = [];
  notes.push(
    journal === 'memory'
      ? 'No journal is kept: a run that is killed cannot be resumed. cks reconnect brings the store back online.'
      : 'A journal is kept: a run that is cut off goes on with cks resume.',
  );
  notes.push(lockNotes[lock]);
  return notes;
}

const lockNotes: Readonly<Record<Safeguards['lock'], string>> = {
  none: 'No lock is held: another operator is noticed before each write, not kept out.',
  user: 'Another run of this user on this machine is kept out; anybody else is noticed before each write.',
  table: 'Every other run that names the same lock table is kept out; anybody else is noticed before each write.',
};
