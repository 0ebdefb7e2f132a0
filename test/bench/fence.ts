/**
 * How long a fence adds to the outage of keys: from the first DisableKey to the Disconnect, and from the first EnableKey to the
 * last. Read off the simulator's own record of calls, in virtual time, beside the floor that the quota of KMS sets.
 */
import { canaryAlias } from '../../src/domain/fence.ts';
import { quotas } from '../../src/domain/quotas.ts';
import { addFenced } from '../support/fenced.ts';
import { createWorld } from '../support/world.ts';
import type { Row } from './table.ts';

interface Added {
  readonly disablingMs: number;
  readonly enablingMs: number;
}

async function measure(keys: number): Promise<Added> {
  const world = createWorld();
  const { order } = addFenced(world, { keys });
  world.simulator.addKey(order.store, { AliasName: canaryAlias(order.store) });
  const { outcome } = await world.run(order);
  if (outcome !== 'updated') throw new Error(`a run ended ${outcome}`);
  const { calls } = world.simulator;
  const atMs = (operation: string) => calls.filter((call) => call.operation === operation).map((call) => call.atMs);
  const [connectedAtMs = 0] = atMs('ConnectCustomKeyStore');
  const [disconnectedAtMs = 0] = atMs('DisconnectCustomKeyStore');
  // Before the outage an EnableKey shows the right alone.
  const enabledAtMs = atMs('EnableKey').filter((at) => at > connectedAtMs);
  return {
    disablingMs: disconnectedAtMs - Math.min(...atMs('DisableKey')),
    enablingMs: Math.max(...enabledAtMs) - Math.min(...enabledAtMs),
  };
}

export async function measureFence(isShort: boolean): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const keys of isShort ? [10] : [10, 200, 2_000]) {
    const { disablingMs, enablingMs } = await measure(keys);
    const floor = (operation: 'DisableKey' | 'EnableKey') => [
      { what: 'the floor of the quota', value: keys / quotas[operation].allowed },
    ];
    rows.push(
      {
        what: `${keys} keys, disabled before the outage`,
        value: disablingMs / 1_000,
        unit: 's',
        peers: floor('DisableKey'),
      },
      { what: `${keys} keys, enabled after it`, value: enablingMs / 1_000, unit: 's', peers: floor('EnableKey') },
    );
  }
  return rows;
}
