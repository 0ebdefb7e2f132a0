/** A journal cannot be read or resumed. The message names the run or the file, and says what to do. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly problem: JournalProblem;

  constructor(problem: JournalProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}

/**
 * `unknown`: there is no such run here. `ended`: nothing is left to resume. `newer`: this version cannot read it.
 * `broken`: it was changed after it was written, or is no journal. `unreadable`: the disk or the permissions.
 */
export type JournalProblem = 'unknown' | 'ended' | 'newer' | 'broken' | 'unreadable';
