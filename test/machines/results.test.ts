/** Each state of the machine with each kind of result: which transition it takes, and that the unexpected is never success. */
import { describe, expect, it } from 'vitest';
import { initialTransition, transition } from 'xstate';
import {
  type ActorName,
  type Context,
  type Event,
  type Result,
  safeUpdateMachine,
} from '../../machines/safe-update/index.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { describeValue } from '../../src/run/past.ts';
import { readStates } from '../support/machine-arrows.ts';

const atMs = Date.UTC(2026, 10, 27);
const store = {
  customKeyStoreId: 'cks-1234567890abcdef0',
  customKeyStoreType: 'EXTERNAL_KEY_STORE',
  connectionState: 'DISCONNECTED',
  settings: { name: 'pay', XksProxyUriEndpoint: 'https://old.example.com' },
} as const;
const observed = { store, atMs };
const failure = { code: 'Refused', message: 'refused', class: 'refused' } as const;
const armed = { name: 'dead-mans-switch', deadlineAtMs: atMs + 3_600_000 };
const fence = {
  keys: [{ keyId: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd', state: 'enabled' }],
  unfenced: [],
  listedAtMs: atMs,
  hidden: 0,
} as const;
const tally = {};

/** A result of every kind that there is. */
const samples = {
  observed: { kind: 'observed', observed, logins: { count: 0, refusedWith: null }, holdsLock: true },
  unreadable: { kind: 'unreadable', failure },
  locked: { kind: 'locked', observed, owner: { runId: 'run-2', sinceMs: atMs, step: 'connectStore' } as never },
  accepted: { kind: 'accepted', observed },
  refused: { kind: 'refused', failure, observed },
  foreign: { kind: 'foreign', detail: 'it is CONNECTED', observed, mayBeDone: false },
  unclear: { kind: 'unclear', failure, mayBeDone: true, observed },
  cutOff: { kind: 'cutOff', failure, mayBeDone: false, observed, tries: null },
  reached: { kind: 'reached', observed, tally },
  failed: { kind: 'failed', observed: { ...observed, store: { ...store, connectionState: 'FAILED' } }, tally },
  unmoved: { kind: 'unmoved', observed, tally },
  overdue: { kind: 'overdue', observed, tally },
  stopped: { kind: 'stopped', observed, tally },
  answered: { kind: 'answered', tally },
  gone: { kind: 'gone', tally, failure },
  waited: { kind: 'waited' },
  armed: { kind: 'armed', armed },
  unarmed: { kind: 'unarmed', failure, armed, mayBeArmed: false },
  disarmed: { kind: 'disarmed' },
  stillArmed: { kind: 'stillArmed', failure },
  released: { kind: 'released', correction: {}, accepted: [], observed },
  expired: { kind: 'expired', observed },
  givenUp: { kind: 'givenUp', observed },
  checked: { kind: 'checked', findings: [] },
  approved: { kind: 'approved', accepted: [] },
  declined: { kind: 'declined' },
  fencePrepared: { kind: 'fencePrepared', fence },
  unfenced: { kind: 'unfenced', failure },
  fenced: { kind: 'fenced', fence },
  fenceFailed: { kind: 'fenceFailed', fence, failure },
  enabled: { kind: 'enabled', fence },
  unconsented: { kind: 'unconsented', missing: ['--accept outage'] },
  prepared: { kind: 'prepared', preparation: { canaries: [], keys: null } },
  verified: {
    kind: 'verified',
    keyVerification: { status: 'verified' },
    keyTest: { status: 'untested', keys: [], passed: 0 },
  },
} as const satisfies Readonly<Record<Result['kind'], Result>>;

const waits = ['reached', 'failed', 'foreign', 'unmoved', 'overdue', 'stopped', 'cutOff'] as const;
const writes = ['accepted', 'refused', 'foreign', 'unclear', 'cutOff'] as const;

/** The kinds that each actor answers. */
const own: Readonly<Record<ActorName, readonly (keyof typeof samples)[]>> = {
  describeStore: ['observed', 'unreadable', 'locked'],
  awaitWindow: ['waited'],
  settleStore: waits,
  runChecks: ['checked'],
  checkRollback: ['checked'],
  prepareKeyVerification: ['prepared'],
  trialConnect: ['checked'],
  approve: ['approved', 'declined', 'unconsented'],
  armSwitch: ['armed', 'unarmed'],
  disarmSwitch: ['disarmed', 'stillArmed'],
  prepareFence: ['fencePrepared', 'unfenced'],
  disableKeys: ['fenced', 'fenceFailed'],
  enableKeys: ['enabled', 'verified'],
  disconnectStore: writes,
  connectStore: writes,
  updateStore: writes,
  restoreStore: writes,
  verifyKeys: ['verified'],
  hold: ['released', 'givenUp', 'expired'],
  awaitKms: ['answered', 'gone'],
};

const invoking = readStates().filter(({ invokes }) => invokes !== undefined);

/** In the middle of a run that has taken the store offline. */
function contextOf(): Context {
  const change = { XksProxyUriEndpoint: 'https://new.example.com' };
  const policy = { ...defaultPolicy, accept: ['outage', 'unverified-keys'] as const };
  const request = { change, previous: {}, policy };
  const place = { region: 'us-east-1', account: '111122223333' };
  const input = { runId: 'run-1', store: 'pay', place, request, startedAtMs: atMs };
  const online = { ...store, connectionState: 'CONNECTED' } as const;
  const [first] = initialTransition(safeUpdateMachine, input);
  const [planned] = transition(
    safeUpdateMachine,
    first,
    eventOf('describeStore', { ...samples.observed, observed: { store: online, atMs } }),
  );
  return {
    ...planned.context,
    lastObserved: observed,
    hasWritten: true,
    offlineSinceMs: atMs,
    lastAcceptedAtMs: atMs,
    armed,
    fence,
    update: 'none',
    isUnsent: true,
  };
}

function eventOf(actor: string, value: object): Event {
  const output = { value: { ...value, calls: {} }, atMs: atMs + 1_000, cancelRequested: false };
  return { type: `xstate.done.actor.${actor}`, output } as unknown as Event;
}

function follow(path: string, actor: string, value: object): string {
  const nested = path
    .split('.')
    .reduceRight<unknown>((inner, name) => (inner === undefined ? name : { [name]: inner }), undefined);
  const snapshot = safeUpdateMachine.resolveState({ value: nested as never, context: contextOf() });
  const [next] = transition(safeUpdateMachine, snapshot, eventOf(actor, value));
  return describeValue(next.value);
}

describe('each state of the machine', () => {
  it.each(invoking.map(({ path, invokes }) => [path, invokes as ActorName] as const))(
    'has a transition for each result of its actor: %s',
    (path, actor) => {
      const followed = own[actor].map((kind) => `${kind} -> ${follow(path, actor, samples[kind])}`);
      expect(followed.join('\n')).toMatchSnapshot();
    },
  );

  const notSuccess = /^(stranded|refused|suspended|ending\.(stranded|refused)\.disarming)$/;

  it.each(invoking.map(({ path, invokes }) => [path, invokes as ActorName] as const))(
    'takes no result that it does not expect for success: %s',
    (path, actor) => {
      const others = Object.values(samples).filter(({ kind }) => !own[actor].includes(kind));
      const unknown = { kind: 'of a later version' };
      for (const value of [...others, unknown]) {
        const next = follow(path, actor, value);
        expect(next, value.kind).toMatch(notSuccess);
      }
    },
  );
});
