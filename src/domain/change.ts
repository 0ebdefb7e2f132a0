/** A change: the new values asked for. Secrets stand in it as references only, so it may be shown, journaled and logged. */
import { isSameValue, type KeyStore, type Settings, shownValue } from './key-store.ts';
import {
  describeProperty,
  type PropertyName,
  propertyNames,
  type SettingName,
  settingName,
  type TextRule,
} from './properties.ts';

/** Where a secret comes from. `given:` points into the one closure of the run that holds a value it was handed. */
export type SecretReference = KeptReference | `given:${string}`;

/** A secret that stays where it is until it is needed. */
export type KeptReference = `env:${string}` | `file:${string}` | `secretsmanager:${string}`;

/** No secret holds a colon. */
export function isKeptReference(text: string): text is KeptReference {
  return /^(env|file|secretsmanager):/.test(text);
}

export interface CredentialReference {
  readonly AccessKeyId: string;
  readonly RawSecretAccessKey: SecretReference;
}

interface ValueTypes {
  KeyStorePassword: SecretReference;
  XksProxyAuthenticationCredential: CredentialReference;
}

export type ChangeValue<P extends PropertyName> = P extends keyof ValueTypes ? ValueTypes[P] : string;

export type Change = { readonly [P in PropertyName]?: ChangeValue<P> };

/** Something to say about an input. Errors stop the run before any call but Describe; warnings are shown in the plan. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly property: PropertyName;
  readonly message: string;
}

export function changedNames(change: Change): PropertyName[] {
  return propertyNames.filter((name) => change[name] !== undefined);
}

/** The part of a value that people may see and Describe shows; undefined without such a part. */
export function visibleValue(change: Change, name: PropertyName): string | undefined {
  const value = change[name];
  if (describeProperty(name).secret || value === undefined) return undefined;
  return typeof value === 'string' ? value : value.AccessKeyId;
}

/** The secret reference that a property of the change holds, if any. */
export function secretReference(change: Change, name: PropertyName): SecretReference | undefined {
  const value = change[name];
  if (value === undefined) return undefined;
  if (typeof value === 'object') return value.RawSecretAccessKey;
  return describeProperty(name).secret ? (value as SecretReference) : undefined;
}

/** The same change with another reference to the secret of a property that has one. */
export function withSecretReference(change: Change, name: PropertyName, reference: SecretReference): Change {
  const value = change[name];
  return { ...change, [name]: typeof value === 'object' ? { ...value, RawSecretAccessKey: reference } : reference };
}

/** Judges one string by its rule. The value is quoted in the finding unless it is, or may be, secret. */
export function checkText(
  property: PropertyName,
  word: string,
  rule: TextRule,
  value: string,
  secret = false,
): Finding[] {
  const told = secret ? '' : `: "${value}"`;
  const error = (what: string): Finding[] => [{ severity: 'error', property, message: `${word} ${what}${told}` }];
  if (rule.oneOf && !rule.oneOf.includes(value)) return error(`must be ${rule.oneOf.join(' or ')}`);
  if (value.length < rule.min || value.length > rule.max) {
    const wanted = rule.min === rule.max ? `${rule.min}` : `${rule.min} to ${rule.max}`;
    return error(`must have ${wanted} characters, not ${value.length}`);
  }
  if (rule.says && !rule.says.pattern.test(value)) return error(rule.says.rule);
  if (rule.modelPattern && !rule.modelPattern.test(value)) {
    const { otherwise = 'does not match the pattern of the KMS API model; KMS may refuse it' } = rule;
    const message = `${word} ${otherwise}${told}`;
    return [{ severity: 'warning', property, message }];
  }
  return [];
}

/** Judges a change by itself: the visible values, and properties of both store types side by side. */
export function validateChange(change: Change): Finding[] {
  const names = changedNames(change);
  const findings = names.flatMap((name) => {
    const row = describeProperty(name);
    const value = visibleValue(change, name);
    if (value === undefined || (value === '' && row.mayBeEmptied)) return [];
    const word = row.visibleMember ? `${name}.${row.visibleMember}` : name;
    // Beside a secret, the value may be that secret in the wrong place: it is not quoted.
    return checkText(name, word, row.text, value, row.secretMember !== undefined);
  });
  const cloudHsm = names.find((name) => !describeProperty(name).live.EXTERNAL_KEY_STORE);
  const external = names.find((name) => !describeProperty(name).live.AWS_CLOUDHSM);
  if (cloudHsm && external) {
    const message = `${cloudHsm} is valid only for AWS_CLOUDHSM stores and ${external} only for EXTERNAL_KEY_STORE stores`;
    findings.push({ severity: 'error', property: cloudHsm, message });
  }
  return findings;
}

/** Judges a change against the store it is for: its type, and the values that must travel together. */
export function validateFor(store: KeyStore, change: Change): Finding[] {
  const error = (property: PropertyName, message: string): Finding => ({ severity: 'error', property, message });
  const type = store.customKeyStoreType;
  const wrongType = changedNames(change).filter((name) => !describeProperty(name).live[type]);
  if (wrongType.length > 0) {
    return wrongType.map((name) => error(name, `${name} is not valid for this store: its type is ${type}`));
  }
  const now = store.settings.XksProxyConnectivity;
  const then = change.XksProxyConnectivity ?? now;
  const findings: Finding[] = [];
  if (then !== now) {
    const companions: PropertyName[] = ['XksProxyUriEndpoint'];
    if (then === 'VPC_ENDPOINT_SERVICE') companions.push('XksProxyVpcEndpointServiceName');
    for (const name of companions.filter((name) => !change[name])) {
      findings.push(error(name, `changing XksProxyConnectivity to ${then} needs ${name} too`));
    }
  }
  const service = change.XksProxyVpcEndpointServiceName;
  if (then === 'PUBLIC_ENDPOINT') {
    for (const name of ['XksProxyVpcEndpointServiceName', 'XksProxyVpcEndpointServiceOwner'] as const) {
      if (change[name]) findings.push(error(name, `${name} is valid only with VPC_ENDPOINT_SERVICE, not with ${then}`));
    }
  } else if (service === '' && then === now) {
    const message =
      'XksProxyVpcEndpointServiceName may be empty only when XksProxyConnectivity goes to PUBLIC_ENDPOINT';
    findings.push(error('XksProxyVpcEndpointServiceName', message));
  }
  return findings;
}

/** Adds what a change implies: a store that goes to PUBLIC_ENDPOINT has no VPC endpoint service any more. */
export function completeChange(settings: Settings, change: Change): Change {
  const goesPublic =
    change.XksProxyConnectivity === 'PUBLIC_ENDPOINT' && settings.XksProxyConnectivity === 'VPC_ENDPOINT_SERVICE';
  return goesPublic ? { ...change, XksProxyVpcEndpointServiceName: '' } : change;
}

/**
 * The part of a change that has to be sent: values that differ, secrets always (Describe cannot show that they are the
 * same), and whatever KMS wants beside a new connectivity.
 */
export function differingChange(settings: Settings, change: Change): Change {
  const differs = (name: PropertyName) =>
    secretReference(change, name) !== undefined ||
    !isSameValue(name, shownValue(settings, name), visibleValue(change, name));
  const moves = change.XksProxyConnectivity !== undefined && differs('XksProxyConnectivity');
  const companion = (name: PropertyName) =>
    moves && (name === 'XksProxyUriEndpoint' || name === 'XksProxyVpcEndpointServiceName');
  return pickChange(change, (name) => differs(name) || companion(name));
}

/** The part of a change whose properties are to be kept. */
export function pickChange(change: Change, keep: (name: PropertyName) => boolean): Change {
  return Object.fromEntries(Object.entries(change).filter(([name]) => keep(name as PropertyName)));
}

/** Whether Describe shows every visible value of the change. */
export function showsChange(settings: Settings, change: Change): boolean {
  return changedNames(change).every((name) => {
    const value = visibleValue(change, name);
    return value === undefined || isSameValue(name, shownValue(settings, name), value);
  });
}

/** Whether Describe can tell that the change was applied: some visible value of it differs from the settings before. */
export function isDiscernible(before: Settings, change: Change): boolean {
  return !showsChange(before, change);
}

/** The settings that Describe will show once the change is in force. */
export function applyChange(settings: Settings, change: Change): Settings {
  const next: Partial<Record<SettingName, string>> = { ...settings };
  for (const property of changedNames(change)) {
    const [name, value] = [settingName(property), visibleValue(change, property)];
    if (name === undefined || value === undefined) continue;
    if (value === '') delete next[name];
    else next[name] = value;
  }
  if (next.XksProxyConnectivity === 'PUBLIC_ENDPOINT') delete next.XksProxyVpcEndpointServiceOwner;
  return next;
}
