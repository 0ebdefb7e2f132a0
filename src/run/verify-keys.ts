/** Proof around a change: canaries made before, a look at one as the outage begins, and all of them when it is over. */
import type { ActorInputs, KeysVerified, Prepared, PrepareInput, Stamped } from '../../machines/safe-update/index.ts';
import { toIso } from '../domain/duration.ts';
import { noKeyUse } from '../domain/key-test.ts';
import { followSpells, judgeRound, noSpells, type Spells } from '../domain/key-verification.ts';
import type { Next, StepContext } from '../ports/host.ts';
import { extendGrace } from './lost-time.ts';
import type { Run } from './run.ts';
import { settle } from './settle.ts';

export async function prepareKeyVerification(
  run: Run,
  { store, plan, inherited, earlier }: PrepareInput,
  { signal }: StepContext,
): Promise<Prepared> {
  if (inherited && inherited.canaries.length > 0) return { kind: 'prepared', preparation: inherited };
  const { runId, request } = run.input;
  const terms = { runId, policy: request.policy, mayEncrypt: inherited === null, earlier, signal };
  const preparation = await run.keyVerifier.prepare(store, plan, terms);
  const { canaries, detail, isNeedless = false } = preparation;
  if (detail !== undefined && !isNeedless) run.emit({ type: 'keys.unprepared', canaries: canaries.length, detail });
  return { kind: 'prepared', preparation };
}

interface Tried {
  readonly spells: Spells;
  /** When a canary first decrypted in this round. */
  readonly keysWorkAtMs: number | null;
  readonly isBaking: boolean;
  /** It was told that keys fail. */
  readonly hasFailed: boolean;
}

/** The first call after CONNECTED. Repeated until every host of KMS uses the new settings, or an answer has come. */
export function verifyKeys(run: Run, question: ActorInputs['verifyKeys']): Promise<Stamped<KeysVerified>> {
  const { store, preparation, sinceMs, bakesUntilMs } = question;
  const terms = () => ({ ...question, countsFromMs: extendGrace(run, question.countsFromMs) });
  return settle(run, 'verifyKeys', {
    initial: { spells: noSpells, keysWorkAtMs: null, isBaking: false, hasFailed: false },
    async observe() {
      const canaryRound = await run.keyVerifier.tryKeys(store, preparation, sinceMs);
      // Nothing is encrypted with other key material than the store should have.
      const use = canaryRound.lost.length > 0 ? noKeyUse : await run.keyVerifier.useKeys(preparation);
      return { canaryRound, use };
    },
    judge(before: Tried, round, nowMs, stopRequested): Next<KeysVerified, Tried> {
      const spells = followSpells(before.spells, round, nowMs);
      const keysWorkAtMs = before.keysWorkAtMs ?? (round.canaryRound.passed > 0 ? nowMs : null);
      const verdict = judgeRound(round, terms(), spells, nowMs, stopRequested);
      if ('againAtMs' in verdict) {
        const isBaking = bakesUntilMs !== null && spells.failingSinceMs === null && spells.silentSinceMs === null;
        if (isBaking && !before.isBaking) run.emit({ type: 'keys.working', until: toIso(bakesUntilMs) });
        const isFirstFailure = spells.failingSinceMs !== null && !before.hasFailed;
        const why = round.use.detail ?? round.canaryRound.detail ?? 'older ciphertext does not decrypt';
        if (isFirstFailure) run.emit({ type: 'keys.failing', detail: why });
        const memory = {
          spells,
          keysWorkAtMs,
          isBaking: before.isBaking || isBaking,
          hasFailed: before.hasFailed || isFirstFailure,
        };
        return { untilMs: verdict.againAtMs, endsOnStop: true, memory };
      }
      const { keyVerification, keyTest } = verdict;
      run.emit({ type: 'keys.verified', keyVerification, keyTest });
      return {
        done: { kind: 'verified', keyVerification, keyTest, ...(keysWorkAtMs === null ? {} : { keysWorkAtMs }) },
      };
    },
  });
}

/** Tries one key beside an observation: when it fails, the outage has begun for the users of the store. Null: it did not fail, or its answer does not tell. */
export async function feelOutage(
  run: Run,
  { expected, preparation }: ActorInputs['settleStore'],
): Promise<number | null> {
  const isOffline = expected.goal === 'DISCONNECTED' || expected.goal === 'CONNECTED';
  if (!isOffline || preparation.canaries.length === 0) return null;
  return (await run.keyVerifier.feel(preparation)) === false ? run.clock.now() : null;
}
