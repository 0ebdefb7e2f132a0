/** Runs the checks of an assessment side by side: they only look. One that fails itself could not look. */
import type { CheckFinding } from '../domain/checks.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { Plan } from '../domain/plan.ts';
import type { Check } from '../ports/checks.ts';
import { messageOf } from './errors.ts';

export async function runChecks(
  checks: readonly Check[],
  skipped: readonly string[],
  store: KeyStore,
  plan: Plan,
  signal: AbortSignal,
): Promise<CheckFinding[]> {
  const observe = async (check: Check): Promise<CheckFinding | null> => {
    if (skipped.includes(check.name))
      return { check: check.name, status: 'skipped', message: 'because of --skip-check' };
    try {
      const found = await check.run(store, plan, signal);
      return found && { check: check.name, ...found };
    } catch (error) {
      return { check: check.name, status: 'unknown', message: messageOf(error) };
    }
  };
  const findings = await Promise.all(checks.map(observe));
  return findings.filter((finding) => finding !== null);
}
