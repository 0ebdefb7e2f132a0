/** The log tells of other steps than the run takes now: it was written by another version, or edited. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
}
