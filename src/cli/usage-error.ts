/** The arguments are wrong: exit 2, one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
