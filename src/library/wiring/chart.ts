/** Which lifecycle this code has: a log is replayed only by the one that wrote it. */
import { createHash } from 'node:crypto';
import { safeUpdateMachine } from '../../../machines/safe-update/index.ts';

let known: string | undefined;

/**
 * A hash of the machine's definition: its states, transitions, guards, actions and invoked actors, by name. The version alone
 * does not tell two commits apart.
 */
export function chartHash(): string {
  known ??= hashChart(safeUpdateMachine.config);
  return known;
}

export function hashChart(definition: object): string {
  const byName = (_: string, value: unknown) => (typeof value === 'function' ? `${value.name}()` : value);
  return createHash('sha256').update(JSON.stringify(definition, byName)).digest('hex').slice(0, 16);
}
