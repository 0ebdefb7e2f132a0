/**
 * The one table of scenario files. The published JSON Schema, the messages about mistakes and the TypeScript types all
 * follow from it: a new setting is a row here and a line where the scenario is staged.
 */
import type { ClusterState } from '../clusters.ts';
import { enums, inputShapes, type OperationName, type StringShape } from '../shapes.ts';
import {
  either,
  flag,
  type JsonSchema,
  list,
  number,
  type Of,
  structure,
  table,
  text,
  type ValueOf,
  whole,
  word,
} from './json-schema.ts';

const clusterStates: readonly ClusterState[] = [
  'CREATE_IN_PROGRESS',
  'UNINITIALIZED',
  'INITIALIZE_IN_PROGRESS',
  'INITIALIZED',
  'ACTIVE',
  'UPDATE_IN_PROGRESS',
  'MODIFY_IN_PROGRESS',
  'ROLLBACK_IN_PROGRESS',
  'DELETE_IN_PROGRESS',
  'DELETED',
  'DEGRADED',
];

const operations = Object.keys(inputShapes) as OperationName[];
const { members } = inputShapes.CreateCustomKeyStore;

const duration = text('A length of time.', {
  pattern: '^(\\d{1,9}(\\.\\d{1,3})?(ms|s|m|h))+$',
  examples: ['250ms', '90s', '5m', '1h30m'],
});

const durations = either(
  'A length of time, or a spread of them.',
  duration,
  structure('Drawn anew each time, by the seed.', { shortest: duration, longest: duration }, { usual: duration }),
);

const probability = number('From 0, never, to 1, always.', 0, 1);

/** As the API model has it. */
function fromShape({ min, max, pattern }: StringShape, description: string): Of<string> {
  return text(description, {
    ...(min === undefined ? {} : { minLength: min }),
    ...(max === undefined ? {} : { maxLength: max }),
    ...(pattern === undefined ? {} : { pattern: `^(?:${pattern})$` }),
  });
}

const credential = structure(
  'The credential that KMS signs its requests to the proxy with.',
  {
    AccessKeyId: fromShape(members.XksProxyAuthenticationCredential.members.AccessKeyId, 'Its id.'),
    RawSecretAccessKey: fromShape(members.XksProxyAuthenticationCredential.members.RawSecretAccessKey, 'Its secret.'),
  },
  {},
);

const connectionState = word('State of the connection.', enums.ConnectionStateType);
const connectionErrorCode = word('Why a connect FAILED.', enums.ConnectionErrorCodeType);
const storeName = text('Id or name of a store.', { minLength: 1, maxLength: 256 });

const store = structure(
  'A custom key store: the members of CreateCustomKeyStore, and the state it is in. One that exists is only moved.',
  {},
  {
    CustomKeyStoreId: fromShape(
      inputShapes.UpdateCustomKeyStore.members.CustomKeyStoreId,
      'Its id; default drawn by the seed.',
    ),
    CustomKeyStoreName: fromShape(members.CustomKeyStoreName, 'Its name.'),
    CustomKeyStoreType: word('Default AWS_CLOUDHSM.', enums.CustomKeyStoreType),
    CloudHsmClusterId: fromShape(members.CloudHsmClusterId, 'Default the first cluster that is free.'),
    TrustAnchorCertificate: fromShape(members.TrustAnchorCertificate, "Default the cluster's."),
    KeyStorePassword: fromShape(members.KeyStorePassword, 'What KMS believes; default what is so.'),
    XksProxyConnectivity: word('Default PUBLIC_ENDPOINT.', enums.XksProxyConnectivityType),
    XksProxyUriEndpoint: fromShape(members.XksProxyUriEndpoint, 'Endpoint of the proxy.'),
    XksProxyUriPath: fromShape(members.XksProxyUriPath, 'Path of the proxy.'),
    XksProxyAuthenticationCredential: credential,
    XksProxyVpcEndpointServiceName: fromShape(members.XksProxyVpcEndpointServiceName, 'Endpoint service of the proxy.'),
    XksProxyVpcEndpointServiceOwner: fromShape(members.XksProxyVpcEndpointServiceOwner, 'Account of the service.'),
    ConnectionState: connectionState,
    ConnectionErrorCode: connectionErrorCode,
    keys: whole('How many KMS keys it holds.', 0, 1_000_000),
  },
);

const cluster = structure(
  'A CloudHSM cluster. One that exists is altered.',
  {},
  {
    id: fromShape(members.CloudHsmClusterId, 'Its id; default drawn by the seed.'),
    restoredFrom: fromShape(
      members.CloudHsmClusterId,
      'The cluster whose backup it was made from: the two are related.',
    ),
    backup: word('An old one predates the last rotation of the kmsuser password.', ['newest', 'old']),
    kmsuserPassword: fromShape(members.KeyStorePassword, "kmsuser's password in the cluster."),
    state: word('Its state; default ACTIVE.', clusterStates),
    hsms: whole('How many HSMs are active; default 2.', 0, 28),
    configurationValid: flag('Whether subnets and security group are as KMS wants them.'),
    freeAddresses: whole('Free addresses in its fullest private subnet; default 100.', 0, 65_536),
    subnetMissing: flag('Whether a private subnet was deleted.'),
    kmsuser: structure(
      'The crypto user as which KMS logs in.',
      {},
      {
        exists: flag('Whether there is such a user.'),
        lockedOut: flag('Whether it is locked out.'),
        badLogins: whole('Wrong passwords so far; the fifth locks it out.', 0, 4),
        loggedInElsewhere: flag('Whether somebody else is logged in with its name.'),
      },
    ),
  },
);

const proxy = structure(
  'An external key store proxy, as KMS meets it. One that is not described is healthy and takes any credential.',
  { endpoint: fromShape(members.XksProxyUriEndpoint, 'Its endpoint.') },
  {
    paths: list('The paths it serves; default all.', fromShape(members.XksProxyUriPath, 'A path.')),
    credentials: list('The credentials it takes; default any.', credential),
    reachable: flag('Whether KMS reaches it.'),
    slow: flag('Whether it answers later than the 250 ms that KMS waits.'),
    tlsValid: flag('Whether its certificate is one that KMS accepts.'),
    accessDenied: flag('Whether its own policy denies the request.'),
    answer: word('How it answers a health request.', [
      'health',
      'malformed',
      'internalError',
      'throttled',
      'dependencyTimeout',
    ]),
    ekm: list('The state of each key manager behind it.', word('State.', ['ACTIVE', 'DEGRADED', 'UNAVAILABLE']), 10),
  },
);

const vpcEndpointService = structure(
  'A VPC endpoint service, as KMS meets it. One that is not described is as the store says.',
  { name: fromShape(members.XksProxyVpcEndpointServiceName, 'Its name.') },
  {
    owner: fromShape(members.XksProxyVpcEndpointServiceOwner, 'The account that owns it; default this one.'),
    found: flag('Whether KMS finds it: it exists, and allows the principal of KMS.'),
    valid: flag('Whether load balancer, zones, acceptance and verification are as KMS wants them.'),
    privateDnsName: text('Its private DNS name; default that of the endpoint.', { minLength: 1, maxLength: 255 }),
  },
);

const staleRead = structure(
  'A read that lags behind an accepted call.',
  { for: durations },
  { likelihood: { ...probability, description: 'How likely each read is to be stale in that time; default 1.' } },
);

/** What can be changed in a running world too. */
const worldMembers = {
  clusters: list('CloudHSM clusters. Default in a scenario: two related ones and an unrelated one.', cluster),
  proxies: list('External key store proxies.', proxy),
  vpcEndpointServices: list('VPC endpoint services.', vpcEndpointService),
  stores: list('Custom key stores.', store),
  staleReads: structure(
    'What reads show after an accepted call, each by itself. What is not named is never stale.',
    {},
    { state: staleRead, values: staleRead, keyState: staleRead },
  ),
  quotas: either(
    'Where KMS throttles: at the rates of the developer guide (the default of a scenario), not at all, or at these.',
    word('Rates.', ['documented', 'none']),
    structure(
      'Requests a second.',
      {},
      Object.fromEntries(operations.map((name) => [name, number('Requests a second.', 0.01, 100_000)])),
    ),
  ),
};

const operation = word('Operation of KMS.', operations);
const nth = whole('The first fitting moment that is meant, counted from 1; default 1.', 1, 1_000_000);

const fault = structure(
  'What befalls the calls that fit all that is said; default the next one.',
  {},
  {
    operation,
    store: storeName,
    state: { ...connectionState, description: 'The state that the store is truly in when the call arrives.' },
    caller: text('Access key id of the caller.', { minLength: 1, maxLength: 128 }),
    nth,
    times: either('How many; default 1.', whole('So many.', 1, 1_000_000), word('All.', ['always'])),
    from: { ...duration, description: 'From when on, after it was ordered.' },
    until: { ...duration, description: 'Until when, after it was ordered.' },
    probability,
    error: either(
      'The answer is this error.',
      text('Its name.', { pattern: '^[A-Za-z]{1,100}$', examples: ['ThrottlingException'] }),
      structure(
        'The error in full.',
        { name: text('Its name.', { pattern: '^[A-Za-z]{1,100}$', examples: ['ThrottlingException'] }) },
        {
          message: text('Its text.', { maxLength: 1_000 }),
          statusCode: whole('Its HTTP status.', 400, 599),
          afterEffect: flag('Whether the call takes effect all the same.'),
        },
      ),
    ),
    reset: word('The connection is reset before the call takes effect, or after.', ['before', 'after']),
    hang: word('The answer never comes, and the call takes no effect (before) or does (after).', ['before', 'after']),
    delay: { ...durations, description: "The answer comes so much later, in the client's own time." },
    failConnect: structure(
      'The Connect is accepted and ends FAILED.',
      { code: connectionErrorCode },
      { after: { ...duration, description: 'How long after the Connect; default as long as a connect takes.' } },
    ),
  },
  [['error', 'reset', 'hang', 'delay', 'failConnect']],
);

const hand = structure(
  'Somebody else at a chosen moment. Faults do not befall them.',
  {},
  {
    before: { ...operation, description: 'Just before a call of this operation.' },
    after: { ...operation, description: 'Just after a call of this operation.' },
    at: { ...duration, description: 'So long after it was ordered.' },
    reaches: { ...connectionState, description: 'When a store enters this state.' },
    store: storeName,
    nth,
    times: whole('How many of these moments; default 1.', 1, 1_000),
    call: structure(
      'A call that they make. Without a CustomKeyStoreId it is for the store of the moment.',
      { operation },
      {
        input: { description: 'Its input, as KMS takes it.', type: 'object' } as Of<Readonly<Record<string, unknown>>>,
        caller: text('Whose it is in the record of calls.', { minLength: 1, maxLength: 128 }),
      },
    ),
    change: structure('What they change.', {}, worldMembers),
  },
  [
    ['before', 'after', 'at', 'reaches'],
    ['call', 'change'],
  ],
);

const orders = {
  faults: list('What befalls calls. First written, first served.', fault),
  hands: list('What somebody else does, and when.', hand),
};

const perType = structure('By type of store.', {}, { AWS_CLOUDHSM: durations, EXTERNAL_KEY_STORE: durations });

export const scenarioSchema = structure(
  'A world to rehearse in with cks simulator: what stands in it, what goes wrong, and how a run in it should end.',
  { summary: text('What is rehearsed, in one line.', { minLength: 1, maxLength: 58, pattern: '^[^\\n]*$' }) },
  {
    $schema: text('Where an editor finds this schema.'),
    description: text('What happens, and what there is to learn.', { maxLength: 2_000 }),
    seed: whole('The same seed gives the same ids, durations and chances; default 1.', 0, 4_294_967_295),
    region: text('The Region; default us-east-1.', { pattern: '^[a-z0-9-]{1,40}$', examples: ['eu-central-1'] }),
    accountId: text('The account; default 111122223333.', { pattern: '^\\d{12}$', examples: ['"111122223333"'] }),
    durations: structure('How long transitions take.', {}, { connect: perType, disconnect: perType }),
    hosts: structure(
      'How a live change reaches the hosts of KMS.',
      {},
      { count: whole('How many there are; default 4.', 1, 1_000), lag: durations },
    ),
    readings: structure(
      "Where AWS's documents disagree: how this world reads them.",
      {},
      {
        emptyServiceName: word('An empty XksProxyVpcEndpointServiceName in Update.', ['accepted', 'rejected']),
        cloudHsmRenameLive: flag('Whether a CONNECTED CloudHSM key store can be renamed.'),
        liveExternalProperties: list(
          'What may change while an external key store is CONNECTED.',
          word(
            'Property.',
            (
              Object.keys(
                inputShapes.UpdateCustomKeyStore.members,
              ) as (keyof typeof inputShapes.UpdateCustomKeyStore.members)[]
            ).filter((name) => name !== 'CustomKeyStoreId'),
          ),
        ),
      },
    ),
    ...worldMembers,
    ...orders,
    expect: structure(
      'A command to try, and how it should end.',
      {
        command: text('The command line.', { pattern: '^cks ', examples: ['cks reconnect prod-hsm --yes'] }),
        outcome: text('The outcome it ends with.', { pattern: '^[a-zA-Z]{1,40}$', examples: ['updated'] }),
        state: { ...connectionState, description: 'The state the store is in afterwards.' },
      },
      {
        environment: table('What the command needs in its environment.', text('Value.', { maxLength: 5_000 })),
      },
    ),
  },
);

/** What the control endpoint takes: everything of a scenario that may change while it runs. */
export const changeSchema = structure('A change of a running world.', {}, { ...worldMembers, ...orders });

/** What the control endpoint takes to move time. */
export const timeSchema = structure('Time.', {}, { advance: duration, scale: number('Pace.', 0, 1_000_000) });

export type Scenario = ValueOf<typeof scenarioSchema>;
export type Change = ValueOf<typeof changeSchema>;
export type WorldMembers = Omit<Change, 'faults' | 'hands'>;
export type FaultText = NonNullable<Change['faults']>[number];
export type HandText = NonNullable<Change['hands']>[number];
export type DurationText = ValueOf<typeof durations>;

/** The schema as it is published. */
export function publishSchema(): JsonSchema & { $schema: string; title: string } {
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'cks simulator scenario', ...scenarioSchema };
}
