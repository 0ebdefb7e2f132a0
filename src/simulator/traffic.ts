/**
 * Applications that use keys all the while. The trail has each use under the application's name; the record of calls has none.
 * Their ciphertexts are kept with the key material that made them, for the judges of schedules.
 */
import { OpenQuestion } from './external/outside.ts';
import { SimulatorFault } from './fault.ts';
import type { Key } from './key.ts';
import {
  decryptWith,
  encryptWith,
  nameMaterial,
  openBlob,
  requireUsable,
  settingsMet,
  type Use,
} from './operations/keys/backing-key.ts';
import { findNamedKey } from './operations/keys/find-key.ts';
import { makeUuid, type Random } from './random.ts';
import { storeOf, type Traffic, type TrafficOrder, type World, type WrittenCiphertext } from './world.ts';

interface Stream extends TrafficOrder {
  readonly principal: string;
  readonly keyId: string;
  readonly originalMaterial: string | undefined;
  nextAtMs: number;
  /** What is decrypted; made by the first use that succeeds. */
  ciphertext: string | undefined;
}

const plaintext = Buffer.from('traffic');
const authenticated = Buffer.alloc(0);
const keptCiphertexts = 100_000;
/** After a longer stretch of time only the latest uses of a stream happen: a caller does not have to wait for years of them. */
const usesAtOnce = 2_000;

export function createTraffic(random: Random): Traffic {
  const streams: Stream[] = [];
  const written: WrittenCiphertext[] = [];

  function use(world: World, stream: Stream, key: Key, nowMs: number): void {
    const { operation, principal } = stream;
    const requestId = makeUuid(random);
    const one: Use = { key, operation, authenticated, nowMs, requestId };
    const record = (errorCode: string | undefined): void => {
      const event = { atMs: nowMs, operation, keyArns: [key.arn], caller: principal, requestId, errorCode };
      world.trail.record({ ...event, encryptionContext: undefined });
    };
    try {
      requireUsable(world, key, nowMs);
      if (operation === 'Decrypt') {
        stream.ciphertext ??= encryptWith(world, one, plaintext);
        decryptWith(world, one, openBlob(stream.ciphertext));
      } else keep(world, stream, one, encryptWith(world, one, plaintext));
    } catch (error) {
      // An application does not wait for a proxy outside the simulator.
      if (error instanceof OpenQuestion) return;
      if (!(error instanceof SimulatorFault)) throw error;
      record(error.name);
      return;
    }
    key.lastUsage = { operation, atMs: nowMs, requestId };
    record(undefined);
  }

  function keep(world: World, { principal, originalMaterial }: Stream, one: Use, ciphertext: string): void {
    const hasOriginalMaterial = nameMaterial(world, one.key, settingsMet(world, one)) === originalMaterial;
    written.push({ atMs: one.nowMs, keyId: one.key.id, principal, ciphertext, hasOriginalMaterial });
    if (written.length > keptCiphertexts) written.splice(0, keptCiphertexts / 10);
  }

  return {
    written,
    order(world, order, nowMs) {
      const key = findNamedKey(world, order.key);
      if (!key) throw new RangeError(`there is no key ${order.key}`);
      streams.push({
        principal: 'role/application',
        ...order,
        keyId: key.id,
        originalMaterial: nameMaterial(world, key, storeOf(world, key)?.backing),
        nextAtMs: nowMs + order.everyMs,
        ciphertext: undefined,
      });
    },
    flow(world, untilMs) {
      for (const stream of streams) {
        const { everyMs } = stream;
        const missed = Math.floor((untilMs - stream.nextAtMs) / everyMs) + 1 - usesAtOnce;
        if (missed > 0) stream.nextAtMs += missed * everyMs;
        const key = world.keys.get(stream.keyId);
        for (; stream.nextAtMs <= untilMs; stream.nextAtMs += everyMs) {
          if (key) use(world, stream, key, stream.nextAtMs);
        }
      }
    },
  };
}
