/** What a fence will do to the keys of a store, as far as that can be seen without a change: how many, how long, how exposed. */
import { canaryAlias, describeCost, findCanaryKey } from '../domain/fence.ts';
import type { Keys } from '../ports/keys.ts';
import { describeUnseen, keyListing } from './conclude.ts';
import type { BuiltInCheck } from './rights.ts';

const without =
  'Without a canary key, a key that no check verified is exposed until its own canary decrypts: usually for a second, for at most 5 minutes.';

const traces =
  'Before the outage cks calls EnableKey on each, which changes nothing, to show the right. CloudTrail logs each call, and alarms on DisableKey may go off';

export function createFenceCheck(keys: Pick<Keys, 'list' | 'listAliases'>): BuiltInCheck {
  return {
    name: 'fence',
    async run({ customKeyStoreId }, { fence }, signal) {
      if (fence?.kind !== 'planned') return null;
      const [listed, aliases] = await Promise.all([keys.list(customKeyStoreId, signal), keys.listAliases(signal)]);
      if (!listed.ok) return { status: 'unknown', message: describeUnseen(keyListing, listed.failure) };
      const { hidden } = listed.value;
      const enabled = listed.value.keys.filter(({ keyState }) => keyState === 'Enabled');
      const alias = canaryAlias(customKeyStoreId);
      const known = aliases.ok ? aliases.value : [];
      const hasCanaryKey = findCanaryKey(customKeyStoreId, enabled, known) !== undefined;
      const lack = known.some(({ name }) => name === alias) ? ` ${alias} names no enabled key of this store.` : '';
      const details = [
        hasCanaryKey
          ? `The canary key ${alias} stays enabled, and cks verifies it before it enables any other key`
          : `${without}${lack} Create one: cks canary key create ${customKeyStoreId} --xks-key-id ID`,
        ...(hidden > 0
          ? [`${hidden} keys of the account could not be described: those in the store have no fence`]
          : []),
        traces,
      ];
      const fenced = hasCanaryKey ? enabled.length - 1 : enabled.length;
      if (fenced === 0 && hidden === 0)
        return { status: 'passed', message: 'no key to disable', details, dispels: ['disable-keys', 'exposure'] };
      const message = `${describeCost(fenced)}, and until 5 minutes after the disconnect unless same-keys verifies it; applications see DisabledException meanwhile`;
      return { status: 'passed', message, details, ...(hasCanaryKey ? { dispels: ['exposure'] } : {}) };
    },
  };
}
