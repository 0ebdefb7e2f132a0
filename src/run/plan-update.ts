/** Looks and plans, and sends nothing: the same plan and checks that a run would go by. */
import { type CheckFinding, explainFailedChecks } from '../domain/checks.ts';
import { findMissing } from '../domain/consent.ts';
import type { Reason } from '../domain/failure.ts';
import { mayGoOffline, reachesKeysAnew } from '../domain/key-reach.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { noLogins } from '../domain/logins.ts';
import { explainRefusal, makePlan, type Plan, type UpdateRequest } from '../domain/plan.ts';
import type { Risk } from '../domain/policy.ts';
import { explainUnreadable } from '../domain/reasons.ts';
import { explainSafeguards, type Safeguards } from '../domain/safeguards.ts';
import type { Where } from '../domain/where.ts';
import type { Check } from '../ports/checks.ts';
import type { Clock } from '../ports/clock.ts';
import type { Kms } from '../ports/kms.ts';
import type { Logins } from '../ports/logins.ts';
import { runChecks } from './checks.ts';
import { InvalidInputError } from './errors.ts';

/** What an update would do. `refused` and `unchanged` plans send nothing. */
export interface UpdatePlan extends Omit<Plan, 'send' | 'reason'>, Where {
  readonly store: KeyStore | null;
  readonly findings: readonly CheckFinding[];
  /** Risks that would still have to be accepted. */
  readonly missing: readonly Risk[];
  readonly reason?: Reason;
  /** What protects the store from a crash and from other operators, in words. */
  readonly safeguards: readonly string[];
  /** What only a run can find out, because it takes a write or a use of a key. */
  readonly runOnlyChecks: readonly string[];
}

/** Why a run would be refused, beyond the plan and the checks; undefined: it would not. */
export type Objection = (store: KeyStore, plan: Plan, signal: AbortSignal) => Promise<Reason | undefined>;

export interface PlanPorts {
  /** Looks also where nothing would be sent, or the plan is refused for another reason. */
  readonly checksAnyway?: boolean;
  readonly kms: Kms;
  readonly clock: Clock;
  readonly checks: readonly Check[];
  readonly safeguards: Safeguards;
  readonly logins: Pick<Logins, 'read'>;
  readonly objections: readonly Objection[];
}

/** @throws {InvalidInputError} when the change is wrong for the store. */
export async function planUpdate(
  { kms, clock, checks, safeguards, logins, objections, checksAnyway = false }: PlanPorts,
  store: string,
  where: Where,
  request: UpdateRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<UpdatePlan> {
  const reply = await kms.describe(store, signal);
  const words = explainSafeguards(safeguards);
  if (!reply.ok) {
    const reason = explainUnreadable(reply.failure, store, where);
    return { ...nothing, ...where, verdict: 'refused', reason, safeguards: words, runOnlyChecks: [] };
  }
  const found = reply.value;
  const cluster = request.change.CloudHsmClusterId ?? found.settings.CloudHsmClusterId;
  const counted = cluster === undefined ? noLogins : await logins.read(cluster);
  const made = makePlan(found, request, { nowMs: clock.now(), logins: counted });
  const { send: _, reason: __, ...plan } = made;
  if (made.reason?.isInput) throw new InvalidInputError(made.reason.message);
  const objection = explainRefusal(made);
  const isGo = plan.verdict === 'proceed';
  const findings = isGo || checksAnyway ? await runChecks(checks, request.policy.skipChecks, found, made, signal) : [];
  const missing = isGo ? findMissing(made, findings, request.policy) : [];
  const failed =
    explainFailedChecks(findings, found, request.policy.accept) ??
    (isGo ? await findObjection(objections, found, made, signal) : undefined);
  const refused = failed && isGo ? ({ verdict: 'refused', reason: failed } as const) : {};
  return {
    ...plan,
    ...where,
    ...(objection ? { reason: objection } : {}),
    ...refused,
    store: found,
    findings,
    missing,
    safeguards: words,
    runOnlyChecks: isGo && !failed ? listRunOnlyChecks(made, request) : [],
  };
}

async function findObjection(
  objections: readonly Objection[],
  ...about: Parameters<Objection>
): Promise<Reason | undefined> {
  const found = await Promise.all(objections.map((objection) => objection(...about)));
  return found.find((reason) => reason !== undefined);
}

/** Of what a run looks at before its first write, what a plan leaves out: it would be on record as a write or as a use. */
function listRunOnlyChecks(plan: Plan, { policy }: UpdateRequest): readonly string[] {
  const wantsCanaries = !policy.canaryKeys.includes('none') && (policy.requireKeyVerification || reachesKeysAnew(plan));
  return [
    'whether its lock can be taken',
    ...(mayGoOffline(plan) && !policy.skipChecks.includes('permissions')
      ? [
          'whether this AWS identity may disconnect, connect and update a store, and whether KMS takes the form of the values',
        ]
      : []),
    ...(wantsCanaries ? ['whether its keys encrypt and decrypt canaries now'] : []),
    ...(plan.trialConnectPlan?.kind === 'possible' ? ['how the trial connect ends'] : []),
  ];
}

const nothing = {
  store: null,
  changes: [],
  mode: 'none',
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
