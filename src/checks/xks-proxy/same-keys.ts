/**
 * Whether the place that a plan leads to holds the same keys: random bytes that one proxy encrypted decrypt through the other,
 * both ways, for every key. AES-GCM authenticates, so that success proves it with nothing changed.
 */

import { type Finding, shorten } from '../conclude.ts';
import type { BuiltInCheck } from '../rights.ts';
import { nameKey } from './ask-key.ts';
import { type Compared, compareKey } from './compare-key.ts';
import { askAboutEach, countKeys, type ExternalKeys, type KeyPorts, listExternalKeys } from './inventory.ts';
import { isObstacle } from './obstacles.ts';
import { describeApart, isOnePlace, isOpen, noCredential } from './sources.ts';

/** What could not be compared is accepted as `unverified-keys`, and no word more is needed to accept the same thing. */
function notCompared(why: string, details?: readonly string[]): Finding {
  return { status: 'unknown', message: why, ...(details ? { details } : {}), risk: 'unverified-keys' };
}

export function createSameKeysCheck(ports: KeyPorts): BuiltInCheck {
  return {
    name: 'same-keys',
    async run(store, plan, signal) {
      const sources = await ports.findSources(store, plan);
      if (!sources?.moves) return null;
      const inventory = await listExternalKeys(ports, store.customKeyStoreId, signal);
      if (isObstacle(inventory)) return notCompared(`not compared: ${inventory.text}`);
      if (inventory.keys.length === 0 && inventory.hidden === 0)
        return { status: 'passed', message: 'the store holds no key', verifiesKeys: true };
      const { now, next } = sources;
      if (isOnePlace(ports.proxy, sources))
        return notCompared(
          `not compared: the old and the new settings lead to one address from here, ${ports.proxy.locate(now.endpoint, now.side)}, so it would be compared with itself; ${describeApart}`,
        );
      if (!isOpen(now) || !isOpen(next)) return notCompared(`not compared: ${noCredential}`);
      const results = await askAboutEach(
        ports,
        inventory,
        signal,
        (ask, key) => compareKey(ask, now, next, key),
        ({ kind }) => kind === 'unasked',
      );
      return sumUp(results, inventory);
    },
  };
}

function sumUp(results: readonly Compared[], { keys, hidden }: ExternalKeys): Finding {
  const of = (kind: Compared['kind']) => results.filter((result) => result.kind === kind).length;
  const sameKeys = results.filter(({ kind }) => kind === 'same').map(({ key }) => key.arn);
  const lines = results.flatMap(({ key, text }) => (text === null ? [] : [`${nameKey(key)}: ${text}`]));
  const details = shorten(lines);
  const total = keys.length + hidden;
  if (of('other') > 0) {
    const message = `${countKeys(of('other'))} of ${total} not the same there: what was encrypted before could not be decrypted`;
    return { status: 'failed', message, details };
  }
  if (of('same') < total) {
    const told = hidden > 0 ? `, and ${hidden} more that may be in the store could not be described` : '';
    return {
      ...notCompared(`${countKeys(of('same'))} of ${keys.length} verified to be the same${told}`, details),
      sameKeys,
    };
  }
  return {
    status: 'passed',
    message: `${countKeys(total)} verified to be the same, in both directions`,
    verifiesKeys: true,
    sameKeys,
  };
}
