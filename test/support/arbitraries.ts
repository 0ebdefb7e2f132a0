/** What fast-check draws from: stores as Describe shows them, changes that are valid for them, and changes that are not. */
import fc from 'fast-check';
import { type Change, completeChange, validateChange, validateFor } from '../../src/domain/change.ts';
import type { ConnectionState, CustomKeyStoreType, KeyStore, Settings } from '../../src/domain/key-store.ts';
import { type Policy, policyWords, type Risk } from '../../src/domain/policy.ts';
import { describeProperty, type PropertyName, propertyNames } from '../../src/domain/properties.ts';

const states: readonly ConnectionState[] = ['CONNECTED', 'CONNECTING', 'FAILED', 'DISCONNECTED', 'DISCONNECTING'];
const types: readonly CustomKeyStoreType[] = ['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'];

/** Two valid values of each property: few enough that old and new are often the same. */
export const values = {
  NewCustomKeyStoreName: ['blue', 'green'],
  KeyStorePassword: ['env:BLUE', 'file:/run/green'],
  CloudHsmClusterId: ['cluster-bluebluebluebl', 'cluster-greengreengre'],
  XksProxyUriEndpoint: ['https://blue.example.com', 'https://green.example.com'],
  XksProxyUriPath: ['/blue/kms/xks/v1', '/kms/xks/v1'],
  XksProxyVpcEndpointServiceName: [
    'com.amazonaws.vpce.us-east-1.vpce-svc-blue',
    'com.amazonaws.vpce.us-east-1.vpce-svc-green',
  ],
  XksProxyVpcEndpointServiceOwner: ['111122223333', '444455556666'],
  XksProxyAuthenticationCredential: [
    { AccessKeyId: 'BLUEBLUEBLUEBLUEBLUE', RawSecretAccessKey: 'env:BLUE' },
    { AccessKeyId: 'GREENGREENGREENGREEN', RawSecretAccessKey: 'env:GREEN' },
  ],
  XksProxyConnectivity: ['PUBLIC_ENDPOINT', 'VPC_ENDPOINT_SERVICE'],
} as const satisfies { [P in PropertyName]: readonly NonNullable<Change[P]>[] };

const one = <P extends PropertyName>(name: P) => fc.constantFrom<(typeof values)[P][number]>(...values[name]);

const cloudHsmSettings: fc.Arbitrary<Settings> = fc.record({
  name: one('NewCustomKeyStoreName'),
  CloudHsmClusterId: one('CloudHsmClusterId'),
});

const publicSettings = fc.record({
  name: one('NewCustomKeyStoreName'),
  XksProxyUriEndpoint: one('XksProxyUriEndpoint'),
  XksProxyUriPath: one('XksProxyUriPath'),
  proxyCredentialAccessKeyId: fc.constantFrom(
    ...values.XksProxyAuthenticationCredential.map(({ AccessKeyId }) => AccessKeyId),
  ),
  XksProxyConnectivity: fc.constant('PUBLIC_ENDPOINT'),
});

const vpcSettings = fc
  .tuple(
    publicSettings,
    one('XksProxyVpcEndpointServiceName'),
    fc.option(one('XksProxyVpcEndpointServiceOwner'), { nil: undefined }),
  )
  .map(([settings, XksProxyVpcEndpointServiceName, owner]) => ({
    ...settings,
    XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
    XksProxyVpcEndpointServiceName,
    ...(owner === undefined ? {} : { XksProxyVpcEndpointServiceOwner: owner }),
  }));

const settingsOf = (type: CustomKeyStoreType): fc.Arbitrary<Settings> =>
  type === 'AWS_CLOUDHSM' ? cloudHsmSettings : fc.oneof(publicSettings, vpcSettings);

export const stores: fc.Arbitrary<KeyStore> = fc
  .tuple(fc.constantFrom(...types), fc.constantFrom(...states))
  .chain(([customKeyStoreType, connectionState]) =>
    settingsOf(customKeyStoreType).map((settings) => ({
      customKeyStoreId: 'cks-1234567890abcdef0',
      customKeyStoreType,
      connectionState,
      ...(connectionState === 'FAILED' ? { connectionErrorCode: 'INVALID_CREDENTIALS' } : {}),
      settings,
    })),
  );

/** Changes of valid values, whatever the store they are for. */
const changes: fc.Arbitrary<Change> = fc
  .subarray([...propertyNames])
  .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, fc.constantFrom(...values[name])]))))
  .map((change) => change as Change);

/** Changes as somebody might type them: values of all kinds, empty and endless ones too. */
export const wildChanges: fc.Arbitrary<Change> = fc
  .record(
    Object.fromEntries(propertyNames.map((name) => [name, fc.oneof(fc.constantFrom(...values[name]), wild(name))])),
    { requiredKeys: [] },
  )
  .map((change) => change as Change);

function wild(name: PropertyName): fc.Arbitrary<unknown> {
  const { secret, secretMember } = describeProperty(name);
  if (secret) return fc.string().map((word) => `given:${word}`);
  if (secretMember) return fc.record({ AccessKeyId: fc.string(), RawSecretAccessKey: fc.constant('given:slot') });
  return fc.string({ maxLength: 300 });
}

/** A store and a change that is valid for it, as it would be sent if all of it were new. */
export const storesWithChanges = fc
  .tuple(stores, changes)
  .map(([store, change]) => ({ store, change: completeChange(store.settings, keepForType(store, change)) }))
  .filter(({ store, change }) =>
    [...validateChange(change), ...validateFor(store, change)].every(({ severity }) => severity === 'warning'),
  );

function keepForType({ customKeyStoreType }: KeyStore, change: Change): Change {
  const fits = ([name]: [string, unknown]) => describeProperty(name as PropertyName).live[customKeyStoreType];
  return Object.fromEntries(Object.entries(change).filter(fits));
}

const riskWords: readonly Risk[] = ['outage', 'no-rollback', 'unverified-keys', 'login', 'unknown:quorum'];

export const policies: fc.Arbitrary<Policy> = fc.record({
  intent: fc.constantFrom(...policyWords.intent),
  mode: fc.constantFrom(...policyWords.mode),
  finalState: fc.constantFrom(...policyWords.finalState),
  onFailure: fc.constantFrom(...policyWords.onFailure),
  fence: fc.constant('never' as const),
  holdOffline: fc.boolean(),
  trialConnect: fc.constant(false),
  accept: fc.subarray([...riskWords]),
  skipChecks: fc.constant([]),
  canaryKeys: fc.constant([]),
  requireKeyVerification: fc.boolean(),
  bakeTimeMs: fc.constant(300_000),
  maxDisconnectWaitMs: fc.constant(900_000),
});
