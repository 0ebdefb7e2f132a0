/** What a check makes of not being able to look, where no outage hangs on it. */
import type { Check } from '../ports/checks.ts';

/**
 * KMS itself judges a change of a store that does not go offline for it, and what it refuses leaves the store as it was
 * found: that nobody here could look is worth a warning then, and nothing to accept.
 */
export function warnWithoutOutage(check: Check): Check {
  return {
    ...check,
    async look(store, plan, signal) {
      const found = await check.look(store, plan, signal);
      return found?.status === 'unknown' && plan.path !== 'offline' ? { ...found, status: 'warned' } : found;
    },
  };
}
