/** The simulator's own record of a scene, in words: it is the witness, not the command. */

import { formatDuration } from '../../domain/duration.ts';
import type { CallRecord } from '../../simulator/index.ts';

/** The calls of a scene that concern its store and were accepted, and how long the store was offline in the simulator's time. */
export function recordDemo(calls: readonly CallRecord[]): string {
  const offlineMs = measureOffline(calls);
  const counts = new Map<string, number>();
  const isOfStores = ({ operation, error }: CallRecord) => /CustomKeyStores?$/.test(operation) && error === undefined;
  for (const { operation } of calls.filter(isOfStores)) {
    const word = operation.replace(/CustomKeyStores?$/, '');
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const tally = [...counts].map(([word, count]) => (count === 1 ? word : `${count} x ${word}`));
  const offline = offlineMs === undefined ? 'no time offline' : `${formatDuration(offlineMs)} offline (simulated time)`;
  return `KMS saw ${tally.join(', ')}; ${offline}`;
}

/** From the first accepted Disconnect to the last look; undefined where nothing was disconnected. */
function measureOffline(calls: readonly CallRecord[]): number | undefined {
  const start = calls.find(({ operation, error }) => operation === 'DisconnectCustomKeyStore' && error === undefined);
  const end = calls.findLast(({ operation }) => operation === 'DescribeCustomKeyStores');
  return start && end ? end.atMs - start.atMs : undefined;
}
