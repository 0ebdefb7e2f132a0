/** A grant for a key: a principal that may use it beside those of policies. */
import type { Grant, GrantTerms, Key } from './key.ts';
import { writePrincipal } from './partition.ts';
import { alphabets } from './random.ts';
import type { World } from './world.ts';

/** Adds a grant to a key; the caller has checked its rules. */
export function admitGrant(world: World, key: Key, terms: GrantTerms, nowMs: number): Grant {
  const grant: Grant = {
    id: world.chance.ids.text(alphabets.hex, 64),
    ordinal: world.nextOrdinal,
    createdAtMs: nowMs,
    issuingAccount: writePrincipal(world.region, world.accountId, 'root'),
    terms,
  };
  world.nextOrdinal += 1;
  key.grants.push(grant);
  return grant;
}
