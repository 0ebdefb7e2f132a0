/** Runs the checks of an assessment side by side: they only look. */
import type { CheckFinding } from '../domain/checks.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { Plan } from '../domain/plan.ts';
import type { Check } from '../ports/checks.ts';

export function runChecks(
  checks: readonly Check[],
  skipped: readonly string[],
  store: KeyStore,
  plan: Plan,
  signal: AbortSignal,
): Promise<CheckFinding[]> {
  const look = async (check: Check): Promise<CheckFinding> =>
    skipped.includes(check.name)
      ? { check: check.name, status: 'skipped', message: 'left out by --skip-check' }
      : { check: check.name, ...(await check.look(store, plan, signal)) };
  return Promise.all(checks.map(look));
}
