/** Whether keys work now: a fresh Encrypt and Decrypt with each. */
import { judgeKeyFailure } from '../domain/key-failure.ts';
import type { KeyUse } from '../domain/key-test.ts';
import type { Clock } from '../ports/clock.ts';
import type { Keys } from '../ports/keys.ts';
import { makeCanary } from './canary.ts';

/** CloudTrail shows it with each use of a key that is a test. */
export const keyTestContext = { purpose: 'cks-safe-update key test' };

/** `keyIds`: ARNs. */
export async function useKeys(keys: Keys, clock: Clock, keyIds: readonly string[]): Promise<KeyUse> {
  const terms = { encryptionContext: keyTestContext, nowMs: clock.now() };
  const used = await Promise.all(keyIds.map(async (keyId) => ({ keyId, made: await makeCanary(keys, keyId, terms) })));
  const failed = used.flatMap(({ keyId, made }) => ('code' in made ? [{ keyId, failure: made }] : []));
  const isOurs = (one: (typeof failed)[number]) => judgeKeyFailure(one.failure) === 'unknown';
  const unusable = failed.filter((one) => !isOurs(one)).map(({ keyId }) => keyId);
  const why = (failed.find((one) => !isOurs(one)) ?? failed[0])?.failure;
  return {
    keys: keyIds,
    passed: used.length - failed.length,
    unanswered: failed.length - unusable.length,
    unusable,
    ...(why ? { detail: `${failed.length} of ${used.length} do not work: ${why.code}, ${why.message}` } : {}),
  };
}
