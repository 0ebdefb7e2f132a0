/** Proof around a change: canaries made before, a look at one as the outage begins, and all of them when it is over. */
import type { Prepared, PrepareQuestion, Proven, Questions, Stamped } from '../../machines/safe-update/index.ts';
import { noKeyUse } from '../domain/key-test.ts';
import { followSpells, judgeRound, noSpells, type Spells } from '../domain/proof.ts';
import type { Next, StepContext } from '../ports/host.ts';
import { extendGrace } from './lost-time.ts';
import type { Run } from './run.ts';
import { settle } from './settle.ts';

export async function prepareProof(
  run: Run,
  { store, plan, inherited, earlier }: PrepareQuestion,
  { signal }: StepContext,
): Promise<Prepared> {
  if (inherited && inherited.canaries.length > 0) return { kind: 'prepared', preparation: inherited };
  const { runId, order } = run.input;
  const terms = { runId, policy: order.policy, mayEncrypt: inherited === null, earlier, signal };
  const preparation = await run.prover.prepare(store, plan, terms);
  const { canaries, detail, isNeedless = false } = preparation;
  if (detail !== undefined && !isNeedless) run.tell({ type: 'keys.unprepared', canaries: canaries.length, detail });
  return { kind: 'prepared', preparation };
}

interface Tried {
  readonly spells: Spells;
  /** When a canary first decrypted in this round. */
  readonly keysWorkAtMs: number | null;
  readonly isDwelling: boolean;
  /** It was told that keys fail. */
  readonly hasFailed: boolean;
}

/** The first call after CONNECTED. Repeated until every host of KMS uses the new settings, or an answer has come. */
export function proveKeys(run: Run, question: Questions['proveKeys']): Promise<Stamped<Proven>> {
  const { store, preparation, sinceMs, dwellUntilMs } = question;
  const terms = () => ({ ...question, countsFromMs: extendGrace(run, question.countsFromMs) });
  return settle(run, 'proveKeys', {
    initial: { spells: noSpells, keysWorkAtMs: null, isDwelling: false, hasFailed: false },
    async observe() {
      const trial = await run.prover.tryKeys(store, preparation, sinceMs);
      // Nothing is encrypted with other key material than the store should have.
      const use = trial.lost.length > 0 ? noKeyUse : await run.prover.useKeys(preparation);
      return { trial, use };
    },
    judge(before: Tried, round, nowMs, stopRequested): Next<Proven, Tried> {
      const spells = followSpells(before.spells, round, nowMs);
      const keysWorkAtMs = before.keysWorkAtMs ?? (round.trial.passed > 0 ? nowMs : null);
      const verdict = judgeRound(round, terms(), spells, nowMs, stopRequested);
      if ('againAtMs' in verdict) {
        const isDwelling = dwellUntilMs !== null && spells.failingSinceMs === null && spells.silentSinceMs === null;
        if (isDwelling && !before.isDwelling) run.tell({ type: 'keys.working', untilMs: dwellUntilMs });
        const isFirstFailure = spells.failingSinceMs !== null && !before.hasFailed;
        const why = round.use.detail ?? round.trial.detail ?? 'older ciphertext does not decrypt';
        if (isFirstFailure) run.tell({ type: 'keys.failing', detail: why });
        const memory = {
          spells,
          keysWorkAtMs,
          isDwelling: before.isDwelling || isDwelling,
          hasFailed: before.hasFailed || isFirstFailure,
        };
        return { untilMs: verdict.againAtMs, endsOnStop: true, memory };
      }
      const { proof, keyTest } = verdict;
      run.tell({ type: 'keys.proven', proof, keyTest });
      return { done: { kind: 'proven', proof, keyTest, ...(keysWorkAtMs === null ? {} : { keysWorkAtMs }) } };
    },
  });
}

/** Tries one key beside an observation: when it fails, the outage has begun for the users of the store. Null: it did not fail, or its answer does not tell. */
export async function feelOutage(
  run: Run,
  { expected, preparation }: Questions['settleStore'],
): Promise<number | null> {
  const isOffline = expected.goal === 'DISCONNECTED' || expected.goal === 'CONNECTED';
  if (!isOffline || preparation.canaries.length === 0) return null;
  return (await run.prover.feel(preparation)) === false ? run.clock.now() : null;
}
