/** Canaries that were made, or tried. */
import { nameStore } from '../../../domain/key-store.ts';
import type { CanaryResult } from '../../../library/canaries.ts';
import { wrap } from './lines.ts';

export function renderCanaries(
  { store, canaries, passed, lost, detail, reason }: CanaryResult,
  areNew: boolean,
): string {
  if (store === null || reason) return '';
  const keys = `${canaries} ${canaries === 1 ? 'key' : 'keys'}`;
  const told = areNew ? `canaries of ${keys} are kept` : `${passed} of ${keys} decrypt what they encrypted before`;
  const lines = [
    wrap(`${nameStore(store)}: ${told}`, '', '  '),
    ...lost.map((keyId) =>
      wrap(`${keyId} does not: its key material is different or deleted, or the kept canary is damaged`, '  '),
    ),
    ...(detail === undefined ? [] : [wrap(detail, '  ')]),
  ];
  return `${lines.join('\n')}\n`;
}
