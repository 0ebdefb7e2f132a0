/** Applications that use the keys of a schedule's store all the while, and a colleague who disables or enables one of them. */

import { callAsSomebodyElse } from './scenario.ts';
import type { Harsh } from './schedules.ts';
import type { World } from './world.ts';

type Plan = NonNullable<Harsh['applications']>;

/** `at`: calls back just before the nth request of all. */
export function startApplications(
  world: World,
  store: string,
  { everyMs, decrypts, toggleLagMs, colleague }: Plan,
  at: (request: number, act: () => void) => void,
): void {
  const { simulator } = world;
  const known = listKeys(world, store);
  const keys = known.length > 0 ? known : [simulator.addKey(store)];
  for (const key of keys) {
    simulator.orderTraffic({ key, operation: 'Encrypt', everyMs, principal: 'role/writer' });
    if (decrypts) simulator.orderTraffic({ key, operation: 'Decrypt', everyMs, principal: 'role/reader' });
  }
  const lagMs = (random: number) => Math.round(random * toggleLagMs);
  simulator.staleReads = { ...simulator.staleReads, enabled: { lagMs } };
  if (!colleague) return;
  const operation = colleague.act === 'disable' ? 'DisableKey' : 'EnableKey';
  at(colleague.at, () => callAsSomebodyElse(world, operation, { KeyId: keys[0] ?? '' }));
}

function listKeys({ simulator }: World, store: string): readonly string[] {
  const { Keys } = simulator.call('ListKeys', { Limit: 1_000 }) as { Keys: readonly { KeyId: string }[] };
  const isOfStore = (KeyId: string) => {
    const { KeyMetadata } = simulator.call('DescribeKey', { KeyId }) as { KeyMetadata: { CustomKeyStoreId?: string } };
    return KeyMetadata.CustomKeyStoreId === store;
  };
  return Keys.map(({ KeyId }) => KeyId).filter(isOfStore);
}
