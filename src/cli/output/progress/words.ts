/** The progress of a run in words: lines that stay, and what it does right now. */
import { type Goal, usualDuration } from '../../../domain/cadence.ts';
import { formatDuration, formatInstant, msBetween } from '../../../domain/duration.ts';
import { type KeyStore, nameStore } from '../../../domain/key-store.ts';
import { doing } from '../../../domain/steps.ts';
import type { ProgressEvent } from '../../../ports/progress.ts';
import { describeKeyTest, describeKeyVerification } from '../render/keys.ts';

export interface Told {
  /** A line that stays; absent where nothing changed. */
  readonly line?: string;
  /** What is going on from now on; absent where that goes on as before. */
  readonly now?: string;
}

const calls: Readonly<Record<string, string>> = {
  armSwitch: "the dead man's switch",
  disarmSwitch: "the dead man's switch",
  disconnectStore: 'the disconnect',
  updateStore: 'the update',
  restoreStore: 'the update with the old settings',
  connectStore: 'the connect',
  'trialConnect.create': 'the creation of the trial store',
  'trialConnect.connect': 'the connect of the trial store',
  'trialConnect.disconnect': 'the disconnect of the trial store',
  'trialConnect.delete': 'the deletion of the trial store',
};

/** What came of a call, as a sentence about `what`. */
const sentences: Readonly<Record<string, (what: string) => string>> = {
  accepted: (what) => `KMS accepted ${what}`,
  refused: (what) => `KMS rejected ${what}`,
  armed: (what) => `armed ${what}`,
  unarmed: (what) => `could not arm ${what}`,
  disarmed: (what) => `disarmed ${what}`,
  stillArmed: (what) => `could not disarm ${what}`,
  external: (what) => `did not send ${what}: someone else changed the store`,
  cutOff: (what) => `no answer yet to ${what}`,
  unclear: (what) => `no definite answer to ${what} within its limit`,
};

const aims: Readonly<Record<Goal, string>> = {
  settled: 'waiting for the current connect or disconnect to finish',
  DISCONNECTED: 'waiting for DISCONNECTED',
  CONNECTED: 'waiting for CONNECTED',
  shown: 'waiting for KMS to show the change',
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
      return { line: `KMS could not describe the store: ${code}${message === code ? '' : `, ${message}`}` };
    },
    'call.failed': ({ operation, message, tries, until }) => ({
      line: `${operation} failed (try ${tries}): ${message}; retrying ${until === null ? 'until KMS answers' : `until ${formatInstant(until)}`}`,
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
      const sentence = sentences[result]?.(call ?? '') ?? `${call}: ${result}`;
      return call ? { line: `${sentence}${why}` } : {};
    },
    'wait.started'({ goal, at, deadlineAt }) {
      const usually = observed ? `, usually ${usualDuration(goal, observed.customKeyStoreType)}` : '';
      const now = `${aims[goal]}${usually}`;
      if (goal === 'shown') return { now };
      return { now, line: `${now}, at most ${formatDuration(msBetween(at, deadlineAt))}` };
    },
    'wait.confirming': ({ state, at, until }) => ({
      line: `KMS shows ${state}, which may be a stale read; confirming it takes at most ${formatDuration(msBetween(at, until))}`,
    }),
    'window.awaited': ({ text, at, opensAt, closesAt }) => ({
      line: `waiting for the window "${text}": opens ${formatInstant(opensAt)} (in ${formatDuration(msBetween(at, opensAt))}), closes ${formatInstant(closesAt)}`,
    }),
    'keys.unprepared': ({ canaries, detail }) => ({
      line: `${canaries === 0 ? 'cks will not be able to verify keys' : 'cks will verify only some keys'}: ${detail}`,
    }),
    'keys.disabling': ({ keys }) => ({ line: `disabling ${countOf(keys)} before the outage` }),
    'keys.disabled': ({ keys }) => ({ line: `KMS shows ${countOf(keys)} as Disabled` }),
    'keys.enabling': ({ keys }) => ({ line: `enabling and verifying ${countOf(keys)}, the strongest evidence first` }),
    'keys.enabled': ({ keys, enabled }) => ({ line: `enabled ${enabled} of ${countOf(keys)}` }),
    'keys.working': ({ at, until }) => ({
      line: `keys decrypt; re-checking for ${formatDuration(msBetween(at, until))} while the change reaches all KMS hosts`,
    }),
    'keys.failing': ({ detail }) => ({
      line: `keys do not work yet; retrying, because KMS may use the old settings for minutes: ${detail}`,
    }),
    'keys.verified'({ keyVerification, keyTest }) {
      const told = [
        ...(keyVerification.canaries ? [`keys verified: ${describeKeyVerification(keyVerification)}`] : []),
        ...(keyTest.status === 'untested' ? [] : [`keys work now: ${describeKeyTest(keyTest)}`]),
      ];
      return told.length > 0 ? { line: told.join('; ') } : {};
    },
    'lock.unsure'({ message }) {
      if (message === lastDoubt) return {};
      lastDoubt = message;
      return { line: `continuing without the lock: ${message}` };
    },
    'connect.external': () => ({
      line: 'someone else connected the store while this run was interrupted; CloudTrail shows who called ConnectCustomKeyStore',
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

const countOf = (keys: number) => `${keys} ${keys === 1 ? 'key' : 'keys'}`;
