/**
 * Carries a run on AWS Lambda durable functions: a step is one of theirs, a wait is one `waitForCondition`, so that waiting
 * costs no compute. The service keeps the results; each invocation walks through them again and goes on from there.
 */
import { type DurableContext, StepInterruptedError, StepSemantics } from '@aws/durable-execution-sdk-js';
import type { Clock } from '../ports/clock.ts';
import { DivergenceError, type Host, type StepContext, type StepResult, type Wait } from '../ports/host.ts';
import type { LogRecord } from '../ports/log.ts';
import type { Stops } from '../ports/stops.ts';
import { type KeptIntent, type KeptLog, nameIntent, nameOperation } from './lambda-log.ts';

export interface LambdaHostOptions {
  readonly context: Pick<DurableContext, 'step' | 'waitForCondition'>;
  /** What earlier invocations have kept. */
  readonly past: KeptLog;
  readonly clock: Clock;
  /** Asked around each step and with each look. */
  readonly stops: Stops;
}

export interface LambdaHost extends Host {
  /** What is kept by now. */
  log(): readonly LogRecord[];
}

interface Waiting<M> {
  readonly memory: M;
  readonly untilMs: number;
}

/** Longer pauses are cut into such, so that a stop is heard. */
const longestPauseMs = 5 * 60_000;

export function createLambdaHost({ context, past, clock, stops }: LambdaHostOptions): LambdaHost {
  const records = [...past.records];
  const results = records.filter((record) => record.kind === 'result');
  const stop = new AbortController();
  let taken = 0;
  let lastAtMs = records.reduce((latest, { atMs }) => Math.max(latest, atMs), 0);

  const isBegun = (ordinal: number) => past.begun?.startsWith(`${ordinal}.`) ?? false;

  /** The clocks of the machines that carry the run one after another may differ; its time never goes back. */
  function now(): number {
    lastAtMs = Math.max(lastAtMs, clock.now());
    return lastAtMs;
  }

  /** The step's full name. The service itself does not look whether it is the one that was kept. */
  function take(id: string): string {
    taken += 1;
    const step = `${taken}.${id}`;
    const kept = results[taken - 1]?.step ?? (isBegun(taken) ? past.begun : step);
    if (kept !== step) throw new DivergenceError(`the execution has ${kept} where the run takes ${step}`);
    return step;
  }

  async function noteStop(): Promise<void> {
    if (!stop.signal.aborted && (await stops.isRequested())) stop.abort();
  }

  const stamp = <T>(value: T): StepResult<T> => ({ value, atMs: now(), cancelRequested: stop.signal.aborted });

  function keep<T>(step: string, result: StepResult<T>): StepResult<T> {
    if (taken > results.length) records.push({ kind: 'result', step, ...result });
    lastAtMs = Math.max(lastAtMs, result.atMs);
    return result;
  }

  /** An operation of its own: the beginning of a step carries nothing. */
  async function announce(step: string, sending: object): Promise<void> {
    const perform = async (): Promise<KeptIntent> => ({ atMs: now(), sending });
    const intent = await context.step(nameIntent(step), perform, repeatable);
    const isKept = records.some((record) => record.kind === 'intent' && record.step === step);
    if (!isKept) records.push({ kind: 'intent', step, ...intent });
  }

  async function settle<L, M, T>(id: string, { initial, observe, judge }: Wait<L, M, T>): Promise<StepResult<T>> {
    const step = take(id);
    const check = async (state: Waiting<M> | StepResult<T>) => {
      if ('atMs' in state) return state;
      await noteStop();
      const turn = judge(state.memory, await observe(state.memory, stop.signal), now(), stop.signal.aborted);
      return 'done' in turn ? stamp(turn.done) : { memory: turn.memory, untilMs: turn.untilMs };
    };
    const end = await honest(check, (checked) =>
      context.waitForCondition<Waiting<M> | StepResult<T>>(step, checked, {
        initialState: { memory: initial, untilMs: 0 },
        waitStrategy: (state) =>
          'atMs' in state ? { shouldContinue: false } : { shouldContinue: true, delay: pauseUntil(state.untilMs) },
      }),
    );
    return keep(step, end as StepResult<T>);
  }

  function pauseUntil(instantMs: number) {
    return { seconds: Math.max(1, Math.ceil(Math.min(instantMs - now(), longestPauseMs) / 1000)) };
  }

  return {
    now,
    // The service sets the clocks of its machines, and none of them sleeps in the middle of a run.
    lostMs: () => 0,
    log: () => records,

    upcoming() {
      if (taken < results.length) return 'remembered';
      return isBegun(taken + 1) ? 'begun' : 'new';
    },

    async step<T>(id: string, sending: object | null, effect: (context: StepContext) => Promise<T>) {
      const step = take(id);
      const isMutating = sending !== null;
      const wasBegun = isBegun(taken);
      if (sending !== null) await announce(step, sending);
      const perform = async ({ attempt }: { readonly attempt: number }) => {
        await noteStop();
        const value = await effect({ rerun: attempt > 1 || (!isMutating && wasBegun), signal: stop.signal });
        await noteStop();
        return stamp(value);
      };
      const result = await honest(perform, (performed) =>
        context.step(nameOperation(step, isMutating), performed, isMutating ? once : repeatable),
      );
      return keep(step, result);
    },

    settle,

    sleepUntil: (id, instantMs) =>
      settle(id, {
        initial: null,
        observe: async () => null,
        judge: (memory, _look, nowMs, stopRequested) =>
          nowMs >= instantMs || stopRequested ? { done: null } : { memory, untilMs: instantMs, endsOnStop: true },
      }),

    requestStop: () => stop.abort(),
  };
}

/** An effect that throws is a bug or the end of this run; the service would do it again. */
const repeatable = { retryStrategy: () => ({ shouldRetry: false }) };

/** Its beginning is kept before the call is sent, and a second attempt is made only where the first was cut off. */
const once = {
  semantics: StepSemantics.AtMostOncePerRetry,
  retryStrategy: (error: Error) => ({
    shouldRetry: error instanceof StepInterruptedError,
    delay: { seconds: 1 },
  }),
};

/** What the effect threw itself, where the service would throw its own account of it. */
async function honest<W extends unknown[], T, R>(
  effect: (...words: W) => Promise<T>,
  run: (effect: (...words: W) => Promise<T>) => PromiseLike<R>,
): Promise<R> {
  let thrown: { readonly error: unknown } | undefined;
  const watched = async (...words: W) => {
    try {
      return await effect(...words);
    } catch (error) {
      thrown = { error };
      throw error;
    }
  };
  try {
    return await run(watched);
  } catch (error) {
    throw thrown ? thrown.error : error;
  }
}
