/** Puts what a scenario describes on the stage, into a fresh simulator or a running one. */
import type { DurationOptions } from '../durations.ts';
import { fitKey } from '../external/proxy-keys.ts';
import { SimulatorFault } from '../fault.ts';
import { documentedRates } from '../faults/quotas.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../simulator.ts';
import type { KeyDescription } from '../staging.ts';
import type { StaleReads } from '../stale-reads.ts';
import type { Path } from './check.ts';
import { readDuration, readDurationMs } from './duration-text.ts';
import type { Change, DurationText, Scenario, WorldMembers } from './format.ts';
import { readExternalActor, readFault } from './orders.ts';
import { ScenarioError } from './scenario-error.ts';

type Member<M extends keyof WorldMembers> = NonNullable<WorldMembers[M]>;
type KeyText = Exclude<NonNullable<Member<'stores'>[number]['keys']>, number>[number];

/** A simulator as the scenario has it; `options` come before what it says. @throws ScenarioError */
export function createScenarioSimulator(scenario: Scenario, options: SimulatorOptions = {}): Simulator {
  const { seed, region, accountId, durations = {}, hosts = {}, interpretations = {}, clusters } = scenario;
  const simulator = createSimulator({
    ...(seed === undefined ? {} : { seed }),
    ...(region === undefined ? {} : { region }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(clusters === undefined ? {} : { clusters: [] }),
    durations: readDurations(durations),
    interpretations,
    quotas: documentedRates,
    hosts: {
      ...(hosts.count === undefined ? {} : { count: hosts.count }),
      ...(hosts.lag === undefined ? {} : { lagMs: tell(['hosts', 'lag'], () => readDuration(hosts.lag ?? '0s')) }),
    },
    ...options,
  });
  applyChange(simulator, scenario);
  return simulator;
}

/** Changes a running world, in the order of the table and up to the first mistake. @throws ScenarioError */
export function applyChange(simulator: Simulator, change: Change): void {
  applyWorld(simulator, change);
  each(change.faults, ['faults'], (fault) => simulator.orderFault(readFault(fault)));
  each(change.externalActors, ['externalActors'], (actor) =>
    simulator.addExternalActor(readExternalActor(actor, simulator, (members) => applyWorld(simulator, members))),
  );
  each(change.traffic, ['traffic'], ({ every, ...order }) => {
    const everyMs = readDurationMs(every);
    if (everyMs < 1) throw new RangeError('every must be at least 1ms');
    simulator.orderTraffic({ ...order, everyMs });
  });
}

function applyWorld(simulator: Simulator, members: WorldMembers): void {
  const { clusters, proxies, vpcEndpointServices, stores, secrets, staleReads, quotas } = members;
  each(clusters, ['clusters'], (cluster) => applyCluster(simulator, cluster));
  each(proxies, ['proxies'], (proxy) => applyProxy(simulator, proxy));
  each(vpcEndpointServices, ['vpcEndpointServices'], ({ name, ...settings }) => {
    Object.assign(simulator.vpcEndpointService(name), settings);
  });
  each(stores, ['stores'], (store) => applyStore(simulator, store));
  each(secrets, ['secrets'], (secret) => void simulator.addSecret(secret));
  if (staleReads) simulator.staleReads = tell(['staleReads'], () => readStaleReads(staleReads));
  if (quotas !== undefined) simulator.quotas = readQuotas(quotas);
}

function applyCluster(simulator: Simulator, whole: Member<'clusters'>[number]): void {
  const { hsmTypeRollbackFor, ...told } = whole;
  const hsmTypeRollbackUntilMs = hsmTypeRollbackFor && simulator.now() + readDurationMs(hsmTypeRollbackFor);
  const description = { ...told, ...(hsmTypeRollbackUntilMs && { hsmTypeRollbackUntilMs }) };
  const { id, restoredFrom, backup, backupAge, kmsuserPassword, kmsuser, ...settings } = description;
  const exists = simulator.describeWorld().clusters.some(({ clusterId }) => clusterId === id);
  if (id === undefined || !exists) {
    const { backupAge: _, ...others } = description;
    simulator.addCluster({ ...others, ...(backupAge && { backupAtMs: simulator.now() - readDurationMs(backupAge) }) });
    return;
  }
  if (restoredFrom ?? backup ?? backupAge) throw new RangeError('exists: what it was made from cannot be changed');
  const cluster = simulator.cluster(id);
  if (kmsuserPassword !== undefined) simulator.setKmsuserPassword(id, kmsuserPassword);
  Object.assign(cluster, settings);
  Object.assign(cluster.kmsuser, kmsuser);
}

function applyProxy(simulator: Simulator, description: Member<'proxies'>[number]): void {
  const { endpoint, credentials, keys, ...settings } = description;
  const known = credentials?.map(({ AccessKeyId, RawSecretAccessKey }) => [AccessKeyId, RawSecretAccessKey] as const);
  const held = keys?.map(({ id, ...key }) => [id, { ...fitKey, ...key }] as const);
  Object.assign(
    simulator.proxy(endpoint),
    settings,
    known && { credentials: Object.fromEntries(known) },
    held && { keys: Object.fromEntries(held) },
  );
}

function applyStore(simulator: Simulator, description: Member<'stores'>[number]): void {
  const { CustomKeyStoreId: id, CustomKeyStoreName: name, ConnectionState: state, ...settings } = description;
  const { stores } = simulator.describeWorld();
  const existing = stores.find((entry) => entry.CustomKeyStoreId === id || entry.CustomKeyStoreName === name);
  if (!existing) {
    const { keys = 0, ...others } = description;
    simulator.addStore({
      ...others,
      keys: typeof keys === 'number' ? keys : keys.map((key) => readKey(simulator, key)),
    });
    return;
  }
  const { ConnectionErrorCode: errorCode, ...others } = settings;
  const [other] = Object.keys(others);
  if (state === undefined || other !== undefined) {
    throw new RangeError(
      'exists: it can only be given another ConnectionState; settings change by UpdateCustomKeyStore',
    );
  }
  simulator.moveStore(existing.CustomKeyStoreId, state, errorCode);
}

function readKey(simulator: Simulator, { age, Policy, ...key }: KeyText): KeyDescription {
  return {
    ...key,
    ...(Policy && { Policy: JSON.stringify(Policy) }),
    ...(age && { CreationDate: (simulator.now() - readDurationMs(age)) / 1000 }),
  };
}

function readStaleReads({ replicas, enabled, ...aspects }: Member<'staleReads'>): StaleReads {
  const read = Object.entries(aspects).map(([aspect, { for: length, likelihood = 1 }]) => [
    aspect,
    { forMs: readDuration(length), likelihood },
  ]);
  const readLag = <T extends { readonly lag: DurationText }>({ lag, ...others }: T) => ({
    lagMs: readDuration(lag),
    ...others,
  });
  return {
    ...Object.fromEntries(read),
    ...(replicas && { replicas: readLag(replicas) }),
    ...(enabled && { enabled: readLag(enabled) }),
  };
}

function readQuotas(quotas: Member<'quotas'>): Simulator['quotas'] {
  if (quotas === 'documented') return documentedRates;
  return quotas === 'none' ? {} : (quotas as Simulator['quotas']);
}

function readDurations(durations: NonNullable<Scenario['durations']>): DurationOptions {
  const read = (transition: 'connect' | 'disconnect') =>
    Object.fromEntries(
      Object.entries(durations[transition] ?? {}).map(([type, length]) => [
        type,
        tell(['durations', transition, type], () => readDuration(length)),
      ]),
    );
  const readOne = (name: 'deferredToggle' | 'trailDelay') => {
    const { [name]: length } = durations;
    return length && { [name]: tell(['durations', name], () => readDuration(length)) };
  };
  return {
    connect: read('connect'),
    disconnect: read('disconnect'),
    ...readOne('deferredToggle'),
    ...readOne('trailDelay'),
  };
}

function each<T>(items: readonly T[] = [], path: Path, apply: (item: T) => void): void {
  for (const [at, item] of items.entries()) tell([...path, at], () => apply(item));
}

/** What the simulator finds wrong is reported with its place. Anything else is a bug, and passes. */
function tell<T>(path: Path, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError || error instanceof SimulatorFault) throw new ScenarioError(path, error.message);
    throw error;
  }
}
