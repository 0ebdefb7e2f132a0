/** What is remembered of an answer. Each returns the part of the context that changes; none has an effect. */
import { changedNames } from '../../src/domain/change.ts';
import type { Operation } from '../../src/domain/outcome.ts';
import { makePlan } from '../../src/domain/plan.ts';
import { unproven } from '../../src/domain/proof.ts';
import type { Context, Event, Input, Result, Sighting } from './types.ts';

type Changes = Partial<Context>;

interface Args {
  readonly context: Context;
  readonly event: Event;
}

export function begin(input: Input): Context {
  return {
    ...input,
    nowMs: input.startedAtMs,
    stopRequested: false,
    calls: {},
    seen: null,
    failedAtMs: null,
    before: null,
    plan: null,
    findings: [],
    accepted: input.order.policy.accept,
    update: 'none',
    lastAcceptedAtMs: null,
    updateAcceptedAtMs: null,
    hasWritten: false,
    offlineSinceMs: null,
    offlineMs: null,
    connectedSince: false,
    logins: 0,
    retries: 0,
    proof: unproven,
    reason: null,
    obstacle: null,
  };
}

/** Remembers an answer: its stamp, what was seen of the store, and what it says that this run has done. */
export function record({ context, event }: Args): Changes {
  const { value, atMs, cancelRequested } = event.output;
  const nowMs = Math.max(context.nowMs, atMs);
  const calls: Partial<Record<Operation, number>> = { ...context.calls };
  for (const [operation, sent] of Object.entries(value.calls) as [Operation, number][]) {
    calls[operation] = (calls[operation] ?? 0) + sent;
  }
  const seen = sightingOf(value) ?? context.seen;
  const failedAtMs = seen?.store.connectionState === 'FAILED' ? seen.atMs : context.failedAtMs;
  const stamp = { nowMs, calls, seen, failedAtMs, stopRequested: context.stopRequested || cancelRequested };
  return { ...stamp, ...recordAnswer({ ...context, ...stamp }, event) };
}

function sightingOf(value: Result): Sighting | null {
  return 'seen' in value ? value.seen : null;
}

function recordAnswer(context: Context, { type, output: { value } }: Event): Changes {
  switch (value.kind) {
    case 'checked':
      return { findings: value.findings };
    case 'approved':
      return { accepted: [...new Set([...context.accepted, ...value.accepted])] };
    case 'proven':
      return { proof: value.proof };
    case 'reached':
      return value.seen.store.connectionState === 'CONNECTED' ? recordConnected(context) : {};
    case 'accepted':
      return { hasWritten: true, lastAcceptedAtMs: context.nowMs, ...recordWrite(context, type) };
    case 'unclear':
      return { hasWritten: true, ...(isUpdate(type) ? { update: 'unclear' as const } : {}) };
    default:
      return {};
  }
}

const isUpdate = (type: Event['type']) =>
  type === 'xstate.done.actor.updateStore' || type === 'xstate.done.actor.restoreStore';

function recordConnected(context: Context): Changes {
  const offlineMs = context.offlineSinceMs === null ? null : context.nowMs - context.offlineSinceMs;
  return {
    logins: 0,
    connectedSince: context.connectedSince || context.update === 'accepted',
    offlineMs: context.offlineMs ?? offlineMs,
  };
}

function recordWrite(context: Context, type: Event['type']): Changes {
  const isCloudHsm = context.seen?.store.customKeyStoreType === 'AWS_CLOUDHSM';
  switch (type) {
    case 'xstate.done.actor.disconnectStore':
      return context.before?.connectionState === 'CONNECTED'
        ? { offlineSinceMs: context.offlineSinceMs ?? context.nowMs, offlineMs: null }
        : {};
    case 'xstate.done.actor.connectStore':
      return isCloudHsm ? { logins: context.logins + 1 } : {};
    case 'xstate.done.actor.updateStore':
    case 'xstate.done.actor.restoreStore': {
      const sent = changedNames(context.plan?.send ?? {});
      const isNewLogin = sent.includes('KeyStorePassword') || sent.includes('CloudHsmClusterId');
      return {
        update: type === 'xstate.done.actor.updateStore' ? 'accepted' : 'restored',
        updateAcceptedAtMs: context.nowMs,
        ...(isNewLogin ? { logins: 0 } : {}),
      };
    }
    default:
      return {};
  }
}

/** The plan is pure, so it is made here and not by an actor. The store as it was found is what a rollback restores. */
export function plan({ context }: { context: Context }): Changes {
  const { seen, order } = context;
  if (seen === null) throw new Error('the machine plans only for a store it has seen');
  const made = makePlan(seen.store, order);
  return { before: seen.store, plan: made, reason: made.reason ?? null };
}

export function countRetry({ context }: Args): Changes {
  return { retries: context.retries + 1 };
}

/** The way back begins: it has a budget of its own for connects that a retry may cure. */
export function beginRollback(): Changes {
  return { retries: 0 };
}
