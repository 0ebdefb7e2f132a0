/** Looks and plans, and sends nothing: the same plan and checks that a run would go by. */
import { type CheckFinding, explainFailedChecks } from '../domain/checks.ts';
import { assess } from '../domain/consent.ts';
import type { Reason } from '../domain/failure.ts';
import { explainGuards, type Guards } from '../domain/guards.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { explainRefusal, makePlan, type Order, type Plan } from '../domain/plan.ts';
import type { Risk } from '../domain/policy.ts';
import { explainUnreadable } from '../domain/reasons.ts';
import type { Check } from '../ports/checks.ts';
import type { Clock } from '../ports/clock.ts';
import type { Kms } from '../ports/kms.ts';
import { runChecks } from './checks.ts';
import { InvalidInputError } from './errors.ts';

/** What an update would do. `refused` and `unchanged` plans send nothing. */
export interface UpdatePlan extends Omit<Plan, 'send' | 'reason'> {
  readonly store: KeyStore | null;
  readonly findings: readonly CheckFinding[];
  /** Risks that would still have to be accepted. */
  readonly missing: readonly Risk[];
  readonly reason?: Reason;
  /** Which guard is in force, in words. */
  readonly guards: readonly string[];
}

export interface PlanPorts {
  /** Looks also where nothing would be sent, or the plan is refused for another reason. */
  readonly checksAnyway?: boolean;
  readonly kms: Kms;
  readonly clock: Clock;
  readonly checks: readonly Check[];
  readonly guards: Guards;
}

/** @throws {InvalidInputError} when the change is wrong for the store. */
export async function planUpdate(
  { kms, clock, checks, guards, checksAnyway = false }: PlanPorts,
  store: string,
  place: { region: string; account: string },
  order: Order,
  signal: AbortSignal = new AbortController().signal,
): Promise<UpdatePlan> {
  const reply = await kms.describe(store, signal);
  const words = explainGuards(guards);
  if (!reply.ok) {
    const reason = explainUnreadable(reply.failure, store, place);
    return { ...nothing, verdict: 'refused', reason, guards: words };
  }
  const found = reply.value;
  const made = makePlan(found, order, { nowMs: clock.now() });
  const { send: _, reason: __, ...plan } = made;
  if (made.reason?.isInput) throw new InvalidInputError(made.reason.message);
  const objection = explainRefusal(made);
  const isGo = plan.verdict === 'proceed';
  const findings = isGo || checksAnyway ? await runChecks(checks, order.policy.skipChecks, found, made, signal) : [];
  const missing = isGo ? assess(found, made, findings, order.policy).missing : [];
  const failed = explainFailedChecks(findings, found, order.policy.accept);
  const refused = failed && isGo ? ({ verdict: 'refused', reason: failed } as const) : {};
  return {
    ...plan,
    ...(objection ? { reason: objection } : {}),
    ...refused,
    store: found,
    findings,
    missing,
    guards: words,
  };
}

const nothing = {
  store: null,
  changes: [],
  path: 'none',
  wantedState: 'CONNECTED',
  holdsOffline: false,
  outageMs: 0,
  durationMs: 0,
  risks: [],
  possibleRisks: [],
  warnings: [],
  findings: [],
  missing: [],
} as const;
