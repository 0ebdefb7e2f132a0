/** A KMS that answers at once, so that only our own machinery is measured. It shows its stores as the real one does. */
import type { ConnectionState, KeyStore, Settings } from '../../src/domain/key-store.ts';
import type { Kms } from '../../src/ports/kms.ts';

export interface InstantKms extends Kms {
  /** A CONNECTED external store of its own; gives its id. */
  addStore(): string;
  /** Every store that is CONNECTING is CONNECTED from now on. */
  finishConnects(): void;
}

/**
 * `connectsAtOnce`: false leaves stores CONNECTING until they are told. A Describe shows CONNECTING once in any case: without
 * it a run would have to take CONNECTED for a stale read.
 */
export function createInstantKms({ connectsAtOnce = true } = {}): InstantKms {
  const stores = new Map<string, { state: ConnectionState; settings: Settings }>();
  const done = { ok: true, value: null, calls: 1 } as const;

  const find = (id: string) => {
    const store = stores.get(id);
    if (!store) throw new Error(`no store ${id}`);
    return store;
  };
  // Each answer is parsed anew in life, so nothing of it is shared here either.
  const show = (id: string): KeyStore => ({
    customKeyStoreId: id,
    customKeyStoreType: 'EXTERNAL_KEY_STORE',
    connectionState: find(id).state,
    settings: { ...find(id).settings },
  });

  return {
    addStore() {
      const nth = stores.size.toString(16).padStart(17, '0');
      stores.set(`cks-${nth}`, {
        state: 'CONNECTED',
        settings: {
          name: `xks-${nth}`,
          XksProxyConnectivity: 'PUBLIC_ENDPOINT',
          XksProxyUriEndpoint: `https://old-${nth}.xks.example.com`,
          XksProxyUriPath: `/${nth}/kms/xks/v1`,
          proxyCredentialAccessKeyId: 'OLDKEYOLDKEYOLDKEYOL',
        },
      });
      return `cks-${nth}`;
    },
    finishConnects() {
      for (const store of stores.values()) if (store.state === 'CONNECTING') store.state = 'CONNECTED';
    },
    async describe(id) {
      const value = show(id);
      if (connectsAtOnce && value.connectionState === 'CONNECTING') find(id).state = 'CONNECTED';
      return { ok: true, value, calls: 1 };
    },
    list: async () => ({ ok: true, value: [...stores.keys()].map(show), calls: 1 }),
    async update(id, values) {
      const store = find(id);
      store.settings = { ...store.settings, XksProxyUriEndpoint: values.XksProxyUriEndpoint as string };
      return done;
    },
    async connect(id) {
      find(id).state = 'CONNECTING';
      return done;
    },
    async disconnect(id) {
      find(id).state = 'DISCONNECTED';
      return done;
    },
    create: () => Promise.reject(new Error('nothing is tried here')),
    delete: () => Promise.reject(new Error('nothing is tried here')),
    renewCredentials: async () => undefined,
  };
}
