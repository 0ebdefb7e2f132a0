/** DescribeKey and ListKeys. KMS lists the keys of every store and of none together. */
import { showKey } from '../../key.ts';
import { takePage } from '../../paging.ts';
import type { Input, Output } from '../../shapes.ts';
import { readKeyState } from '../../toggles.ts';
import { storeOf, type World } from '../../world.ts';
import { requireNamedKey } from './find-key.ts';

export function describeKey(world: World, input: Input<'DescribeKey'>, nowMs: number): Output<'DescribeKey'> {
  const key = requireNamedKey(world, input.KeyId, 'InvalidArnException');
  const store = storeOf(world, key);
  return { KeyMetadata: showKey(key, store, readKeyState(world, key, nowMs), world.accountId) };
}

export function listKeys(world: World, input: Input<'ListKeys'>): Output<'ListKeys'> {
  const { entries, ...rest } = takePage([...world.keys.values()], input);
  return { Keys: entries.map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })), ...rest };
}
