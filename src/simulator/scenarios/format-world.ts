/** What stands in the world of a scenario. A setting more is a row here and, where it is no plain member, a line in stage.ts. */
import { clusterStates, enums, inputShapes, outputShapes } from '../shapes.ts';
import {
  connectionErrorCode,
  connectionState,
  duration,
  durations,
  fromShape,
  operations,
  probability,
} from './format-values.ts';
import { either, flag, list, number, type Of, structure, table, text, whole, word } from './json-schema.ts';

const { members } = inputShapes.CreateCustomKeyStore;

export const credential = structure(
  'The credential that KMS signs its requests to the proxy with.',
  {
    AccessKeyId: fromShape(members.XksProxyAuthenticationCredential.members.AccessKeyId, 'Its id.'),
    RawSecretAccessKey: fromShape(members.XksProxyAuthenticationCredential.members.RawSecretAccessKey, 'Its secret.'),
  },
  {},
);

const { members: grantMembers } = inputShapes.CreateGrant;
const contextPairs = table('Pairs of the encryption context.', text('Value.', { maxLength: 8_192 }));

const grant = structure(
  'A grant of the key, as CreateGrant takes it. Nobody is let in or kept out by it.',
  { Operations: list('What it permits.', word('Operation.', enums.GrantOperation)) },
  {
    GranteePrincipal: fromShape(grantMembers.GranteePrincipal, 'Who may use the key: an ARN, or an AWS service.'),
    GranteeServicePrincipal: fromShape(grantMembers.GranteeServicePrincipal, 'The AWS service that may use the key.'),
    RetiringPrincipal: fromShape(grantMembers.RetiringPrincipal, 'Who may retire the grant.'),
    RetiringServicePrincipal: fromShape(grantMembers.RetiringServicePrincipal, 'The AWS service that may retire it.'),
    Name: fromShape(grantMembers.Name, 'Its name.'),
    Constraints: structure(
      'What a request has to have.',
      {},
      {
        EncryptionContextEquals: contextPairs,
        EncryptionContextSubset: contextPairs,
        SourceArn: fromShape(grantMembers.Constraints.members.SourceArn, 'The resource that it is made for.'),
      },
    ),
  },
);

const key = structure(
  'A KMS key.',
  {},
  {
    KeyId: text('Its id; default drawn by the seed.', {
      pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
      examples: ['1234abcd-12ab-34cd-56ef-1234567890ab'],
    }),
    AliasName: fromShape(inputShapes.CreateAlias.members.AliasName, 'Its alias, with alias/.'),
    Description: fromShape(inputShapes.CreateKey.members.Description, 'Its description.'),
    XksKeyId: fromShape(inputShapes.CreateKey.members.XksKeyId, 'In an external store: the external key.'),
    Enabled: flag('Default true.'),
    Policy: {
      description: 'Its key policy; default the one of a key that was created without one. Nobody is kept out by it.',
      type: 'object',
    } as Of<Readonly<Record<string, unknown>>>,
    grants: list('Its grants.', grant, 10_000),
    age: { ...duration, description: 'How long ago it was made; default just now.' },
  },
);

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
    keys: either('The KMS keys that it holds.', whole('So many.', 0, 1_000_000), list('These.', key, 10_000)),
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
    backupAge: { ...duration, description: 'How old the backup is: keys made since are not in it; default none are.' },
    kmsuserPassword: fromShape(members.KeyStorePassword, "kmsuser's password in the cluster."),
    state: word('Its state; default ACTIVE.', clusterStates),
    hsms: whole('How many HSMs are active; default 2.', 0, 28),
    hsmType: text('Their type; default hsm2m.medium.', { pattern: '^p?hsm[0-9][a-z.]*\\.[a-zA-Z]+$', maxLength: 32 }),
    mode: word('Their mode; default FIPS.', ['FIPS', 'NON_FIPS']),
    hsmTypeRollbackFor: {
      ...duration,
      description: 'How long it can still be rolled back to the HSM type that it was migrated from; default it cannot.',
    },
    availabilityZones: list('The zones that they are spread over; default two.', text('Zone.', { maxLength: 40 })),
    configurationValid: flag('Whether subnets and security group are as KMS wants them.'),
    freeAddresses: whole('Free addresses in its fullest private subnet; default 100.', 0, 65_536),
    subnetMissing: flag('Whether a private subnet was deleted.'),
    sessionsExhausted: flag('Whether others use all PKCS #11 sessions of its HSMs.'),
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

const externalKey = structure(
  'An external key, as GetKeyMetadata of a proxy has it. KMS wants what is the default.',
  { id: fromShape(inputShapes.CreateKey.members.XksKeyId, 'Its id.') },
  {
    keySpec: text('Default AES_256.', { minLength: 1, maxLength: 64 }),
    keyUsage: list(
      'What it may be used for; default ENCRYPT and DECRYPT.',
      text('Usage.', { minLength: 1, maxLength: 64, examples: ['ENCRYPT', 'DECRYPT'] }),
      10,
    ),
    keyStatus: word('Default ENABLED.', ['ENABLED', 'DISABLED']),
  },
);

const proxy = structure(
  'An external key store proxy, as KMS meets it. One that is not described is healthy and takes any credential.',
  { endpoint: fromShape(members.XksProxyUriEndpoint, 'Its endpoint.') },
  {
    address: text('Where a real proxy listens that KMS asks instead; default it stands in the simulator.', {
      pattern: '^https?://[a-zA-Z0-9.:[\\]-]+$',
      examples: ['http://127.0.0.1:8000'],
    }),
    paths: list('The paths it serves; default all.', fromShape(members.XksProxyUriPath, 'A path.')),
    credentials: list('The credentials it takes; default any.', credential),
    reachable: flag('Whether KMS reaches it.'),
    slow: either(
      'Whether it answers later than the 250 ms that KMS waits.',
      flag('At once then.'),
      word('Or one byte after the other.', ['byteByByte']),
    ),
    tlsValid: flag('Whether its certificate is one that KMS accepts; otherwise it has expired.'),
    asksClientCertificate: flag(
      'Whether it insists on a client certificate, which KMS shows until 15 June 2026, and for new stores until 16 March 2026.',
    ),
    acceptsGet: flag('Whether it answers GET as it answers POST.'),
    accessDenied: flag('Whether its own policy denies the request.'),
    principals: list(
      'ARNs of those whom it lets use keys; default all. KMS comes as the root user of its account.',
      text('ARN.', { minLength: 1, maxLength: 2_048 }),
    ),
    answer: word('How it answers a request.', [
      'health',
      'malformed',
      'redirect',
      'huge',
      'validation',
      'internalError',
      'throttled',
      'dependencyTimeout',
    ]),
    errorMessage: text('What its errors say beside their name; default nothing.', { minLength: 1, maxLength: 1_000 }),
    keys: list(
      'The external keys that it knows; default those that KMS keys use, and any that a new KMS key is to use.',
      externalKey,
      10_000,
    ),
    keyManager: text(
      'Name of the key manager behind it; proxies with the same one, the default, reach the same keys.',
      {
        minLength: 1,
        maxLength: 64,
      },
    ),
    xksProxyVendor: text('Who made it, as its health answer has it.', { minLength: 1, maxLength: 64 }),
    ekmVendor: text('Who made the key manager behind it, as its health answer has it.', {
      minLength: 1,
      maxLength: 64,
    }),
    ekm: list('The state of each key manager behind it.', word('State.', ['ACTIVE', 'DEGRADED', 'UNAVAILABLE']), 10),
  },
);

const vpcEndpointService = structure(
  'A VPC endpoint service, as KMS meets it. One that is not described is as the store says.',
  { name: fromShape(members.XksProxyVpcEndpointServiceName, 'Its name.') },
  {
    owner: fromShape(members.XksProxyVpcEndpointServiceOwner, 'The account that owns it; default this one.'),
    exists: flag('Whether there is such a service.'),
    allowedPrincipals: list(
      'Who may find it; default KMS alone, * is everybody.',
      text('Principal.', { maxLength: 255 }),
    ),
    acceptanceRequired: flag('Whether its owner has to accept each connection; default no, as KMS wants it.'),
    loadBalancerType: word('Type of its load balancer; KMS wants network.', ['network', 'gateway']),
    availabilityZones: list('Zones of its load balancer; KMS wants two.', text('Zone.', { maxLength: 40 })),
    supportedIpAddressTypes: list('The IP versions that it supports; KMS wants ipv4.', word('Type.', ['ipv4', 'ipv6'])),
    privateDnsNameState: word('Whether its private DNS name was verified.', [
      'verified',
      'pendingVerification',
      'failed',
    ]),
    privateDnsName: text('Its private DNS name; default that of the endpoint.', { minLength: 1, maxLength: 255 }),
    proxy: fromShape(
      members.XksProxyUriEndpoint,
      "The endpoint under which the proxy behind it is described; default the store's.",
    ),
  },
);

const secretShape = outputShapes.GetSecretValue.members;
const tagShape = outputShapes.DescribeSecret.members.Tags.member.members;

const secret = structure(
  'A version of a secret of Secrets Manager; more of one name are its history.',
  {
    Name: fromShape(secretShape.Name, 'Its name.'),
  },
  {
    SecretString: fromShape(
      secretShape.SecretString,
      'Its value; default none, as in the version that a rotation is to fill.',
    ),
    VersionStages: list(
      'Default AWSCURRENT; the version that was it before is AWSPREVIOUS then.',
      fromShape(secretShape.VersionStages.member, 'Label.'),
      20,
    ),
    VersionId: fromShape(secretShape.VersionId, 'Default drawn by the seed.'),
    KmsKeyId: text('Id, ARN or alias of the KMS key without which nobody reads it.', {
      minLength: 1,
      maxLength: 2_048,
    }),
    isDeleted: flag('Whether it is marked for deletion.'),
    RotationEnabled: flag('Whether a function rotates it; default as before, at first no.'),
    Tags: list(
      'Its tags; default as before, at first none.',
      structure('A tag.', { Key: fromShape(tagShape.Key, 'Key.'), Value: fromShape(tagShape.Value, 'Value.') }, {}),
      50,
    ),
  },
);

export const staleRead = structure(
  'A read that lags behind an accepted call.',
  { for: durations },
  { likelihood: { ...probability, description: 'How likely each read is to be stale in that time; default 1.' } },
);

const replicas = structure(
  'Replicas of what KMS knows: each change of a store reaches each of them later, and a request meets one of them.',
  { lag: durations },
  {
    count: number('How many. Default 3.', 1, 100),
    apart: flag('Each value arrives by itself, so that one answer may hold old and new values. Default false.'),
    writes: flag('Calls that change a store are judged by what a replica knows of its state too. Default false.'),
  },
);

const enabled = structure(
  'Replicas that learn later of EnableKey and DisableKey, for reads of a key and for its use; default as `replicas`.',
  { lag: durations },
  { count: number('How many. Default 3.', 1, 100) },
);

/** Of calls of an operation. */
export const rate = number('Requests a second.', 0.01, 100_000);

/** What can be changed in a running world too. */
export const worldMembers = {
  clusters: list('CloudHSM clusters. Default in a scenario: two related ones and an unrelated one.', cluster),
  proxies: list('External key store proxies.', proxy),
  vpcEndpointServices: list('VPC endpoint services.', vpcEndpointService),
  stores: list('Custom key stores.', store),
  secrets: list('Secrets of Secrets Manager.', secret),
  staleReads: structure(
    'What reads show after an accepted call, each by itself. What is not named is never stale.',
    {},
    { state: staleRead, values: staleRead, keyState: staleRead, replicas, enabled },
  ),
  quotas: either(
    'Where KMS throttles: at the rates of the developer guide (the default of a scenario), not at all, or at these.',
    word('Rates.', ['documented', 'none']),
    structure('Requests a second.', {}, Object.fromEntries(operations.map((name) => [name, rate]))),
  ),
};
