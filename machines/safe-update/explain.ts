/** Why a run goes the way it goes, in the words of the domain. The first reason is kept; the rollback has its own. */
import { explainFailedChecks } from '../../src/domain/checks.ts';
import { explainFailure, type Failure, type Reason } from '../../src/domain/failure.ts';
import { listDisabled } from '../../src/domain/fence.ts';
import { findChangedSettings, type KeyStore, nameStore } from '../../src/domain/key-store.ts';
import { hasFailedKeys } from '../../src/domain/key-verification.ts';
import {
  describeLockOwner,
  explainFailed,
  explainKeyFailure,
  explainReason,
  explainUnreadable,
} from '../../src/domain/reasons.ts';
import { rejectedNames } from '../../src/domain/restorability.ts';
import { toReportedLockOwner } from '../../src/domain/safeguards.ts';
import type { Event } from './actor-inputs.ts';
import type { Context } from './context.ts';
import { findLateness, hasWrittenBefore, isPasswordConfirmed, mayCureKeys, rollbackOf } from './facts.ts';
import { hasFired, isConnectedBySwitch } from './switch.ts';

type Changes = Partial<Context>;

interface Args {
  readonly context: Context;
  readonly event: Event;
}

/** The first thing that went wrong is the reason of the outcome; one of the rollback is the obstacle. */
export function explain({ context, event }: Args): Changes {
  const why = reasonOf(context, event);
  return context.reason === null ? { reason: why } : { obstacle: why };
}

/** A result that no transition of the state expects: a fault of this program, told with what it was. */
export function explainUnexpected({ context, event }: Args): Changes {
  const about = context.lastObserved === null ? {} : { store: context.lastObserved.store };
  const { kind } = event.output.value;
  const why = explainReason('UNEXPECTED', {
    ...about,
    detail: `${event.type.replace('xstate.done.actor.', '')}: ${kind}`,
  });
  return context.reason === null ? { reason: why } : { obstacle: why };
}

/** Keys that the run has disabled and could not, or must not, enable again. */
export function explainDisabledKeys({ context }: { context: Context }): Changes {
  const disabled = listDisabled(context.fence);
  if (disabled.length === 0) return {};
  const about = context.lastObserved === null ? {} : { store: context.lastObserved.store };
  const why = disabled.find(({ detail }) => detail !== undefined)?.detail;
  const count = disabled.length === 1 ? '1 key' : `${disabled.length} keys`;
  const left = explainReason('KEYS_LEFT_DISABLED', {
    ...about,
    detail: why === undefined ? count : `${count} (${why})`,
  });
  return context.reason === null ? { reason: left } : { obstacle: context.obstacle ?? left };
}

/** Why the store is left as it is: an old value that cannot be restored. */
export function explainNoRollback({ context }: { context: Context }): Changes {
  const rollback = rollbackOf(context);
  const about = context.lastObserved === null ? {} : { store: context.lastObserved.store };
  const isUseless = hasFailedKeys(context) && !mayCureKeys(context);
  if (rollback.possible) return isUseless ? { obstacle: explainReason('ROLLBACK_CANNOT_HELP', about) } : {};
  return { obstacle: explainReason('NOT_RESTORABLE', { ...about, detail: rollback.lost.join(', ') }) };
}

export function explainStop({ context }: { context: Context }): Changes {
  const detail = context.hasWritten ? ' while the store was offline' : '';
  return { reason: context.reason ?? explainReason('STOPPED', { detail }) };
}

/** No answer came within the limit of the hold. If the password was changed, KMS would refuse the old one. */
export function explainExpiry({ context }: { context: Context }): Changes {
  const about = context.lastObserved === null ? {} : { store: context.lastObserved.store };
  const expired = explainReason('HOLD_EXPIRED', about);
  const reason = context.reason ?? expired;
  return isPasswordConfirmed(context) ? { reason, obstacle: expired } : { reason };
}

/** Why nothing is begun any more, after the wait for people, checks and KMS. */
export function explainLateness({ context, event }: Args): Changes {
  return { reason: findLateness(context, event) ?? null };
}

function reasonOf(context: Context, event: Event): Reason {
  const {
    type,
    output: { value },
  } = event;
  const store = ('observed' in value ? value.observed?.store : undefined) ?? context.lastObserved?.store;
  const about = store === undefined ? {} : { store };
  if (isConnectedBySwitch(context, event))
    return explainReason('SWITCH_FIRED', { ...about, detail: `it is ${describeState(store)}` });
  const told = (failure: Failure | undefined) => failure?.message ?? 'no answer';
  switch (value.kind) {
    case 'unreadable':
      return explainUnreadable(value.failure, context.store, context.place);
    case 'locked':
      return explainReason('LOCKED', { ...about, detail: describeLockOwner(toReportedLockOwner(value.owner)) });
    case 'cutOff':
      return explainFailure(value.failure ?? noAnswer, `KMS could not be asked about ${nameOf(context, store)}`);
    case 'gone':
      return explainReason('STORE_GONE', { ...about, detail: told(value.failure) });
    case 'released':
      return explainReason(externalChangeCode(context), { ...about, detail: describeExternalChange(context, store) });
    case 'unarmed':
      return explainReason('NOT_ARMED', { ...about, detail: value.failure.message });
    case 'unfenced':
      return explainReason('FENCE_IMPOSSIBLE', { ...about, detail: value.failure.message });
    case 'fenceFailed':
      return explainReason('FENCE_FAILED', { ...about, detail: value.failure.message });
    case 'prepared':
      return explainReason('KEYS_NOT_VERIFIABLE', { ...about, detail: value.preparation.detail ?? 'no canary' });
    case 'checked': {
      const code = type === 'xstate.done.actor.checkRollback' ? 'OLD_SETTINGS_UNUSABLE' : 'CHECK_FAILED';
      return explainFailedChecks(value.findings, store, context.accepted, code) ?? explainReason(code, about);
    }
    case 'declined':
      return explainReason('DECLINED', about);
    case 'unconsented':
      return explainReason('CONSENT_MISSING', { ...about, detail: value.missing.join(' ') });
    case 'refused': {
      const { code, message } = value.failure;
      if (code === 'OUTSIDE_WINDOW')
        return findLateness(context, event) ?? explainReason(code, { ...about, detail: message });
      if (
        value.failure.class === 'invalidState' &&
        !hasWrittenBefore(context) &&
        type === 'xstate.done.actor.updateStore'
      )
        return explainReason('OUTAGE_NEEDED', { ...about, detail: value.failure.message });
      const lost = type === 'xstate.done.actor.restoreStore' ? describeLost(context, value.failure) : '';
      return explainFailure(value.failure, `${calls[type] ?? 'KMS'} of ${nameOf(context, store)} was refused${lost}`);
    }
    case 'foreign':
      return 'detail' in value
        ? explainReason(context.hasWritten ? externalChangeCode(context) : 'DRIFTED', {
            ...about,
            detail: value.detail,
          })
        : explainReason(externalChangeCode(context), { ...about, detail: describeExternalChange(context, store) });
    case 'unmoved':
      return explainReason('NO_EFFECT', about);
    case 'unclear': {
      if (value.failure.code === 'LOGIN_LIMIT')
        return explainFailure(value.failure, `${calls[type] ?? 'KMS'} of ${nameOf(context, store)}`);
      const detail = `${calls[type] ?? 'KMS'}: ${told(value.failure)}`;
      return explainReason(value.mayBeDone ? 'UNCLEAR' : 'UNANSWERED', { ...about, detail });
    }
    case 'failed':
      return explainFailed(value.observed.store);
    case 'overdue':
      return value.observed === null
        ? explainReason('UNREADABLE', { ...about, detail: told(value.failure) })
        : explainReason(context.hasWritten ? 'UNSETTLED' : 'STORE_NOT_SETTLED', {
            ...about,
            detail: describeState(store),
          });
    case 'verified':
      return explainKeyFailure(value, store);
    case 'observed':
    case 'accepted':
    case 'reached':
    case 'stopped':
    case 'givenUp':
    case 'expired':
    case 'answered':
    case 'approved':
    case 'waited':
    case 'armed':
    case 'disarmed':
    case 'stillArmed':
    case 'fencePrepared':
    case 'fenced':
    case 'enabled':
      throw new Error(`nothing to explain in ${value.kind}`);
  }
}

/** What an external change has touched: a setting, else the state alone. */
function describeExternalChange({ inForce }: Context, store: KeyStore | undefined): string {
  const changed = store && findChangedSettings(inForce, store.settings);
  return changed === undefined ? describeState(store) : `${describeState(store)}; ${changed}`;
}

const externalChangeCode = (context: Context) =>
  hasFired(context, context.nowMs) ? 'SWITCH_FIRED' : 'EXTERNAL_CHANGE';

const calls: Readonly<Partial<Record<Event['type'], string>>> = {
  'xstate.done.actor.updateStore': 'UpdateCustomKeyStore',
  'xstate.done.actor.restoreStore': 'UpdateCustomKeyStore (rollback)',
  'xstate.done.actor.connectStore': 'ConnectCustomKeyStore',
  'xstate.done.actor.disconnectStore': 'DisconnectCustomKeyStore',
};

/** Which old values a refused rollback leaves out. */
function describeLost(context: Context, failure: Failure): string {
  const rollback = rollbackOf(context);
  return rollback.possible ? `, so it cannot restore ${rejectedNames(rollback.change, failure).join(', ')}` : '';
}

const noAnswer: Failure = { code: 'NO_ANSWER', message: 'no answer', class: 'unreachable' };

function nameOf(context: Context, store: KeyStore | undefined): string {
  return store ? nameStore(store) : context.store;
}

function describeState(store: KeyStore | undefined): string {
  return store?.connectionState ?? 'unknown';
}
