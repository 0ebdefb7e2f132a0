/**
 * GetKeyLastUsage. Tracking began with the key: every key here is younger than it. A client compares the instant with those of its
 * own clock, so it is told by that: simulated time may be hours ahead.
 */
import { createHash } from 'node:crypto';
import type { Input, Output } from '../../shapes.ts';
import type { World } from '../../world.ts';
import { requireKey } from './find-key.ts';

export function getKeyLastUsage(world: World, { KeyId }: Input<'GetKeyLastUsage'>): Output<'GetKeyLastUsage'> {
  const { id, createdAtMs, lastUsage } = requireKey(world, KeyId);
  return {
    KeyId: id,
    ...(lastUsage && {
      KeyLastUsage: {
        Operation: lastUsage.operation,
        Timestamp: world.toClientMs(lastUsage.atMs) / 1000,
        CloudTrailEventId: makeEventId(lastUsage.requestId),
        KmsRequestId: lastUsage.requestId,
      },
    }),
    TrackingStartDate: createdAtMs / 1000,
    KeyCreationDate: createdAtMs / 1000,
  };
}

/** Each call is one event. */
function makeEventId(requestId: string): string {
  const hash = createHash('sha256').update(requestId).digest('hex');
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
