/** Turns the end of a machine into the result that every caller gets. */

import { allSent, leadsToOtherKeys, rollbackOf, settingsInForce } from '../../machines/safe-update/facts.ts';
import type { Context } from '../../machines/safe-update/index.ts';
import { isSwitchNeeded } from '../../machines/safe-update/switch.ts';
import { effectiveWithinMs } from '../domain/cadence.ts';
import { secretReference } from '../domain/change.ts';
import { toIso } from '../domain/duration.ts';
import type { Reason } from '../domain/failure.ts';
import { enableCommands, listDisabled } from '../domain/fence.ts';
import { mayLogIn } from '../domain/logins.ts';
import { findNextCommands } from '../domain/next-commands.ts';
import type { Outcome, RunResult } from '../domain/outcome.ts';
import type { PlannedChange } from '../domain/plan.ts';
import { toReportedFence } from '../domain/reported-fence.ts';

const slownessOrOthers: ReadonlySet<string> = new Set([
  'UNSETTLED',
  'UNREADABLE',
  'EXTERNAL_CHANGE',
  'UNCLEAR',
  'UNANSWERED',
  'NO_EFFECT',
  'KEYS_LEFT_DISABLED',
]);

/** The result of a run that may not even begin, or not go on, now. */
export function refuse(context: Context, reason: Reason): RunResult {
  return report('refused', { ...context, reason });
}

export function report(outcome: Outcome, context: Context): RunResult {
  const { before, plan, lastObserved: observed, resumedFrom, updateAcceptedAtMs } = context;
  const settings = settingsInForce(context.update);
  const reason = outcome === 'updated' || outcome === 'unchanged' ? null : reasonOf(context, outcome);
  const sentCredential = plan !== null && secretReference(plan.send, 'XksProxyAuthenticationCredential') !== undefined;
  const isExternalCause = [context.reason, context.obstacle].every(
    (why) => why === null || slownessOrOthers.has(why.code),
  );
  // What the earlier run has left is still there, also where this one ended before it had a plan.
  const isTurnedBack = context.goal === 'back' && plan !== null;
  const isUntouched = plan === null || outcome === 'refused' || (outcome === 'cancelled' && !isTurnedBack);
  const isLeft = resumedFrom?.isUnfinished && isUntouched && reason?.code !== 'STORE_CHANGED';
  const hasLeftStore = context.findings.some(({ leaves }) => leaves !== undefined);
  // Nothing is left to do with it, unless the credentials were those of another account.
  const isGone = [context.reason, context.obstacle].some((why) => why?.code === 'STORE_GONE');
  const findNext = () => {
    if (isLeft) return [`cks resume ${resumedFrom.runId}`];
    // What an update would encrypt to verify its keys says nothing under settings that lead to other keys.
    const mustGoBack =
      outcome === 'stranded' && settings !== 'old' && leadsToOtherKeys(context) && rollbackOf(context).possible;
    // Another command on a store whose keys are disabled would have to accept the unfinished run.
    const mustEnable = outcome !== 'rolledBack' && listDisabled(context.fence).length > 0;
    if (hasLeftStore || isGone || mustGoBack || mustEnable) return [`cks resume ${context.runId}`];
    if (!before || !observed || !plan) return [];
    return findNextCommands({
      outcome,
      before,
      after: observed.store,
      settings,
      // Of a rollback that left something out, only that is still to be restored.
      sent: context.unrestored.length > 0 ? allSent(context) : { ...context.sent, ...plan.send },
      unrestored: context.unrestored,
      needsLogin: before.customKeyStoreType === 'AWS_CLOUDHSM' && !mayLogIn(context.logins, []),
      wantedState: plan.wantedState,
      isExternalCause,
    });
  };
  const nextCommands = findNext();
  const allCommands = [...nextCommands, ...reenable(context, nextCommands)];
  return {
    outcome,
    runId: context.runId,
    ...(resumedFrom ? { resumedFrom: resumedFrom.runId } : {}),
    customKeyStoreId: observed?.store.customKeyStoreId ?? context.store,
    region: context.place.region,
    account: context.place.account,
    changes: (plan?.changes ?? []).map((change) => asItIs(change, outcome, context)),
    before: before ?? observed?.store ?? null,
    after: observed?.store ?? null,
    settings,
    mode: modeUsed(context),
    offlineMs: context.offlineMs,
    startedAt: toIso(context.startedAtMs),
    endedAt: toIso(context.nowMs),
    calls: context.calls,
    checks: context.findings,
    keyVerification: {
      ...context.keyVerification,
      ...(context.request.policy.requireKeyVerification ? { isRequired: true } : {}),
    },
    keyTest: context.keyTest,
    ...(sentCredential && updateAcceptedAtMs !== null && !context.preparation.isCredentialRefused
      ? { oldCredentialNeededUntil: toIso(updateAcceptedAtMs + effectiveWithinMs) }
      : {}),
    ...(reason ? { reason } : {}),
    ...reportFence(context),
    ...reportSwitch(context),
    ...(allCommands.length > 0 ? { nextCommands: allCommands } : {}),
  };
}

/** A resume tests each key before it trusts it; the commands enable it whatever its material is. */
function reenable({ fence, place, runId }: Context, others: readonly string[]): readonly string[] {
  const disabled = listDisabled(fence);
  if (disabled.length === 0) return [];
  const commands = enableCommands(disabled, place.region);
  const resume = `cks resume ${runId}`;
  return others.includes(resume) ? commands : [resume, ...commands];
}

function reportFence({ fence }: Context): Pick<RunResult, 'fence'> {
  return fence === null ? {} : { fence: toReportedFence(fence) };
}

function reportSwitch(context: Context): Pick<RunResult, 'deadMansSwitch'> {
  const { armed, nowMs, place } = context;
  if (armed === null || nowMs >= armed.deadlineAtMs) return {};
  const firesAt = toIso(armed.deadlineAtMs);
  const remove = `aws scheduler delete-schedule --name ${armed.name} --region ${place.region}`;
  return { deadMansSwitch: { schedule: armed.name, firesAt, isWanted: isSwitchNeeded(context), remove } };
}

/** Whether it is restorable now: a connect with a new cluster may have ended that. */
function asItIs(
  { note: _, ...change }: PlannedChange,
  outcome: Outcome,
  context: Context,
): Omit<PlannedChange, 'note'> {
  if (outcome !== 'updated' || context.update !== 'accepted') return change;
  const rollback = rollbackOf(context);
  const isLost = !rollback.possible && rollback.lost.includes(change.property);
  return { ...change, restorable: change.restorable && !isLost };
}

/** What was really done, not what was planned: a live attempt may have led offline. */
function modeUsed({ hasWritten, offlineSinceMs, plan }: Context): RunResult['mode'] {
  if (!hasWritten) return 'none';
  if (offlineSinceMs !== null || plan?.mode === 'offline') return 'offline';
  return plan?.mode ?? 'none';
}

function reasonOf(context: Context, outcome: Outcome): Reason | null {
  const { reason, obstacle, keyVerification } = context;
  if (reason && outcome === 'rolledBack' && !keyVerification.exposure)
    return { ...reason, remedy: explainNextTry(reason, context) };
  if (reason === null || obstacle === null) return reason ?? obstacle;
  // After a stop that got stuck on its way back it is not true that nothing is left to do.
  const remedy = reason.code === 'STOPPED' ? obstacle.remedy : `${obstacle.remedy} ${reason.remedy}`;
  return { ...reason, message: `${reason.message}; then: ${obstacle.message}`, remedy };
}

/** After a rollback the store is well: what the reason asks for is about the new settings, and may only be done there. */
function explainNextTry({ remedy }: Reason, { lastObserved: observed, plan }: Context): string {
  const state = observed === null ? '' : `: the store is ${observed.store.connectionState} with the old settings`;
  const clusterId = plan?.send.CloudHsmClusterId;
  const where = clusterId === undefined ? '' : ` with cluster ${clusterId}`;
  return `Nothing to do now${state}. Before you retry${where}: ${remedy}`;
}
