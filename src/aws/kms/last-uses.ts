/** When keys were last used. KMS answers few such questions a second, so many keys are asked about until a time limit. */
import type { Failure } from '../../domain/failure.ts';
import { quotas } from '../../domain/quotas.ts';
import { isInstant, isRecord } from '../../domain/shape.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LastUse, LastUses, LastUsesOptions } from '../../ports/keys.ts';
import type { Reply } from '../../ports/kms.ts';
import { UnreadableAnswerError } from '../unreadable-answer.ts';

/** As many as the pace lets through in a second, so that an answer that is slow does not slow down the others. */
const workers = quotas.GetKeyLastUsage.sent;

export function createFindLastUses(
  findOne: (keyId: string, signal: AbortSignal) => Promise<Reply<LastUse>>,
  clock: Pick<Clock, 'now'>,
): (keyIds: readonly string[], options: LastUsesOptions) => Promise<LastUses> {
  return async (keyIds, { limitMs, signal }) => {
    const untilMs = clock.now() + limitMs;
    const waiting = [...keyIds];
    const uses = new Map<string, LastUse>();
    const failures: Failure[] = [];
    const mayGoOn = () => !signal.aborted && clock.now() < untilMs && !failures.some(concernsEveryKey);

    async function work(): Promise<void> {
      for (let keyId = waiting.shift(); keyId !== undefined; keyId = mayGoOn() ? waiting.shift() : undefined) {
        const reply = await findOne(keyId, signal);
        if (reply.ok) uses.set(keyId, reply.value);
        else failures.push(reply.failure);
      }
    }

    await Promise.all(Array.from({ length: workers }, work));
    return { uses, failures, notLookedUp: waiting.length };
  };
}

/** A failure that is not of one key: the next question would meet it as well. An older Region may not know the operation. */
function concernsEveryKey({ code, class: failureClass }: Failure): boolean {
  if (code === 'UNREADABLE_ANSWER') return false;
  return (
    ['throttled', 'unclear', 'unreachable', 'credentials'].includes(failureClass) ||
    ['UnknownOperationException', 'UnsupportedOperationException'].includes(code)
  );
}

/**
 * Reads an answer to GetKeyLastUsage. Without KeyLastUsage, KMS has recorded no use since TrackingStartDate.
 *
 * @throws {UnreadableAnswerError} where a use has no instant, or neither a use nor the begin of the records is there.
 */
export function readLastUse({
  KeyLastUsage: usage,
  TrackingStartDate: trackedSince,
}: Readonly<Record<string, unknown>>): LastUse {
  const trackedSinceMs = isInstant(trackedSince) ? trackedSince.getTime() : null;
  if (isRecord(usage)) {
    if (!isInstant(usage.Timestamp)) throw new UnreadableAnswerError('Timestamp of the last use');
    return { atMs: usage.Timestamp.getTime(), trackedSinceMs };
  }
  if (trackedSinceMs === null) throw new UnreadableAnswerError('KeyLastUsage and no TrackingStartDate');
  return { atMs: null, trackedSinceMs };
}
