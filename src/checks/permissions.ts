/**
 * Whether the AWS identity has all permissions for an outage, before it begins: cks must not disconnect a store that it may
 * not connect again. Actions on custom key stores cannot be limited to one store, so the check calls them with an id that
 * cannot exist: KMS denies the call, or finds no such store. KMS rejects malformed values before it looks for the store.
 */
import { type Change, changedNames, visibleValue } from '../domain/change.ts';
import { limitToOutage } from '../domain/checks.ts';
import { mayGoOffline } from '../domain/key-reach.ts';
import type { Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import { describeProperty } from '../domain/properties.ts';
import type { Kms, Reply, UpdateValues } from '../ports/kms.ts';
import { conclude, type Finding, failed } from './conclude.ts';
import type { BuiltInCheck } from './rights.ts';

/**
 * For runs alone: its calls are on record as refused changes, which a plan must not cause. `isAsked`: an operator can accept
 * the outage of a change that KMS refuses live.
 */
export function createPermissionsCheck(
  kms: Pick<Kms, 'disconnect' | 'connect' | 'update'>,
  runId: string,
  { accept }: Pick<Policy, 'accept'>,
  isAsked: boolean,
): BuiltInCheck {
  const probeId = `cks-permission-probe-${runId}`.slice(0, 64);

  return {
    name: 'permissions',
    async run(_store, plan, signal) {
      const isCertain = plan.mode === 'offline';
      if (!mayGoOffline(plan) || !(isCertain || isAsked || accept.includes('outage'))) return null;
      const answers: Answered[] = [];
      for (const [action, call] of listCalls(plan)) {
        signal.throwIfAborted();
        answers.push({ action, reply: await ask(call) });
      }
      const found = judgeAnswers(answers);
      return isCertain ? found : limitToOutage(found);
    },
  };

  function listCalls({ send }: Plan): readonly (readonly [string, () => Promise<Reply<null>>])[] {
    const isChange = changedNames(send).length > 0;
    const values = listValues(send);
    return [
      ['kms:DisconnectCustomKeyStore', () => kms.disconnect(probeId)],
      ['kms:ConnectCustomKeyStore', () => kms.connect(probeId)],
      ...(isChange ? [[update, () => kms.update(probeId, values)] as const] : []),
    ];
  }
}

const update = 'kms:UpdateCustomKeyStore';

/** Has the length that KMS requires, and is no real secret. */
const noSecret = 'A'.repeat(43);

/** The values as they will be sent, without any secret: KMS judges their form before it looks for the store. */
function listValues(send: Change): UpdateValues {
  const values = changedNames(send).flatMap((name) => {
    const value = visibleValue(send, name);
    if (value === undefined) return [];
    const { visibleMember, secretMember } = describeProperty(name);
    const whole = visibleMember && secretMember ? { [visibleMember]: value, [secretMember.name]: noSecret } : value;
    return [[name, whole]];
  });
  return Object.fromEntries(values);
}

const triesAtMost = 3;

/** Again where the answer was lost: for a store that cannot exist the call has no effect, however often it is sent. */
async function ask(call: () => Promise<Reply<null>>): Promise<Reply<null>> {
  for (let tries = 1; ; tries += 1) {
    const reply = await call();
    if (reply.ok || reply.failure.class !== 'unclear' || tries === triesAtMost) return reply;
  }
}

interface Answered {
  readonly action: string;
  readonly reply: Reply<null>;
}

function judgeAnswers(answers: readonly Answered[]): Finding {
  const refused = answers.flatMap(({ action, reply }) =>
    action === update && !reply.ok && reply.failure.code === 'ValidationException' ? [reply.failure] : [],
  );
  const denied = answers.filter(({ reply }) => !reply.ok && reply.failure.class === 'denied');
  const isClear = ({ reply }: Answered) =>
    !reply.ok && (['denied', 'notFound'].includes(reply.failure.class) || refused.includes(reply.failure));
  const unclear = answers.find((answer) => !isClear(answer));
  if (unclear !== undefined && denied.length === 0 && refused.length === 0) {
    const { action, reply } = unclear;
    const told = reply.ok ? 'the call was accepted for a store that cannot exist' : reply.failure.message;
    return { status: 'unknown', message: `whether this AWS identity is allowed ${action} is not clear: ${told}` };
  }
  const notes = [
    ...denied.map(({ action }) =>
      failed(`this AWS identity is denied ${action}, which the update or its rollback needs`),
    ),
    ...refused.map(({ message }) => failed(`KMS refuses the new values: ${message}`)),
  ];
  const asked = answers.map(({ action }) => action).join(', ');
  return conclude(notes, `this AWS identity is allowed ${asked}`);
}
