/**
 * Whether a run would cut off what it stands on itself: a secret, a table, a log group or a function whose KMS key is in the
 * very store that goes offline cannot be read then, and the run that should bring the store back needs it.
 */
import { mayGoOffline } from '../domain/key-reach.ts';
import { nameStore } from '../domain/key-store.ts';
import type { Answer } from '../ports/answer.ts';
import type { Check } from '../ports/checks.ts';
import type { Encrypted } from '../ports/encryption.ts';
import type { Keys } from '../ports/keys.ts';
import { conclude, failed, type Note, passed, unknown } from './conclude.ts';

/** Something that the run stands on. */
export interface Support {
  /** For people: `the secret arn:...`. */
  readonly name: string;
  /** What looking takes. */
  readonly right: string;
  /** What gives it another key. */
  readonly remedy: string;
  run(signal: AbortSignal): Promise<Answer<Encrypted>>;
}

/** Of the store; `unknown` where nobody told it. */
export interface Around {
  readonly account: string;
  readonly region: string;
}

export function createSelfDependencyCheck(
  supports: readonly Support[],
  keys: Pick<Keys, 'findStore'>,
  around: Around,
): Check {
  return {
    name: 'self-harm',
    async run(store, plan, signal) {
      if (supports.length === 0 || !mayGoOffline(plan)) return null;
      const notes = await Promise.all(supports.map((support) => judge(support, signal)));
      return conclude(notes, 'nothing that the run itself needs is encrypted with a key of the store');

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

const arn = /^arn:[\w-]+:[\w-]+:([\w-]*):(\d*):/;

/** By its ARN, where the thing that it encrypts tells in which account and Region an id or alias is meant. */
function nameKey(key: string, encrypted: string): string {
  const [, partition, region, account] = /^arn:([\w-]+):[\w-]+:([\w-]+):(\d+):/.exec(encrypted) ?? [];
  if (arn.test(key) || partition === undefined) return key;
  return `arn:${partition}:kms:${region}:${account}:${key.startsWith('alias/') ? key : `key/${key}`}`;
}

/** Keys of a custom key store are in its account and Region. */
function isElsewhere(key: string, { account, region }: Around): boolean {
  const [, keyRegion, keyAccount] = arn.exec(key) ?? [];
  if (keyRegion === undefined) return false;
  const differs = (known: string, told: string | undefined) => known !== 'unknown' && told !== known;
  return differs(region, keyRegion) || differs(account, keyAccount);
}
