/** A grant for a key: who may use it, beside those whom policies let. */
import type { Key } from './key.ts';
import { writePrincipal } from './partition.ts';
import { alphabets } from './random.ts';
import type { Input } from './shapes.ts';
import type { World } from './world.ts';

export interface Grant {
  readonly id: string;
  readonly ordinal: number;
  readonly createdAtMs: number;
  /** ARN of the root user of the account that made it. */
  readonly issuingAccount: string;
  readonly terms: GrantTerms;
}

/** As CreateGrant was told them. */
export type GrantTerms = Omit<Input<'CreateGrant'>, 'KeyId' | 'DryRun' | 'GrantTokens'>;

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
