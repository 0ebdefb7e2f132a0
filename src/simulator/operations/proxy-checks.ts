/** What Create and Update ask the world outside before they accept the settings of an external key store. */
import { examineProxy, examineService, refuseSymptom } from '../proxies.ts';
import type { ExternalBacking } from '../store.ts';
import type { World } from '../world.ts';

/** GetHealthStatus, sent with these settings. @throws SimulatorFault XksProxy* */
export function requireHealthyProxy(world: World, backing: ExternalBacking): void {
  refuseSymptom(examineProxy(world.proxies.get(backing.endpoint.toLowerCase()), backing));
}

/** @throws SimulatorFault XksProxyVpcEndpointServiceNotFound-, XksProxyVpcEndpointServiceInvalidConfigurationException */
export function requireUsableService(world: World, backing: ExternalBacking): void {
  if (backing.serviceName === undefined) return;
  refuseSymptom(examineService(world.services.get(backing.serviceName), backing.serviceOwner, backing.endpoint));
}
