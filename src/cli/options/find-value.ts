/** The value of an option, looked up in words that were not read yet. */
export function findValue(argv: readonly string[], flag: string): string | undefined {
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const word = argv[at];
  const value = word?.includes('=') ? word.slice(flag.length + 1) : argv[at + 1];
  return at < 0 || value?.startsWith('--') ? undefined : value;
}
