/** What Create and Update ask the world outside before they accept the settings of an external key store. */
import { examineProxy, examineService } from '../external/examine.ts';
import { refuseProblem } from '../external/problem.ts';
import type { ExternalBacking } from '../store.ts';
import type { World } from '../world.ts';

/** GetHealthStatus, sent with these settings. @throws SimulatorFault XksProxy* */
export function requireHealthyProxy(
  world: World,
  backing: ExternalBacking,
  operation: 'CreateCustomKeyStore' | 'UpdateCustomKeyStore',
): void {
  refuseProblem(examineProxy(world, backing, operation));
}

/** @throws SimulatorFault XksProxyVpcEndpointServiceNotFound-, XksProxyVpcEndpointServiceInvalidConfigurationException */
export function requireUsableService(world: World, backing: ExternalBacking): void {
  refuseProblem(examineService(world, backing));
}
