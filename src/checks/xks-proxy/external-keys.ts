/** Whether each external key of the store is found and usable, where the plan leads. */

import type { ProxyReply } from '../../ports/xks-proxy.ts';
import { conclude, type Note, passed, shorten, unknown, unseen, warned } from '../conclude.ts';
import type { BuiltInCheck } from '../rights.ts';
import { type ExternalKey, nameKey } from './ask-key.ts';
import { askAboutEach, countKeys, type KeyPorts, listExternalKeys } from './inventory.ts';
import { type Fields, isObstacle, isOfKey, type Obstacle, quoteMember, readReply } from './obstacles.ts';
import { isOpen, noCredential } from './sources.ts';

interface Judged {
  readonly key: ExternalKey;
  /** What is wrong with the key; null where nothing is. */
  readonly flaw: string | null;
  /** The proxy did not tell of it. `isWay`: there was no answer at all. */
  readonly obstacle: (Obstacle & { readonly isWay: boolean }) | null;
}

export function createExternalKeysCheck(ports: KeyPorts): BuiltInCheck {
  return {
    name: 'external-keys',
    async run(store, plan, signal) {
      const sources = await ports.findSources(store, plan);
      if (sources === null) return null;
      const { next, moves } = sources;
      // What has to be accepted is that the check of the proxy, or of the keys, could not look: once is enough.
      if (!isOpen(next)) return conclude([unseen(`not checked: ${noCredential}`)]);
      const inventory = await listExternalKeys(ports, store.customKeyStoreId, signal);
      if (isObstacle(inventory)) return conclude([unseen(inventory.text)]);
      const { keys, hidden } = inventory;
      const judged = await askAboutEach(
        ports,
        inventory,
        signal,
        async (ask, key) => judgeKey(key, await ask(next, key, 'metadata')),
        ({ obstacle }) => obstacle !== null,
      );
      const {
        status,
        message,
        details = [],
        isUndecided,
      } = conclude([
        ...judgeObstacles(judged, moves),
        ...judgeFlaws(judged, moves),
        ...judgeRest(judged, keys.length - judged.length, hidden),
      ]);
      const lines = judged.flatMap(({ key, flaw }) => (flaw === null ? [] : [`${nameKey(key)}: ${flaw}`]));
      return { status, message, details: [...details, ...shorten(lines)], ...(isUndecided ? { isUndecided } : {}) };
    },
  };
}

function judgeKey(key: ExternalKey, reply: ProxyReply): Judged {
  const readout = readReply(reply);
  if (!isObstacle(readout)) return { key, flaw: findFlaw(readout.json), obstacle: null };
  if (isOfKey(reply)) return { key, flaw: readout.text, obstacle: null };
  return { key, flaw: null, obstacle: { ...readout, isWay: reply.kind === 'failed' } };
}

/** Source: XKS proxy API specification 1.0.3, "GetKeyMetadata"; developer guide, create-xks-keys. */
function findFlaw({ keySpec, keyUsage, keyStatus }: Fields): string | null {
  if (keySpec !== 'AES_256') return `it is not an AES_256 key: its keySpec is ${quoteMember(keySpec)}`;
  const uses: readonly unknown[] = Array.isArray(keyUsage) ? keyUsage : [];
  if (!uses.includes('ENCRYPT') || !uses.includes('DECRYPT'))
    return `it does not both encrypt and decrypt: its keyUsage is ${quoteMember(keyUsage)}`;
  return keyStatus === 'ENABLED' ? null : `it is not ENABLED: its keyStatus is ${quoteMember(keyStatus)}`;
}

/** Where nothing answered at all, the check of the proxy could not look either, and has to be accepted once. */
function judgeObstacles(judged: readonly Judged[], moves: boolean): readonly Note[] {
  const obstacle = judged.find((one) => one.obstacle !== null)?.obstacle ?? null;
  if (obstacle === null) return [];
  const isDeaf = judged.every((one) => one.obstacle?.isWay);
  const isOld = obstacle.status === 'failed' && !moves;
  const text = `not all checked: ${obstacle.text}`;
  return [isDeaf || isOld ? unseen(text) : { status: obstacle.status, text }];
}

/** Where the store stays at its source, or a key is given up anyway, an unfit key is nothing new. */
function judgeFlaws(judged: readonly Judged[], moves: boolean): readonly Note[] {
  const unfit = judged.filter(({ flaw }) => flaw !== null);
  if (unfit.length === 0) return [];
  const blocks = moves && unfit.some(({ key }) => key.keyState !== 'PendingDeletion');
  return [{ status: blocks ? 'failed' : 'warned', text: `${countKeys(unfit.length)} missing or not usable` }];
}

/** `left`: keys that were not reached. `hidden`: keys that this identity may not describe. */
function judgeRest(judged: readonly Judged[], left: number, hidden: number): readonly Note[] {
  const fit = judged.filter(({ flaw, obstacle }) => flaw === null && obstacle === null);
  const isCutShort = left > 0 && judged.every(({ obstacle }) => obstacle === null);
  return [
    passed(`${countKeys(fit.length)} found and usable`),
    ...(isCutShort ? [unknown(`no time to ask for ${countKeys(left)}`)] : []),
    ...(hidden > 0 ? [warned(`more keys may be in the store: ${hidden} could not be described`)] : []),
  ];
}
