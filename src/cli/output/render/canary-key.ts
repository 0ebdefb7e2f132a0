/** The canary key of a store, as it was created or found. */
import { nameStore } from '../../../domain/key-store.ts';
import type { CanaryKeyResult } from '../../../library/canary-key.ts';
import { commandsOf, wrap } from './lines.ts';

export function renderCanaryKey({
  store,
  canaryKeyId,
  alias,
  isNew,
  hasCanary,
  nextCommands,
}: CanaryKeyResult): string {
  if (store === null || canaryKeyId === null) return '';
  const canary = hasCanary ? '; a canary of it is kept' : '';
  const found = isNew ? `the canary key ${canaryKeyId} was created` : `${alias} is its canary key, ${canaryKeyId}`;
  const lines = [wrap(`${nameStore(store)}: ${found}${canary}`, '', '  '), ...commandsOf('  Run next:', nextCommands)];
  return `${lines.join('\n')}\n`;
}
