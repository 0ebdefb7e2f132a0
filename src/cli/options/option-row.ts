/** How an option is described. */
export interface OptionRow {
  readonly name: string;
  /** What stands for the value in help; absent: the option takes none. */
  readonly value?: string;
  /** What the option does, in the imperative, then its default and an example. */
  readonly help: string;
  readonly repeatable?: true;
  /** `--help` shows it, and not `--help-all` alone. */
  readonly isDaily?: true;
}

export interface OptionGroup {
  readonly heading: string;
  readonly rows: readonly OptionRow[];
}
