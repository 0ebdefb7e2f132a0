/** What protects a store from a crash and from other operators while a run acts on it. */
import { toIso } from './duration.ts';

/** The run that owns the lock of a store. */
export interface LockOwner {
  readonly runId: string;
  /** 0: it is carried by no process that lasts. */
  readonly pid: number;
  /** The machine, or what else carries it; absent: this machine. */
  readonly host?: string;
  readonly sinceMs: number;
  /** The step of the run. */
  readonly step: string;
}

/** The owner of a lock as a result shows it: since when in ISO 8601. */
export interface ReportedLockOwner extends Omit<LockOwner, 'sinceMs'> {
  readonly since: string;
}

export function toReportedLockOwner({ sinceMs, ...owner }: LockOwner): ReportedLockOwner {
  return { ...owner, since: toIso(sinceMs) };
}

export interface Safeguards {
  readonly journal: 'memory' | 'file';
  readonly lock: 'none' | 'user' | 'table';
}

export function explainSafeguards({ journal, lock }: Safeguards): readonly string[] {
  return [journalNotes[journal], lockNotes[lock]];
}

const journalNotes: Readonly<Record<Safeguards['journal'], string>> = {
  memory: 'No journal: a run that is killed cannot be resumed; cks reconnect connects the store again.',
  file: 'Journal on: if the run is interrupted, continue it with cks resume.',
};

const lockNotes: Readonly<Record<Safeguards['lock'], string>> = {
  none: 'No lock. cks checks for changes by anyone else before each write.',
  user: 'Locked against other runs by this user on this machine. cks checks for changes by anyone else before each write.',
  table:
    'Locked against every run that names this lock table. cks checks for changes by anyone else before each write.',
};
