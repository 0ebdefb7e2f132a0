/** What a large store costs before and after its outage: the blast radius, and canaries of every key. */

import { createKeys } from '../../src/aws/kms/keys.ts';
import type { Send } from '../../src/aws/kms/send.ts';
import { createKeysCheck } from '../../src/checks/keys.ts';
import type { KeyStore } from '../../src/domain/key-store.ts';
import { makePlan } from '../../src/domain/plan.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { systemClock } from '../../src/hosts/system-clock.ts';
import { createCanaryVerifier } from '../../src/key-verification/key-verifier.ts';
import type { Row } from './table.ts';

const answerMs = 20;

const store: KeyStore = {
  customKeyStoreId: 'cks-1234567890abcdef0',
  customKeyStoreType: 'AWS_CLOUDHSM',
  connectionState: 'CONNECTED',
  settings: { name: 'hsm', CloudHsmClusterId: 'cluster-1a23b4cdefg' },
};

/** A KMS with one store. A ciphertext is the plaintext, which is nobody's secret here. */
function createSend(keyCount: number): { readonly send: Send; calls(): number } {
  let calls = 0;
  const answers: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => object>> = {
    ListKeys: ({ Marker = '0' }) => ({
      Keys: Array.from({ length: keyCount / 2 }, (_, at) => ({ KeyId: `key-${Number(Marker) + at}` })),
      ...(Marker === '0' ? { Truncated: true, NextMarker: String(keyCount / 2) } : {}),
    }),
    DescribeKey: ({ KeyId }) => ({
      KeyMetadata: {
        KeyId,
        Arn: KeyId,
        KeyState: 'Enabled',
        CreationDate: new Date(0),
        CustomKeyStoreId: store.customKeyStoreId,
      },
    }),
    Encrypt: ({ Plaintext }) => ({ CiphertextBlob: Plaintext }),
    Decrypt: ({ CiphertextBlob }) => ({ Plaintext: CiphertextBlob }),
  };
  const send: Send = async (operation, input) => {
    calls += 1;
    await new Promise((resolve) => setTimeout(resolve, answerMs));
    return { output: { ...answers[operation]?.(input) } };
  };
  return { send, calls: () => calls };
}

export async function measureKeys(isShort: boolean): Promise<readonly Row[]> {
  const keyCount = isShort ? 200 : 2_000;
  const { send, calls } = createSend(keyCount);
  const keys = createKeys(send, systemClock);
  const metrics = {
    findUses: async (arns: readonly string[]) =>
      ({ ok: true, value: new Map(arns.map((arn) => [arn, { requests: 1, lastAtMs: Date.now() }])) }) as const,
  };
  const kept = { read: async () => [], write: async () => undefined };
  const keyVerifier = createCanaryVerifier({ keys, kept, clock: systemClock, random: Math.random });
  const policy = { ...defaultPolicy, intent: 'reconnect', canaryKeys: ['all'] } as const;
  const plan = makePlan(store, { change: {}, previous: {}, policy });
  const { signal } = new AbortController();

  const rows: Row[] = [];
  async function measure<T>(what: string, most: { s: number; calls: number }, work: () => Promise<T>): Promise<T> {
    const before = { ms: performance.now(), calls: calls() };
    const done = await work();
    const s = (performance.now() - before.ms) / 1_000;
    rows.push({ what, value: s, unit: 's', limit: { atMost: most.s } });
    rows.push({ what: '  its calls', value: calls() - before.calls, unit: 'calls', limit: { atMost: most.calls } });
    return done;
  }

  await measure('blast radius', { s: 5, calls: keyCount + 3 }, () =>
    createKeysCheck({ keys, metrics, clock: systemClock }).run(store, plan, signal),
  );
  const prepared = await measure('canaries of all keys', { s: 15, calls: 4 * keyCount }, () =>
    keyVerifier.prepare(store, plan, { runId: 'run-1', policy, mayEncrypt: true, earlier: [], signal }),
  );
  await measure('proof of all keys', { s: 5, calls: keyCount }, () => keyVerifier.tryKeys(store, prepared, Date.now()));
  return rows;
}
