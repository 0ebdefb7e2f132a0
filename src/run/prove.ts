/** Proof around a change: canaries made before, a look at one as the outage begins, and all of them when it is over. */
import type { Prepared, PrepareQuestion, Proven, Questions, Stamped } from '../../machines/safe-update/index.ts';
import { judgeTrial } from '../domain/proof.ts';
import type { Next, StepContext } from '../ports/host.ts';
import { extendGrace } from './lost-time.ts';
import type { Run } from './run.ts';
import { settle } from './settle.ts';

export async function prepareProof(
  run: Run,
  { store, plan, inherited }: PrepareQuestion,
  { signal }: StepContext,
): Promise<Prepared> {
  if (inherited && inherited.canaries.length > 0) return { kind: 'prepared', preparation: inherited };
  const { runId, order } = run.input;
  const terms = { runId, policy: order.policy, mayEncrypt: inherited === null, signal };
  const preparation = await run.prover.prepare(store, plan, terms);
  const { canaries, detail, isNeedless = false } = preparation;
  if (detail !== undefined && !isNeedless) run.tell({ type: 'keys.unprepared', canaries: canaries.length, detail });
  return { kind: 'prepared', preparation };
}

interface Tried {
  readonly startedAtMs: number | null;
  /** When a canary first decrypted in this round. */
  readonly keysWorkAtMs: number | null;
  readonly isDwelling: boolean;
}

/** The first call after CONNECTED. Repeated until every host of KMS uses the new settings, or an answer has come. */
export function proveKeys(run: Run, question: Questions['proveKeys']): Promise<Stamped<Proven>> {
  const { store, preparation, sinceMs, dwellUntilMs } = question;
  const terms = () => ({ ...question, countsFromMs: extendGrace(run, question.countsFromMs) });
  return settle(run, 'proveKeys', {
    initial: { startedAtMs: null, keysWorkAtMs: null, isDwelling: false },
    observe: () => run.prover.tryKeys(store, preparation, sinceMs),
    judge(before: Tried, trial, nowMs, stopRequested): Next<Proven, Tried> {
      const startedAtMs = before.startedAtMs ?? nowMs;
      const keysWorkAtMs = before.keysWorkAtMs ?? (trial.passed > 0 ? nowMs : null);
      const proof = judgeTrial(trial, terms(), startedAtMs, nowMs, stopRequested);
      if ('againAtMs' in proof) {
        const isDwelling = dwellUntilMs !== null && trial.unanswered === 0;
        if (isDwelling && !before.isDwelling) run.tell({ type: 'keys.working', untilMs: dwellUntilMs });
        const memory = { startedAtMs, keysWorkAtMs, isDwelling: before.isDwelling || isDwelling };
        return { untilMs: proof.againAtMs, endsOnStop: true, memory };
      }
      run.tell({ type: 'keys.proven', proof });
      return { done: { kind: 'proven', proof, ...(keysWorkAtMs === null ? {} : { keysWorkAtMs }) } };
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
