/** Asks for approval before the first write. Absent: the options alone decide. */
import type { Assessment } from '../domain/consent.ts';
import type { Risk } from '../domain/policy.ts';

export interface Approver {
  /** Shows the assessment and asks. `accepted`: the risks that were accepted in the answers. */
  ask(assessment: Assessment, signal: AbortSignal): Promise<Answer>;
  /** The answers may accept risks that the options do not. */
  readonly mayAccept?: true;
}

export type Answer =
  | { readonly kind: 'approved'; readonly accepted: readonly Risk[] }
  | { readonly kind: 'declined' }
  /** No operator can be asked, and these options are missing. */
  | { readonly kind: 'unconsented'; readonly missing: readonly string[] };
