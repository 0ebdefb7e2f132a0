/** The keys of a schedule's store, real ones: the default prover tries them, and what it did is kept for the judges. */

import { createKeys } from '../../src/aws/kms/keys.ts';
import type { KeyStore } from '../../src/domain/key-store.ts';
import type { Canary } from '../../src/domain/key-verification.ts';
import { createCanaryVerifier } from '../../src/key-verification/key-verifier.ts';
import type { KeyVerifier } from '../../src/ports/key-verifier.ts';
import type { Harsh } from './schedules.ts';
import { createKeySend } from './services-in-process.ts';
import { clusters, newEndpoint } from './stores.ts';
import type { World } from './world.ts';

/** A use of a key, with the state and the place that the store truly had. */
export interface KeyUse {
  readonly operation: string;
  readonly isDone: boolean;
  /** What an Encrypt gave, or a Decrypt was to open. */
  readonly ciphertext: string | undefined;
  /** Why it was not done. */
  readonly error: string | undefined;
  readonly trueState: string;
  /** The key material behind the store is that of the start. */
  readonly isSameSource: boolean;
  /** How many requests about stores had been sent. */
  readonly at: number;
}

export interface RealKeys {
  readonly keyVerifier: KeyVerifier;
  readonly uses: readonly KeyUse[];
  /** Whether the store, with these settings, has other key material than at the start. */
  areOthers(store: KeyStore): boolean;
}

const answersOf = {
  denied: 'AccessDeniedException',
  unauthenticated: 'ExpiredTokenException',
  unreachable: 'ConnectionReset',
  refused: 'KMSInvalidStateException',
} as const;

/** Of the proxy. */
const denial = 'The external key store proxy denied access to the operation.';

const longAgoMs = 3_600_000;

export function createRealKeys(world: World, store: string, plan: NonNullable<Harsh['canaries']>): RealKeys {
  const { simulator, clock } = world;
  const uses: KeyUse[] = [];
  const { first, second } = clusters(world);
  for (let nth = 0; nth < plan.keys; nth += 1) simulator.addKey(store);
  if (plan.hasOtherSource) {
    simulator.addProxy({ endpoint: newEndpoint, keyManager: 'another' });
    simulator.cluster(second).backupAtMs = clock.now() - longAgoMs;
  }
  if (plan.stateLagMs > 0) {
    simulator.staleReads = { ...simulator.staleReads, keyState: { forMs: plan.stateLagMs } };
  }
  const { trouble } = plan;
  if (trouble !== 'none') {
    world.when('ConnectCustomKeyStore', () =>
      simulator.orderFault({
        match: { operation: 'Decrypt', times: 'always', untilMs: plan.forMs },
        effect: {
          kind: 'answer',
          fault: { name: answersOf[trouble], ...(trouble === 'refused' ? { message: denial } : {}) },
          afterEffect: false,
        },
      }),
    );
  }

  const isMoved = ({ settings }: KeyStore) =>
    settings.XksProxyUriEndpoint?.toLowerCase() === newEndpoint ||
    (settings.CloudHsmClusterId !== undefined && settings.CloudHsmClusterId !== first);
  const areOthers = (observed: KeyStore) => plan.hasOtherSource && isMoved(observed);

  const send = createKeySend(simulator);
  const keys = createKeys(async (operation, input, signal) => {
    const observe = (blob: unknown, error?: string) => {
      const entry = simulator.describeWorld().stores.find(({ CustomKeyStoreId: id }) => id === store);
      const endpoint = entry?.XksProxyConfiguration?.UriEndpoint.toLowerCase();
      const isElsewhere = endpoint === newEndpoint || (entry?.CloudHsmClusterId ?? first) !== first;
      const isSameSource = !(plan.hasOtherSource && isElsewhere);
      uses.push({
        operation,
        isDone: error === undefined,
        ciphertext: blob instanceof Uint8Array ? Buffer.from(blob).toString('base64') : undefined,
        error,
        trueState: entry?.ConnectionState ?? 'gone',
        isSameSource,
        at: world.sent.length,
      });
    };
    try {
      const answer = await send(operation, input, signal);
      observe(operation === 'Encrypt' ? answer.output.CiphertextBlob : input.CiphertextBlob);
      return answer;
    } catch (error) {
      observe(input.CiphertextBlob, error instanceof Error ? error.name : 'unknown');
      throw error;
    }
  }, clock);
  let kept: readonly Canary[] = [];
  const keyVerifier = createCanaryVerifier({
    keys,
    clock,
    random: () => 0,
    kept: {
      read: async () => kept,
      write: async (_, canaries) => {
        kept = canaries;
      },
    },
  });
  return { keyVerifier, uses, areOthers };
}
