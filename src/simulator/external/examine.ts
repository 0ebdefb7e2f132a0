/** What stands behind an external key store, asked with the settings that the store has or is to get. */
import { writePrincipal } from '../partition.ts';
import { makeUuid } from '../random.ts';
import type { ExternalBacking } from '../store.ts';
import type { World } from '../world.ts';
import { judgeService } from './endpoint-service.ts';
import { judgeHealth } from './health.ts';
import { requireFitKey } from './key-metadata.ts';
import type { Problem } from './problem.ts';

/** GetHealthStatus, sent to the proxy with these settings: undefined when it is well. */
export function examineProxy(
  world: World,
  { endpoint, serviceName, path, accessKeyId, secret }: ExternalBacking,
  kmsOperation: 'CreateCustomKeyStore' | 'UpdateCustomKeyStore' | 'ConnectCustomKeyStore',
): Problem | undefined {
  const body = writeMetadata(world, { kmsOperation });
  const request = { endpoint, serviceName, kmsOperation, path, resource: 'health', accessKeyId, secret, body } as const;
  return judgeHealth(world.askProxy(request), world.interpretations);
}

/** What is wrong with the VPC endpoint service of these settings; undefined without such a service, or if it is usable. */
export function examineService(world: World, backing: ExternalBacking): Problem | undefined {
  const { serviceName } = backing;
  return serviceName === undefined ? undefined : judgeService(world.services.get(serviceName), backing, world);
}

/** GetKeyMetadata of an external key. @throws SimulatorFault XksKey*, CustomKeyStoreInvalidStateException */
export function requireExternalKey(
  world: World,
  { endpoint, serviceName, path, accessKeyId, secret }: ExternalBacking,
  xksKeyId: string,
): void {
  const resource = `keys/${xksKeyId}/metadata` as const;
  const awsPrincipalArn = writePrincipal(world.region, world.accountId, 'root');
  const kmsOperation = 'CreateKey';
  const body = writeMetadata(world, { awsPrincipalArn, kmsOperation });
  requireFitKey(
    world.askProxy({ endpoint, serviceName, kmsOperation, path, resource, accessKeyId, secret, body }),
    xksKeyId,
  );
}

function writeMetadata({ chance }: World, metadata: object): string {
  return JSON.stringify({ requestMetadata: { kmsRequestId: makeUuid(chance.proxyRequestIds), ...metadata } });
}
