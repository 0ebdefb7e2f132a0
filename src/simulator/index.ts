/** The simulator's public names. */
export type { CallRecord } from './call-log.ts';
export { createScaledClock } from './clock.ts';
export type { Cluster, ClusterDescription, ClusterState, Kmsuser } from './clusters.ts';
export type { Duration, DurationOptions } from './durations.ts';
export { type FaultDescription, lostReply, SimulatorFault } from './fault.ts';
export type {
  EkmState,
  ProxyDescription,
  VpcEndpointService,
  VpcEndpointServiceDescription,
  XksProxy,
} from './proxies.ts';
export { defaultReadings, type Readings, type UpdateProperty } from './readings.ts';
export { type ServeOptions, type SimulatorServer, serveSimulator } from './server.ts';
export type { ConnectionErrorCode, ConnectionState, CustomKeyStoreType, XksProxyConnectivity } from './shapes.ts';
export {
  createSimulator,
  type FailNextConnectOptions,
  type FailNextOptions,
  type Simulator,
  type SimulatorOptions,
} from './simulator.ts';
export type { StoreDescription } from './staging.ts';
export type { StoreEntry } from './store.ts';
export type { WorldSummary } from './world-summary.ts';
