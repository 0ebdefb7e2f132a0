import type { PolicyFlag } from '../../domain/policy-options.ts';

/** How an option is described. */
export type OptionRow = PolicyFlag;

/** `Name`: the names of its options, so that a mistyped one is an error of the compiler. */
export interface OptionGroup<Name extends string = string> {
  readonly heading: string;
  readonly rows: readonly (OptionRow & { readonly name: Name })[];
}

/** The group without one of its options. */
export function without<Name extends string>(
  { heading, rows }: OptionGroup<Name>,
  name: NoInfer<Name>,
): OptionGroup<Name> {
  return { heading, rows: rows.filter((row) => row.name !== name) };
}

/** One option of the group. */
export function only<Name extends string>(
  { heading, rows }: OptionGroup<Name>,
  name: NoInfer<Name>,
): OptionGroup<Name> {
  return { heading, rows: rows.filter((row) => row.name === name) };
}
