/** Says where a saved plan sends its calls, and which secret references it reads. */
import { type Change, changedNames, secretReference } from '../../../domain/change.ts';
import type { SavedPlan } from '../../../library/saved-plan.ts';

export function describeOrigin({ account, region, endpoint, request }: SavedPlan): readonly string[] {
  const where = endpoint === undefined ? '' : `, at ${endpoint}`;
  return [
    `the plan is for account ${account}, ${region}${where}`,
    ...describeSecrets('the secret', request.change),
    ...describeSecrets('the previous secret', request.previous),
  ];
}

function describeSecrets(what: string, change: Change): readonly string[] {
  return changedNames(change).flatMap((name) => {
    const reference = secretReference(change, name);
    return reference === undefined ? [] : [`${what} of ${name} is read from ${reference}`];
  });
}
