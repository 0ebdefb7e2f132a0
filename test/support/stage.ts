/** Sets a world up for a schedule: the store, the order, and what will befall both. */
import type { Change } from '../../src/domain/change.ts';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import type { Previous } from '../../src/domain/restorability.ts';
import type { Check } from '../../src/ports/checks.ts';
import type { Prover } from '../../src/ports/proof.ts';
import type { SimulatorOptions } from '../../src/simulator/index.ts';
import { createProver, noProver } from './provers.ts';
import type { Schedule } from './random-runs.ts';
import { callAsSomebodyElse } from './scenario.ts';
import {
  addCloudHsm,
  addClusterFromOldBackup,
  addExternal,
  clusters,
  newCredential,
  newEndpoint,
  newReference,
  oldCredential,
  oldReference,
  privateService,
} from './stores.ts';
import { arrangeTrouble } from './troubles.ts';
import { createWorld, type RunOrder, type World } from './world.ts';

/** A hundredth of what KMS takes. */
const durations = {
  connect: { AWS_CLOUDHSM: (random) => 600 + random * 11_400, EXTERNAL_KEY_STORE: (random) => 2_400 + random * 1_200 },
  disconnect: {
    AWS_CLOUDHSM: (random) => 600 + random * 2_400,
    EXTERNAL_KEY_STORE: (random) => 2_400 + random * 1_200,
  },
} satisfies SimulatorOptions['durations'];

const passwords = { new: 'newPassword1', better: 'betterPassword2', old: 'oldPassword3' } as const;

/** What nothing that we write may ever hold. */
export const plantedSecrets: readonly string[] = [
  ...Object.values(passwords),
  oldCredential.RawSecretAccessKey,
  newCredential.RawSecretAccessKey,
];

export const foreignName = 'theirs';

export interface Stage {
  readonly world: World;
  readonly store: string;
  readonly order: Pick<RunOrder, 'checks' | 'prover'> & {
    readonly change: Change;
    readonly previous: Previous;
    readonly policy: Policy;
  };
  /** A better value for what was wrong. */
  readonly correction: Change;
  /** What an operator does at the cluster or the proxy, so that the next try can work. */
  mend(): void;
  /** The clock of our machine. */
  now(): number;
  /** How many requests had been answered when somebody else's call was carried out; null: none was. */
  handAt(): number | null;
  /** Calls back once, just before the nth request of all. */
  at(request: number, act: () => void): void;
}

export function setStage({ store: scene, order, readings, mishaps }: Schedule): Stage {
  const world = createWorld({ durations, ...(readings ? { readings } : {}) });
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
  simulator.staleReadsForMs = mishaps.staleReadsForMs;

  let skewMs = 0;
  let handAt: number | null = null;
  const at = createMoments(world);
  for (const fault of mishaps.faults) arrangeFault(world, fault);
  const { hand, trouble, cut } = mishaps;
  if (trouble) at(trouble.at, () => arrangeTrouble(world, { ...trouble, atMs: 0 }));
  if (cut) at(cut.at, () => world.cutOff(cut.how, cut.forMs));
  const { clock: jump } = mishaps;
  if (jump) {
    at(jump.at, () => {
      skewMs = jump.byMs;
    });
  }
  if (hand) {
    at(hand.at, () => {
      const before = JSON.stringify(simulator.store(store));
      actAsSomebodyElse(world, hand.act, store);
      if (JSON.stringify(simulator.store(store)) !== before) handAt = world.sent.length;
    });
  }
  const change = order.intent === 'reconnect' ? {} : chooseChange(world, scene, order.properties);
  return {
    world,
    store,
    order: {
      change,
      previous: order.knowsOldSecrets ? choosePrevious(scene, change) : {},
      policy: choosePolicy(order),
      checks: chooseChecks(mishaps.check),
      prover: chooseProver(mishaps.proof),
    },
    correction: chooseCorrection(change),
    mend: () => mend(world, store, change),
    now: () => clock.now() + skewMs,
    handAt: () => handAt,
    at,
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
  return (request: number, act: () => void) => void acts.push({ request, act });
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

const newPath = '/new/kms/xks/v1';
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
  if (isExternal)
    return change.XksProxyAuthenticationCredential ? { XksProxyAuthenticationCredential: oldReference } : {};
  return change.KeyStorePassword && state !== 'CONNECTED' ? { KeyStorePassword: 'env:OLDPASS' } : {};
}

function chooseCorrection(change: Change): Change {
  if (change.XksProxyUriEndpoint) return { XksProxyUriEndpoint: 'https://better.xks.example.com' };
  if (change.XksProxyUriPath) return { XksProxyUriPath: '/better/kms/xks/v1' };
  return change.KeyStorePassword || change.CloudHsmClusterId ? { KeyStorePassword: 'env:BETTER' } : {};
}

function choosePolicy({
  accept,
  path,
  finalState,
  intent,
  onFailure,
  holdOffline,
  hasShortDeadlines,
}: Schedule['order']) {
  // A reconnect that shall end DISCONNECTED is refused as an input.
  const end = intent === 'reconnect' && finalState === 'disconnected' ? 'restore' : finalState;
  const deadlines = hasShortDeadlines ? { disconnectDeadlineMs: 2_500, connectDeadlineMs: 3_000 } : {};
  return { ...defaultPolicy, accept, path, finalState: end, intent, onFailure, holdOffline, ...deadlines } as Policy;
}

function chooseChecks(kind: Schedule['mishaps']['check']): readonly Check[] {
  if (kind === 'none') return [];
  const found = {
    proves: { status: 'passed', message: 'the same keys', provesKeys: true },
    unknown: { status: 'unknown', message: 'cannot look' },
    fails: { status: 'failed', message: 'cannot work' },
  } as const;
  return [{ name: 'proxy', look: async () => found[kind] }];
}

/** A mismatch is met where the keys come from another place than at first. */
function chooseProver(status: Schedule['mishaps']['proof']): Prover {
  if (status === 'unproven') return noProver;
  return createProver(({ settings }) => {
    const isMoved = settings.XksProxyUriEndpoint === newEndpoint || settings.XksProxyUriPath === newPath;
    return status === 'mismatch' && !isMoved ? 'proven' : status;
  });
}

function mend(world: World, store: string, change: Change): void {
  const { CloudHsmClusterId } = world.simulator.store(store);
  if (CloudHsmClusterId === undefined || !change.KeyStorePassword) return;
  try {
    world.simulator.setKmsuserPassword(CloudHsmClusterId, passwords.new);
  } catch {
    // KMS is logged in: nobody can.
  }
}
