/** The questions that the arrows ask. Pure: of what was remembered and of the answer that just came. */
import { connectRetries, loginLimit } from '../../src/domain/cadence.ts';
import { changedNames } from '../../src/domain/change.ts';
import { explainConnectionError } from '../../src/domain/connection-errors.ts';
import { isTransient } from '../../src/domain/key-store.ts';
import { hasChangedConnection, rollbackOf } from './facts.ts';
import type { Context, Event, Result } from './types.ts';

interface Args {
  readonly context: Context;
  readonly event: Event;
}

const kindIs =
  (...kinds: readonly Result['kind'][]) =>
  ({ event }: Args) =>
    kinds.includes(event.output.value.kind);

const stateIs =
  (...states: readonly string[]) =>
  ({ context }: Args) =>
    context.seen !== null && states.includes(context.seen.store.connectionState);

const isStopped = ({ context, event }: Args) => context.stopRequested || event.output.cancelRequested;

const isInvalidState = ({ event: { output } }: Args) =>
  output.value.kind === 'refused' && output.value.failure.class === 'invalidState';

const isConnected = stateIs('CONNECTED');

const hasGoneOffline = ({ context }: Args) => context.offlineSinceMs !== null;

export const guards = {
  isStopped,

  // describing, planning
  isUnreadable: kindIs('unreadable'),
  isMoving: ({ event: { output } }: Args) =>
    output.value.kind === 'seen' && isTransient(output.value.seen.store.connectionState),
  isUnchanged: ({ context }: Args) => context.plan?.verdict === 'unchanged',
  isRefused: ({ context }: Args) => context.plan?.verdict === 'refused',

  // checking, approving
  hasFailedCheck: ({ event: { output } }: Args) =>
    output.value.kind === 'checked' && output.value.findings.some((finding) => finding.status === 'failed'),
  isDeclined: kindIs('declined'),
  lacksConsent: kindIs('unconsented'),
  goesLive: ({ context }: Args) => context.plan?.path === 'live',
  goesOffline: ({ context }: Args) => context.plan?.path === 'offline',

  // writes
  isAccepted: kindIs('accepted'),
  isKmsRefusal: kindIs('refused'),
  isLost: kindIs('foreign', 'unclear'),
  isUntouched: (args: Args) => !args.context.hasWritten && kindIs('refused', 'foreign')(args),
  isStoppedAtInvalidState: (args: Args) => isInvalidState(args) && isStopped(args),
  mayGoOffline: (args: Args) => isInvalidState(args) && args.context.accepted.includes('outage'),
  hasUnsentUpdate: ({ context }: Args) =>
    context.update === 'none' && context.plan !== null && changedNames(context.plan.send).length > 0,
  wantsConnection: ({ context }: Args) => context.plan?.wantedState === 'CONNECTED',

  // waits
  isReached: kindIs('reached'),
  isConnectFailure: kindIs('failed'),
  isAstray: kindIs('foreign', 'unmoved'),
  isUnmoved: kindIs('unmoved'),
  isOverdue: kindIs('overdue'),
  isStoppedBeforeUpdate: (args: Args) => isStopped(args) && args.context.update === 'none',
  mayRetryConnect: ({ context, event: { output } }: Args) => {
    if (output.value.kind !== 'failed') return false;
    const { connectionErrorCode = '', customKeyStoreType } = output.value.seen.store;
    const isCurable = explainConnectionError(connectionErrorCode, customKeyStoreType).reconnectMayCure;
    return isCurable && context.retries < connectRetries && context.logins < loginLimit;
  },
  isMismatch: ({ event: { output } }: Args) =>
    output.value.kind === 'proven' && output.value.proof.status === 'mismatch',

  // recovering, rollingBack
  canRollBack: ({ context, event }: Args) => {
    if (context.update === 'unclear' || !rollbackOf(context).possible) return false;
    // Going back to settings that connect in the same way cures no failed connect.
    const connectFailed = kindIs('failed')({ context, event }) || event.type === 'xstate.done.actor.connectStore';
    return !connectFailed || hasChangedConnection(context);
  },
  mustRestoreLive: (args: Args) =>
    args.context.update === 'accepted' &&
    args.context.plan?.path === 'live' &&
    !hasGoneOffline(args) &&
    isConnected(args),
  mustDisconnect: (args: Args) => stateIs('FAILED')(args) || (isConnected(args) && args.context.update === 'accepted'),
  mustRestore: ({ context }: Args) => context.update === 'accepted',
  mustReconnect: (args: Args) => args.context.before?.connectionState === 'CONNECTED' && !isConnected(args),
  isCancelling: (args: Args) => kindIs('reached')(args) && args.context.reason?.code === 'STOPPED',
} as const;
