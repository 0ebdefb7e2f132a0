import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../../src/simulator/index.ts';
import { createRandom } from '../../support/random.ts';
import {
  createRotationWorld,
  minuteMs,
  outcomes,
  type RotationWorld,
  secretName,
  version,
} from '../../support/rotation-world.ts';
import { inDepth } from '../../support/sampling.ts';
import { oldCredential, oldEndpoint } from '../../support/stores.ts';

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
const operations = [
  'DescribeSecret',
  'GetSecretValue',
  'PutSecretValue',
  'UpdateSecretVersionStage',
  'UpdateCustomKeyStore',
  'DescribeCustomKeyStores',
  'Decrypt',
];
const faults = ['InternalServiceError', 'ThrottlingException', 'ConnectionReset', 'AccessDeniedException'];

type Pick = <T>(all: readonly T[]) => T;
type Act = (world: RotationWorld, pick: Pick) => Promise<unknown> | unknown;

/** What may happen between two calls, or to one. */
const acts: readonly Act[] = [
  (world, pick) => world.call(pick(['a', 'b']), pick(steps)),
  (world, pick) => world.call(pick(['a', 'b']), pick(steps)),
  (world, pick) => world.rotate(pick(['a', 'b'])),
  (world) => world.rotateAll('a', 'a'),
  (world) => world.rotateAll('a', 'b'),
  (world, pick) => {
    world.killAt = world.count() + 1 + pick([0, 3, 8, 15, 25, 40]);
  },
  (world, pick) =>
    world.simulator.orderFault({
      match: { operation: pick(operations), times: pick([1, 2]), caller: 'cks' },
      effect: { kind: 'answer', fault: { name: pick(faults) }, afterEffect: pick([true, false]) },
    }),
  (world, pick) => world.clock.advance(pick([1_000, 100_000, 400_000])),
  (world, pick) => {
    const broken = async () => Promise.reject(new Error('out of order'));
    world.hook = pick([
      {},
      { establish: broken },
      { retire: broken },
      { retire: () => new Promise<void>(() => undefined) },
    ]);
  },
  (world, pick) => {
    world.simulator.staleReads = pick([{}, { values: { forMs: 30_000, likelihood: 0.5 } }]);
  },
];

interface Credential {
  readonly AccessKeyId: string;
  readonly RawSecretAccessKey: string;
}

function readVersion(simulator: Simulator, name: string): Credential | null {
  const { output } = simulator.receive('GetSecretValue', { SecretId: secretName, VersionId: version(name) });
  const { SecretString } = { ...output } as { readonly SecretString?: string };
  return SecretString === undefined ? null : JSON.parse(SecretString);
}

/** An operator knows what has to be done before a credential is used. */
function establish(simulator: Simulator, { AccessKeyId, RawSecretAccessKey }: Credential): void {
  const { credentials } = simulator.proxy(oldEndpoint);
  simulator.proxy(oldEndpoint).credentials = { ...credentials, [AccessKeyId]: RawSecretAccessKey };
}

function labelsOf(simulator: Simulator): readonly (readonly [string, readonly string[]])[] {
  const { VersionIdsToStages } = simulator.call('DescribeSecret', { SecretId: secretName }) as {
    readonly VersionIdsToStages: Readonly<Record<string, readonly string[]>>;
  };
  return Object.entries(VersionIdsToStages);
}

function moveLabel(simulator: Simulator, label: string, to: string | undefined): void {
  const from = labelsOf(simulator).find(([, stages]) => stages.includes(label))?.[0];
  simulator.call('UpdateSecretVersionStage', {
    SecretId: secretName,
    VersionStage: label,
    ...(from === undefined ? {} : { RemoveFromVersionId: from }),
    ...(to === undefined ? {} : { MoveToVersionId: to }),
  });
}

type OperatorAct = (simulator: Simulator, pick: Pick, known: Credential & { readonly id: string }) => void;

/** `known`: a version that there is. */
const operatorActs: readonly OperatorAct[] = [
  (simulator, _, known) => {
    establish(simulator, known);
    moveLabel(simulator, 'AWSCURRENT', known.id);
  },
  (simulator) => moveLabel(simulator, 'AWSPENDING', undefined),
  (simulator, pick) => {
    const removable = labelsOf(simulator).flatMap(([, stages]) => stages.filter((stage) => stage !== 'AWSCURRENT'));
    if (removable.length > 0) moveLabel(simulator, pick(removable), undefined);
  },
  (simulator, pick, known) => {
    removeOwn(simulator);
    const taken = labelsOf(simulator).flatMap(([, stages]) => stages).length;
    for (let nth = 0; nth < pick([3, 8, 20 - taken]); nth += 1) moveLabel(simulator, `app-${nth}`, known.id);
  },
  removeOwn,
  (simulator, _, known) => sendTo(simulator, 'xks', known),
  (simulator, _, known) => sendTo(simulator, 'xks', known),
  (simulator, _, known) => sendTo(simulator, 'other', known),
  (simulator, _, known) => sendTo(simulator, 'other', known),
  (simulator) => sendTo(simulator, 'other', ownOfOther),
];

/** Whatever else is in the secret, for those who read it. */
const members = { owner: 'payments', limits: { daily: 7 } };

const ownOfOther = { AccessKeyId: 'OWNOWNOWNOWNOWNOWNOW', RawSecretAccessKey: 'p'.repeat(43) };

function removeOwn(simulator: Simulator): void {
  for (const label of labelsOf(simulator).flatMap(([, stages]) => stages)) {
    if (label.startsWith('app-')) moveLabel(simulator, label, undefined);
  }
}

/** The store, which is made where there is none, uses the credential from now on. */
function sendTo(simulator: Simulator, name: 'xks' | 'other', credential: Credential): void {
  establish(simulator, credential);
  const { AccessKeyId, RawSecretAccessKey } = credential;
  const XksProxyAuthenticationCredential = { AccessKeyId, RawSecretAccessKey };
  const store = simulator.describeWorld().stores.find(({ CustomKeyStoreName }) => CustomKeyStoreName === name);
  if (store) {
    const { CustomKeyStoreId } = store;
    simulator.call('UpdateCustomKeyStore', { CustomKeyStoreId, XksProxyAuthenticationCredential });
  } else {
    simulator.addStore({
      CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
      CustomKeyStoreName: name,
      ConnectionState: 'CONNECTED',
      XksProxyUriEndpoint: oldEndpoint,
      XksProxyUriPath: '/other/kms/xks/v1',
      XksProxyAuthenticationCredential,
    });
  }
}

/** Secrets Manager, which begins a rotation when the one before has ended or was given up, and an operator beside it. */
function createScene(world: RotationWorld, pick: Pick) {
  const letters = [...'abcdfghijklmnopqrstuvwxyz'];
  const tokens = ['a'];
  const current = () => tokens.at(-1) ?? 'a';

  /** Each step is a call of its own, maybe on a machine with another clock. */
  async function rotateOn(): Promise<void> {
    const skews = pick([[0], [-10, 0, 10]]);
    for (const step of steps) {
      world.skewMs = pick(skews) * minuteMs;
      const told = await world.call(current(), step);
      if (told === null || 'refused' in told) break;
      if (step === 'finishSecret') tokens.push(letters[tokens.length] ?? 'z');
    }
    if (pick([true, false, false, false, false])) tokens.push(letters[tokens.length] ?? 'z');
  }

  function operate(word = ''): void {
    const act = pick(operatorActs);
    const work = () =>
      world.act((simulator) => {
        const name = pick(['0', ...tokens].slice(-3));
        const credential = readVersion(simulator, name);
        if (credential) act(simulator, pick, { ...credential, id: version(name) });
      });
    if (word === '') work();
    else world.when(word, work);
  }

  /** The operator acts in the middle of a step. */
  async function rotateMeanwhile(): Promise<void> {
    operate(pick(['Describe', 'Decrypt', 'Decrypt', 'Move cks', 'Move AWSCURRENT', 'hook.establish', 'Update']));
    await rotateOn();
    world.forgetHooks();
  }

  /** KMS is set back, and the next rotation begins at once. */
  async function failTest(): Promise<void> {
    for (const step of ['createSecret', 'setSecret'] as const) await world.call(current(), step);
    const { keyManager } = world.simulator.proxy(oldEndpoint);
    world.simulator.proxy(oldEndpoint).keyManager = 'another';
    await world.call(current(), 'testSecret');
    Object.assign(world.simulator.proxy(oldEndpoint), { keyManager });
    tokens.push(letters[tokens.length] ?? 'z');
    await world.call(current(), 'createSecret');
  }

  async function tryOut(): Promise<void> {
    const pending = labelsOf(world.simulator).find(([, stages]) => stages.includes('AWSPENDING'));
    // Secrets Manager starts nothing while a rotation is in progress.
    if (pending && !pending[1].includes('AWSCURRENT')) return;
    const updates = () => world.trace().filter((line) => /^e.*: (Update|hook)/.test(line)).length;
    const before = updates();
    Object.assign(world, { killAt: null });
    world.simulator.clearFaults();
    const isSure = Object.keys(world.simulator.staleReads).length === 0 && isKnownInForce();
    const told = await world.tryOut(pick(['copy', 'empty']));
    expect(updates()).toBe(before);
    if (isSure) expect(told).toMatchObject({ outcome: 'nothingToDo' });
  }

  /** The store uses a version that has a label, so that the secret is its own. */
  function isKnownInForce(): boolean {
    const labels = labelsOf(world.simulator).map(([id]) => id);
    return ['0', ...tokens].some((name) => labels.includes(version(name)) && world.inForce() === name);
  }

  /** Whoever broke it gives the proxy what it needs, or the rest would tell nothing. */
  function repair({ simulator }: RotationWorld): void {
    const used = simulator.describeWorld().stores.map((store) => store.XksProxyConfiguration?.AccessKeyId);
    const labels = labelsOf(simulator);
    for (const name of ['0', ...tokens]) {
      const credential = readVersion(simulator, name);
      const isCurrent = labels.some(([id, stages]) => id === version(name) && stages.includes('AWSCURRENT'));
      if (credential && (isCurrent || used.includes(credential.AccessKeyId))) establish(simulator, credential);
    }
  }

  /** In the end the operator has cleared up: there is room for labels, and each store has a credential of its own. */
  function clearUp(): void {
    Object.assign(world, { killAt: null, hook: {}, skewMs: 0 });
    world.forgetHooks();
    world.simulator.clearFaults();
    world.simulator.staleReads = {};
    world.act((simulator) => {
      removeOwn(simulator);
      const { output } = simulator.receive('GetSecretValue', { SecretId: secretName });
      sendTo(simulator, 'xks', JSON.parse((output as { readonly SecretString: string }).SecretString));
      sendTo(simulator, 'other', ownOfOther);
    });
    world.clock.advance(10 * minuteMs);
  }

  const sceneActs: readonly (() => unknown)[] = [
    ...[
      rotateMeanwhile,
      rotateMeanwhile,
      rotateMeanwhile,
      rotateMeanwhile,
      rotateMeanwhile,
      rotateOn,
      failTest,
      tryOut,
    ],
    () => operate(),
    () => operate(),
    () => world.call(pick(tokens), pick(steps)),
    () => world.rotateAll(current(), current()),
    // Kills, faults, time, a hook that is out of order, stale reads.
    ...acts.slice(5).map((act) => () => act(world, pick)),
    () => Object.assign(world, { hook: {}, killAt: null }),
    () => world.clock.advance(60 * 24 * 60 * minuteMs),
  ];
  if (pick([true, false])) sendTo(world.simulator, 'other', ownOfOther);
  return { actOnce: () => pick(sceneActs)(), repair, clearUp };
}

describe('rotations in any order, with kills and faults', () => {
  it('have AWSCURRENT work at every moment, and end rotated once all is well', async () => {
    for (let seed = 1; seed <= inDepth(8, 500); seed += 1) {
      const next = createRandom(seed);
      const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)] as T;
      const world = createRotationWorld();
      const moments = 4 + Math.floor(next() * 12);
      for (let moment = 0; moment < moments; moment += 1) {
        await pick(acts)(world, pick);
        expect({ seed, moment, works: world.works() }).toEqual({ seed, moment, works: true });
      }
      Object.assign(world, { killAt: null, hook: {} });
      world.simulator.clearFaults();
      world.simulator.staleReads = {};
      const told = outcomes(await world.rotate('c'));
      expect({ seed, told: told.length, last: told.at(-1) }).toEqual({ seed, told: 4, last: 'done' });
      expect({ seed, inForce: world.inForce(), works: world.works() }).toEqual({ seed, inForce: 'c', works: true });
      expect({ seed, taken: Object.keys(world.simulator.proxy(oldEndpoint).credentials ?? {}).length }).toEqual({
        seed,
        taken: 1,
      });
      expect({ seed, disconnects: world.trace().filter((line) => /connect$/.test(line)) }).toEqual({
        seed,
        disconnects: [],
      });
    }
  });

  it('break no credential in use, whatever operators, other stores and clocks do meanwhile', async () => {
    for (let seed = 1; seed <= inDepth(8, 500); seed += 1) {
      const next = createRandom(seed);
      const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)] as T;
      const world = createRotationWorld({ secretText: JSON.stringify({ ...members, ...oldCredential }) });
      const { actOnce, repair, clearUp } = createScene(world, pick);
      const moments = 6 + Math.floor(next() * 14);
      for (let moment = 0; moment < moments; moment += 1) {
        await actOnce();
        expect({ seed, moment, faults: world.faults }).toEqual({ seed, moment, faults: [] });
        repair(world);
      }
      clearUp();
      expect({ seed, told: outcomes(await world.rotate('9')).at(-1) }).toEqual({ seed, told: 'done' });
      expect({ seed, inForce: world.inForce(), works: world.works() }).toEqual({ seed, inForce: '9', works: true });
      expect({ seed, ...readVersion(world.simulator, '9') }).toMatchObject({ seed, ...members });
      expect({ seed, faults: world.faults }).toEqual({ seed, faults: [] });
    }
  });
});
