/** Stores for tests, in any state, each with the one setting that its test is about. */
import type { StoreDescription } from '../../src/simulator/index.ts';
import type { World } from './world.ts';

export const oldCredential = { AccessKeyId: 'OLDKEYOLDKEYOLDKEYOL', RawSecretAccessKey: 'o'.repeat(43) };
export const newCredential = { AccessKeyId: 'NEWKEYNEWKEYNEWKEYNE', RawSecretAccessKey: 'n'.repeat(43) };

/** The same credentials as a change holds them: the secret by reference. */
export const oldReference = { AccessKeyId: oldCredential.AccessKeyId, RawSecretAccessKey: 'env:OLD' } as const;
export const newReference = { AccessKeyId: newCredential.AccessKeyId, RawSecretAccessKey: 'env:NEW' } as const;

export const oldEndpoint = 'https://old.xks.example.com';
export const newEndpoint = 'https://new.xks.example.com';
export const newPath = '/new/kms/xks/v1';
export const privateService = 'com.amazonaws.vpce.us-east-1.vpce-svc-example';

/** Requests of a run, without their store. */
export const moveEndpoint = {
  change: { XksProxyUriEndpoint: newEndpoint },
  policy: { accept: ['outage', 'unverified-keys'] },
} as const;
export const movePath = { change: { XksProxyUriPath: newPath }, policy: { accept: ['unverified-keys'] } } as const;
export const reconnect = { policy: { intent: 'reconnect', accept: ['outage'] } } as const;
export const rename = { NewCustomKeyStoreName: 'renamed' } as const;

/** An external key store named "xks" with the settings of a new one, CONNECTED. */
export const connectedExternal = {
  CustomKeyStoreName: 'xks',
  CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
  ConnectionState: 'CONNECTED',
} as const;

/** An external key store named "xks", CONNECTED unless told otherwise. */
export function addExternal(world: World, description: StoreDescription = {}): string {
  world.secrets.set('env:OLD', oldCredential.RawSecretAccessKey);
  world.secrets.set('env:NEW', newCredential.RawSecretAccessKey);
  return world.simulator.addStore({
    ...connectedExternal,
    XksProxyUriEndpoint: oldEndpoint,
    XksProxyUriPath: '/old/kms/xks/v1',
    XksProxyAuthenticationCredential: oldCredential,
    ...description,
  });
}

/** A CloudHSM key store named "hsm" on the first cluster, CONNECTED unless told otherwise. */
export function addCloudHsm(world: World, description: StoreDescription = {}): string {
  world.secrets.set('env:PASSWORD', 'newPassword1');
  return world.simulator.addStore({
    CustomKeyStoreName: 'hsm',
    ConnectionState: 'CONNECTED',
    CloudHsmClusterId: clusters(world).first,
    ...description,
  });
}

/** The fresh world's clusters: the second is restored from the newest backup of the first. */
export function clusters(world: World): { first: string; second: string } {
  const [first, second] = world.simulator.describeWorld().clusters;
  if (!first || !second) throw new Error('a fresh world has two related clusters');
  return { first: first.clusterId, second: second.clusterId };
}

/** A CloudHSM key store that moves to a related cluster. */
export const moveCluster = (world: World) => ({
  store: addCloudHsm(world),
  change: { CloudHsmClusterId: clusters(world).second },
  policy: { accept: ['outage'] as const },
});

/** One whose login at the new cluster fails, so that it is rolled back. */
export const moveToDeadCluster = (world: World) => ({
  store: addCloudHsm(world),
  change: { CloudHsmClusterId: addClusterFromOldBackup(world) },
  policy: { accept: ['outage'] as const },
});

/** A related cluster whose kmsuser password KMS does not know: every connect to it fails at the login. */
export function addClusterFromOldBackup(world: World): string {
  return world.simulator.addCluster({ restoredFrom: clusters(world).first, backup: 'old' });
}
