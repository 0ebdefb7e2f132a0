/** A check and a key verifier of a caller's own, written with the public types alone. */
import { describe, expect, it } from 'vitest';
import {
  type Canary,
  type CanaryRound,
  type Change,
  type Check,
  type CheckFinding,
  type KeyStore,
  type KeyUse,
  type KeyVerifier,
  type Plan,
  type Preparation,
  type PrepareTerms,
  updateStore,
} from '../../src/index.ts';
import { useStore } from '../support/library-over-http.ts';

const { customKeyStoreId, place } = useStore();

const keyId = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

class OwnVerifier implements KeyVerifier {
  readonly asked: string[] = [];

  async prepare(store: KeyStore, { mode }: Plan, { runId }: PrepareTerms): Promise<Preparation> {
    this.asked.push(`prepare ${store.customKeyStoreId} ${mode} ${runId.length > 0}`);
    const canary: Canary = { keyId, ciphertext: 'AA==', sha256: '00', encryptionContext: {}, encryptedAtMs: 0 };
    return { canaries: [canary], keys: 1, chosen: [keyId] };
  }

  async tryKeys(): Promise<CanaryRound> {
    return { passed: 1, unanswered: 0, lost: [], unusable: [] };
  }

  async useKeys(): Promise<KeyUse> {
    return { keys: [keyId], passed: 1, unanswered: 0, unusable: [] };
  }

  async feel(): Promise<boolean | null> {
    return true;
  }
}

describe('parts of the caller', () => {
  it('verify keys and check the change in their own way', async () => {
    const keyVerifier = new OwnVerifier();
    const sent: Change[] = [];
    const check: Check = {
      name: 'four-eyes',
      async run(_: KeyStore, { send }: Plan): Promise<Omit<CheckFinding, 'check'>> {
        sent.push(send);
        return { status: 'passed', message: 'two people have approved it' };
      },
    };
    const result = await updateStore({
      ...place,
      customKeyStoreId,
      change: { NewCustomKeyStoreName: 'renamed' },
      checks: [check],
      keyVerifier,
    });
    expect(result).toMatchObject({
      outcome: 'updated',
      checks: expect.arrayContaining([
        { check: 'four-eyes', status: 'passed', message: 'two people have approved it' },
      ]),
    });
    expect(sent).toEqual([{ NewCustomKeyStoreName: 'renamed' }]);
    expect(keyVerifier.asked).toEqual([`prepare ${customKeyStoreId} live true`]);
  });
});
