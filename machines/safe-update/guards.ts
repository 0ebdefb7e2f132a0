/** What the transitions test. Pure: what was remembered, and the result that just came. */
import { connectRetries, loginLimit } from '../../src/domain/cadence.ts';
import { checksLastMs, isInTheWay } from '../../src/domain/checks.ts';
import { explainConnectionError } from '../../src/domain/connection-errors.ts';
import { listDisabled } from '../../src/domain/fence.ts';
import { isTransient, matchesSettings } from '../../src/domain/key-store.ts';
import { hasFailedKeys, isVerifiable } from '../../src/domain/key-verification.ts';
import { mayBeStale } from '../../src/domain/stale-reads.ts';
import { trialConnectCheck } from '../../src/domain/trial-connect.ts';
import { isAhead } from '../../src/domain/window.ts';
import type { Event } from './actor-inputs.ts';
import type { Context } from './context.ts';
import {
  findLateness,
  hasChangedConnection,
  hasDisabledKeys,
  hasWrittenBefore,
  isConnectionUnrestored,
  isPatient,
  mayCureKeys,
  mayEnableKeys,
  mustRestore,
  rollbackOf,
  rollsBackUnanswered,
  wasSentLive,
} from './facts.ts';
import type { Result } from './outputs.ts';
import * as deadMansSwitch from './switch.ts';

interface Args {
  readonly context: Context;
  readonly event: Event;
}

const kindIs =
  (...kinds: readonly Result['kind'][]) =>
  ({ event }: Args) =>
    kinds.includes(event.output.value.kind);

const stateIs =
  (...states: readonly string[]) =>
  ({ context }: Args) =>
    context.lastObserved !== null && states.includes(context.lastObserved.store.connectionState);

const isStopped = ({ context, event }: Args) => context.stopRequested || event.output.cancelRequested;

const isInvalidState = ({ event: { output } }: Args) =>
  output.value.kind === 'refused' && output.value.failure.class === 'invalidState';

/** A call was sent whose answer never came. */
const mayBeDone = ({ event: { output } }: Pick<Args, 'event'>) => 'mayBeDone' in output.value && output.value.mayBeDone;

const isConnected = stateIs('CONNECTED');

const hasGoneOffline = ({ context }: Args) => context.offlineSinceMs !== null;

/** Nothing is decided yet. The run waits once it is patient, or the call may have been carried out; before that it is refused. */
const isCutOff = ({ context, event }: Args) =>
  kindIs('cutOff')({ context, event }) && (isPatient(context) || mayBeDone({ event }));

/** Before an outage that is to have a fence. */
const mustFence = ({ plan, findings, isFenced, lastObserved }: Context) =>
  plan?.fence?.kind === 'planned' &&
  !isFenced &&
  lastObserved?.store.connectionState === 'CONNECTED' &&
  !(plan.fence.isConditional && findings.some(({ verifiesKeys }) => verifiesKeys));

const isRestorable = ({ context }: Args) => rollbackOf(context).possible;

/** Settings that connect in the same way cure no failed connect, and none cures a Connect that KMS does not decide. */
const canRollBack = (args: Args) =>
  isRestorable(args) &&
  (!hasFailedKeys(args.context) || mayCureKeys(args.context)) &&
  !args.context.isConnectUndecided &&
  (!args.context.hasConnectFailed || hasChangedConnection(args.context));

const wantsConnection = ({ context }: Args) => context.plan?.wantedState === 'CONNECTED';

const isConnectedBySwitch = ({ context, event }: Args) => deadMansSwitch.isConnectedBySwitch(context, event);

/** The store is CONNECTED with the settings in force, and that is no stale read. */
const isConnectedAsLeft = ({ context, event: { output } }: Args) => {
  const { observed = null } = output.value.kind === 'released' ? output.value : {};
  return (
    observed?.store.connectionState === 'CONNECTED' &&
    context.update !== 'unclear' &&
    matchesSettings(context.inForce, observed.store.settings) &&
    !mayBeStale(context.stale, 'CONNECTED', output.atMs)
  );
};

/** Also where it has opened since the store was described: that was without the lock. */
const isWindowAhead = ({ context, event }: Args) =>
  !context.holdsLock || isAhead(context.request.policy.window, event.output.atMs);

/** Forward, only what was judged as an outage before the first write becomes one. */
const mayGoOffline = (args: Args) => {
  const { accepted, plan, goal, request } = args.context;
  const isJudged = goal === 'back' || plan?.possibleRisks.includes('outage') === true;
  return isInvalidState(args) && request.policy.mode !== 'live' && accepted.includes('outage') && isJudged;
};

const mustArm = ({ context, event }: Args) =>
  deadMansSwitch.mustArm(context, Math.max(context.nowMs, event.output.atMs));

/** Nothing was sent yet, and what would follow can no more be expected to end in its window, or fits into no budget. */
const isTooLate = ({ context, event }: Args) =>
  !hasWrittenBefore(context) && findLateness(context, event) !== undefined;

const hasTriedConnect = ({ findings }: Context) => findings.some(({ check }) => check === trialConnectCheck);

const mayHold = (args: Args) =>
  args.context.request.policy.onFailure === 'hold' && !isStopped(args) && stateIs('DISCONNECTED', 'FAILED')(args);

/** Nothing is offline by the run, and no switch that an earlier one has armed would bring it back. */
const isOnlineUnguarded = (args: Args) => {
  const { armed, hasWritten } = args.context;
  const isGuarded = armed !== null && args.event.output.atMs < armed.deadlineAtMs;
  return !hasWritten || (isConnected(args) && !isGuarded);
};

const hasFailedCheck = ({ context, event: { output } }: Args) =>
  output.value.kind === 'checked' && output.value.findings.some((finding) => isInTheWay(finding, context.accepted));

const isLeftFinished = ({ context }: Args) =>
  context.resumedFrom?.isUnfinished === true && context.plan?.verdict === 'unchanged';

export const guards = {
  isStopped,
  isCutOff,
  hasWritten: ({ context }: Args) => context.hasWritten,

  // the results that mean success, each named: what is not matched is never success
  isFound: kindIs('observed'),
  isChecked: kindIs('checked'),
  isPrepared: kindIs('prepared'),
  isApproved: kindIs('approved'),
  isWindowOpen: kindIs('waited'),
  isArmingOver: kindIs('armed', 'unarmed'),
  isDisarmingOver: kindIs('disarmed', 'stillArmed'),
  isAccepted: kindIs('accepted'),
  isReached: kindIs('reached'),
  isVerified: kindIs('verified'),
  isReleased: kindIs('released'),
  isAnswered: kindIs('answered'),
  isGone: kindIs('gone'),

  // describing, planning
  isUnreadable: kindIs('unreadable', 'cutOff'),
  /** A resume waits for KMS before it has planned anything. */
  isAnsweredBeforePlan: (args: Args) => kindIs('answered')(args) && args.context.plan === null,
  isLocked: kindIs('locked'),
  isMoving: ({ event: { output } }: Args) =>
    output.value.kind === 'observed' && isTransient(output.value.observed.store.connectionState),
  /** The observation may be older than the last call of the run that this one resumes. */
  isInDoubt: ({ context, event: { output } }: Args) =>
    output.value.kind === 'observed' &&
    mayBeStale(context.stale, output.value.observed.store.connectionState, Math.max(context.nowMs, output.atMs)),
  isUnchanged: ({ context }: Args) => context.plan?.verdict === 'unchanged',
  isLeftFinished,
  isLeftOffline: (args: Args) => isLeftFinished(args) && args.context.plan?.wantedState === 'DISCONNECTED',
  isTrialConnectOnly: ({ context }: Args) => context.request.policy.trialConnect === 'only',
  goesBack: ({ context }: Args) => context.goal === 'back',
  isRefused: ({ context }: Args) => context.plan?.verdict === 'refused',
  /** Whatever the store may not take any more, the keys that an earlier run has disabled are not left so. */
  isRefusedBehindFence: ({ context }: Args) => context.plan?.verdict === 'refused' && hasDisabledKeys(context),

  // checking, approving
  hasFailedCheck,
  lacksKeyVerification: ({ context, event: { output } }: Args) =>
    context.request.policy.requireKeyVerification &&
    output.value.kind === 'prepared' &&
    !isVerifiable(output.value.preparation),
  mustTryConnect: ({ context, event }: Args) =>
    context.request.policy.trialConnect && !hasTriedConnect(context) && !isWindowAhead({ context, event }),
  areChecksStale: ({ context, event }: Args) =>
    context.checkedAtMs !== null && event.output.atMs - context.checkedAtMs > checksLastMs,
  isDeclined: kindIs('declined'),
  lacksConsent: kindIs('unconsented'),
  isWindowAhead,
  isTooLate,

  // choosing
  mustRollBack: ({ context }: Args) => context.stopRequested && context.update === 'none',
  goesLive: ({ context }: Args) => context.plan?.mode === 'live' && context.isUnsent,
  mustGoOffline: (args: Args) =>
    stateIs('FAILED')(args) || (isConnected(args) && args.context.plan?.mode === 'offline'),
  isUnsent: ({ context }: Args) => context.isUnsent,
  mustConnect: (args: Args) => wantsConnection(args) && !isConnected(args),

  // the dead man's switch
  mustArm: (args: Args) => args.context.plan?.mode !== 'live' && mustArm(args),
  isUnarmed: (args: Args) => kindIs('unarmed')(args) && isOnlineUnguarded(args),
  mustDisarmFirst: ({ context }: Args) => deadMansSwitch.mustDisarmFirst(context),
  mustDisarmFromOtherKeys: ({ context }: Args) => deadMansSwitch.mustDisarmFromOtherKeys(context),
  mustDisarmToHold: (args: Args) =>
    args.context.armed !== null &&
    !args.context.isSwitchStuck &&
    args.context.before?.customKeyStoreType === 'AWS_CLOUDHSM' &&
    mayHold(args),
  mustDisarm: ({ context }: Args) => context.armed !== null && !deadMansSwitch.isSwitchNeeded(context),
  isConnectedBySwitch,

  // the fence
  mustPrepareFence: (args: Args) => mustFence(args.context) && args.context.fence === null,
  mustFence: (args: Args) => mustFence(args.context),
  isFencePrepared: kindIs('fencePrepared'),
  isFenceImpossible: kindIs('unfenced'),
  isFenceUntouched: ({ context, event: { output } }: Args) =>
    output.value.kind === 'fenceFailed' && !context.hasWritten && listDisabled(output.value.fence).length === 0,
  isFenceBroken: kindIs('fenceFailed'),
  isFenced: kindIs('fenced'),
  isOnlineBehindFence: (args: Args) =>
    hasDisabledKeys(args.context) && !hasGoneOffline(args) && !mayBeDone(args) && !kindIs('accepted')(args),
  isReachedBehindFence: (args: Args) => kindIs('reached')(args) && hasDisabledKeys(args.context),
  isLeftFenced: (args: Args) => isLeftFinished(args) && isConnected(args) && hasDisabledKeys(args.context),
  mustEnableKeys: ({ context }: Args) => mayEnableKeys(context),
  isEnablingOver: kindIs('enabled', 'verified'),
  leavesKeysDisabled: ({ context }: Args) => hasDisabledKeys(context),

  // writes
  isWriteFailure: kindIs('refused', 'foreign', 'unclear'),
  isKmsRefusal: kindIs('refused'),
  isExternal: kindIs('foreign'),
  isUnaccepted: kindIs('refused', 'unclear'),
  isUntouched: (args: Args) =>
    !hasWrittenBefore(args.context) && !mayBeDone(args) && kindIs('refused', 'unclear', 'foreign', 'cutOff')(args),
  mustArmToGoOffline: (args: Args) => mayGoOffline(args) && mustArm(args),
  isStoppedAtInvalidState: (args: Args) => isInvalidState(args) && isStopped(args),
  mayGoOffline,
  /** KMS takes the change offline only: the run plans, checks and asks again for an outage. */
  mayBecomeOutage: mayGoOffline,

  // waits
  isNotShown: kindIs('foreign', 'overdue'),
  isConnectFailure: kindIs('failed'),
  isAstray: kindIs('foreign', 'unmoved'),
  isUnmoved: kindIs('unmoved'),
  isOverdue: kindIs('overdue'),
  isOverdueAfterResume: (args: Args) => args.context.resumedFrom?.isUnfinished === true && kindIs('overdue')(args),
  mayRetryConnect: ({ context, event: { output } }: Args) => {
    if (output.value.kind !== 'failed') return false;
    const { connectionErrorCode = '', customKeyStoreType } = output.value.observed.store;
    const isCurable = explainConnectionError(connectionErrorCode, customKeyStoreType).reconnectMayCure;
    return isCurable && context.retries < connectRetries && context.logins.count < loginLimit;
  },
  hasFailedKeys: ({ event: { output } }: Args) => output.value.kind === 'verified' && hasFailedKeys(output.value),

  // holding
  mustHold: ({ context }: Args) => context.request.policy.holdOffline && !context.isHeld,
  isGivenUpAndRestorable: (args: Args) => kindIs('givenUp')(args) && isRestorable(args),
  isGivenUp: kindIs('givenUp'),
  isExpiredAndRestorable: (args: Args) => kindIs('expired')(args) && rollsBackUnanswered(args.context),
  isExpired: kindIs('expired'),
  isReleasedTooLate: (args: Args) => kindIs('released')(args) && isTooLate(args),
  /** The dead man's switch, or the operator by hand, has done what was left to do. */
  isConnectedAsWanted: (args: Args) =>
    (isConnectedBySwitch(args) || isConnectedAsLeft(args)) &&
    wantsConnection(args) &&
    !args.context.isUnsent &&
    args.event.output.value.kind === 'released' &&
    Object.keys(args.event.output.value.correction).length === 0,
  isForeignAfterHold: ({ event: { output } }: Args) =>
    output.value.kind === 'released' &&
    output.value.observed !== null &&
    !['DISCONNECTED', 'FAILED'].includes(output.value.observed.store.connectionState),
  isStoppedUntouched: (args: Args) => isStopped(args) && !args.context.hasWritten && !hasDisabledKeys(args.context),

  // recovering, rollingBack
  mayHold,
  canRollBack,
  /** The settings in force are not known: an external store may be connected with either, because no login is at risk. */
  mayConnectUndecided: (args: Args) =>
    args.context.update === 'unclear' &&
    args.context.before?.customKeyStoreType === 'EXTERNAL_KEY_STORE' &&
    !args.context.isConnectUndecided &&
    !args.context.hasConnectFailed &&
    wantsConnection(args) &&
    stateIs('DISCONNECTED')(args),
  isUndecided: ({ context }: Args) => context.update === 'unclear',
  isWayBackDead: (args: Args) => hasFailedCheck(args) && stateIs('DISCONNECTED', 'FAILED')(args),
  mustRestoreLive: (args: Args) => mustRestore(args.context) && wasSentLive(args.context) && isConnected(args),
  mustDisconnect: (args: Args) => stateIs('FAILED')(args) || (isConnected(args) && mustRestore(args.context)),
  mustRestore: ({ context }: Args) => mustRestore(context),
  isConnectionUnrestored: ({ context }: Args) => isConnectionUnrestored(context),
  isPartlyRestored: ({ context, event }: Args) =>
    context.unrestored.length > 0 && kindIs('reached')({ context, event }),
  mustReconnect: (args: Args) => args.context.before?.connectionState === 'CONNECTED' && !isConnected(args),
  isCancelling: (args: Args) => kindIs('reached')(args) && args.context.reason?.code === 'STOPPED',
} as const;
