/**
 * THE table: every input of UpdateCustomKeyStore, described once. Validation, plan, diff, options, help, redaction,
 * drift and rollback are derived from it, so a new property is one row here. It holds facts and decides nothing.
 *
 * Sources: the UpdateCustomKeyStore reference page (rules an error is based on) and the API model, KMS 2014-11-01
 * (lengths; its patterns only warn, because two of AWS's own examples break them).
 */
export type CustomKeyStoreType = 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE';

const customKeyStoreTypes: readonly CustomKeyStoreType[] = ['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'];

/** Whether this version knows the type: KMS may show others in future. */
export function isKnownType(type: CustomKeyStoreType): boolean {
  return customKeyStoreTypes.includes(type);
}

/** Whether KMS takes a new value while the store is CONNECTED: AWS says so, AWS's documents disagree, or AWS says no. */
export type Live = 'documented' | 'disputed' | 'never';

/**
 * When an old value can be put back: at any time; where Describe showed one, because it cannot be emptied; until a connect
 * with the new value succeeded; only from a secret the operator still holds; or from a password that KMS was told and has
 * not replaced yet, as it does at each connect.
 */
export type Restorable = 'always' | 'ifShown' | 'untilConnected' | 'fromPreviousSecret' | 'fromPreviousPassword';

/** What one string must look like. `says` is the reference page's own rule; `modelPattern` stands in the API model alone. */
export interface TextRule {
  readonly min: number;
  readonly max: number;
  readonly oneOf?: readonly string[];
  readonly says?: { readonly pattern: RegExp; readonly rule: string };
  readonly modelPattern?: RegExp;
  /** What is said of a value that breaks the pattern of the model, in the place of the usual words. */
  readonly otherwise?: string;
}

export interface Property {
  /** Words for people: plans, diffs and prompts. */
  readonly label: string;
  readonly help: string;
  readonly live: Partial<Record<CustomKeyStoreType, Live>>;
  readonly restorable: Restorable;
  /** Moves the store to another source of keys, which must then be proven to hold the same ones. */
  readonly keySource?: true;
  /** Has a part in connecting: a new value can cure a FAILED store, an old one can be rolled back to. */
  readonly connects: boolean;
  /** Where DescribeCustomKeyStores shows the value (for a structure: its visible member); absent = never shown. */
  readonly shownAt?: readonly [string] | readonly ['XksProxyConfiguration', string];
  /** What the shown value is called among the settings, where the name of the input would mislead: see {@link SettingName}. */
  readonly setting?: string;
  readonly text: TextRule;
  /** A structure: `text` describes its visible member, `secretMember` the secret one. */
  readonly visibleMember?: 'AccessKeyId';
  readonly secretMember?: { readonly name: 'RawSecretAccessKey'; readonly text: TextRule };
  /** The whole value is a secret. */
  readonly secret?: true;
  /** An empty string is a value of its own: it takes the setting away. */
  readonly mayBeEmptied?: true;
  /** Holds a host name: KMS may show it in lower case, and the same name is the same value (RFC 4343). */
  readonly isHostName?: true;
}

const external = (live: Live) => ({ EXTERNAL_KEY_STORE: live }) as const;
const cloudHsm = (live: Live) => ({ AWS_CLOUDHSM: live }) as const;

/** Which store is meant: the one input that is not a property (CustomKeyStoreIdType). */
export const customKeyStoreId = {
  label: 'custom key store',
  help: 'Name the custom key store by its id (cks-...) or its name.',
  text: { min: 1, max: 64 },
} as const satisfies { label: string; help: string; text: TextRule };

export const properties = {
  NewCustomKeyStoreName: {
    label: 'name',
    help: 'Rename the store. The name is unique in the account and appears in CloudTrail and other output.',
    // The reference page wants a CloudHSM key store DISCONNECTED; the API model allows CONNECTED.
    live: { ...cloudHsm('disputed'), ...external('documented') },
    restorable: 'always',
    connects: false,
    shownAt: ['CustomKeyStoreName'],
    setting: 'name',
    text: { min: 1, max: 256 },
  },
  KeyStorePassword: {
    label: 'kmsuser password',
    help: 'Give KMS the current password of kmsuser. This does not change the password in the CloudHSM cluster.',
    live: cloudHsm('never'),
    restorable: 'fromPreviousPassword',
    connects: true,
    secret: true,
    text: {
      min: 7,
      max: 32,
      modelPattern: /^[a-zA-Z0-9]+$/,
      otherwise:
        'holds a space, a quote or another character that is neither a letter nor a digit. AWS documents letters and digits alone. Make sure that it is the password itself: each Connect with a wrong one costs a login, and five bad logins lock kmsuser',
    },
  },
  CloudHsmClusterId: {
    label: 'CloudHSM cluster',
    help: 'Move the store to a related cluster: one with a shared backup history and the same cluster certificate.',
    live: cloudHsm('never'),
    restorable: 'untilConnected',
    connects: true,
    shownAt: ['CloudHsmClusterId'],
    text: { min: 19, max: 24, modelPattern: /^cluster-[2-7a-zA-Z]{11,16}$/ },
  },
  XksProxyUriEndpoint: {
    label: 'proxy endpoint',
    help: 'Move to this XKS proxy: https:// and its host (for VPC_ENDPOINT_SERVICE its private DNS name). It must reach the same keys.',
    live: external('never'),
    restorable: 'always',
    keySource: true,
    connects: true,
    shownAt: ['XksProxyConfiguration', 'UriEndpoint'],
    isHostName: true,
    text: {
      min: 10,
      max: 128,
      says: {
        pattern: /^https:\/\/[^/:?#@\s]+$/,
        rule: 'must be https:// followed by a host alone (no port, no path)',
      },
      modelPattern: /^https:\/\/[a-zA-Z0-9.-]+$/,
    },
  },
  XksProxyUriPath: {
    label: 'proxy path',
    help: 'Change the base path of the proxy APIs. It starts with / and ends with /kms/xks/v1. The proxy must answer there before the update.',
    live: external('disputed'),
    restorable: 'always',
    keySource: true,
    connects: true,
    shownAt: ['XksProxyConfiguration', 'UriPath'],
    text: {
      min: 10,
      max: 128,
      says: { pattern: /^\/(.*\/)?kms\/xks\/v\d+$/, rule: 'must start with / and end with /kms/xks/v and a number' },
      modelPattern: /^(\/[a-zA-Z0-9/_-]+\/kms\/xks\/v\d{1,2})$|^(\/kms\/xks\/v\d{1,2})$/,
    },
  },
  XksProxyVpcEndpointServiceName: {
    label: 'VPC endpoint service',
    help: 'Change the Amazon VPC endpoint service of the proxy. Empty when changing to PUBLIC_ENDPOINT.',
    live: external('never'),
    restorable: 'always',
    keySource: true,
    connects: true,
    shownAt: ['XksProxyConfiguration', 'VpcEndpointServiceName'],
    mayBeEmptied: true,
    text: {
      min: 20,
      max: 64,
      modelPattern: /^(com|eu)\.amazonaws\.vpce\.([a-z]+-){2,3}\d+\.vpce-svc-[0-9a-z]+$/,
    },
  },
  XksProxyVpcEndpointServiceOwner: {
    label: 'VPC endpoint service owner',
    help: 'Name the account that owns the VPC endpoint service, if it is not your own.',
    live: external('never'),
    restorable: 'ifShown',
    keySource: true,
    connects: true,
    shownAt: ['XksProxyConfiguration', 'VpcEndpointServiceOwner'],
    text: { min: 12, max: 12, modelPattern: /^[0-9]{12}$/ },
  },
  XksProxyAuthenticationCredential: {
    label: 'proxy credential',
    help: 'Change the credential with which KMS signs its requests to the proxy. Always give both parts. This changes it in KMS only, not at the proxy.',
    // Reference page and guide: live. The text of CustomKeyStoreInvalidStateException: only the name is.
    live: external('disputed'),
    restorable: 'fromPreviousSecret',
    connects: true,
    shownAt: ['XksProxyConfiguration', 'AccessKeyId'],
    setting: 'proxyCredentialAccessKeyId',
    visibleMember: 'AccessKeyId',
    text: { min: 20, max: 30, modelPattern: /^[A-Z2-7]+$/ },
    secretMember: {
      name: 'RawSecretAccessKey',
      text: {
        min: 43,
        max: 64,
        says: { pattern: /^[a-zA-Z0-9/+=]+$/, rule: 'may hold a-z, A-Z, 0-9, /, + and = only' },
      },
    },
  },
  XksProxyConnectivity: {
    label: 'proxy connectivity',
    help: 'Change to PUBLIC_ENDPOINT or VPC_ENDPOINT_SERVICE. Needs a new endpoint; VPC_ENDPOINT_SERVICE also needs its service name.',
    live: external('never'),
    restorable: 'always',
    keySource: true,
    connects: true,
    shownAt: ['XksProxyConfiguration', 'Connectivity'],
    text: { min: 1, max: 64, oneOf: ['PUBLIC_ENDPOINT', 'VPC_ENDPOINT_SERVICE'] },
  },
} as const satisfies Record<string, Property>;

export type PropertyName = keyof typeof properties;

export const propertyNames = Object.keys(properties) as readonly PropertyName[];

/** The row of a property, with its optional facts readable. */
export function describeProperty(name: PropertyName): Property {
  return properties[name];
}

type Row<P extends PropertyName> = (typeof properties)[P];

/** A setting that Describe shows: as its property is called, or as the row of that says. */
export type SettingName = {
  [P in PropertyName]: Row<P> extends { readonly shownAt: unknown }
    ? Row<P> extends { readonly setting: infer Name extends string }
      ? Name
      : P
    : never;
}[PropertyName];

/** The setting that shows the value of a property; undefined if Describe never shows it. */
export function settingName(name: PropertyName): SettingName | undefined {
  const { shownAt, setting = name } = describeProperty(name);
  return shownAt && (setting as SettingName);
}

type Spelled<Name extends string> = Name extends `${infer Letter}${infer Rest}`
  ? `${Letter extends Lowercase<Letter> ? Letter : `-${Lowercase<Letter>}`}${Spelled<Rest>}`
  : '';

/** The option of a member of the API. */
export type OptionOf<Name extends string> = Spelled<Uncapitalize<Name>>;

/** The option of a member, spelled as in the AWS CLI: `NewCustomKeyStoreName` -> `new-custom-key-store-name`. */
export function optionName<Name extends string>(name: Name): OptionOf<Name> {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase() as OptionOf<Name>;
}
