/** CreateGrant and ListGrants. A grant is kept and shown; it neither allows nor denies a call. */
import { refuse, refuseValues } from '../../fault.ts';
import { admitGrant } from '../../grant.ts';
import { isEnabled } from '../../key.ts';
import { takePage } from '../../paging.ts';
import type { Input, Output } from '../../shapes.ts';
import type { World } from '../../world.ts';
import { requireKey, requireKeyState } from './find-key.ts';

/** API reference of ListGrants. */
const grantsAtOnce = { usual: 50, most: 100 };

export function createGrant(world: World, input: Input<'CreateGrant'>, nowMs: number): Output<'CreateGrant'> {
  const { KeyId, DryRun, GrantTokens: _, ...terms } = input;
  const key = requireKey(world, KeyId);
  requireKeyState(world, key, ['Enabled', 'Disabled', 'Unavailable']);
  if (!isEnabled(key)) refuse('DisabledException', `${key.arn} is disabled.`);
  const { GranteePrincipal, GranteeServicePrincipal, Constraints } = terms;
  if ((GranteePrincipal === undefined) === (GranteeServicePrincipal === undefined)) {
    refuseValues('Specify either GranteePrincipal or GranteeServicePrincipal');
  }
  if (GranteeServicePrincipal !== undefined && Constraints?.SourceArn === undefined) {
    refuseValues('A GranteeServicePrincipal needs the grant constraint SourceArn');
  }
  if (DryRun) refuse('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.');
  const { id } = admitGrant(world, key, terms, nowMs);
  return { GrantId: id, GrantToken: Buffer.from(id).toString('base64') };
}

export function listGrants(world: World, input: Input<'ListGrants'>): Output<'ListGrants'> {
  const { Limit = grantsAtOnce.usual, GrantId, GranteePrincipal, GranteeServicePrincipal } = input;
  if (Limit > grantsAtOnce.most) refuseValues(`Limit must be at most ${grantsAtOnce.most}`);
  const key = requireKey(world, input.KeyId);
  const wanted = key.grants.filter(
    ({ id, terms }) =>
      (GrantId === undefined || GrantId === id) &&
      (GranteePrincipal === undefined || GranteePrincipal === terms.GranteePrincipal) &&
      (GranteeServicePrincipal === undefined || GranteeServicePrincipal === terms.GranteeServicePrincipal),
  );
  const { entries, ...rest } = takePage(wanted, { ...input, Limit });
  return {
    Grants: entries.map(({ id, issuingAccount, createdAtMs, terms }) => ({
      KeyId: key.arn,
      GrantId: id,
      Name: '',
      CreationDate: createdAtMs / 1000,
      IssuingAccount: issuingAccount,
      ...terms,
    })),
    ...rest,
  };
}
