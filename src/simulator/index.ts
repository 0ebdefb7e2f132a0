/** The simulator's public names. */
export type { CallRecord } from './call-log.ts';
export { createScaledClock } from './clock.ts';
export type { Cluster, ClusterDescription, ClusterState, Kmsuser } from './clusters.ts';
export type { Duration, DurationOptions } from './durations.ts';
export type { VpcEndpointService, VpcEndpointServiceDescription } from './external/endpoint-service.ts';
export type { EkmState, ExternalKey, ProxyDescription, XksProxy } from './external/proxy.ts';
export { type FaultDescription, lostReply, SimulatorFault } from './fault.ts';
export type { KeyMetadata } from './key.ts';
export { defaultReadings, type Readings, readings, type UpdateProperty } from './readings.ts';
export { type ServeOptions, type SimulatorServer, serveSimulator } from './server.ts';
export type { ConnectionErrorCode, ConnectionState, CustomKeyStoreType, XksProxyConnectivity } from './shapes.ts';
export {
  createSimulator,
  type FailNextConnectOptions,
  type FailNextOptions,
  type Simulator,
  type SimulatorOptions,
} from './simulator.ts';
export type { KeyDescription, StoreDescription } from './staging.ts';
export type { StoreEntry } from './store.ts';
export type { WorldSummary } from './world-summary.ts';
