/** A store with keys whose proxy moves, behind a fence, with the real key verification. */
import { createHash } from 'node:crypto';
import { createKeys } from '../../src/aws/kms/keys.ts';
import { readStore } from '../../src/aws/kms/kms.ts';
import type { Canary } from '../../src/domain/key-verification.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { createResumeState, type ResumeState } from '../../src/domain/resume-state.ts';
import { createCanaryVerifier } from '../../src/key-verification/key-verifier.ts';
import { callAsSomebodyElse } from './scenario.ts';
import { createKeySend } from './services-in-process.ts';
import { addExternal, newEndpoint } from './stores.ts';
import type { RunOrder, World } from './world.ts';

const fenceRisks = ['outage', 'unverified-keys', 'disable-keys', 'exposure', 'no-rollback'] as const;

export interface FencedTerms {
  readonly keys?: number;
  /** The new proxy has other keys. */
  readonly hasOtherKeys?: boolean;
  readonly policy?: Partial<Policy>;
}

export interface FencedStore {
  readonly keyIds: readonly string[];
  readonly order: RunOrder;
  /** The states of the keys as KMS shows them. */
  readonly states: () => readonly string[];
}

export function addFenced(
  world: World,
  { keys: count = 2, hasOtherKeys = false, policy = {} }: FencedTerms = {},
): FencedStore {
  const { simulator, clock } = world;
  const store = addExternal(world);
  const keyIds = Array.from({ length: count }, () => simulator.addKey(store));
  simulator.addProxy({ endpoint: newEndpoint, ...(hasOtherKeys ? { keyManager: 'another' } : {}) });
  const keyVerifier = createCanaryVerifier({
    keys: createKeys(createKeySend(simulator), clock),
    clock,
    random: () => 0,
    kept: { read: async () => [], write: async () => undefined },
  });
  const order: RunOrder = {
    store,
    change: { XksProxyUriEndpoint: newEndpoint },
    policy: { fence: 'always', accept: fenceRisks, ...policy },
    keyVerifier,
  };
  const readState = (KeyId: string) =>
    (simulator.call('DescribeKey', { KeyId }) as { readonly KeyMetadata: { readonly KeyState: string } }).KeyMetadata
      .KeyState;
  return { keyIds, order, states: () => keyIds.map(readState) };
}

/** A run that moved the endpoint, connected, enabled some keys on their canaries, and left the rest disabled. */
export function leaveKeysDisabled(
  world: World,
  { enabled = 0, ...terms }: FencedTerms & { readonly enabled?: number } = {},
): RunOrder & { readonly resumedFrom: ResumeState } {
  const { order, keyIds } = addFenced(world, terms);
  const { simulator, clock } = world;
  const { store } = order;
  const before = readStore({ ...simulator.store(store) });
  const canaries = encryptCanaries(world, keyIds);
  for (const keyId of keyIds.slice(enabled)) simulator.call('DisableKey', { KeyId: keyId });
  callAsSomebodyElse(world, 'DisconnectCustomKeyStore', { CustomKeyStoreId: store });
  clock.advance(20_000);
  const change = { XksProxyUriEndpoint: newEndpoint };
  callAsSomebodyElse(world, 'UpdateCustomKeyStore', { CustomKeyStoreId: store, ...change });
  callAsSomebodyElse(world, 'ConnectCustomKeyStore', { CustomKeyStoreId: store });
  clock.advance(20_000);
  const resumedFrom: ResumeState = {
    ...createResumeState('earlier', before),
    isUnfinished: true,
    hasConnected: true,
    update: 'accepted',
    sent: change,
    inForce: { ...before.settings, ...change },
    offlineSinceMs: clock.now() - 40_000,
    lastAcceptedAtMs: clock.now() - 20_000,
    preparation: { canaries, keys: keyIds.length },
    fence: {
      keys: keyIds.map((keyId, at) => {
        const key = { keyId: arnOf(keyId), disabledAtMs: clock.now() - 45_000 };
        if (at >= enabled) return { ...key, state: 'disabled' };
        return { ...key, state: 'enabled', enabledAtMs: clock.now() - 10_000, evidence: 'canary' };
      }),
      unfenced: [],
      listedAtMs: clock.now() - 50_000,
      hidden: 0,
    },
  };
  return { ...order, resumedFrom };
}

/** Canaries of these keys, as a run makes them before its outage. */
export function encryptCanaries({ simulator, clock }: World, keyIds: readonly string[]): readonly Canary[] {
  const plaintext = Buffer.from('a canary');
  const encryptionContext = { purpose: 'test' };
  return keyIds.map((KeyId) => {
    const sealed = simulator.call('Encrypt', {
      KeyId,
      Plaintext: plaintext.toString('base64'),
      EncryptionContext: encryptionContext,
    }) as { readonly CiphertextBlob: string };
    const sha256 = createHash('sha256').update(plaintext).digest('hex');
    return {
      keyId: arnOf(KeyId),
      ciphertext: sealed.CiphertextBlob,
      sha256,
      encryptionContext,
      encryptedAtMs: clock.now(),
    };
  });
}

export const arnOf = (keyId: string) => `arn:aws:kms:us-east-1:111122223333:key/${keyId}`;
