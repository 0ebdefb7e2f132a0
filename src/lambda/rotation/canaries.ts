/**
 * Canaries of a rotation, made before cks sends the new credential to KMS and tried in later calls: kept in a version of the
 * secret that has a label of its own. They protect nothing.
 */
import { randomUUID } from 'node:crypto';
import { noKeyUse } from '../../domain/key-test.ts';
import {
  type Canary,
  followSpells,
  isVerifiable,
  judgeRound,
  type KeyVerification,
  noSpells,
  type Preparation,
  unprepared,
} from '../../domain/key-verification.ts';
import { createCanaryVerifier } from '../../key-verification/key-verifier.ts';
import { tryCanaries } from '../../key-verification/try-canaries.ts';
import type { KeptCanaries, KeyVerifier } from '../../ports/key-verifier.ts';
import { canariesLabel } from './labels.ts';
import type { Turn } from './turn.ts';

/** They share the 64 KB of a secret. */
const keptAtMost = 60;

interface Kept {
  readonly rotation: string;
  readonly preparation: Preparation;
}

/** Makes canaries as every run does, and keeps them for the steps that follow, and for a store that is left offline. */
export function createKeepingVerifier({ keys, clock, random, secret, token, rotationToken }: Turn): KeyVerifier {
  const kept: KeptCanaries = {
    read: async () => (await recall(secret, token)).canaries,
    write: async () => undefined,
  };
  const keyVerifier = createCanaryVerifier({ keys, clock, random, kept });
  return {
    ...keyVerifier,
    async prepare(store, plan, terms) {
      const made = await keyVerifier.prepare(store, plan, terms);
      const preparation = { ...made, canaries: made.canaries.slice(0, keptAtMost) };
      if (store.connectionState === 'CONNECTED' && isVerifiable(preparation)) await keep(preparation);
      return preparation;
    },
  };

  function keep(preparation: Preparation): Promise<boolean> {
    const value: Kept = { rotation: token, preparation };
    return secret.put({
      versionId: randomUUID(),
      value: JSON.stringify(value),
      stages: [canariesLabel],
      ...(rotationToken === undefined ? {} : { rotationToken }),
    });
  }
}

/** Whether the keys decrypt what they encrypted before the rotation. */
export async function verifyKeys(
  { secret, token, keys, clock, deadline }: Turn,
  forMs: number,
): Promise<KeyVerification> {
  const preparation = await recall(secret, token);
  const { canaries } = preparation;
  const startedAtMs = clock.now();
  let spells = noSpells;
  for (;;) {
    const round = { canaryRound: await tryCanaries(keys, canaries, startedAtMs), use: noKeyUse };
    spells = followSpells(spells, round, clock.now());
    const isLate = clock.now() >= startedAtMs + forMs || deadline.signal.aborted;
    const terms = { preparation, sinceMs: startedAtMs, bakesUntilMs: null, countsFromMs: 0 };
    const verdict = judgeRound(round, terms, spells, clock.now(), isLate);
    if (!('againAtMs' in verdict)) return verdict.keyVerification;
    await clock.sleep(verdict.againAtMs - clock.now(), deadline.signal);
  }
}

async function recall(secret: Turn['secret'], token: string): Promise<Preparation> {
  const owner = secret.versionOf(canariesLabel);
  const text = owner === null ? null : await secret.read(owner);
  const kept = text === null ? null : parse(text);
  return kept?.rotation === token
    ? kept.preparation
    : { ...unprepared, detail: 'no canaries are kept of this rotation' };
}

function parse(text: string): Kept | null {
  try {
    const { rotation, preparation } = JSON.parse(text) as Kept;
    const canaries: readonly Canary[] = preparation.canaries;
    return Array.isArray(canaries) ? { rotation, preparation } : null;
  } catch {
    return null;
  }
}
