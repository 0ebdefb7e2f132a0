/** Proof around a change: canaries made before, a look at one as the outage begins, and all of them when it is over. */
import type { Prepared, PrepareQuestion, Proven, Questions, Stamped } from '../../machines/safe-update/index.ts';
import type { Calls } from '../domain/outcome.ts';
import { judgeTrial, unprepared } from '../domain/proof.ts';
import type { Next, StepContext } from '../ports/host.ts';
import type { Prover } from '../ports/proof.ts';
import { messageOf } from './errors.ts';
import type { Run } from './run.ts';

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

/** The first call after CONNECTED. Repeated until every host of KMS uses the new settings, or an answer has come. */
export function proveKeys(run: Run, question: Questions['proveKeys']): Promise<Stamped<Proven>> {
  const { store, preparation, sinceMs } = question;
  let startedAtMs: number | undefined;
  let keysWorkAtMs: number | undefined;
  let isDwelling = false;
  return run.host.settle(
    'proveKeys',
    () => run.prover.tryKeys(store, preparation, sinceMs),
    (trial, nowMs, stopRequested): Next<Proven & { calls: Calls }> => {
      startedAtMs ??= nowMs;
      if (trial.passed > 0) keysWorkAtMs ??= nowMs;
      const proof = judgeTrial(trial, question, startedAtMs, nowMs, stopRequested);
      if ('againAtMs' in proof) {
        const { dwellUntilMs } = question;
        const isNews = dwellUntilMs !== null && trial.unanswered === 0 && !isDwelling;
        if (isNews) run.tell({ type: 'keys.working', untilMs: dwellUntilMs });
        isDwelling ||= isNews;
        return { untilMs: proof.againAtMs, endsOnStop: true };
      }
      const felt = keysWorkAtMs === undefined ? {} : { keysWorkAtMs };
      run.tell({ type: 'keys.proven', proof });
      return { done: { kind: 'proven', proof, ...felt, calls: run.takeCalls() } };
    },
  );
}

/** Tries one key beside each look until it fails: then the outage has begun for whoever uses the store. */
export function createFeeler(run: Run, { expected, preparation }: Questions['settleStore']) {
  const isWatching = expected.goal === 'DISCONNECTED' && preparation.canaries.length > 0;
  let keysFailedAtMs: number | undefined;
  return {
    async once(): Promise<void> {
      if (!isWatching || keysFailedAtMs !== undefined) return;
      if ((await run.prover.feel(preparation)) === false) keysFailedAtMs = run.clock.now();
    },
    felt: () => (keysFailedAtMs === undefined ? {} : { keysFailedAtMs }),
  };
}

/** A prover that fails has not said that the keys are wrong, and the run has to end with an outcome. */
export function makeDependable(prover: Prover): Prover {
  return {
    prepare: (...words) =>
      attempt(
        () => prover.prepare(...words),
        (detail) => ({ ...unprepared, detail }),
      ),
    tryKeys: (store, preparation, sinceMs) =>
      attempt(
        () => prover.tryKeys(store, preparation, sinceMs),
        (detail) => ({ passed: 0, unanswered: 0, lost: [], detail }),
      ),
    feel: (preparation) =>
      attempt(
        () => prover.feel(preparation),
        () => null,
      ),
  };
}

async function attempt<T>(work: () => Promise<T>, otherwise: (detail: string) => T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    return otherwise(messageOf(error));
  }
}
