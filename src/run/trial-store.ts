/**
 * The trial store of a trial connect: made, moved and taken away in steps of their own, each safe to repeat. What is seen of
 * it is no sighting of the run's own store.
 */
import type { Observation, ObserveResult, Settled, Stamped, Write } from '../../machines/safe-update/index.ts';
import type { Goal } from '../domain/cadence.ts';
import { toIso } from '../domain/duration.ts';
import type { Failure } from '../domain/failure.ts';
import type { Settings } from '../domain/key-store.ts';
import { addCalls, type Calls, type Operation } from '../domain/outcome.ts';
import { graceUntilMs, noStaleReads } from '../domain/stale-reads.ts';
import { nameTrialStore } from '../domain/trial-connect.ts';
import { updateTriesForMs } from '../domain/tries.ts';
import type { Next, StepContext } from '../ports/host.ts';
import { forTrialConnect } from './intent.ts';
import type { Run } from './run.ts';
import { judgeSettled, notObserved, type SettleMemory, settle } from './settle.ts';
import { ensureInStep, type WriteRule } from './write.ts';

/** How long a deleted store may still be shown. */
const goneWithinMs = 5 * 60_000;
const pauseMs = 1_000;

export interface TrialStore {
  readonly name: string;
  /** One step, with its requests counted. */
  step<T extends object>(
    id: string,
    sending: object | null,
    effect: (context: StepContext) => Promise<T>,
  ): Promise<Stamped<T>>;
  observe(idOrName: string): Promise<ObserveResult>;
  /** Connects, disconnects or deletes it. */
  write(id: string, rule: Omit<WriteRule, 'call'>, observed: Observation): Promise<Write>;
  wait(goal: Goal, idOrName: string, withinMs: number): Promise<Settled>;
  /** Until Describe shows it no more; null, or why it still may be there. */
  awaitGone(customKeyStoreId: string): Promise<string | null>;
  /** The requests so far. */
  readonly calls: Calls;
}

/** `deadlineAtMs`: kept, as the process that makes a later look must not begin to count anew. */
interface Waited {
  readonly deadlineAtMs: number;
  readonly lookResult: SettleMemory;
}

/** `settings`: what Describe should show of it. */
export function openTrialStore(run: Run, settings: Settings | null): TrialStore {
  const { host } = run;
  let calls: Calls = {};
  let acceptedAtMs: number | null = null;
  // No one else knows of this store, so no one else can have deleted it.
  const beside: Run = { ...run, observe, lock: { ...run.lock, confirm: async () => null } };

  async function observe(idOrName: string): Promise<ObserveResult> {
    const reply = await run.count('DescribeCustomKeyStores', run.kms.describe(idOrName));
    if (!reply.ok) return { kind: 'unreadable', failure: reply.failure };
    run.emit({ type: 'trialStore.observed', store: reply.value });
    return { kind: 'observed', observed: { store: reply.value, atMs: run.clock.now() } };
  }

  function keep<T extends { readonly calls: Calls }>(value: T): T {
    calls = addCalls(calls, value.calls);
    return value;
  }

  async function step<T extends object>(
    id: string,
    sending: object | null,
    effect: (context: StepContext) => Promise<T>,
  ): Promise<Stamped<T>> {
    const isNews = host.upcoming() !== 'remembered';
    const result = await host.step(
      `trialConnect.${id}`,
      sending && { ...sending, ...forTrialConnect },
      async (context) => ({
        ...(await effect(context)),
        calls: run.takeCalls(),
      }),
    );
    keep(result.value);
    const { kind } = result.value as { readonly kind?: string };
    if (isNews && sending && kind) run.emit({ type: 'step.finished', step: `trialConnect.${id}`, result: kind });
    return result;
  }

  return {
    name: nameTrialStore(run.input.runId),
    step,
    observe,
    get calls() {
      return calls;
    },

    async write(id, rule, observed) {
      const { customKeyStoreId, settings: shown } = observed.store;
      const expected = settings ?? shown;
      const question = {
        evidence: observed,
        settings: [expected],
        stale: noStaleReads,
        graceUntilMs: graceUntilMs(acceptedAtMs),
        mayBeDone: false,
        // Nothing was sent to the run's own store.
        isPatient: false,
        limitMs: updateTriesForMs,
        tries: null,
        askedAtMs: host.now(),
      };
      const call = () => callOf(run, rule.operation, customKeyStoreId);
      const { value, atMs } = await step(id, { operation: rule.operation, customKeyStoreId }, ({ rerun }) =>
        ensureInStep(beside, { ...rule, call }, question, rerun),
      );
      if (value.kind === 'accepted') acceptedAtMs = atMs;
      return value;
    },

    async wait(goal, idOrName, withinMs) {
      const deadlineAtMs = host.now() + withinMs;
      if (goal !== 'settled' && host.upcoming() === 'new')
        run.emit({ type: 'wait.started', goal, deadlineAt: toIso(deadlineAtMs) });
      const { value } = await settle(run, `trialConnect.${goal}`, {
        initial: { deadlineAtMs, lookResult: notObserved },
        observe: () => observe(idOrName),
        judge(memory: Waited, observed, nowMs, stopRequested): Next<Settled, Waited> {
          const expected = { goal, stale: noStaleReads, deadlineAtMs: memory.deadlineAtMs };
          const next = judgeSettled(
            run,
            { expected, endsOnStop: false },
            memory.lookResult,
            observed,
            nowMs,
            stopRequested,
          );
          return 'done' in next ? next : { ...next, memory: { ...memory, lookResult: next.memory } };
        },
      });
      return keep(value);
    },

    async awaitGone(customKeyStoreId) {
      const { value } = await settle(run, 'trialConnect.gone', {
        initial: { deadlineAtMs: host.now() + goneWithinMs },
        observe: () => observe(customKeyStoreId),
        judge(memory: Pick<Waited, 'deadlineAtMs'>, observed, nowMs): Next<{ why: string | null }, typeof memory> {
          const failure = observed.kind === 'unreadable' ? observed.failure : undefined;
          const why = explainPresence(failure);
          const isOver = why === null || failure?.class === 'credentials' || nowMs >= memory.deadlineAtMs;
          return isOver ? { done: { why } } : { untilMs: nowMs + pauseMs, endsOnStop: false, memory };
        },
      });
      return keep(value).why;
    },
  };
}

function explainPresence(failure: Failure | undefined): string | null {
  if (failure?.class === 'notFound') return null;
  return failure ? `it cannot be described: ${failure.message}` : 'KMS still shows it, though it accepted the delete';
}

function callOf({ kms }: Run, operation: Operation, id: string) {
  if (operation === 'ConnectCustomKeyStore') return kms.connect(id);
  return operation === 'DisconnectCustomKeyStore' ? kms.disconnect(id) : kms.delete(id);
}

/** Whether an unreadable store counts as deleted: it was observed for long enough. */
export function isAbsent({ kind, ...settled }: Settled): boolean {
  return kind === 'cutOff' && settled.failure?.class === 'notFound';
}
