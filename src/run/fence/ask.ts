/** Calls on keys while cks has some of them disabled: what may pass is asked again, however long it takes. */
import { isRejection } from '../../domain/errors.ts';
import type { Failure } from '../../domain/failure.ts';
import { createGate } from '../../domain/gate.ts';
import type { Reply } from '../../ports/kms.ts';
import type { Run } from '../run.ts';

const askAgainMs = 10_000;

interface Patience {
  /** What is asked, for people: `EnableKey of arn:...`. */
  readonly what?: string;
  /** A stop ends the tries. */
  readonly signal?: AbortSignal | undefined;
  /** So long KMS may answer this call without a decision, in milliseconds; then no further try is begun. */
  readonly withinMs?: number | undefined;
  /** Whether an answer is needed no more. */
  readonly isOver?: () => boolean;
}

/** A rejection by KMS is an answer; expired credentials, a lost network and throttling are not. */
export async function askUntilAnswered<T>(
  run: Run,
  ask: () => Promise<Reply<T>>,
  { what, signal, withinMs = Number.POSITIVE_INFINITY, isOver = () => false }: Patience = {},
): Promise<Reply<T>> {
  const untilMs = run.clock.now() + withinMs;
  for (let times = 1; ; times += 1) {
    const reply = await ask();
    if (reply.ok || isRejection(reply.failure.class) || signal?.aborted) return reply;
    const isLate = run.clock.now() + askAgainMs > untilMs;
    if (isOver() || (isLate && isByKms(reply.failure))) return reply;
    const { code, message } = reply.failure;
    run.emit({ type: 'run.suspended', code, message: what === undefined ? message : `${what}: ${message}`, times });
    await run.clock.sleep(askAgainMs, signal);
    await run.kms.renewCredentials();
  }
}

/** An error of KMS, or an answer without what was asked for. What stands between KMS and this machine is waited out. */
function isByKms({ code, class: failureClass, requestId }: Failure): boolean {
  return failureClass === 'unclear' && (requestId !== undefined || code === 'UNREADABLE_ANSWER');
}

const inFlightAtMost = 8;

/** Works on all of them in their order, few at a time. `isOver`: nothing more is begun. */
export async function forEachKey<K>(
  keys: readonly K[],
  work: (key: K) => Promise<unknown>,
  isOver: () => boolean,
): Promise<void> {
  const inTurn = createGate(inFlightAtMost);
  await Promise.all(keys.map((key) => inTurn(async () => (isOver() ? undefined : work(key)))));
}
