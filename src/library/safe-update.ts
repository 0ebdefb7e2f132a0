/** The verbs that change a store, over the default adapters. The command stands on the same. */
import { randomBytes } from 'node:crypto';
import type { RunResult } from '../domain/outcome.ts';
import { unproven } from '../domain/proof.ts';
import { createLocalHost, createMemoryLog } from '../hosts/local.ts';
import { systemClock } from '../hosts/system-clock.ts';
import type { Approver } from '../ports/approver.ts';
import type { Check } from '../ports/checks.ts';
import type { Progress } from '../ports/progress.ts';
import type { Prover } from '../ports/proof.ts';
import { logProgress } from '../progress/log-progress.ts';
import { type OrderInput, prepareOrder } from '../run/prepare.ts';
import { startRun } from '../run/start.ts';
import { createVault } from '../secrets/vault.ts';
import { type ConnectionOptions, connect, logRequests } from './connection.ts';

export interface SafeUpdateOptions extends OrderInput, ConnectionOptions {
  /** The first abort asks for a stop; it never interrupts a call that changes the store. */
  readonly signal?: AbortSignal;
  readonly onProgress?: Progress;
  /** Asked before the first write. Without one, the risks in `accept` alone decide. */
  readonly approver?: Approver;
  /** Looks before the first write; each may refuse the run. */
  readonly checks?: readonly Check[];
  readonly prover?: Prover;
}

/**
 * Changes settings of a custom key store safely, and says how that ended.
 *
 * @throws {InvalidInputError} when the arguments are wrong, by themselves or for this type of store.
 * @throws {UnfinishedRunError} when the run broke off; it says in which state the store was last seen.
 */
export async function safeUpdate(options: SafeUpdateOptions): Promise<RunResult> {
  const vault = createVault();
  const order = await prepareOrder(options, vault);
  const connection = await connect(options);
  const { kms, place } = connection;
  const { logger, onProgress } = options;
  const told = logger ? logProgress(logger) : undefined;
  const input = {
    runId: createRunId(new Date(systemClock.now())),
    store: options.customKeyStoreId,
    place,
    order,
    startedAtMs: systemClock.now(),
  };
  const ports = {
    kms,
    secrets: vault,
    checks: options.checks ?? [],
    prover: options.prover ?? { prove: async () => unproven },
    ...(options.approver ? { approver: options.approver } : {}),
    clock: systemClock,
    random: Math.random,
    host: createLocalHost(createMemoryLog(), systemClock),
    progress: (event: Parameters<Progress>[0]) => {
      told?.(event);
      return onProgress?.(event);
    },
  };
  const signal = options.signal ? { signal: options.signal } : {};
  return logRequests(connection, logger, () => startRun(ports, input, signal));
}

/** Disconnects a store and connects it again, whatever state it is in: a rotation of kmsuser, or the way back online. */
export function reconnect(options: Omit<SafeUpdateOptions, 'change' | 'previous' | 'intent'>): Promise<RunResult> {
  return safeUpdate({ ...options, intent: 'reconnect' });
}

/** Sorts by time, and is short enough to be typed: `20261124-030000-4f2a`. */
function createRunId(now: Date): string {
  const [day = '', time = ''] = now.toISOString().split('T');
  return `${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(2).toString('hex')}`;
}
