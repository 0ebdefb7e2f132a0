/** When keys were last used. KMS answers few such questions a second, so many keys are asked about until a time limit. */
import type { Failure } from '../../domain/failure.ts';
import { quotas } from '../../domain/quotas.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LastUse, LastUses, LastUsesOptions } from '../../ports/keys.ts';
import type { Reply } from '../../ports/kms.ts';

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
  return (
    ['throttled', 'unclear', 'unreachable', 'credentials'].includes(failureClass) ||
    ['UnknownOperationException', 'UnsupportedOperationException'].includes(code)
  );
}
