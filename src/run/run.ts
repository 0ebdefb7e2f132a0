/** One run: the ports it may use, and the tally of what it sent. Everything that acts on the store goes through here. */

import type { Input, Observation, ObserveResult } from '../../machines/safe-update/index.ts';
import { toIso } from '../domain/duration.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { addCalls, type Calls, type Operation } from '../domain/outcome.ts';
import type { Approver } from '../ports/approver.ts';
import type { Check } from '../ports/checks.ts';
import type { Clock } from '../ports/clock.ts';
import type { Host } from '../ports/host.ts';
import type { KeyVerifier } from '../ports/key-verifier.ts';
import type { Keys } from '../ports/keys.ts';
import type { Kms, Reply } from '../ports/kms.ts';
import type { StoreLock } from '../ports/lock.ts';
import type { Logins } from '../ports/logins.ts';
import type { OperatorPrompt } from '../ports/operator-prompt.ts';
import type { Emit, ProgressEvent, RunContext } from '../ports/progress.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import type { Secrets } from '../ports/secrets.ts';
import { makeDependable } from './dependable-prover.ts';

export interface Ports {
  readonly kms: Kms;
  readonly secrets: Secrets;
  readonly checks: readonly Check[];
  readonly keyVerifier: KeyVerifier;
  readonly keys: Keys;
  /** Absent: the options alone decide. */
  readonly approver?: Approver | undefined;
  /** Absent: no operator can end a hold, so the run breaks off there and continues when it is resumed. */
  readonly operatorPrompt?: OperatorPrompt | undefined;
  readonly lock: StoreLock;
  readonly logins: Logins;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  /** In [0, 1); spreads the looks of many runs. */
  readonly random: () => number;
  readonly host: Host;
  readonly progress: Emit;
}

type NotEmitted<E> = E extends ProgressEvent ? Omit<E, 'runId' | 'at'> : never;

export interface Run extends Ports {
  readonly input: Input;
  emit(event: NotEmitted<ProgressEvent>): void;
  /** Takes note of where the run is now. Its lock gets the step too, and since when the store is offline because of it. */
  move(to: {
    readonly step?: string;
    readonly store?: KeyStore;
    /** Null: it is not. */
    readonly offlineSinceMs?: number | null;
  }): void;
  observe(store: string, signal?: AbortSignal): Promise<ObserveResult>;
  /** Counts the requests behind an answer. */
  count<T>(operation: Operation, reply: Promise<Reply<T>>): Promise<Reply<T>>;
  /** A call of this run, or of the one that it continues, may have changed the store. */
  hasSent(): boolean;
  /** Hears the answer of each step, also of those that an earlier process has taken. */
  noteResult(answer: object): void;
  /** Whether this process has begun what the run is at, or ended it: what an earlier one has done is no news. */
  isNews(): boolean;
  judgeNews(isNews: boolean): void;
  /** The requests since the last time this was asked. */
  takeCalls(): Calls;
}

export function createRun(ports: Ports, input: Input): Run {
  // One by one: with a spread each run would have a hidden class of its own, which costs more than the run itself.
  const { approver, checks, host, keys, kms, lock, logins, operatorPrompt, progress, random, scheduler, secrets } =
    ports;
  const clock = { ...ports.clock, now: host.now };
  let calls: Calls = {};
  let isNews = true;
  let hasSent = input.resumedFrom?.isUnfinished ?? false;
  const { runId, place } = input;
  const unseen = { store: input.store, customKeyStoreId: null, storeName: null };
  let at: RunContext = { runId, account: place.account, region: place.region, ...unseen, step: null };
  let offlineSinceMs = input.resumedFrom?.offlineSinceMs ?? null;

  const run: Run = {
    approver,
    checks,
    clock,
    host,
    kms,
    lock,
    logins,
    operatorPrompt,
    progress,
    random,
    scheduler,
    secrets,
    input,
    keys,
    keyVerifier: makeDependable(ports.keyVerifier),
    emit(event) {
      const told = { ...event, runId: input.runId, at: toIso(clock.now()) } as ProgressEvent;
      // A listener that fails, at once or later, must not disturb a run that may have a store offline.
      void (async () => progress(told, at))().catch(() => undefined);
    },
    move(to) {
      const { step = at.step, store } = to;
      const name = store?.settings.name ?? at.storeName;
      at = { ...at, step, storeName: name, customKeyStoreId: store?.customKeyStoreId ?? at.customKeyStoreId };
      if (to.offlineSinceMs !== undefined) offlineSinceMs = to.offlineSinceMs;
      if (step !== null && !store) lock.recordStep(step, offlineSinceMs);
    },
    async observe(store, signal) {
      const reply = await run.count('DescribeCustomKeyStores', kms.describe(store, signal));
      if (reply.ok) return { kind: 'observed', observed: see(reply.value) };
      const { code, message } = reply.failure;
      // One that was broken off says nothing of KMS.
      if (!signal?.aborted) run.emit({ type: 'observe.failed', code, message });
      return { kind: 'unreadable', failure: reply.failure };
    },
    async count(operation, answer) {
      const reply = await answer;
      calls = addCalls(calls, { [operation]: reply.calls });
      return reply;
    },
    hasSent: () => hasSent,
    isNews: () => isNews,
    judgeNews(judged) {
      isNews = judged;
    },
    noteResult(answer) {
      const { kind, mayBeDone = false } = answer as { readonly kind?: string; readonly mayBeDone?: boolean };
      hasSent ||= kind === 'accepted' || kind === 'unclear' || kind === 'fenced' || kind === 'fenceFailed' || mayBeDone;
    },
    takeCalls() {
      const taken = calls;
      calls = {};
      return taken;
    },
  };

  function see(store: KeyStore): Observation {
    run.move({ store });
    run.emit({ type: 'store.observed', store });
    return { store, atMs: clock.now() };
  }

  return run;
}
