/**
 * Where AWS's documents disagree or stay silent, one row says how this simulator may read them, and why. The first value of a
 * row is the default: the UpdateCustomKeyStore reference page's reading or, where it is silent, the one that is harder for a
 * client. No operation may decide such a question anywhere else.
 */
import type { CustomKeyStoreType, Input } from './shapes.ts';

/** What UpdateCustomKeyStore can change. */
export type UpdateProperty = Exclude<keyof Input<'UpdateCustomKeyStore'>, 'CustomKeyStoreId'>;

interface Row<V> {
  readonly question: string;
  readonly values: readonly [V, ...V[]];
  /** Which document says what. */
  readonly source: string;
}

const liveByPage: readonly UpdateProperty[] = [
  'NewCustomKeyStoreName',
  'XksProxyAuthenticationCredential',
  'XksProxyUriPath',
];

const row = <const V>(question: string, values: readonly [V, ...V[]], source: string): Row<V> => ({
  question,
  values,
  source,
});

const nameAlone: readonly UpdateProperty[] = ['NewCustomKeyStoreName'];

export const interpretations = {
  cloudHsmRenameLive: row<boolean>(
    'May an AWS_CLOUDHSM store be renamed while CONNECTED?',
    [false, true],
    'The reference page says no, for any property; the API model of 2025 (operation and exception) says yes.',
  ),
  liveExternalProperties: row<readonly UpdateProperty[]>(
    'What may change while an external store is CONNECTED?',
    [liveByPage, nameAlone],
    'The reference page names three; the text of CustomKeyStoreInvalidStateException in the API model the name alone.',
  ),
  updateWhileFailed: row<'refused' | 'accepted' | 'acceptedForLive'>(
    'What may change while FAILED? `acceptedForLive`: what may change while CONNECTED.',
    ['refused', 'accepted', 'acceptedForLive'],
    'The reference page allows CONNECTED and DISCONNECTED; the developer guide (update-xks-keystore) heads its column for name, credential and path "any connection state".',
  ),
  connectAgain: row<'refused' | 'accepted' | 'rotating'>(
    'What does Connect do while CONNECTING or CONNECTED? `accepted`: nothing; `rotating`: a CONNECTED cluster gets a new kmsuser password.',
    ['refused', 'accepted', 'rotating'],
    'The developer guide (xks-connect-disconnect) wants DISCONNECTED; the text of CustomKeyStoreInvalidStateException refuses only DISCONNECTING and FAILED, and the page of Connect says that it rotates the password.',
  ),
  connectWithoutHsms: row<'fails' | 'refused'>(
    'Is Connect to a cluster without active HSMs accepted, to end FAILED, or refused at once?',
    ['fails', 'refused'],
    'CustomKeyStoresListEntry has the code INSUFFICIENT_CLOUDHSM_HSMS; CloudHsmClusterInvalidConfigurationException is declared by Connect and asks for one active HSM.',
  ),
  emptyServiceName: row<'accepted' | 'required' | 'rejected' | 'omitted'>(
    'A store that goes public: XksProxyVpcEndpointServiceName empty or null. `required`: it must be there; `rejected`: an empty string is too short; `omitted`: null is refused too.',
    ['accepted', 'required', 'rejected', 'omitted'],
    'The reference page asks for "a null or empty string"; the API model has a shortest length of 20; the example of the developer guide leaves it out.',
  ),
  updateOrder: row<'stateFirst' | 'valuesFirst'>(
    'Does Update judge the connection state before it judges whether the values fit each other and the store? Lengths and patterns always come first.',
    ['stateFirst', 'valuesFirst'],
    'No document says. A state that is judged first makes a client go offline for values that KMS then refuses.',
  ),
  kmsuserPassword: row<'perStore' | 'perCluster'>(
    'Does KMS keep one kmsuser password for the store, or one for each cluster that the store was with?',
    ['perStore', 'perCluster'],
    'No document says. With one per store the way back to a former cluster ends with INVALID_CREDENTIALS.',
  ),
  vpcProxyAsked: row<'whileConnected' | 'always'>(
    'Is the proxy behind a VPC endpoint service asked for its health by Update while the store is not CONNECTED?',
    ['whileConnected', 'always'],
    'The developer guide (xks-troubleshooting) tests it "when you connect and update"; but no interface endpoint leads there before Connect made one.',
  ),
  dryRunState: row<'judged' | 'ignored'>(
    'Does a DryRun look at the state of the key, and so at the connection of its store?',
    ['judged', 'ignored'],
    'The developer guide (testing-permissions) says that it checks permissions and parameters; no document speaks of the key state.',
  ),
  endpointCase: row<'asGiven' | 'lowerCase'>(
    'Does Describe show the host name of a new XksProxyUriEndpoint as it was sent, or in lower case?',
    ['asGiven', 'lowerCase'],
    'No document says. Host names are the same in either case, and the pattern of the API model takes both.',
  ),
  externalErrors: row<'adaptive' | 'invalidState'>(
    'What does the use of a key answer where its proxy fails in a way that may pass? `adaptive`: a retryable KMSInternalException where the proxy was reliable in the last five minutes.',
    ['adaptive', 'invalidState'],
    'The developer guide (xks-troubleshooting, monitoring-cloudwatch) of 2026 says the first, that of 2023 KMSInvalidStateException for all.',
  ),
  tlsFailure: row<'XksProxyUriUnreachableException' | 'XksProxyInvalidConfigurationException'>(
    'What do Create and Update answer where TLS to the proxy fails?',
    ['XksProxyUriUnreachableException', 'XksProxyInvalidConfigurationException'],
    'The XKS proxy API specification ("Error codes") says the first, the developer guide (xks-troubleshooting) the second.',
  ),
} as const;

export type Interpretations = {
  readonly [R in keyof typeof interpretations]: (typeof interpretations)[R]['values'][number];
};

export const defaultInterpretations = Object.fromEntries(
  Object.entries(interpretations).map(([name, { values }]) => [name, values[0]]),
) as Interpretations;

/** An endpoint as KMS keeps it. */
export function keepEndpoint({ endpointCase }: Interpretations, endpoint: string): string {
  return endpointCase === 'lowerCase' ? endpoint.toLowerCase() : endpoint;
}

/** What may change while a store of this type is CONNECTED. */
export function liveProperties(given: Interpretations, type: CustomKeyStoreType): readonly UpdateProperty[] {
  if (type === 'EXTERNAL_KEY_STORE') return given.liveExternalProperties;
  return given.cloudHsmRenameLive ? nameAlone : [];
}
