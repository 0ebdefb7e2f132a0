/** Somebody who uses keys all the while, as data in a company does. It is on no record but that of each key's last use. */
import { OpenQuestion } from './external/outside.ts';
import { SimulatorFault } from './fault.ts';
import type { Key } from './key.ts';
import { decryptWith, encryptWith, openBlob, requireUsable, type Use } from './operations/keys/backing-key.ts';
import { findNamedKey } from './operations/keys/find-key.ts';
import { makeUuid, type Random } from './random.ts';
import type { Traffic, TrafficOrder, World } from './world.ts';

interface Stream extends TrafficOrder {
  readonly keyId: string;
  nextAtMs: number;
  /** What is decrypted; made by the first use that succeeds. */
  ciphertext: string | undefined;
}

const plaintext = Buffer.from('traffic');
const authenticated = Buffer.alloc(0);

export function createTraffic(random: Random): Traffic {
  const streams: Stream[] = [];

  function use(world: World, stream: Stream, key: Key, nowMs: number): void {
    const { operation } = stream;
    const requestId = makeUuid(random);
    const one: Use = { key, operation, authenticated, nowMs, requestId };
    requireUsable(world, key, nowMs);
    if (operation === 'Decrypt') {
      stream.ciphertext ??= encryptWith(world, one, plaintext);
      decryptWith(world, one, openBlob(stream.ciphertext));
    } else encryptWith(world, one, plaintext);
    key.lastUsage = { operation, atMs: nowMs, requestId };
  }

  return {
    order(world, order, nowMs) {
      const key = findNamedKey(world, order.key);
      if (!key) throw new RangeError(`there is no key ${order.key}`);
      streams.push({ ...order, keyId: key.id, nextAtMs: nowMs + order.everyMs, ciphertext: undefined });
    },
    flow(world, untilMs) {
      for (const stream of streams) {
        if (stream.nextAtMs > untilMs) continue;
        const { everyMs, nextAtMs } = stream;
        // Where nothing changes, the last use in a stretch of time goes as all of them, and only the last shows.
        const lastAtMs = nextAtMs + Math.floor((untilMs - nextAtMs) / everyMs) * everyMs;
        stream.nextAtMs = lastAtMs + everyMs;
        const key = world.keys.get(stream.keyId);
        try {
          if (key) use(world, stream, key, lastAtMs);
        } catch (error) {
          // Nobody waits for a proxy that stands outside.
          if (!(error instanceof SimulatorFault || error instanceof OpenQuestion)) throw error;
        }
      }
    },
  };
}
