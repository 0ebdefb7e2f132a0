/** The checks before the first write. They look, and never change anything. */
import type { CheckFinding } from '../domain/checks.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { Plan } from '../domain/plan.ts';

export interface Check {
  /** The word for `--skip-check` and `unknown:CHECK`. */
  readonly name: string;
  /** Also looks at the old settings before they are put back: `plan.send` leads to them then. */
  readonly checksRollback?: true;
  /** Null: there is nothing to look at for this store and plan. */
  run(store: KeyStore, plan: Plan, signal: AbortSignal): Promise<Omit<CheckFinding, 'check'> | null>;
}
