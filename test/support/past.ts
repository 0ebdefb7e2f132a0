/** What the log of a run in a world tells. */
import { defaultPolicy } from '../../src/domain/policy.ts';
import type { LogRecord } from '../../src/ports/log.ts';
import { readPast } from '../../src/run/past.ts';
import type { RunOrder, World } from './world.ts';

export function readPastOf({ simulator }: World, order: RunOrder, records: readonly LogRecord[]) {
  const { store, change = {}, previous = {}, policy, takenUp, startedAtMs = 0 } = order;
  const input = {
    runId: 'run-1',
    store,
    place: { region: simulator.region, account: simulator.accountId },
    order: { change, previous, policy: { ...defaultPolicy, ...policy } },
    startedAtMs,
    ...(takenUp ? { takenUp } : {}),
  };
  return readPast(input, records);
}
