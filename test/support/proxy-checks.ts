/** An external key store between two proxies of a simulator, and its checks. Not a test. */

import { createKnownSecrets } from '../../src/aws/known-secrets.ts';
import { createXksProxyChecks } from '../../src/checks/xks-proxy/index.ts';
import type { Change } from '../../src/domain/change.ts';
import type { CheckFinding } from '../../src/domain/checks.ts';
import type { KeyStore } from '../../src/domain/key-store.ts';
import { makePlan, type Plan } from '../../src/domain/plan.ts';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import type { KeyInventory, StoreKey } from '../../src/ports/keys.ts';
import type { Reply } from '../../src/ports/kms.ts';
import { SecretUnavailableError } from '../../src/ports/secrets.ts';
import { createSimulator, serveXksProxy } from '../../src/simulator/index.ts';
import { createXksProxy, type XksProxyOptions } from '../../src/xks-proxy/xks-proxy.ts';
import { never } from './broken-proxies.ts';
import { keep } from './servers.ts';
import { newCredential, newEndpoint, newReference, oldCredential, oldEndpoint, oldReference } from './stores.ts';

const oldPath = '/old/kms/xks/v1';
const fitKey = { keySpec: 'AES_256', keyUsage: ['ENCRYPT', 'DECRYPT'], keyStatus: 'ENABLED' } as const;

export const externalStore: KeyStore = {
  customKeyStoreId: 'cks-1',
  customKeyStoreType: 'EXTERNAL_KEY_STORE',
  connectionState: 'CONNECTED',
  settings: {
    name: 'xks',
    XksProxyConnectivity: 'PUBLIC_ENDPOINT',
    XksProxyUriEndpoint: oldEndpoint,
    XksProxyUriPath: oldPath,
    proxyCredentialAccessKeyId: oldCredential.AccessKeyId,
  },
};

/** To another endpoint, with a credential of its own. */
export const move: Change = { XksProxyUriEndpoint: newEndpoint, XksProxyAuthenticationCredential: newReference };
export const rotation: Change = { XksProxyAuthenticationCredential: newReference };

export function createKeys(count: number, more: Partial<StoreKey> = {}): readonly StoreKey[] {
  return Array.from({ length: count }, (_, at) => ({
    keyId: `key-${at + 1}`,
    arn: `arn:aws:kms:us-east-1:111122223333:key/key-${at + 1}`,
    keyState: 'Enabled',
    createdAtMs: 0,
    xksKeyId: `ext-${at + 1}`,
    ...more,
  }));
}

/** What proxies answer of the external keys of these. */
export const fitKeys = Object.fromEntries(createKeys(3).map(({ xksKeyId = '' }) => [xksKeyId, fitKey]));

export type Findings = Readonly<Record<string, Omit<CheckFinding, 'check'> | null>>;

export interface Looking {
  readonly change?: Change;
  readonly policy?: Partial<Policy>;
  /** Whether the credential in force was given. Default true. */
  readonly hasOld?: boolean;
  readonly store?: KeyStore;
  readonly plan?: Plan;
  readonly signal?: AbortSignal;
}

/** `connectTo`: an endpoint that is not one of the simulator's. */
export async function setStage({ connectTo = {}, ...options }: Partial<XksProxyOptions> = {}) {
  const nowMs = Date.now();
  const simulator = createSimulator();
  const describe = (endpoint: string, paths: string[], known: (typeof oldCredential)[]) =>
    simulator.addProxy({
      endpoint,
      paths,
      keys: fitKeys,
      credentials: Object.fromEntries(known.map((one) => [one.AccessKeyId, one.RawSecretAccessKey])),
    });
  const from = describe(oldEndpoint, [oldPath], [oldCredential, newCredential]);
  const to = describe(newEndpoint, [oldPath], [newCredential]);
  const { url } = keep(await serveXksProxy(simulator));
  const proxy = createXksProxy({
    region: 'us-east-1',
    now: () => nowMs,
    ...options,
    connectTo: { [oldEndpoint]: url, [newEndpoint]: url, ...connectTo },
  });
  const values: Record<string, string> = {
    'env:OLD': oldCredential.RawSecretAccessKey,
    'env:NEW': newCredential.RawSecretAccessKey,
  };
  const inventory: { reply: Reply<KeyInventory>; asked: number } = {
    reply: { ok: true, value: { keys: createKeys(3), hidden: 0 }, calls: 4 },
    asked: 0,
  };
  const hold = (keys: readonly StoreKey[], hidden = 0) => {
    inventory.reply = { ok: true, value: { keys, hidden }, calls: 1 };
  };

  /** As the vault does. */
  const known = createKnownSecrets();

  /** By the check's name. */
  async function observe(looking: Looking = {}): Promise<Findings> {
    const { change = move, policy = {}, hasOld = true, store = externalStore, signal = never } = looking;
    const previous = hasOld ? { XksProxyAuthenticationCredential: oldReference } : {};
    const plan = looking.plan ?? makePlan(store, { change, previous, policy: { ...defaultPolicy, ...policy } });
    const checks = createXksProxyChecks(
      { previous },
      {
        proxy,
        secrets: {
          async resolve(reference) {
            const value = values[reference];
            if (value === undefined) throw new SecretUnavailableError(`${reference} is not set`);
            known.add(value);
            return value;
          },
        },
        listKeys: async () => {
          inventory.asked += 1;
          return inventory.reply;
        },
        clock: { now: () => nowMs },
      },
    );
    const found = checks.map(async (check) => [check.name, await check.run(store, plan, signal)] as const);
    return Object.fromEntries(await Promise.all(found));
  }
  return { simulator, url, from, to, proxy, inventory, hold, observe, values };
}
