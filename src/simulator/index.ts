/** The simulator's public names. */
export type { CallRecord } from './call-log.ts';
export { createScaledClock, type ScaledClock } from './clock.ts';
export type { Cluster, ClusterDescription, ClusterState, Kmsuser } from './clusters.ts';
export type { Duration, DurationOptions } from './durations.ts';
export type { VpcEndpointService, VpcEndpointServiceDescription } from './external/endpoint-service.ts';
export type { Question } from './external/outside.ts';
export type { ProxyAnswer, ProxyReply } from './external/protocol.ts';
export type { EkmState, ProxyDescription, ReceivedRequest, XksProxy } from './external/proxy.ts';
export type { ExternalKey } from './external/proxy-keys.ts';
export { type FaultDescription, hungReply, lostReply, SimulatorFault } from './fault.ts';
export type { ExternalActor, Moment } from './faults/external-actors.ts';
export type { CallMatch, FaultEffect, FaultRule } from './faults/fault-book.ts';
export { documentedRates, type Rates } from './faults/quotas.ts';
export type { HostOptions } from './hosts.ts';
export {
  defaultInterpretations,
  type Interpretations,
  interpretations,
  type UpdateProperty,
} from './interpretations.ts';
export type { GrantTerms, KeyMetadata } from './key.ts';
export type { SecretDescription } from './put-secret.ts';
export type { AskOutside, Reply } from './reception.ts';
export type { ReplicaOptions } from './replicas.ts';
export { listScenarioNames, listScenarios, type OpenedScenario, openScenario } from './scenarios/catalogue.ts';
export type { Scenario } from './scenarios/format.ts';
export { ScenarioError } from './scenarios/scenario-error.ts';
export { createScenarioSimulator } from './scenarios/stage.ts';
export { type ServeOptions, type SimulatorServer, serveSimulator } from './server.ts';
export type {
  ConnectionErrorCode,
  ConnectionState,
  CustomKeyStoreType,
  FailureCode,
  XksProxyConnectivity,
} from './shapes.ts';
export {
  createSimulator,
  type FailNextConnectOptions,
  type FailNextOptions,
  type Simulator,
  type SimulatorOptions,
} from './simulator.ts';
export type { KeyDescription, StoreDescription } from './staging.ts';
export type { StaleAspect, StaleRead, StaleReads } from './stale-reads.ts';
export type { StoreEntry } from './store.ts';
export type { TrafficOrder, WrittenCiphertext } from './world.ts';
export type { WorldSummary } from './world-summary.ts';
export { type Certificate, type CertificateOptions, createSelfSigned } from './xks-server/self-signed.ts';
export { serveXksProxy, type XksProxyOptions, type XksProxyServer } from './xks-server/serve.ts';
