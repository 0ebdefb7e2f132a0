/** A grant for a key: who may use it, beside those whom policies let. */
import type { Grant, GrantTerms, Key } from './key.ts';
import { writePrincipal } from './partition.ts';
import { alphabets } from './random.ts';
import type { World } from './world.ts';

/** Adds a grant to a key; its rules are the caller's business. */
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
