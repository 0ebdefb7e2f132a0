/** What a run tells, in words for people: lines that stay, and what is going on right now. */
import { type Goal, usualDuration } from '../../domain/cadence.ts';
import { formatDuration, formatInstant } from '../../domain/duration.ts';
import { type KeyStore, nameStore } from '../../domain/key-store.ts';
import type { ProgressEvent } from '../../ports/progress.ts';
import { describeKeyTest, describeKeyVerification } from '../render/proof.ts';

export interface Told {
  /** A line that stays; absent where nothing changed. */
  readonly line?: string;
  /** What is going on from now on; absent where that goes on as before. */
  readonly now?: string;
}

const doing: Readonly<Record<string, string>> = {
  describeStore: 'looking at the store',
  awaitWindow: 'waiting until the window opens',
  runChecks: 'checking',
  prepareKeyVerification: 'encrypting canaries',
  trialConnect: 'rehearsing with a trial store',
  checkRollback: 'checking whether the old settings still work',
  armSwitch: "arming the dead man's switch",
  disarmSwitch: "taking the dead man's switch away",
  disconnectStore: 'disconnecting',
  updateStore: 'updating',
  restoreStore: 'putting the old settings back',
  connectStore: 'connecting',
  verifyKeys: 'proving the keys',
  hold: 'held',
  awaitKms: 'waiting until KMS can be asked again',
};

/** What a run does in this step, in words. */
export const nameStep = (step: string): string =>
  step === 'settleStore' ? 'waiting for the store' : (doing[step] ?? step);

const calls: Readonly<Record<string, string>> = {
  armSwitch: "dead man's switch",
  disarmSwitch: "dead man's switch",
  disconnectStore: 'disconnect',
  updateStore: 'update',
  restoreStore: 'update with the old settings',
  connectStore: 'connect',
  'trialConnect.create': 'trial connect: create of a trial store',
  'trialConnect.connect': 'trial connect: connect',
  'trialConnect.disconnect': 'trial connect: disconnect',
  'trialConnect.delete': 'trial connect: delete',
};

const answers: Readonly<Record<string, string>> = {
  accepted: 'accepted',
  armed: 'armed',
  refused: 'refused',
  unarmed: 'could not be armed',
  disarmed: 'taken away',
  stillArmed: 'could not be taken away',
  foreign: 'not sent: the store is not as it was left',
  cutOff: 'not decided yet',
  unclear: 'without a definite answer within its limit',
};

const aims: Readonly<Record<Goal, string>> = {
  settled: 'waiting until KMS has finished',
  DISCONNECTED: 'waiting for DISCONNECTED',
  CONNECTED: 'waiting for CONNECTED',
  shown: 'waiting until Describe shows it',
};

/** Made once a run: it remembers what was said last, so that a line comes only when something changes. */
export function createWording(): (event: ProgressEvent) => Told {
  let lastState = '';
  let trialStoreState = '';
  let lastFailure = '';
  let awaited = '';
  let lastDoubt = '';
  let observed: KeyStore | undefined;
  let isRollingBack = false;

  const handlers: { [T in ProgressEvent['type']]?: (event: Extract<ProgressEvent, { type: T }>) => Told } = {
    'store.observed'({ store }) {
      const word = store.connectionErrorCode ?? '';
      const state = word ? `${store.connectionState} ${word}` : store.connectionState;
      lastFailure = '';
      awaited = '';
      observed = store;
      if (state === lastState) return {};
      const line = lastState === '' ? `${nameStore(store)} is ${state}` : state;
      lastState = state;
      return { line };
    },
    'observe.failed'({ code, message }) {
      // A first look that fails is the end of the run, and its reason says so.
      if (!observed || code === lastFailure) return {};
      lastFailure = code;
      return { line: `the store could not be described: ${code}${message === code ? '' : `, ${message}`}` };
    },
    'call.failed': ({ operation, message, tries, untilMs }) => ({
      line: `${operation}, try ${tries}: ${message}; trying again ${untilMs === null ? 'until it is answered' : `until ${formatInstant(untilMs)}`}`,
    }),
    'trialStore.observed'({ store }) {
      const state = [store.connectionState, store.connectionErrorCode].filter(Boolean).join(' ');
      if (state === trialStoreState) return {};
      trialStoreState = state;
      return { line: `trial connect: ${state}` };
    },
    'step.started': ({ step }) => (doing[step] ? { now: doing[step] } : {}),
    'step.finished'({ step, result, failure }) {
      const call = calls[step];
      const why = failure ? `: ${failure.code}${failure.message === failure.code ? '' : `, ${failure.message}`}` : '';
      return call ? { line: `${call} ${answers[result] ?? result}${why}` } : {};
    },
    'wait.started'({ goal, atMs, deadlineAtMs }) {
      const usually = observed ? `, usually ${usualDuration(goal, observed.customKeyStoreType)}` : '';
      const now = `${aims[goal]}${usually}`;
      if (goal === 'shown') return { now };
      return { now, line: `${now}, at most ${formatDuration(deadlineAtMs - atMs)}` };
    },
    'wait.confirming': ({ state, atMs, untilMs }) => ({
      line: `KMS shows ${state}, which may be an old reading: cks confirms it, in at most ${formatDuration(untilMs - atMs)}`,
    }),
    'window.awaited': ({ text, atMs, opensAtMs, closesAtMs }) => ({
      line: `waiting for "${text}": it opens at ${formatInstant(opensAtMs)}, in ${formatDuration(opensAtMs - atMs)}, and closes at ${formatInstant(closesAtMs)}`,
    }),
    'keys.unprepared': ({ canaries, detail }) => ({
      line: `${canaries === 0 ? 'nothing will prove the keys' : 'not all keys will be proven'}: ${detail}`,
    }),
    'keys.working': ({ atMs, untilMs }) => ({
      line: `the keys decrypt; tried again for ${formatDuration(untilMs - atMs)}, until all of KMS uses the new settings`,
    }),
    'keys.failing': ({ detail }) => ({
      line: `keys do not work yet, and are tried again, because KMS may use the old settings for minutes: ${detail}`,
    }),
    'keys.verified'({ keyVerification, keyTest }) {
      const told = [
        ...(keyVerification.canaries ? [`proof: ${describeKeyVerification(keyVerification)}`] : []),
        ...(keyTest.status === 'untested' ? [] : [describeKeyTest(keyTest)]),
      ];
      return told.length > 0 ? { line: told.join('; ') } : {};
    },
    'lock.unsure'({ message }) {
      if (message === lastDoubt) return {};
      lastDoubt = message;
      return { line: `going on without the lock: ${message}` };
    },
    'connect.external': () => ({
      line: 'another actor connected the store while this run was away: CloudTrail shows who called ConnectCustomKeyStore',
    }),
    'lock.restored': ({ message }) => ({ line: message }),
    'disk.failed': ({ message }) => ({ line: message }),
    'run.suspended'({ code, message }) {
      if (code === awaited) return {};
      awaited = code;
      return {
        line: `waiting for KMS: ${message}${/oken|redential/.test(code) ? '; log in again, in another window' : ''}`,
      };
    },
    'state.entered'({ state }) {
      if (isRollingBack || !state.startsWith('acting.rollingBack')) return {};
      isRollingBack = true;
      return { line: 'rolling back to the old settings' };
    },
  };

  return (event) => (handlers[event.type] as ((event: ProgressEvent) => Told) | undefined)?.(event) ?? {};
}
