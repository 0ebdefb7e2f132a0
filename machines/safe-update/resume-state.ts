/** The facts that a resume needs, taken from the context: what a run writes with each call that changes the store. */
import { applyChange } from '../../src/domain/change.ts';
import { type ResumeState, resumeSchema } from '../../src/domain/resume-state.ts';
import type { Context } from './context.ts';
import { allSent, known, rollbackOf } from './facts.ts';

/** @throws if the run has no plan yet: then it has nothing to send either. */
export function resumeStateOf(context: Context): ResumeState {
  const { runId, isUnsent, goal, reason, offlineSinceMs, hasDisconnected, connectedSince, isHeld, accepted } = context;
  const { outageSinceMs, logins, preparation, fence, armed, stale, lastAcceptedAtMs, updateAcceptedAtMs, resumedFrom } =
    context;
  const before = known(context.before, 'the store as it was');
  const { send, wantedState } = known(context.plan, 'a plan');
  const { exposure } = context.keyVerification;
  // A rollback restores what may be in force, too.
  const isBack = goal === 'back';
  const sent = isBack ? allSent(context) : context.sent;
  const inForce = isBack ? applyChange(context.inForce, context.undecided) : context.inForce;
  return {
    schema: resumeSchema,
    runId,
    before,
    sent,
    inForce,
    ...describeUpdate({ ...context, sent }),
    send,
    isUnsent,
    wantedState,
    goal,
    ...(reason ? { reason } : {}),
    isUnfinished: context.hasWritten,
    offlineSinceMs,
    ...(outageSinceMs === null || outageSinceMs === offlineSinceMs ? {} : { outageSinceMs }),
    hasDisconnected,
    connectedSince,
    hasConnected: (context.calls.ConnectCustomKeyStore ?? 0) > 0 || (resumedFrom?.hasConnected ?? false),
    isHeld: isHeld || (resumedFrom?.isHeld ?? false),
    accepted,
    logins,
    preparation,
    ...(exposure ? { exposure } : {}),
    ...(fence ? { fence } : {}),
    ...(armed ? { armed } : {}),
    stale,
    lastAcceptedAtMs,
    updateAcceptedAtMs,
  };
}

/** An update whose result is unknown leaves what was in force before it. */
function describeUpdate(context: Context): Pick<ResumeState, 'update' | 'pending'> {
  const { update, sent, goal, undecided } = context;
  if (update !== 'unclear') return { update, pending: null };
  const before = Object.keys(sent).length > 0 ? 'accepted' : 'none';
  const rollback = rollbackOf({ ...context, update: before });
  const restored = rollback.possible ? rollback.change : null;
  return { update: before, pending: goal === 'back' ? restored : undecided };
}
