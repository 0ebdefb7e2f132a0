/** What a check finds where no outage depends on it, or only a possible one. */
import { limitToOutage, weighUnknown } from '../domain/checks.ts';
import { mayGoOffline } from '../domain/key-reach.ts';
import type { Check } from '../ports/checks.ts';

/**
 * The same check, with `unknown` weighed by what the plan may lead to. Where KMS may refuse the live change, what concerns
 * only an outage is looked at too, and counts only for that outage.
 */
export function warnWithoutOutage<C extends Check>(check: C): C {
  return {
    ...check,
    async run(store, plan, signal) {
      const found = await check.run(store, plan, signal);
      if (found !== null) return weighUnknown(found, plan);
      if (plan.mode === 'offline' || !mayGoOffline(plan)) return null;
      const offline = await check.run(store, { ...plan, mode: 'offline' }, signal);
      return offline && limitToOutage(offline);
    },
  };
}
