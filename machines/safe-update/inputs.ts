/** What each actor is asked, taken from the context. The arrows say when, the actors how. */
import { freshMs, type Goal } from '../../src/domain/cadence.ts';
import { changedNames } from '../../src/domain/change.ts';
import { nameSwitch, switchDeadlineMs } from '../../src/domain/dead-mans-switch.ts';
import { assumeDisabled, assumeTried, listDisabled } from '../../src/domain/fence.ts';
import { type KeyStore, matchesSettings } from '../../src/domain/key-store.ts';
import { maxConnectWaitMs } from '../../src/domain/policy.ts';
import { describeProperty } from '../../src/domain/properties.ts';
import { graceMs, graceUntilMs } from '../../src/domain/stale-reads.ts';
import { updateTriesForMs } from '../../src/domain/tries.ts';
import { isAhead } from '../../src/domain/window.ts';
import type {
  ActorInputs,
  ArmInput,
  ConnectInput,
  DisableInput,
  EnableInput,
  HoldInput,
  PrepareFenceInput,
  PrepareInput,
  Resumable,
  UpdateActorInput,
  WriteInput,
} from './actor-inputs.ts';
import type { Context } from './context.ts';
import {
  allSent,
  findCountedLogin,
  hasWrittenBefore,
  isPatient,
  known,
  possibleSettings,
  rollbackOf,
  rollsBackUnanswered,
  settingsInForce,
  wasSentLive,
} from './facts.ts';
import type { Observation } from './outputs.ts';
import { resumeStateOf } from './resume-state.ts';
import { hasFired } from './switch.ts';

interface Args {
  readonly context: Context;
}

const observed = (context: Context): Observation => known(context.lastObserved, 'an observation');
const store = (context: Context): KeyStore => observed(context).store;
const plan = (context: Context) => known(context.plan, 'a plan');

export const forDescribe = ({ context }: Args): ActorInputs['describeStore'] => ({
  store: context.store,
  clusterId: context.request.change.CloudHsmClusterId ?? null,
  // A run that waits for its window does not take the lock.
  takesLock: !isAhead(context.request.policy.window, context.nowMs),
  stale: context.stale,
});

export const forWindow = ({ context }: Args): ActorInputs['awaitWindow'] =>
  known(context.request.policy.window ?? null, 'a window');

export const forChecks = ({ context }: Args): ActorInputs['runChecks'] => ({
  store: store(context),
  plan: plan(context),
});

/** The plan with the old settings in the place of the new ones. */
export const forRollbackCheck = ({ context }: Args): ActorInputs['checkRollback'] => {
  const rollback = rollbackOf(context);
  const back = { ...plan(context), send: rollback.possible ? rollback.change : {} };
  return { store: store(context), plan: back, preparation: context.preparation };
};

/** What an unfinished run had made ready counts on: the store may have other settings by now. */
export const forPreparation = ({ context }: Args): PrepareInput => ({
  store: store(context),
  plan: plan(context),
  inherited: context.resumedFrom?.isUnfinished ? context.preparation : null,
  earlier: context.resumedFrom?.preparation?.canaries ?? [],
});

export const forApproval = ({ context }: Args): ActorInputs['approve'] => ({
  store: store(context),
  plan: plan(context),
  findings: context.findings,
  accepted: context.accepted,
  isApproved: context.isApproved,
});

/** With the settings that are in force: after a live update the store was not observed yet, and some hosts use the old ones. */
export const forKeyVerification = ({ context }: Args): ActorInputs['verifyKeys'] => {
  const { inForce, preparation, updateAcceptedAtMs, offlineSinceMs, keysFailedAtMs, nowMs, request } = context;
  const isLive = updateAcceptedAtMs !== null && wasSentLive(context);
  const leadsToKeys = changedNames(allSent(context)).some((name) => describeProperty(name).connects);
  return {
    store: { ...store(context), settings: inForce },
    preparation,
    // The look that sees CONNECTED comes later than the first use that was possible.
    sinceMs: (isLive ? updateAcceptedAtMs : context.lastAcceptedAtMs) ?? nowMs,
    bakesUntilMs: isLive && leadsToKeys ? updateAcceptedAtMs + request.policy.bakeTimeMs : null,
    // A host of KMS may not know of the Disconnect yet, and still decrypt: that says nothing of the new settings.
    countsFromMs: keysFailedAtMs === null ? graceUntilMs(offlineSinceMs) : 0,
  };
};

/** One that an earlier run has left is armed anew. */
export const forArming = ({ context }: Args): ArmInput => {
  const { request, nowMs, logins } = context;
  const about = store(context);
  const leadsElsewhere = plan(context).send.CloudHsmClusterId !== undefined;
  const isSameCluster = context.before?.settings.CloudHsmClusterId === about.settings.CloudHsmClusterId;
  return {
    store: about,
    armed: { name: nameSwitch(about.customKeyStoreId), deadlineAtMs: switchDeadlineMs(request.policy, about, nowMs) },
    roleArn: known(request.policy.deadMansSwitch ?? null, 'a role'),
    logins: leadsElsewhere ? null : logins,
    isCounted: context.armed !== null && !hasFired(context, nowMs) && isSameCluster,
  };
};

export const forDisarming = ({ context }: Args): ActorInputs['disarmSwitch'] => known(context.armed, 'an armed switch');

const sameKeysOf = ({ findings }: Context) => findings.flatMap(({ sameKeys = [] }) => sameKeys);

export const forFence = ({ context }: Args): PrepareFenceInput => ({
  store: store(context),
  preparation: context.preparation,
  sameKeys: sameKeysOf(context),
});

export const forDisabling = ({ context }: Args): DisableInput => {
  const fence = known(context.fence, 'a fence');
  return {
    store: store(context),
    fence,
    resume: { ...resumeStateOf(context), fence: assumeDisabled(fence) },
  };
};

export const forEnabling = ({ context }: Args): EnableInput => {
  const { before, lastAcceptedAtMs, outageSinceMs, nowMs, inForce, update, accepted, connectedSince } = context;
  const isAsBefore = update === 'none' || update === 'restored';
  const fence = known(context.fence, 'a fence');
  // Under settings of another actor nothing is known to work.
  const isRollback = isAsBefore && matchesSettings(known(before, 'the store as it was').settings, inForce);
  // Where only the old settings were ever connected, no host of KMS can use others.
  const usesOthers = !isRollback || connectedSince;
  return {
    ...forFence({ context }),
    store: { ...store(context), settings: inForce },
    fence,
    askedAtMs: nowMs,
    sinceMs: lastAcceptedAtMs ?? nowMs,
    countsFromMs: usesOthers ? graceUntilMs(outageSinceMs) : 0,
    isRollback,
    mayExpose: accepted.includes('exposure'),
    resume: { ...resumeStateOf(context), fence: assumeTried(fence, nowMs) },
  };
};

const askWrite = (context: Context, limitMs: number): Resumable<WriteInput> => ({
  resume: resumeStateOf(context),
  evidence: observed(context),
  settings: possibleSettings(context),
  stale: context.stale,
  graceUntilMs: graceUntilMs(context.lastAcceptedAtMs),
  mayBeDone: context.isUnsure,
  isPatient: isPatient(context),
  limitMs,
  tries: context.tries,
  askedAtMs: context.nowMs,
});

/** An outage that does not begin soon is not begun at all; one that has begun is gone through. */
export const forDisconnect = ({ context }: Args): Resumable<WriteInput> => {
  const begins = context.offlineSinceMs === null && context.goal === 'forward';
  if (!begins) return askWrite(context, withinMs(context, 'DISCONNECTED'));
  const { window } = context.request.policy;
  const latest = window === undefined ? {} : { latestAtMs: window.closesAtMs - plan(context).durationMs };
  return { ...askWrite(context, updateTriesForMs), ...latest };
};

export const forConnect = ({ context }: Args): Resumable<ConnectInput> => ({
  ...askWrite(context, withinMs(context, 'CONNECTED')),
  logins: context.logins,
  accepted: context.accepted,
});

export const forUpdate = ({ context }: Args): Resumable<UpdateActorInput> => {
  const change = plan(context).send;
  const isOffline = store(context).connectionState !== 'CONNECTED' && hasWrittenBefore(context);
  const isRestorable = rollbackOf({ ...context, update: 'unclear', undecided: change }).possible;
  return {
    ...askWrite(context, updateTriesForMs),
    change,
    mustBeKnown: !(isOffline && isRestorable),
    isRollback: false,
  };
};

/** The old settings may be put back over the new ones, and over themselves where the new ones never showed. */
export const forRestore = ({ context }: Args): Resumable<UpdateActorInput> => {
  const rollback = rollbackOf(context);
  return {
    ...askWrite(context, updateTriesForMs),
    settings: [...possibleSettings(context), ...context.stale.settings.map(({ values }) => values)],
    change: rollback.possible ? rollback.change : {},
    mustBeKnown: true,
    isRollback: true,
  };
};

/** The longest wait counts from the accepted call, or the observation, that it waits for: a suspension begins no new one. */
function forSettling(
  context: Context,
  goal: Goal,
  sinceMs: number,
  withinMs: number,
  state?: 'CONNECTED' | 'DISCONNECTED',
) {
  return {
    customKeyStoreId: store(context).customKeyStoreId,
    sinceMs,
    expected: {
      goal,
      deadlineAtMs: sinceMs + withinMs,
      stale: context.stale,
      ...(goal === 'settled' ? {} : { settings: context.inForce }),
      ...(state === undefined ? {} : { state }),
    },
    endsOnStop: goal === 'settled',
    preparation: enabledCanaries(context),
    keysFailedAtMs: context.keysFailedAtMs,
    countedLogin: goal === 'CONNECTED' ? findCountedLogin(context) : null,
  };
}

/** Behind a fence only the canary key can tell when the outage is felt. */
function enabledCanaries({ preparation, fence }: Context): Context['preparation'] {
  if (!listDisabled(fence).length) return preparation;
  return { ...preparation, canaries: preparation.canaries.filter(({ keyId }) => keyId === fence?.canaryKeyId) };
}

function withinMs(context: Context, goal: 'CONNECTED' | 'DISCONNECTED'): number {
  const { policy } = context.request;
  const connectMs = maxConnectWaitMs(policy, store(context).customKeyStoreType);
  return goal === 'CONNECTED' ? connectMs : policy.maxDisconnectWaitMs;
}

/** The wait before the run itself: an external transition is waited out, and what may be a stale read is confirmed. */
export const forFirstSettling = ({ context }: Args) => {
  const sinceMs = observed(context).atMs;
  const goal = store(context).connectionState === 'CONNECTING' ? 'CONNECTED' : 'DISCONNECTED';
  const confirmedAtMs = Math.max(0, ...Object.values(context.stale.states));
  const confirmMs = confirmedAtMs > sinceMs ? confirmedAtMs + freshMs - sinceMs : 0;
  return forSettling(context, 'settled', sinceMs, Math.max(withinMs(context, goal), confirmMs));
};

const lastAcceptedAtMs = ({ lastAcceptedAtMs, nowMs }: Context) => lastAcceptedAtMs ?? nowMs;

/** Our accepted Connect, or that of the dead man's switch. */
const connectingSinceMs = (context: Context) => {
  const { armed, nowMs } = context;
  const isBySwitch = armed !== null && hasFired(context, nowMs);
  return Math.max(lastAcceptedAtMs(context), isBySwitch ? armed.deadlineAtMs : 0);
};

/** What should be shown now was last observed then, and a stale read may follow for the grace. */
const shownSinceMs = (context: Context) => Math.max(lastAcceptedAtMs(context), observed(context).atMs);

export const forDisconnected = ({ context }: Args) =>
  forSettling(context, 'DISCONNECTED', lastAcceptedAtMs(context), withinMs(context, 'DISCONNECTED'));

export const forConnected = ({ context }: Args) =>
  forSettling(context, 'CONNECTED', connectingSinceMs(context), withinMs(context, 'CONNECTED'));

export const forHold = ({ context }: Args): HoldInput => ({
  store: store(context),
  plan: plan(context),
  reason: context.reason,
  obstacle: context.obstacle,
  settings: settingsInForce(context.update),
  canRollBack: rollbackOf(context).possible,
  rollsBackUnanswered: rollsBackUnanswered(context),
  offlineSinceMs: context.offlineSinceMs,
  timeoutMs: context.request.policy.holdTimeoutMs ?? null,
  logins: context.logins,
  accepted: context.accepted,
  stale: context.stale,
});

export const forAnswer = ({ context }: Args): ActorInputs['awaitKms'] => ({
  customKeyStoreId: store(context).customKeyStoreId,
  tries: context.tries,
});

/** Long enough for stale reads to pass, and for KMS to answer again. */
const shownWithinMs = graceMs + freshMs;

export const forConfirmation = ({ context }: Args) =>
  forSettling(context, 'shown', shownSinceMs(context), shownWithinMs, plan(context).wantedState);

export const forRollbackConfirmation = ({ context }: Args) =>
  forSettling(
    context,
    'shown',
    shownSinceMs(context),
    shownWithinMs,
    known(context.before, 'the store as it was').connectionState === 'CONNECTED' ? 'CONNECTED' : 'DISCONNECTED',
  );
