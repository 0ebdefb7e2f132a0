/** Words of a command line as a POSIX shell reads them. */

export function quoteSingly(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** As it is where the shell reads it as it is, else in single quotes. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quoteSingly(word);
}
