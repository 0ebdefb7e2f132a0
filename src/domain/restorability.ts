/** Which old values can be put back, and in which phase of a run. Shared by the plan's report and the rollback itself. */
import { applyChange, type Change, changedNames, secretReference } from './change.ts';
import type { Settings } from './key-store.ts';
import { describeProperty, type PropertyName, propertyNames } from './properties.ts';

/** The old values that need a secret, as far as the operator still holds it. */
export type Previous = Pick<Change, 'XksProxyAuthenticationCredential'>;

/** Whether and until when the old value of a property can be put back, with the words for a plan. */
export function explainRestorable(name: PropertyName, previous: Previous): { restorable: boolean; note?: string } {
  switch (describeProperty(name).restorable) {
    case 'always':
      return { restorable: true };
    case 'untilConnected':
      return { restorable: true, note: 'until the store has connected with the new value' };
    case 'fromPreviousSecret':
      return previous.XksProxyAuthenticationCredential
        ? { restorable: true, note: 'from the previous credential you gave' }
        : { restorable: false, note: 'KMS shows no secret, and the previous one was not given' };
    case 'never':
      return { restorable: false, note: 'only KMS knows the old value' };
  }
}

/** Whether the old value can be put back now; `connectedSince`: a connect has succeeded with the new value. */
function isRestorable(name: PropertyName, previous: Previous, connectedSince: boolean): boolean {
  const untilConnected = describeProperty(name).restorable === 'untilConnected';
  return explainRestorable(name, previous).restorable && !(untilConnected && connectedSince);
}

export type RollbackPlan =
  | { readonly possible: true; readonly change: Change }
  | { readonly possible: false; readonly lost: readonly PropertyName[] };

/** The change that puts the old settings back, or the properties that stand in its way. */
export function planRollback(
  before: Settings,
  sent: Change,
  previous: Previous,
  connectedSince: boolean,
): RollbackPlan {
  const after = applyChange(before, sent);
  const differing = propertyNames.filter((name) => (before[name] ?? '') !== (after[name] ?? ''));
  const secrets = changedNames(sent).filter((name) => secretReference(sent, name) !== undefined);
  const names = [...new Set([...differing, ...secrets])];
  const lost = names.filter((name) => !isRestorable(name, previous, connectedSince));
  if (lost.length > 0) return { possible: false, lost };
  // A changed connectivity wants its endpoint and service name beside it, also where these did not differ.
  if (names.includes('XksProxyConnectivity')) names.push('XksProxyUriEndpoint', 'XksProxyVpcEndpointServiceName');
  const change: Record<string, unknown> = {};
  for (const name of names) {
    const secret = secretReference(sent, name) !== undefined;
    change[name] = secret ? previous.XksProxyAuthenticationCredential : (before[name] ?? '');
  }
  return { possible: true, change };
}
