/** A custom key store as DescribeCustomKeyStores shows it, flattened so that one table can read it. No secrets exist here. */
import { toPrintable } from './printable.ts';
import {
  type CustomKeyStoreType,
  describeProperty,
  isKnownType,
  type PropertyName,
  propertyNames,
  type SettingName,
  settingName,
} from './properties.ts';

export type { CustomKeyStoreType } from './properties.ts';

export type ConnectionState = 'CONNECTED' | 'CONNECTING' | 'FAILED' | 'DISCONNECTED' | 'DISCONNECTING';

/** What Describe shows of the properties; an absent member is a setting that the store does not have. */
export type Settings = Readonly<Partial<Record<SettingName, string>>>;

export interface KeyStore {
  readonly customKeyStoreId: string;
  readonly customKeyStoreType: CustomKeyStoreType;
  readonly connectionState: ConnectionState;
  /** Present only while FAILED. */
  readonly connectionErrorCode?: string;
  readonly settings: Settings;
}

/** Whether the state will change by itself. */
export function isTransient(state: ConnectionState): boolean {
  return state === 'CONNECTING' || state === 'DISCONNECTING';
}

/** Whether this version knows the state: KMS may show others in future. */
export function isKnownState(state: ConnectionState): boolean {
  return isTransient(state) || ['CONNECTED', 'FAILED', 'DISCONNECTED'].includes(state);
}

/** What KMS shows of a store and this version does not know, in words; undefined where it knows all of it. */
export function findUnknownWord({ customKeyStoreType: type, connectionState: state }: KeyStore): string | undefined {
  if (!isKnownType(type)) return `its CustomKeyStoreType is ${toPrintable(type)}`;
  return isKnownState(state) ? undefined : `its ConnectionState is ${toPrintable(state)}`;
}

/** The store's name as people see and type it, or its id where Describe showed none. */
export function storeName(store: KeyStore): string {
  return toPrintable(store.settings.name ?? store.customKeyStoreId);
}

/** `"prod-hsm" (cks-...)`: how a store is called in every sentence written for people. */
export function nameStore(store: KeyStore): string {
  return `"${storeName(store)}" (${store.customKeyStoreId})`;
}

/** The value that Describe shows of a property. */
export function shownValue(settings: Settings, property: PropertyName): string | undefined {
  const name = settingName(property);
  return name && settings[name];
}

/** Whether Describe shows the settings that are expected. KMS may fill in a service's owner by itself: that is no change. */
export function matchesSettings(expected: Settings, shown: Settings): boolean {
  return propertyNames.every((name) => isSameSetting(name, expected, shown));
}

/** Whether Describe shows the value of one property that is expected. */
export function isSameSetting(name: PropertyName, expected: Settings, shown: Settings): boolean {
  const [wanted, found] = [shownValue(expected, name), shownValue(shown, name)];
  const isOwnersDefault = name === 'XksProxyVpcEndpointServiceOwner' && wanted === undefined;
  return isOwnersDefault || isSameValue(name, wanted, found);
}

/** Whether two values of a property mean the same; an absent one is empty. */
export function isSameValue(name: PropertyName, one = '', other = ''): boolean {
  return describeProperty(name).isHostName ? one.toLowerCase() === other.toLowerCase() : one === other;
}

/** What tells two looks at a store apart, in words; undefined where nothing does. */
export function findDifference(earlier: KeyStore, now: KeyStore): string | undefined {
  for (const fact of ['customKeyStoreId', 'customKeyStoreType', 'connectionState'] as const) {
    if (now[fact] !== earlier[fact]) return `it is ${now[fact]}, and was ${earlier[fact]}`;
  }
  return findChangedSettings(earlier.settings, now.settings);
}

/** The settings that are not as expected, in words; undefined where all are. */
export function findChangedSettings(expected: Settings, shown: Settings): string | undefined {
  const names = propertyNames.filter((name) => !isSameSetting(name, expected, shown));
  const told = names.map(
    (name) => `${settingName(name)} is ${quote(shownValue(shown, name))}, and was ${quote(shownValue(expected, name))}`,
  );
  return told.length === 0 ? undefined : told.join('; ');
}

const quote = (value: string | undefined) => (value === undefined ? 'not set' : `"${value}"`);

/** Reads the visible settings out of an entry of DescribeCustomKeyStores, as the table says where each one stands. */
export function readSettings(entry: Readonly<Record<string, unknown>>): Settings {
  const settings: Partial<Record<SettingName, string>> = {};
  for (const property of propertyNames) {
    const name = settingName(property);
    const value = describeProperty(property).shownAt?.reduce<unknown>(
      (at, key) => (at as Record<string, unknown> | undefined)?.[key],
      entry,
    );
    if (name && typeof value === 'string' && value !== '') settings[name] = value;
  }
  // What becomes of the owner when a store goes public is undocumented; without a service it means nothing.
  if (settings.XksProxyConnectivity === 'PUBLIC_ENDPOINT') delete settings.XksProxyVpcEndpointServiceOwner;
  return settings;
}
