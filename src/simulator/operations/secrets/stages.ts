/** What every operation that moves staging labels has to keep to. Source: user guide of Secrets Manager, "Quotas". */
import { refuse } from '../../fault.ts';
import type { Secret } from '../../secret.ts';

/** On all versions of a secret. */
const mostStages = 20;

/** @throws SimulatorFault LimitExceededException */
export function requireRoom({ versions }: Secret, stages: readonly string[]): void {
  const attached = new Set([...versions.flatMap((version) => version.stages), ...stages]);
  if (attached.size > mostStages) {
    refuse('LimitExceededException', `A secret can have ${mostStages} staging labels on all of its versions.`);
  }
}
