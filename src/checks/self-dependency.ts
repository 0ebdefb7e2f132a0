/**
 * Whether a run would make unusable what it needs itself: a secret, a table, a log group, a function or a durable execution
 * whose KMS key is in the very store that goes offline cannot be read then, and the run that should reconnect the store
 * needs it.
 *
 * Sources: the Lambda Developer Guide, durable-encryption (an execution whose key is unusable fails for good); the KMS
 * Developer Guide, create-xks-keystore (what the proxy needs must not depend on a key of the store).
 */
import { readArn, writeArn } from '../domain/arn.ts';
import { mayGoOffline } from '../domain/key-reach.ts';
import { nameStore } from '../domain/key-store.ts';
import type { Answer } from '../ports/answer.ts';
import type { Encrypted } from '../ports/encryption.ts';
import type { Keys } from '../ports/keys.ts';
import { conclude, failed, type Note, passed, unknown } from './conclude.ts';
import type { BuiltInCheck } from './rights.ts';

/** Something that the run needs. */
export interface Support {
  /** For people: `the secret arn:...`. */
  readonly name: string;
  /** What looking takes. */
  readonly right: string;
  /** What gives it another key. */
  readonly remedy: string;
  run(signal: AbortSignal): Promise<Answer<Encrypted>>;
}

/** Of the store; `unknown` if the credentials do not say. */
export interface Around {
  readonly account: string;
  readonly region: string;
}

export function createSelfDependencyCheck(
  supports: readonly Support[],
  keys: Pick<Keys, 'findStore'>,
  around: Around,
): BuiltInCheck {
  return {
    name: 'self-dependency',
    async run(store, plan, signal) {
      if (supports.length === 0 || !mayGoOffline(plan)) return null;
      const notes = await Promise.all(supports.map((support) => judge(support, signal)));
      return conclude(store.customKeyStoreType === 'EXTERNAL_KEY_STORE' ? [...notes, ofProxy] : notes);

      async function judge({ name, right, remedy, run }: Support, signal: AbortSignal): Promise<Note> {
        const unseen = (action: string, why: string) =>
          unknown(`whether ${name} is encrypted with a key of this store is not known (${action}): ${why}`);
        const observed = await run(signal);
        if (!observed.ok) return unseen(right, observed.failure.message);
        if (observed.value.key === null) return passed(`${name} is encrypted with a key of AWS's own`);
        const key = nameKey(observed.value.key, observed.value.arn);
        if (isElsewhere(key, around)) return passed(`${name} is encrypted with ${key}, of another account or Region`);
        const found = await keys.findStore(key, signal);
        if (!found.ok) return unseen('kms:DescribeKey', found.failure.message);
        if (found.value !== store.customKeyStoreId)
          return passed(`${name} is encrypted with ${key}, not in this store`);
        return failed(
          `${name} is encrypted with ${key}, a key of ${nameStore(store)}: offline, the run could not use it any more; ${remedy}`,
        );
      }
    },
  };
}

/** No API tells which AWS resources a proxy uses. */
const ofProxy = passed(
  'not visible to cks: the AWS resources of the XKS proxy itself, such as its secrets and volumes; none may be encrypted with a key of this store',
);

/** By its ARN, where the thing that it encrypts tells in which account and Region an id or alias is meant. */
function nameKey(key: string, encrypted: string): string {
  const around = readArn(encrypted);
  if (readArn(key) || !around?.region) return key;
  return writeArn({ ...around, service: 'kms', resource: key.startsWith('alias/') ? key : `key/${key}` });
}

/** Keys of a custom key store are in its account and Region. */
function isElsewhere(key: string, { account, region }: Around): boolean {
  const named = readArn(key);
  if (named === undefined) return false;
  const differs = (known: string, told: string) => known !== 'unknown' && told !== known;
  return differs(region, named.region) || differs(account, named.account);
}
