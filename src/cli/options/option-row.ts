import type { PolicyFlag } from '../../domain/policy-options.ts';

/** How an option is described. */
export type OptionRow = PolicyFlag;

/** `Name`: the names of its options, so that a mistyped one is an error of the compiler. */
export interface OptionGroup<Name extends string = string> {
  readonly heading: string;
  readonly rows: readonly (OptionRow & { readonly name: Name })[];
}
