/**
 * How the runs of one execution are named: the first has a name of its own, which owns the lock and hears stops; the later
 * ones add their number, as in `20261124-030000-4f2a-2`.
 */
export function nameNextRun(runId: string, owner: string): string {
  return `${owner}-${Number(runId.slice(owner.length + 1) || 1) + 1}`;
}

/** The first run of the execution whose later run has this name; undefined where no later run can have it. */
export function findOwner(runId: string): string | undefined {
  return /^(.+)-[1-9]\d*$/.exec(runId)?.[1];
}
