/**
 * A KMS of our own for custom key stores: the judge of the product, so it knows nothing of it. In process, on the clock it
 * is handed; it has no timer and does no I/O.
 */
import type { CallRecord } from './call-log.ts';
import type { ScaledClock } from './clock.ts';
import type { Cluster, ClusterDescription } from './clusters.ts';
import { buildCluster, createWorld, type Pace, type WorldOptions } from './create-world.ts';
import {
  createService,
  type VpcEndpointService,
  type VpcEndpointServiceDescription,
} from './external/endpoint-service.ts';
import type { ProxyReply } from './external/protocol.ts';
import { createProxy, type ProxyDescription, type ReceivedRequest, type XksProxy } from './external/proxy.ts';
import type { FaultDescription } from './fault.ts';
import type { ExternalActor } from './faults/external-actors.ts';
import type { CallMatch, FaultRule } from './faults/fault-book.ts';
import type { Rates } from './faults/quotas.ts';
import { putSecret, type SecretDescription } from './put-secret.ts';
import { type AskOutside, createReception, type Reply } from './reception.ts';
import type { ConnectionState, FailureCode } from './shapes.ts';
import { type KeyDescription, moveStore, type StoreDescription, stageKey, stageStore } from './staging.ts';
import type { StaleReads } from './stale-reads.ts';
import { type StoreEntry, showStore } from './store.ts';
import { isLoggedIn, type TrafficOrder, type WrittenCiphertext } from './world.ts';
import { summarize, type WorldSummary } from './world-summary.ts';

export interface SimulatorOptions extends WorldOptions {
  /** Milliseconds since the epoch; default Date.now. While a scaled clock is faster than the real one, a transition lasts until a Describe has shown it. */
  readonly now?: () => number;
  /** Leaves out the patterns of the API model, which two of AWS's own examples break. */
  readonly lenientPatterns?: boolean;
}

/** Which calls of the operation it is, and how many; default the next one. */
export interface FailNextOptions extends Omit<CallMatch, 'operation'> {
  /** The call takes effect anyway. */
  readonly afterEffect?: boolean;
}

export interface FailNextConnectOptions {
  /** Default 1. */
  readonly times?: number;
  /** Milliseconds from the Connect to FAILED; default: as long as a connect takes. */
  readonly connectMs?: number;
}

export interface Simulator {
  readonly region: string;
  readonly accountId: string;
  /** Milliseconds since the epoch, as simulated. */
  now(): number;
  /** Carries an operation out, or throws a SimulatorFault. Output as on the wire: dates are seconds since the epoch. */
  call(operation: string, input: unknown, caller?: string): object;
  /** The same with the fault as an answer, and how late it comes. What it throws is a bug. */
  receive(operation: string, input: unknown, caller?: string): Reply;
  /** The same where a proxy stands outside (see XksProxy.address): `ask` brings its answers. */
  receiveAsking(ask: AskOutside, operation: string, input: unknown, caller?: string): Promise<Reply>;
  /** Ends the connects that wait for a proxy which stands outside. */
  endConnects(ask: AskOutside): Promise<void>;
  /** The calls so far, in order, the latest 100,000 of them; secrets are replaced by '(secret)'. */
  readonly calls: readonly CallRecord[];
  /** What reads show after an accepted call. Default: the truth. */
  staleReads: StaleReads;
  /** Short for state and values alike: for how many milliseconds Describe shows the store as it was before. */
  staleReadsForMs: number;
  /** Requests a second by operation, beyond which KMS throttles. Default: none. */
  quotas: Rates;

  /** Adds a store in any state and gives its id. */
  addStore(description?: StoreDescription): string;
  /** Puts a store into a state, without a call. @throws RangeError for an unknown id */
  moveStore(customKeyStoreId: string, state: ConnectionState, errorCode?: FailureCode): void;
  /** The store's entry as Describe would show it, never stale and on no record. @throws RangeError for an unknown id */
  store(customKeyStoreId: string): StoreEntry;
  /** Adds a KMS key to a store, in whatever state that is, and gives the key's id. @throws RangeError for an unknown store */
  addKey(customKeyStoreId: string, description?: KeyDescription): string;
  /** Adds a cluster and gives its id. */
  addCluster(description?: ClusterDescription): string;
  /** The cluster as it is now; its changeable members may be set. Ask anew for each change. @throws RangeError */
  cluster(clusterId: string): Cluster;
  /** Sets kmsuser's password in the cluster and unlocks it. @throws Error while KMS is logged in as kmsuser */
  setKmsuserPassword(clusterId: string, password: string): void;
  /** Describes the proxy at an endpoint; one that was not described is healthy and takes any credential. */
  addProxy(description: ProxyDescription): XksProxy;
  /** The proxy at an endpoint, healthy if it was not described; its members may be set. Call it again for each change. */
  proxy(endpoint: string): XksProxy;
  /** What the proxy at an endpoint answers to a request of the XKS proxy API. See serveXksProxy. */
  askProxy(request: ReceivedRequest): ProxyReply;
  /** Describes a VPC endpoint service; one that was not described is as the store says. */
  addVpcEndpointService(description: VpcEndpointServiceDescription): VpcEndpointService;
  /** The VPC endpoint service as it is, as the store says if it was not described; its members may be set. */
  vpcEndpointService(name: string): VpcEndpointService;
  /** Adds a version to a secret of Secrets Manager, or a new secret, and gives its ARN. */
  addSecret(description: SecretDescription): string;
  /** For each host of KMS, when it uses or began to use the settings in force; empty where no live change was made. */
  hostsEffectiveAtMs(customKeyStoreId: string): readonly number[];
  /** The next accepted Connect of the store ends FAILED with this code. */
  failNextConnect(customKeyStoreId: string, errorCode: FailureCode, options?: FailNextConnectOptions): void;
  /** The next call of the operation answers this fault; 'ConnectionReset' is a reply that never arrives. */
  failNext(operation: string, fault: string | FaultDescription, options?: FailNextOptions): void;
  /** Orders a fault. What befalls a call is decided when it arrives. */
  orderFault(rule: FaultRule): void;
  /** Orders an external actor. */
  addExternalActor(actor: ExternalActor): void;
  /** Orders traffic: from now on an application uses the key. @throws RangeError for an unknown key */
  orderTraffic(order: TrafficOrder): void;
  /** What the applications of the traffic have encrypted so far, the latest 100,000 of them. */
  readonly written: readonly WrittenCiphertext[];
  /** The faults that may still strike. */
  readonly faults: readonly FaultRule[];
  /** Takes back all faults and external actors that were ordered, except failing connects. */
  clearFaults(): void;
  describeWorld(): WorldSummary;
}

export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const clock = options.now ?? Date.now;
  const world = createWorld(options, describePace(clock));
  const reception = createReception(world, clock, options.lenientPatterns ?? false);
  const { now, present, calls } = reception;

  const simulator: Simulator = {
    region: world.region,
    accountId: world.accountId,
    now,
    calls,
    get staleReads() {
      return world.staleViews.rules;
    },
    set staleReads(rules) {
      world.staleViews.rules = rules;
    },
    get staleReadsForMs() {
      const { forMs } = world.staleViews.rules.state ?? {};
      return typeof forMs === 'number' ? forMs : 0;
    },
    set staleReadsForMs(forMs) {
      world.staleViews.rules = forMs > 0 ? { state: { forMs }, values: { forMs } } : {};
    },
    get quotas() {
      return world.scripts.quotas.rates;
    },
    set quotas(rates) {
      world.scripts.quotas.rates = rates;
    },

    receive: (operation, input, caller) => reception.receive(operation, input, caller),
    receiveAsking: (ask, operation, input, caller) => reception.receiveAsking(ask, operation, input, caller),
    endConnects: (ask) => reception.endConnects(ask),
    call(operation, input, caller) {
      const { output, fault } = simulator.receive(operation, input, caller);
      if (fault) throw fault;
      return output;
    },

    addStore: (description = {}) => stageStore(present(), description, now()),
    moveStore: (id, state, errorCode) =>
      moveStore(world, mustExist(present().stores.get(id), `store ${id}`), state, now(), errorCode),
    store: (id) => showStore(mustExist(present().stores.get(id), `store ${id}`)),
    addKey: (id, description = {}) =>
      stageKey(present(), mustExist(world.stores.get(id), `store ${id}`), description, now()),
    addCluster: (description = {}) => buildCluster(present(), description, now()).id,
    cluster: (id) => mustExist(present().clusters.get(id), `cluster ${id}`),
    setKmsuserPassword(clusterId, password) {
      const setPassword = mustExist(present().passwordSetters.get(clusterId), `cluster ${clusterId}`);
      if (isLoggedIn(world, clusterId))
        throw new Error(`KMS is logged in to ${clusterId} as kmsuser: disconnect the store`);
      setPassword(password);
    },
    addProxy(description) {
      const proxy = createProxy(description);
      present().proxies.set(proxy.endpoint.toLowerCase(), proxy);
      return proxy;
    },
    proxy: (endpoint) => present().proxies.get(endpoint.toLowerCase()) ?? simulator.addProxy({ endpoint }),
    askProxy: (request) => present().receiveAsProxy(request),
    addVpcEndpointService(description) {
      const service = createService(description, world);
      present().services.set(service.name, service);
      return service;
    },
    vpcEndpointService: (name) => present().services.get(name) ?? simulator.addVpcEndpointService({ name }),
    addSecret: (description) => putSecret(present(), description, now()).arn,
    hostsEffectiveAtMs: (id) => present().hosts.effectiveAtMs(id),
    failNextConnect(id, errorCode, { times = 1, connectMs } = {}) {
      present().scripts.connects.add(id, { errorCode, connectMs }, times);
    },
    failNext(operation, fault, { afterEffect = false, ...match } = {}) {
      const description = typeof fault === 'string' ? { name: fault } : fault;
      simulator.orderFault({
        match: { operation, ...match },
        effect: { kind: 'answer', fault: description, afterEffect },
      });
    },
    orderFault: (rule) => present().scripts.calls.order(rule, now()),
    addExternalActor: (actor) => present().scripts.actors.order(actor, now()),
    orderTraffic: (order) => world.traffic.order(present(), order, now()),
    get written() {
      return present().traffic.written;
    },
    get faults() {
      return world.scripts.calls.rules;
    },
    clearFaults() {
      world.scripts.calls.clear();
      world.scripts.actors.clear();
    },
    describeWorld: () => summarize(present()),
  };
  return simulator;
}

function describePace(clock: (() => number) | ScaledClock): Pace {
  if (!('scale' in clock)) return { now: clock, showsTransitions: () => false, toClientMs: (ms) => ms };
  return { now: clock, showsTransitions: () => clock.scale > 1, toClientMs: (ms) => clock.toReal(ms) };
}

function mustExist<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new RangeError(`there is no ${what}`);
  return found;
}
