/**
 * Whether the place that a plan leads to holds the same keys: random bytes that one proxy encrypted decrypt through the other,
 * both ways, for every key. AES-GCM authenticates, so that success proves it with nothing changed.
 */
import type { CheckFinding } from '../../domain/checks.ts';
import type { Check } from '../../ports/checks.ts';
import { shorten } from '../conclude.ts';
import { nameKey } from './ask-key.ts';
import { type Compared, compareKey } from './compare-key.ts';
import { askAboutEach, countKeys, type ExternalKeys, type KeyPorts, listExternalKeys } from './inventory.ts';
import { isObstacle } from './obstacles.ts';
import { isOpen, noCredential } from './sources.ts';

/**
 * What could not be compared is a warning, not `unknown`: the plan asks for `unproven-keys` then, and no word more is needed
 * to accept the same thing.
 */
export function createSameKeysCheck(ports: KeyPorts): Check {
  return {
    name: 'same-keys',
    async look(store, plan, signal) {
      const sources = await ports.findSources(store, plan);
      if (!sources?.moves) return null;
      const inventory = await listExternalKeys(ports, store.customKeyStoreId, signal);
      if (isObstacle(inventory)) return { status: 'warned', message: `not compared: ${inventory.text}` };
      if (inventory.keys.length === 0 && inventory.hidden === 0)
        return { status: 'passed', message: 'the store holds no key', provesKeys: true };
      const { now, next } = sources;
      if (!isOpen(now) || !isOpen(next)) return { status: 'warned', message: `not compared: ${noCredential}` };
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

function sumUp(results: readonly Compared[], { keys, hidden }: ExternalKeys): Omit<CheckFinding, 'check'> {
  const of = (kind: Compared['kind']) => results.filter((result) => result.kind === kind).length;
  const lines = results.flatMap(({ key, text }) => (text === null ? [] : [`${nameKey(key)}: ${text}`]));
  const details = shorten(lines);
  const total = keys.length + hidden;
  if (of('other') > 0) {
    const message = `${countKeys(of('other'))} of ${total} not the same there: what was encrypted before could not be decrypted`;
    return { status: 'failed', message, details };
  }
  if (of('same') < total) {
    const told = hidden > 0 ? `, and ${hidden} more that may be in the store could not be described` : '';
    return { status: 'warned', message: `${countKeys(of('same'))} of ${keys.length} proven the same${told}`, details };
  }
  return { status: 'passed', message: `${countKeys(total)} proven the same, both ways`, provesKeys: true };
}
