/** Who agreed to what: the assessment that is shown, the risks it holds, and the words that are still missing. */
import { assessRisks, type CheckFinding } from './checks.ts';
import { isConditional } from './fence.ts';
import type { KeyStore } from './key-store.ts';
import type { Plan } from './plan.ts';
import type { Policy, Risk } from './policy.ts';

/** The plan plus what the checks found: all that a person needs to say yes or no. */
export interface Assessment {
  readonly store: KeyStore;
  readonly plan: Plan;
  readonly findings: readonly CheckFinding[];
  /** Risks that are neither accepted by the policy nor taken away by a finding. */
  readonly missing: readonly Risk[];
  /** Where the store is. */
  readonly region: string;
  readonly account: string;
}

/** An outage that is accepted, though it may not be needed, is accepted together with its own risks. */
export function findMissing(
  { risks, fence }: Pick<Plan, 'risks' | 'fence'>,
  findings: readonly CheckFinding[],
  { accept }: Pick<Policy, 'accept'>,
): readonly Risk[] {
  const counted = accept.includes('outage') ? findings : findings.filter(({ onlyOffline }) => !onlyOffline);
  return assessRisks(risks, counted, isConditional(fence)).filter((risk) => !accept.includes(risk));
}
