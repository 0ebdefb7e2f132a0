/** Which old values can be put back, and in which phase of a run. Shared by the plan's report and the rollback itself. */
import { applyChange, type Change, changedNames, secretReference } from './change.ts';
import { explainError } from './errors.ts';
import type { Failure } from './failure.ts';
import { isSameValue, type KeyStore, type Settings, shownValue } from './key-store.ts';
import { describeProperty, type PropertyName, propertyNames } from './properties.ts';

/** The old values that need a secret, as far as the operator still holds it. */
export type Previous = Pick<Change, 'XksProxyAuthenticationCredential' | 'KeyStorePassword'>;

/** Whether and until when the old value of a property can be put back, with the words for a plan. */
export function explainRestorable(
  name: PropertyName,
  { settings, connectionState }: KeyStore,
  previous: Previous,
): { restorable: boolean; note?: string } {
  switch (describeProperty(name).restorable) {
    case 'always':
      return { restorable: true };
    case 'ifShown':
      // A store without a service had no owner either: it goes when the service goes.
      return shownValue(settings, name) !== undefined || settings.XksProxyConnectivity !== 'VPC_ENDPOINT_SERVICE'
        ? { restorable: true }
        : { restorable: false, note: 'KMS shows no old value, and an empty one cannot be sent' };
    case 'untilConnected':
      return { restorable: true, note: 'until the store has connected with the new value' };
    case 'fromPreviousSecret':
      return previous.XksProxyAuthenticationCredential
        ? { restorable: true, note: 'from the previous credential you gave' }
        : { restorable: false, note: 'KMS shows no secret, and the current one was not supplied' };
    case 'fromPreviousPassword':
      if (connectionState === 'CONNECTED') return { restorable: false, note: 'only KMS knows the old value' };
      return previous.KeyStorePassword
        ? { restorable: true, note: 'from the previous password you gave, until the store has connected' }
        : { restorable: false, note: 'KMS shows no password, and the current one was not supplied' };
  }
}

/** Whether the old value can be put back now; `connectedSince`: a connect has succeeded with the new value. */
function isRestorable(name: PropertyName, before: KeyStore, previous: Previous, connectedSince: boolean): boolean {
  const { restorable } = describeProperty(name);
  const isLost = connectedSince && (restorable === 'untilConnected' || restorable === 'fromPreviousPassword');
  return explainRestorable(name, before, previous).restorable && !isLost;
}

/** Why these cannot be restored, as `isRestorable` found. */
export function explainLost(lost: readonly PropertyName[]): string {
  const reasons = lost.map((name) =>
    describeProperty(name).restorable === 'untilConnected'
      ? `the store has connected with the new ${name}`
      : `the old value of ${name} is not known`,
  );
  return reasons.join(', and ');
}

/** The properties that a change has touched, and those that KMS wants beside them in a rollback; in the table's order. */
export function namesToRestore(before: Settings, sent: Change): readonly PropertyName[] {
  const after = applyChange(before, sent);
  const differs = (name: PropertyName) => !isSameValue(name, shownValue(before, name), shownValue(after, name));
  // A changed connectivity wants its endpoint and service name beside it, also where these did not differ.
  const companion = (name: PropertyName) =>
    differs('XksProxyConnectivity') && (name === 'XksProxyUriEndpoint' || name === 'XksProxyVpcEndpointServiceName');
  return propertyNames.filter((name) => differs(name) || companion(name) || secretReference(sent, name) !== undefined);
}

/** The properties that an update with the old settings has left out, so that they keep their new values. */
export function namesLeftOut(before: Settings, sent: Change, rollback: Change): readonly PropertyName[] {
  const isSendable = (name: PropertyName) =>
    secretReference(sent, name) !== undefined || oldValue(name, before) !== undefined;
  return namesToRestore(before, sent).filter((name) => rollback[name] === undefined && isSendable(name));
}

/** The visible value to send for a setting as it was; undefined where it was none and cannot be emptied. */
export function oldValue(name: PropertyName, before: Settings): string | undefined {
  return shownValue(before, name) ?? (describeProperty(name).mayBeEmptied ? '' : undefined);
}

/** The properties of a change that KMS rejects with a failure: all of it where the failure does not tell. */
export function rejectedNames(change: Change, failure: Failure): readonly PropertyName[] {
  const { concerns } = explainError(failure.code, failure);
  const names = changedNames(change);
  const rejected = names.filter((name) => concerns === (describeProperty(name).connects ? 'connection' : 'name'));
  return rejected.length > 0 ? rejected : names;
}

export type RollbackPlan =
  | { readonly possible: true; readonly change: Change }
  | { readonly possible: false; readonly lost: readonly PropertyName[] };

/**
 * The change that puts the old settings back, from the settings as they were and the secrets the operator holds.
 * `unrestored`: properties that KMS did not take back, and that keep their new values.
 */
export function planRollback(
  before: KeyStore,
  sent: Change,
  previous: Previous,
  connectedSince: boolean,
  unrestored: readonly PropertyName[] = [],
): RollbackPlan {
  const names = namesToRestore(before.settings, sent).filter((name) => !unrestored.includes(name));
  const lost = names.filter((name) => !isRestorable(name, before, previous, connectedSince));
  if (lost.length > 0) return { possible: false, lost };
  const change: Record<string, unknown> = {};
  for (const name of names) {
    if (secretReference(sent, name) !== undefined) change[name] = previous[name as keyof Previous];
    else {
      const old = oldValue(name, before.settings);
      if (old !== undefined) change[name] = old;
    }
  }
  return { possible: true, change };
}
