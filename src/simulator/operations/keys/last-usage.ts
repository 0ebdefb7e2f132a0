/**
 * GetKeyLastUsage. Tracking began with the key: every key here is younger than it. A client compares the instant with those of its
 * own clock, so the answer uses that clock: simulated time may be hours ahead.
 */
import type { Input, Output } from '../../shapes.ts';
import { makeEventId } from '../../trail.ts';
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
