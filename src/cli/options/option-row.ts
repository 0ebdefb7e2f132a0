import type { PolicyFlag } from '../../domain/policy-options.ts';

/** How an option is described. */
export type OptionRow = PolicyFlag;

export interface OptionGroup {
  readonly heading: string;
  readonly rows: readonly OptionRow[];
}
