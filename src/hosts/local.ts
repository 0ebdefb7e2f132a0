/**
 * Carries a run in this process, over a log. Replay, nothing else: a step whose result is in the log returns it; the
 * first one without goes on from there. It knows nothing of stores.
 */
import type { SteadyClock } from '../ports/clock.ts';
import { DivergenceError, type Host, type StepContext, type StepResult, type Wait } from '../ports/host.ts';
import type { LogRecord, RunLog } from '../ports/log.ts';

type ResultRecord = Extract<LogRecord, { kind: 'result' }>;

const sleepAtMostMs = 60_000;

/** More than what a busy machine, or a clock that is adjusted step by step, lets the two clocks differ between two readings. */
const jumpMs = 1_000;

export function createLocalHost(log: RunLog, clock: SteadyClock): Host {
  const { past } = log;
  const results = past.filter((record): record is ResultRecord => record.kind === 'result');
  /** The step whose call may have happened without its result being kept. */
  const pending = past.findLast((record) => record.kind === 'intent')?.step;
  const stop = new AbortController();
  if (past.some((record) => record.kind === 'stop')) stop.abort();
  let taken = 0;
  const startedAtMs = clock.now();
  let lastAtMs = past.reduce((latest, record) => Math.max(latest, record.atMs), startedAtMs);
  let aheadMs = lastAtMs - startedAtMs;
  let lastAwakeMs = clock.awakeMs();
  const jumps: { readonly atMs: number; readonly byMs: number }[] = [];

  const isPending = (ordinal: number) => ordinal === results.length + 1 && pending?.startsWith(`${ordinal}.`);

  /** The clock may be set back, now or since the log was written; a run's time goes on from where it was. */
  function now(): number {
    const ms = clock.now();
    aheadMs = Math.max(aheadMs, lastAtMs - ms);
    const atMs = ms + aheadMs;
    const awakeMs = clock.awakeMs();
    const byMs = atMs - lastAtMs - (awakeMs - lastAwakeMs);
    if (byMs > jumpMs) jumps.push({ atMs, byMs });
    lastAtMs = atMs;
    lastAwakeMs = awakeMs;
    return lastAtMs;
  }

  /** The step's full name, and its result if the log has one. */
  function take(id: string): { step: string; remembered?: ResultRecord } {
    const remembered = results[taken];
    taken += 1;
    const step = `${taken}.${id}`;
    const logged = remembered?.step ?? (isPending(taken) ? pending : step);
    if (logged !== step) throw new DivergenceError(`the log has ${logged} where the run takes ${step}`);
    return remembered ? { step, remembered } : { step };
  }

  async function remember<T>(step: string, value: T, sync: boolean): Promise<StepResult<T>> {
    const stamp = { atMs: now(), cancelRequested: stop.signal.aborted };
    await log.append({ kind: 'result', step, ...stamp, value }, sync);
    return { value, ...stamp };
  }

  const replayed = <T>({ value, atMs, cancelRequested }: ResultRecord): StepResult<T> => ({
    value: value as T,
    atMs,
    cancelRequested,
  });

  /** The operation that an earlier process may have begun. */
  const isFirstAfterLog = () => past.length > 0 && taken === results.length + 1;

  return {
    now,

    lostMs: (sinceMs) => jumps.filter(({ atMs }) => atMs > sinceMs).reduce((sum, { byMs }) => sum + byMs, 0),

    upcoming() {
      return taken < results.length ? 'remembered' : 'new';
    },

    async step<T>(id: string, sending: object | null, effect: (context: StepContext) => Promise<T>) {
      const { step, remembered } = take(id);
      if (remembered) return replayed<T>(remembered);
      const isMutating = sending !== null;
      // Only a step with an intent says that it has begun.
      const rerun = isMutating ? pending === step : isFirstAfterLog();
      if (isMutating && !rerun) await log.append({ kind: 'intent', step, atMs: now(), sending }, true);
      return remember(step, await effect({ rerun, signal: stop.signal }), isMutating);
    },

    async settle<L, M, T>(id: string, { initial, initialAgain = initial, observe, judge }: Wait<L, M, T>) {
      const { step, remembered } = take(id);
      if (remembered) return replayed<T>(remembered);
      for (let memory = isFirstAfterLog() ? initialAgain : initial; ; ) {
        const observation = await observe(memory, stop.signal);
        const turn = judge(memory, observation, now(), stop.signal.aborted);
        if (turn.note !== undefined) await log.append({ kind: 'note', step, atMs: now(), note: turn.note }, false);
        if ('done' in turn) return remember(step, turn.done, false);
        memory = turn.memory;
        await clock.sleep(turn.untilMs - now(), turn.endsOnStop ? stop.signal : undefined);
      }
    },

    async sleepUntil(id, instantMs) {
      const { step, remembered } = take(id);
      if (remembered) return replayed<null>(remembered);
      // In short pieces: a timer counts no time that the machine is suspended, and the clock may be set.
      while (now() < instantMs && !stop.signal.aborted)
        await clock.sleep(Math.min(instantMs - now(), sleepAtMostMs), stop.signal);
      return remember(step, null, false);
    },

    requestStop() {
      if (stop.signal.aborted) return;
      stop.abort();
      // Every later result carries the stamp, so a run whose stop record is lost still goes one way.
      void log.append({ kind: 'stop', atMs: now() }, true).catch(() => undefined);
    },
  };
}
