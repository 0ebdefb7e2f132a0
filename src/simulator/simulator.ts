/**
 * A KMS of our own for custom key stores: the judge of the product, so it knows nothing of it. In process, on the clock it
 * is handed; it has no timer and does no I/O.
 */
import { type CallRecord, recordInput } from './call-log.ts';
import type { Cluster, ClusterDescription } from './clusters.ts';
import { buildCluster, createWorld, type WorldOptions } from './create-world.ts';
import { dispatch } from './dispatch.ts';
import {
  createService,
  type VpcEndpointService,
  type VpcEndpointServiceDescription,
} from './external/endpoint-service.ts';
import { createProxy, type ProxyDescription, type XksProxy } from './external/proxy.ts';
import type { FaultDescription } from './fault.ts';
import { alphabets } from './random.ts';
import { type ConnectionErrorCode, enums } from './shapes.ts';
import { type KeyDescription, type StoreDescription, stageKey, stageStore } from './staging.ts';
import { type StoreEntry, showStore } from './store.ts';
import { settle } from './transitions.ts';
import { isLoggedIn, type World } from './world.ts';
import { summarize, type WorldSummary } from './world-summary.ts';

export interface SimulatorOptions extends WorldOptions {
  /** Milliseconds since the epoch; default Date.now. See createScaledClock. */
  readonly now?: () => number;
  /** Leaves out the patterns of the API model, which two of AWS's own examples break. */
  readonly lenientPatterns?: boolean;
}

export interface FailNextOptions {
  /** Default 1. */
  readonly times?: number;
  /** The call takes effect all the same. */
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
  /** Carries an operation out, or throws a SimulatorFault. Output as on the wire: dates are seconds since the epoch. */
  call(operation: string, input: unknown, caller?: string): object;
  /** Every call so far, in order; secrets are replaced by '(secret)'. */
  readonly calls: readonly CallRecord[];
  /** For how many milliseconds after an accepted call Describe shows the store as it was before. Default 0. */
  staleReadsForMs: number;

  /** Adds a store in any state and gives its id. */
  addStore(description?: StoreDescription): string;
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
  /** Describes the proxy at an endpoint; one that nobody described is healthy and takes any credential. */
  addProxy(description: ProxyDescription): XksProxy;
  /** The proxy at an endpoint, healthy if nobody described it; its members may be set. Ask anew for each change. */
  proxy(endpoint: string): XksProxy;
  /** Describes a VPC endpoint service; one that nobody described is as the store says. */
  addVpcEndpointService(description: VpcEndpointServiceDescription): VpcEndpointService;
  /** The next accepted Connect of the store ends FAILED with this code. */
  failNextConnect(customKeyStoreId: string, errorCode: ConnectionErrorCode, options?: FailNextConnectOptions): void;
  /** The next call of the operation answers this fault; 'ConnectionReset' is a reply that never arrives. */
  failNext(operation: string, fault: string | FaultDescription, options?: FailNextOptions): void;
  describeWorld(): WorldSummary;
}

export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const world = createWorld(options);
  const now = options.now ?? Date.now;
  const calls: CallRecord[] = [];

  /** The world as of now: the past has to happen before anybody looks or changes a thing. */
  const present = (): World => {
    settle(world, now());
    return world;
  };

  const simulator: Simulator = {
    region: world.region,
    accountId: world.accountId,
    calls,
    staleReadsForMs: 0,

    call(operation, input, caller) {
      const nowMs = now();
      settle(world, nowMs);
      const record = {
        atMs: nowMs,
        operation,
        input: recordInput(input),
        requestId: makeRequestId(world),
        ...(caller === undefined ? {} : { caller }),
      };
      const rules = {
        nowMs,
        staleReadsForMs: simulator.staleReadsForMs,
        lenientPatterns: options.lenientPatterns ?? false,
      };
      try {
        const output = dispatch(world, operation, input, rules);
        calls.push(record);
        return output;
      } catch (error) {
        calls.push({ ...record, error: error instanceof Error ? error.name : 'Error' });
        throw error;
      }
    },

    addStore: (description = {}) => stageStore(present(), description, now()),
    store: (id) => showStore(mustExist(present().stores.get(id), `store ${id}`)),
    addKey: (id, description = {}) =>
      stageKey(present(), mustExist(world.stores.get(id), `store ${id}`), description, now()),
    addCluster: (description = {}) => buildCluster(present(), description).id,
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
    addVpcEndpointService(description) {
      const service = createService(description, world);
      present().services.set(service.name, service);
      return service;
    },
    failNextConnect(id, errorCode, { times = 1, connectMs } = {}) {
      mustExist(
        enums.ConnectionErrorCodeType.find((code) => code === errorCode),
        `ConnectionErrorCode ${errorCode}`,
      );
      present().scripts.connects.add(id, { errorCode, connectMs }, times);
    },
    failNext(operation, fault, { times = 1, afterEffect = false } = {}) {
      const description = typeof fault === 'string' ? { name: fault } : fault;
      present().scripts.calls.add(operation, { fault: description, afterEffect }, times);
    },
    describeWorld: () => summarize(present()),
  };
  return simulator;
}

function mustExist<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new RangeError(`there is no ${what}`);
  return found;
}

function makeRequestId({ chance }: World): string {
  return [8, 4, 4, 4, 12].map((length) => chance.requestIds.text(alphabets.hex, length)).join('-');
}
