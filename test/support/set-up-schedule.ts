/** Sets a world up for a schedule: the store, the order, and what will befall both. */
import type { Change } from '../../src/domain/change.ts';
import { canaryAlias } from '../../src/domain/fence.ts';
import type { KeyStore } from '../../src/domain/key-store.ts';
import { defaultPolicy, type Policy, type Risk } from '../../src/domain/policy.ts';
import type { Previous } from '../../src/domain/restorability.ts';
import type { Approver } from '../../src/ports/approver.ts';
import { defaultInterpretations, type SimulatorOptions } from '../../src/simulator/index.ts';
import { startApplications } from './applications.ts';
import { arrangeTrouble } from './backend-failures.ts';
import { createKeyVerifier, noProver } from './key-verifiers.ts';
import { callAsSomebodyElse } from './scenario.ts';
import { chooseApprover, chooseChecks, createKeyJudge, createWayBackCheck } from './schedule-answers.ts';
import { createRealKeys, type RealKeys } from './schedule-keys.ts';
import type { Harsh, Schedule } from './schedules.ts';
import {
  addCloudHsm,
  addClusterFromOldBackup,
  addExternal,
  clusters,
  newCredential,
  newEndpoint,
  newPath,
  newReference,
  oldCredential,
  oldReference,
  privateService,
} from './stores.ts';
import { createTypingApprover } from './typing-ahead.ts';
import { createWorld, findStore, isThrowAway, type RunOrder, type World } from './world.ts';

/** A hundredth of what KMS takes. */
const durations = {
  connect: { AWS_CLOUDHSM: (random) => 600 + random * 11_400, EXTERNAL_KEY_STORE: (random) => 2_400 + random * 1_200 },
  disconnect: {
    AWS_CLOUDHSM: (random) => 600 + random * 2_400,
    EXTERNAL_KEY_STORE: (random) => 2_400 + random * 1_200,
  },
  deferredToggle: (random) => 20 + random * 2_400,
} satisfies SimulatorOptions['durations'];

const passwords = { new: 'newPassword1', better: 'betterPassword2', old: 'oldPassword3' } as const;

/** What nothing that we write may ever hold. */
export const plantedSecrets: readonly string[] = [
  ...Object.values(passwords),
  oldCredential.RawSecretAccessKey,
  newCredential.RawSecretAccessKey,
  // It looks different where it is encoded for a URL.
  'n/+='.repeat(11),
];

const encodedSecret = plantedSecrets.at(-1) ?? '';

/** All the forms in which it may come back. */
export const secretForms: readonly string[] = plantedSecrets.flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
]);

export const foreignName = 'theirs';

export interface Stage {
  readonly world: World;
  readonly store: string;
  readonly request: Pick<RunOrder, 'checks' | 'keyVerifier'> & {
    readonly change: Change;
    readonly previous: Previous;
    readonly policy: Policy;
  };
  /** A better value for what was wrong. */
  readonly correction: Change;
  /** What an operator does at the cluster or the proxy, so that the next try can work. */
  mend(): void;
  /** Who is asked before the first write; `grant` is told what they accept, `stop` asks for a stop. */
  askWhom(grant: (accepted: readonly Risk[]) => void, stop: () => void): Approver | undefined;
  /** The requests at which the way back was seen to be closed while the store was offline. */
  readonly deadLooks: readonly number[];
  /** Whether keys of the store decrypt no more what they encrypted at first. */
  areKeysOthers(store: KeyStore): boolean;
  /** Null: no real keys are tried. */
  readonly realKeys: RealKeys | null;
  /** The clock of our machine. */
  now(): number;
  /** How many requests have been sent. */
  requests(): number;
  /** How many requests had been answered when somebody else's call was carried out; null: none was. */
  handAt(): number | null;
  /** Calls back once, just before the nth request of all. */
  at(request: number, act: () => void): void;
}

export function setStage({ store: scene, request, interpretations, mishaps, harsh }: Schedule): Stage {
  const world = createWorld({
    durations,
    interpretations: {
      ...(interpretations ?? defaultInterpretations),
      ...(harsh.hasLowerCaseHosts ? { endpointCase: 'lowerCase' as const } : {}),
    },
  });
  const { simulator, clock } = world;
  const described = { ConnectionState: scene.state, ConnectionErrorCode: scene.errorCode } as const;
  const connectivity = scene.isPrivate
    ? { XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE' as const, XksProxyVpcEndpointServiceName: privateService }
    : {};
  if (!scene.isExternal) simulator.setKmsuserPassword(clusters(world).first, passwords.old);
  const store = scene.isExternal
    ? addExternal(world, { ...described, ...connectivity })
    : addCloudHsm(world, { ...described, KeyStorePassword: passwords.old });
  world.secrets
    .set('env:PASSWORD', passwords.new)
    .set('env:BETTER', passwords.better)
    .set('env:OLDPASS', passwords.old);
  for (const code of mishaps.connectFailures) simulator.failNextConnect(store, code);
  if (harsh.lateFailure) simulator.failNextConnect(store, harsh.lateFailure.code, harsh.lateFailure);
  simulator.staleReadsForMs = mishaps.staleReadsForMs;

  let skewMs = 0;
  let handAt: number | null = null;
  const { at, requests } = createMoments(world);
  for (const fault of mishaps.faults) arrangeFault(world, fault);
  const { hand, trouble, cut, trialStore } = mishaps;
  if (trialStore.connectFailure) arrangeThrowAwayFailure(world, trialStore.connectFailure);
  const { hand: meddling } = trialStore;
  if (meddling) at(meddling.at, () => meddleWithThrowAway(world, meddling.act));
  if (trouble) at(trouble.at, () => arrangeTrouble(world, { ...trouble, atMs: 0 }));
  if (cut) at(cut.at, () => world.cutOff(cut.how, cut.forMs));
  const { clock: jump } = mishaps;
  for (const { at: request, byMs } of [jump, harsh.clockAhead].filter((one) => one !== null)) {
    at(request, () => {
      skewMs += byMs;
    });
  }
  arrangeHarsh(world, store, harsh, at);
  if (harsh.deletedAt !== null) {
    at(harsh.deletedAt, () =>
      deleteWhenDisconnected(world, store, () => {
        handAt = world.sent.length;
      }),
    );
  }
  if (hand) {
    at(hand.at, () => {
      const before = JSON.stringify(simulator.store(store));
      actAsSomebodyElse(world, hand.act, store);
      if (JSON.stringify(simulator.store(store)) !== before) handAt = world.sent.length;
    });
  }
  const judgeKeys = createKeyJudge(world, scene, mishaps.keyVerification);
  const change =
    request.intent === 'reconnect'
      ? {}
      : spellHosts(chooseChange(world, scene, request.properties), harsh.hasLowerCaseHosts ?? false);
  const fence = scene.isExternal ? harsh.fence : null;
  const canaries = harsh.canaries ?? (fence && { ...plainCanaries, hasOtherSource: fence.hasOtherSource });
  const realKeys = canaries ? createRealKeys(world, store, canaries) : null;
  if (harsh.applications) startApplications(world, store, harsh.applications, at);
  // No application uses the canary key.
  if (fence) arrangeFence(world, store, fence, at);
  const rollback = createWayBackCheck(world, store, change, mishaps.rollback);
  return {
    world,
    store,
    request: {
      change,
      previous: request.knowsOldSecrets || request.trialConnect ? choosePrevious(scene, change) : {},
      policy: addFence(choosePolicy(request, clock.now()), fence),
      checks: [...chooseChecks(mishaps.check), ...rollback.checks],
      keyVerifier:
        realKeys?.keyVerifier ?? (mishaps.keyVerification === 'unverified' ? noProver : createKeyVerifier(judgeKeys)),
    },
    correction: chooseCorrection(change),
    mend: () => mend(world, store, change),
    askWhom: (grant, stop) =>
      harsh.typesAhead
        ? createTypingApprover(world, harsh.typesAhead, [simulator.store(store).CustomKeyStoreName])
        : chooseApprover(world, request.approver, grant, stop),
    deadLooks: rollback.deadLooks,
    areKeysOthers: (observed) => realKeys === null && judgeKeys(observed) === 'mismatch',
    realKeys,
    now: () => clock.now() + skewMs,
    handAt: () => handAt,
    requests,
    at,
  };
}

const plainCanaries = { keys: 2, trouble: 'none', forMs: 30_000, stateLagMs: 0 } as const;

function arrangeFence(
  { simulator }: World,
  store: string,
  { hasCanaryKey, refusal }: NonNullable<Harsh['fence']>,
  at: Stage['at'],
): void {
  if (hasCanaryKey) simulator.addKey(store, { AliasName: canaryAlias(store) });
  if (refusal) at(refusal.at, () => simulator.failNext(refusal.operation, refusal.name, { times: refusal.times }));
}

/** A switch and a fence exclude each other. */
function addFence({ deadMansSwitch, ...policy }: Policy, fence: Harsh['fence']): Policy {
  if (!fence) return deadMansSwitch === undefined ? policy : { ...policy, deadMansSwitch };
  return { ...policy, fence: fence.when, accept: [...policy.accept, 'disable-keys', 'exposure'] };
}

/** A host name as people write it. */
function spellHosts(change: Change, isMixed: boolean): Change {
  const { XksProxyUriEndpoint: endpoint } = change;
  if (!isMixed || endpoint === undefined) return change;
  return { ...change, XksProxyUriEndpoint: endpoint.replace('new.xks', 'New.XKS') };
}

function arrangeHarsh(world: World, store: string, harsh: Harsh, at: Stage['at']): void {
  const { simulator, clock } = world;
  const { obstruction, replicas, slowDisconnectMs, suspension, echo } = harsh;
  if (obstruction) at(obstruction.at, () => world.obstruct(obstruction));
  if (suspension) at(suspension.at, () => clock.suspend(suspension.forMs));
  if (echo) world.echo = createEcho(world, echo);
  if (replicas) {
    const { count, isApart: apart, judgesWrites: writes, longestLagMs } = replicas;
    const lagMs = (random: number) => Math.round(random * longestLagMs);
    simulator.staleReads = { ...simulator.staleReads, replicas: { count, lagMs, apart, writes } };
  }
  if (slowDisconnectMs !== null) {
    world.when(
      (operation) => operation === 'DisconnectCustomKeyStore' && simulator.store(store).ConnectionState === 'CONNECTED',
      () => {
        const { staleReads } = simulator;
        simulator.staleReads = { ...staleReads, state: { forMs: slowDisconnectMs } };
        world.when('ConnectCustomKeyStore', () => {
          simulator.staleReads = staleReads;
        });
      },
    );
  }
}

function deleteWhenDisconnected(world: World, CustomKeyStoreId: string, onDone: () => void): void {
  const find = () => findStore(world, CustomKeyStoreId);
  world.when(
    () => find()?.ConnectionState === 'DISCONNECTED',
    () => {
      callAsSomebodyElse(world, 'DeleteCustomKeyStore', { CustomKeyStoreId });
      if (find() === undefined) onDone();
    },
  );
}

/** Answers that quote the secrets of this request, or also of those before it, in some form. */
function createEcho({ secrets }: World, { form, isLater }: NonNullable<Harsh['echo']>): World['echo'] {
  secrets.set('env:NEW', encodedSecret);
  let kept: readonly string[] = [];
  const find = (input: object) => plantedSecrets.filter((secret) => JSON.stringify(input).includes(secret));
  const quote = (input: object) => [...new Set([...find(input), ...(isLater ? kept : [])])].map(encode).join(' ');
  const encode = (secret: string) => {
    if (form === 'url') return encodeURIComponent(secret);
    return form === 'base64' ? Buffer.from(secret).toString('base64') : secret;
  };
  return {
    onEvent(input) {
      kept = [...kept, ...find(input)];
    },
    forget() {
      kept = [];
    },
    raw: (input) => (form === 'name' ? '' : quote(input)),
    name: (input, name) => (form === 'name' && quote(input) ? `${name}:${quote(input)}` : name),
  };
}

/** Moments, as ordinals of requests. */
function createMoments(world: World) {
  let requests = -1;
  let acts: { readonly request: number; readonly act: () => void }[] = [];
  const next = () =>
    world.when(
      () => {
        requests += 1;
        return true;
      },
      () => {
        next();
        const due = acts.filter(({ request }) => request <= requests);
        acts = acts.filter((one) => !due.includes(one));
        for (const { act } of due) act();
      },
    );
  next();
  return {
    at: (request: number, act: () => void) => void acts.push({ request, act }),
    requests: () => requests + 1,
  };
}

const leavesOpen: readonly string[] = ['ConnectionReset', 'KMSInternalException'];

function arrangeFault(
  { when, simulator }: World,
  { operation, name, nth, times, afterEffect, echoesSecrets }: Schedule['mishaps']['faults'][number],
): void {
  const statusCode = name === 'KMSInternalException' ? 500 : 400;
  const fault = { name, statusCode, ...(echoesSecrets ? { message: 'KMS was sent (sent)' } : {}) };
  let called = -1;
  when(
    (word) => {
      if (word === operation) called += 1;
      return word === operation && called === nth;
    },
    () => simulator.failNext(operation, fault, { times, afterEffect: afterEffect && leavesOpen.includes(name) }),
  );
}

function actAsSomebodyElse(world: World, act: 'connect' | 'disconnect' | 'rename', CustomKeyStoreId: string): void {
  if (act !== 'rename') {
    const operation = act === 'connect' ? 'ConnectCustomKeyStore' : 'DisconnectCustomKeyStore';
    callAsSomebodyElse(world, operation, { CustomKeyStoreId });
  } else callAsSomebodyElse(world, 'UpdateCustomKeyStore', { CustomKeyStoreId, NewCustomKeyStoreName: foreignName });
}

/** A connect of the first trial store fails. */
function arrangeThrowAwayFailure(world: World, code: Parameters<World['simulator']['failNextConnect']>[1]): void {
  world.when(
    (operation) => operation === 'ConnectCustomKeyStore' && findThrowAway(world) !== undefined,
    () => world.simulator.failNextConnect(findThrowAway(world) ?? '', code),
  );
}

function meddleWithThrowAway(world: World, act: 'connect' | 'disconnect' | 'delete'): void {
  const operation = { connect: 'Connect', disconnect: 'Disconnect', delete: 'Delete' }[act];
  const CustomKeyStoreId = findThrowAway(world);
  if (CustomKeyStoreId) callAsSomebodyElse(world, `${operation}CustomKeyStore`, { CustomKeyStoreId });
}

function findThrowAway({ simulator }: World): string | undefined {
  return simulator.describeWorld().stores.find(isThrowAway)?.CustomKeyStoreId;
}

const goPublic = { XksProxyConnectivity: 'PUBLIC_ENDPOINT', XksProxyUriEndpoint: newEndpoint } as const;
const goPrivate = {
  XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
  XksProxyUriEndpoint: newEndpoint,
  XksProxyVpcEndpointServiceName: privateService,
} as const;

function chooseChange(
  world: World,
  { isExternal, isPrivate }: Schedule['store'],
  properties: readonly number[],
): Change {
  const offers: readonly Change[] = isExternal
    ? [
        { NewCustomKeyStoreName: 'renamed' },
        { XksProxyUriPath: newPath },
        { XksProxyUriEndpoint: newEndpoint },
        { XksProxyAuthenticationCredential: newReference },
        { XksProxyAuthenticationCredential: newReference, XksProxyUriEndpoint: newEndpoint },
        isPrivate ? goPublic : goPrivate,
      ]
    : [
        { NewCustomKeyStoreName: 'renamed' },
        { CloudHsmClusterId: clusters(world).second },
        { CloudHsmClusterId: addClusterFromOldBackup(world) },
        { KeyStorePassword: 'env:PASSWORD' },
        { CloudHsmClusterId: clusters(world).second, NewCustomKeyStoreName: 'renamed' },
        { CloudHsmClusterId: addClusterFromOldBackup(world), KeyStorePassword: 'env:PASSWORD' },
      ];
  return Object.assign({}, ...properties.map((at) => offers[at]));
}

function choosePrevious({ isExternal, state }: Schedule['store'], change: Change): Previous {
  // A trial connect connects with it, also where the change leaves it as it is.
  if (isExternal) return { XksProxyAuthenticationCredential: oldReference };
  return change.KeyStorePassword && state !== 'CONNECTED' ? { KeyStorePassword: 'env:OLDPASS' } : {};
}

function chooseCorrection(change: Change): Change {
  if (change.XksProxyUriEndpoint) return { XksProxyUriEndpoint: 'https://better.xks.example.com' };
  if (change.XksProxyUriPath) return { XksProxyUriPath: '/better/kms/xks/v1' };
  return change.KeyStorePassword || change.CloudHsmClusterId ? { KeyStorePassword: 'env:BETTER' } : {};
}

function choosePolicy(
  {
    accept,
    mode,
    finalState,
    intent,
    onFailure,
    holdOffline,
    hasShortDeadlines,
    trialConnect,
    requiresKeyVerification,
    window,
    outageBudgetMs,
    armsSwitch,
  }: Schedule['request'],
  nowMs: number,
) {
  // A reconnect that shall end DISCONNECTED is refused as an input.
  const end = intent === 'reconnect' && finalState === 'disconnected' ? 'restore' : finalState;
  const deadlines = hasShortDeadlines ? { maxDisconnectWaitMs: 2_500, maxConnectWaitMs: 3_000 } : {};
  const words = { accept, mode, finalState: end, intent, onFailure, holdOffline, trialConnect };
  const opensAtMs = nowMs + (window?.opensInMs ?? 0);
  const closesAtMs = Math.max(nowMs, opensAtMs) + (window?.lengthMs ?? 0);
  const times = {
    ...(window ? { window: { text: 'a window', opensAtMs, closesAtMs } } : {}),
    ...(outageBudgetMs === null ? {} : { outageBudgetMs }),
    ...(armsSwitch ? { deadMansSwitch: 'arn:aws:iam::111122223333:role/connect-stores' } : {}),
  };
  return {
    ...defaultPolicy,
    ...words,
    requireKeyVerification: requiresKeyVerification ?? false,
    ...deadlines,
    ...times,
  } as Policy;
}

function mend(world: World, store: string, change: Change): void {
  const CloudHsmClusterId = findStore(world, store)?.CloudHsmClusterId;
  if (CloudHsmClusterId === undefined || !change.KeyStorePassword) return;
  try {
    world.simulator.setKmsuserPassword(CloudHsmClusterId, passwords.new);
  } catch {
    // KMS is logged in: nobody can.
  }
}
