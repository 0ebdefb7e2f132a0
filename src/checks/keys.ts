/** The blast radius: how many keys a run makes unusable, for how long, and who used them just now. */
import { usualDuration } from '../domain/cadence.ts';
import { mayGoOffline, movesKeySource } from '../domain/key-reach.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { Plan } from '../domain/plan.ts';
import type { KeyInventory, Keys } from '../ports/keys.ts';
import { describeUnseen, keyListing } from './conclude.ts';
import { describeUse, type KeyUsePorts } from './key-use.ts';
import type { BuiltInCheck } from './rights.ts';

export function createKeysCheck(ports: KeyUsePorts & { readonly keys: Pick<Keys, 'list'> }): BuiltInCheck {
  return {
    name: 'keys',
    async run(store, plan, signal) {
      if (!mayGoOffline(plan) && !movesKeySource(plan)) return null;
      const listed = await ports.keys.list(store.customKeyStoreId, signal);
      if (!listed.ok) return { status: 'unknown', message: describeUnseen(keyListing, listed.failure) };
      const { value: inventory } = listed;
      const count = inventory.keys.length;
      if (count === 0 && inventory.hidden === 0)
        return { status: 'passed', message: 'the store holds no KMS key', verifiesKeys: true };
      if (count === 0) return { status: 'unknown', message: `0 keys found in it${describeHidden(inventory)}` };
      const use = await describeUse(ports, inventory.keys, signal);
      const message = `${describeKeys(inventory)} ${describeFate(store, plan)}${describeHidden(inventory)}`;
      return { status: 'passed', message, ...use };
    },
  };
}

/** `12 keys`, `12 keys (11 Enabled, 1 Disabled)` */
function describeKeys({ keys }: KeyInventory): string {
  const counts = new Map<string, number>();
  for (const { keyState } of keys) counts.set(keyState, (counts.get(keyState) ?? 0) + 1);
  const states = [...counts].map(([state, count]) => `${count} ${state}`);
  const areUsable = counts.get('Enabled') === keys.length;
  return `${keys.length} ${keys.length === 1 ? 'key' : 'keys'}${areUsable ? '' : ` (${states.join(', ')})`}`;
}

export function describeHidden({ hidden }: KeyInventory): string {
  return hidden === 0
    ? ''
    : `; ${hidden} more of the account could not be described (kms:DescribeKey), and may be in it too`;
}

function describeFate({ connectionState, customKeyStoreType: type }: KeyStore, plan: Plan): string {
  if (!mayGoOffline(plan)) return 'will encrypt with the new key source';
  if (connectionState !== 'CONNECTED') return 'cannot be used now, nor until the store is CONNECTED';
  const isMeant = plan.mode === 'offline';
  if (plan.wantedState !== 'CONNECTED') return 'cannot be used until the store is connected again';
  const times = `usually ${usualDuration('DISCONNECTED', type)} to disconnect, ${usualDuration('CONNECTED', type)} to connect`;
  return `${isMeant ? 'cannot be used while it is offline' : 'in use throughout, unless KMS wants it offline'}: ${times}`;
}
