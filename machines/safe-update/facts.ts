/** What follows from the context: derived here each time, so that it is stored nowhere. */
import { changedNames } from '../../src/domain/change.ts';
import type { Reason } from '../../src/domain/failure.ts';
import type { SettingsInForce } from '../../src/domain/outcome.ts';
import { findTimeObjection } from '../../src/domain/plan.ts';
import { describeProperty } from '../../src/domain/properties.ts';
import { planRollback, type RollbackPlan } from '../../src/domain/restorability.ts';
import type { Context, Event } from './types.ts';

/** A fact that the states before must have put into the context; its lack is a bug of the machine. */
export function known<T>(fact: T | null, what: string): T {
  if (fact === null) throw new Error(`the machine needs ${what} here`);
  return fact;
}

type Facts = Pick<Context, 'before' | 'sent' | 'update' | 'order' | 'connectedSince'>;

export function settingsInForce(update: Context['update']): SettingsInForce {
  if (update === 'unclear') return 'unknown';
  return update === 'accepted' ? 'new' : 'old';
}

/** The way back from what was sent: an empty change where nothing was. */
export function rollbackOf({ before, sent, update, order, connectedSince }: Facts): RollbackPlan {
  if (update !== 'accepted' || before === null) return { possible: true, change: {} };
  return planRollback(before, sent, order.previous, connectedSince);
}

/** Whether settings with a part in connecting are in force that were not before. */
export function hasChangedConnection({ sent, update }: Pick<Context, 'sent' | 'update'>): boolean {
  return update === 'accepted' && changedNames(sent).some((name) => describeProperty(name).connects);
}

/** Why it takes too long to be begun now. */
export function findLateness({ seen, plan, order, nowMs }: Context, { output }: Event): Reason | undefined {
  if (seen === null || plan === null) return undefined;
  return findTimeObjection(seen.store, plan, order.policy, Math.max(nowMs, output.atMs));
}
