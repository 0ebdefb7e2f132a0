/** How an option is described. */
export interface OptionRow {
  readonly name: string;
  /** What stands for the value in help; absent: the option takes none. */
  readonly value?: string;
  readonly help: string;
  readonly repeatable?: true;
}

export interface OptionGroup {
  readonly heading: string;
  readonly rows: readonly OptionRow[];
}
