/** What follows from the context: derived here each time, so that it is stored nowhere. */
import { applyChange, changedNames } from '../../src/domain/change.ts';
import type { Settings } from '../../src/domain/key-store.ts';
import type { SettingsInForce } from '../../src/domain/outcome.ts';
import { describeProperty } from '../../src/domain/properties.ts';
import { planRollback, type RollbackPlan } from '../../src/domain/restorability.ts';
import type { Context } from './types.ts';

type Facts = Pick<Context, 'before' | 'plan' | 'update' | 'order' | 'connectedSince'>;

export function settingsInForce(update: Context['update']): SettingsInForce {
  if (update === 'unclear') return 'unknown';
  return update === 'accepted' ? 'new' : 'old';
}

/** The settings that Describe should show now, and those that a stale read may still show. */
export function expectedSettings({ before, plan, update }: Facts): { settings: Settings; staleSettings: Settings } {
  const old = before?.settings ?? {};
  const changed = applyChange(old, plan?.send ?? {});
  if (update === 'accepted') return { settings: changed, staleSettings: old };
  return { settings: old, staleSettings: update === 'none' ? old : changed };
}

/** The way back from what was sent: an empty change where nothing was. */
export function rollbackOf({ before, plan, update, order, connectedSince }: Facts): RollbackPlan {
  if (update !== 'accepted') return { possible: true, change: {} };
  return planRollback(before?.settings ?? {}, plan?.send ?? {}, order.previous, connectedSince);
}

/** Whether settings with a part in connecting are in force that were not before. */
export function hasChangedConnection({ plan, update }: Facts): boolean {
  return update === 'accepted' && changedNames(plan?.send ?? {}).some((name) => describeProperty(name).connects);
}
