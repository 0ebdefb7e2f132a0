/** What a guided session decides, without a terminal. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { writeCommand } from '../../../src/cli/guided/command-line.ts';
import { askField } from '../../../src/cli/guided/fields.ts';
import { type Goal, goalsFor } from '../../../src/cli/guided/goals.ts';
import { hideSecrets } from '../../../src/cli/guided/hide-secrets.ts';
import { judgeRegion, offerProfiles, offerRegions } from '../../../src/cli/guided/places.ts';
import { explainFailures, rowsOf } from '../../../src/cli/guided/store-rows.ts';
import { layOut } from '../../../src/cli/output/render/lines.ts';
import { type Change, completeChange, validateFor } from '../../../src/domain/change.ts';
import { connectionErrors } from '../../../src/domain/connection-errors.ts';
import type { ConnectionState, CustomKeyStoreType, KeyStore } from '../../../src/domain/key-store.ts';
import { type PropertyName, propertyNames } from '../../../src/domain/properties.ts';

const samples: Change = {
  NewCustomKeyStoreName: 'renamed',
  KeyStorePassword: 'env:PASSWORD',
  CloudHsmClusterId: 'cluster-3pr2epsys2u',
  XksProxyUriEndpoint: 'https://new.xks.example.com',
  XksProxyUriPath: '/new/kms/xks/v1',
  XksProxyVpcEndpointServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-example',
  XksProxyVpcEndpointServiceOwner: '123456789012',
  XksProxyAuthenticationCredential: { AccessKeyId: 'NEWKEYNEWKEYNEWKEYNE', RawSecretAccessKey: 'env:SECRET' },
};

const common = { customKeyStoreId: 'cks-1234567890abcdef0', connectionState: 'CONNECTED' } as const;
const hsm: KeyStore = {
  ...common,
  customKeyStoreType: 'AWS_CLOUDHSM',
  settings: { name: 'hsm', CloudHsmClusterId: 'cluster-oua4btlwz2x' },
};
const open: KeyStore = {
  ...common,
  customKeyStoreType: 'EXTERNAL_KEY_STORE',
  settings: {
    name: 'xks',
    XksProxyConnectivity: 'PUBLIC_ENDPOINT',
    XksProxyUriEndpoint: 'https://old.xks.example.com',
    XksProxyUriPath: '/kms/xks/v1',
    proxyCredentialAccessKeyId: 'OLDKEYOLDKEYOLDKEYOL',
  },
};
const shut: KeyStore = {
  ...open,
  settings: {
    ...open.settings,
    XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
    XksProxyVpcEndpointServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-other',
  },
};

const states: readonly ConnectionState[] = ['CONNECTED', 'CONNECTING', 'FAILED', 'DISCONNECTED', 'DISCONNECTING'];
const all = [hsm, open, shut].flatMap((store) => states.map((connectionState) => ({ ...store, connectionState })));
const fail = (store: KeyStore, connectionErrorCode: string): KeyStore => ({
  ...store,
  connectionState: 'FAILED',
  connectionErrorCode,
});

const changeOf = ({ fields, connectivity }: Goal): Change => ({
  ...Object.fromEntries(fields.map(({ property }) => [property, samples[property]])),
  ...(connectivity === undefined ? {} : { XksProxyConnectivity: connectivity }),
});

describe('the goals for a store', () => {
  it.each([
    [
      'a CloudHSM key store',
      hsm,
      [
        'move to a cluster that was restored from a backup',
        'have KMS renew the password of kmsuser',
        'update the kmsuser password in KMS',
        'rename it',
      ],
    ],
    [
      'one that is DISCONNECTED',
      { ...hsm, connectionState: 'DISCONNECTED' as const },
      [
        'move to a cluster that was restored from a backup',
        'update the kmsuser password in KMS',
        'connect it, with the settings it has',
        'rename it',
      ],
    ],
    [
      'an external key store',
      open,
      [
        'rotate the credential of the proxy',
        'move to another proxy, or another address of it',
        'reach the proxy through a VPC endpoint service, not over the internet',
        'rename it',
      ],
    ],
    [
      'one behind a VPC endpoint service',
      shut,
      [
        'rotate the credential of the proxy',
        'move to another proxy, or another address of it',
        'reach the proxy over the internet, not through a VPC endpoint service',
        'rename it',
      ],
    ],
    [
      'one whose kmsuser was refused',
      fail(hsm, 'INVALID_CREDENTIALS'),
      [
        'repair it: give KMS the right kmsuser password',
        'repair it: reconnect (I have fixed the cause)',
        'move to a cluster that was restored from a backup',
        'rename it',
      ],
    ],
  ])('%s', (_, store, labels) => {
    expect(goalsFor(store).map(({ label }) => label)).toEqual(labels);
  });

  it('cover every property that KMS can update', () => {
    const reached = all.flatMap((store) => goalsFor(store).flatMap((goal) => Object.keys(changeOf(goal))));
    expect([...new Set(reached)].sort()).toEqual([...propertyNames].sort());
  });

  it('make a valid change', () => {
    const problems = all.flatMap((store) =>
      goalsFor(store).flatMap((goal) => validateFor(store, completeChange(store.settings, changeOf(goal)))),
    );
    expect(problems).toEqual([]);
  });

  it.each(Object.entries(connectionErrors))('begin with a repair after %s', (code, { appliesTo, ...fact }) => {
    const type: CustomKeyStoreType = appliesTo === 'both' ? 'AWS_CLOUDHSM' : appliesTo;
    const [first] = goalsFor(fail(type === 'AWS_CLOUDHSM' ? hsm : shut, code));
    const curedBy: PropertyName | undefined = 'curedBy' in fact ? fact.curedBy : undefined;
    expect(first?.label).toMatch(/^(reconnect|repair it: )/);
    expect(first?.fields.map(({ property }) => property)).toEqual(curedBy === undefined ? [] : [curedBy]);
  });

  it('use a hold if the password can be set only while the store is offline', () => {
    const emit = (store: KeyStore) =>
      goalsFor(store).find(({ label }) => label.startsWith('update the kmsuser password'));
    expect(emit(hsm)?.options).toEqual({ 'hold-offline': true });
    expect(emit({ ...hsm, connectionState: 'DISCONNECTED' })?.options).toBeUndefined();
  });
});

describe('a field', () => {
  const judge = (how: 'new' | 'kept' | 'again' | 'optional', property: PropertyName, text: string) =>
    askField(shut, { property, how }).rule.judge?.(text);

  it.each([
    ['new', 'XksProxyUriEndpoint', 'http://x.example.com', /^It must be https/],
    ['new', 'XksProxyUriEndpoint', 'https://old.xks.example.com', /^That is what it has now\.$/],
    ['again', 'XksProxyUriEndpoint', 'https://old.xks.example.com', undefined],
    ['new', 'NewCustomKeyStoreName', '', /^It is needed\.$/],
    ['optional', 'XksProxyVpcEndpointServiceOwner', '', undefined],
    ['optional', 'XksProxyVpcEndpointServiceOwner', '12', /^It must have 12 characters, not 2\.$/],
    ['new', 'XksProxyAuthenticationCredential', 'OLDKEYOLDKEYOLDKEYOL', undefined],
  ] as const)('that is %s judges %s "%s"', (how, property, text, problem) => {
    const told = judge(how, property, text);
    if (problem === undefined) expect(told).toBeUndefined();
    else expect(told).toMatch(problem);
  });

  it('a field that is kept starts with the current value', () => {
    expect(askField(open, { property: 'XksProxyUriPath', how: 'kept' })).toMatchObject({
      question: 'Proxy path',
      rule: { start: '/kms/xks/v1' },
    });
  });
});

describe('places', () => {
  const configuration = {
    configFile: {
      default: { region: 'us-east-1' },
      prod: { region: 'eu-central-1' },
      'sso-session.corp': { sso_region: 'us-east-1' },
    },
    credentialsFile: { default: {}, legacy: {} },
  };
  const none = { configFile: {}, credentialsFile: {} };

  it.each([
    ['the default profile', {}, ['default', 'legacy', 'prod'], 'default'],
    ['the one of the environment', { AWS_PROFILE: 'prod' }, ['default', 'legacy', 'prod'], 'prod'],
    ['the keys of the environment', { AWS_ACCESS_KEY_ID: 'x' }, ['', 'default', 'legacy', 'prod'], ''],
  ])('%s is preselected', (_, env, words, first) => {
    const profiles = offerProfiles(configuration, env);
    expect([profiles.offers.map(([word]) => word), profiles.first]).toEqual([words, first]);
  });

  it('are not asked for if there is only one', () => {
    expect(offerProfiles(none, {}).offers).toHaveLength(1);
    expect(offerRegions(none, {}, undefined)).toEqual({ offers: [], first: undefined });
    expect(offerRegions(none, { AWS_REGION: 'eu-west-1' }, undefined).first).toBe('eu-west-1');
  });

  it('begin with the Region of the environment, then the one of the profile', () => {
    const words = (env: NodeJS.ProcessEnv, profile: string) =>
      offerRegions(configuration, env, profile).offers.map(([word]) => word);
    expect(words({}, 'prod')).toEqual(['eu-central-1', 'us-east-1']);
    expect(words({ AWS_REGION: 'us-west-2' }, 'prod')).toEqual(['us-west-2', 'eu-central-1', 'us-east-1']);
  });

  it('have the names of AWS Regions', () => {
    expect(['us-gov-west-1', 'eu-central-1', 'cn-north-1'].map(judgeRegion)).toEqual([undefined, undefined, undefined]);
    expect(judgeRegion('Frankfurt')).toBe('A Region looks like eu-central-1.');
  });
});

describe('the stores to choose from', () => {
  const long = { ...hsm, settings: { name: 'a-name-that-is-much-longer-than-a-row' } };
  const failed = fail({ ...open, customKeyStoreId: 'cks-2' }, 'XKS_PROXY_TIMED_OUT');
  const stores = [
    { store: { ...long, connectionState: 'DISCONNECTING' as const }, createdAtMs: 0 },
    { store: failed, createdAtMs: 400 * 86_400_000 },
  ];

  it('are rows of at most 80 columns, FAILED stores first', () => {
    expect(rowsOf(stores, 412 * 86_400_000)).toEqual([
      ['cks-2', 'xks                       EXTERNAL_KEY_STORE  FAILED         12 days old', ['cks-2', 'xks']],
      [
        'cks-1234567890abcdef0',
        'a-name-that-is-much-l...  AWS_CLOUDHSM        DISCONNECTING  412 days old',
        ['cks-1234567890abcdef0', 'a-name-that-is-much-longer-than-a-row'],
      ],
    ]);
  });

  it('come with an explanation if they FAILED', () => {
    expect(layOut(explainFailures(stores), { columns: 1_000, isUtf8: true })).toMatch(
      /^xks is FAILED, and no key in it can be used\.\n {2}Error {4}XKS_PROXY_TIMED_OUT\n {2}Cause {4}\S.*\n {2}Do next {2}\S/,
    );
  });
});

describe('the command line at the end', () => {
  const given = {
    region: 'us-east-1',
    'hold-offline': true,
    'log-file': "a path/with 'quotes' and $HOME",
    'skip-check': ['keys', 'clashes'],
    'xks-proxy-authentication-credential': 'AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=file:/run/secret',
  } as const;

  it('is correct shell syntax of at most 80 columns', () => {
    const command = writeCommand(['update', "it's"], given);
    expect(command.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const script = command.replace(/^ *cks/, "printf '%s\\n'");
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n')).toEqual([
      ...['update', "it's", '--region', 'us-east-1', '--hold-offline', '--log-file', given['log-file']],
      ...['--skip-check', 'keys', '--skip-check', 'clashes'],
      ...['--xks-proxy-authentication-credential', given['xks-proxy-authentication-credential']],
    ]);
  });
});

describe('a secret in the command line', () => {
  const credential = (secret: string) => `AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=${secret}`;

  it.each([
    ['key-store-password', 'plainPassword1', 'prompt'],
    ['previous-key-store-password', 'plainPassword1', 'prompt'],
    ['key-store-password', 'file:/run/secret', 'file:/run/secret'],
    ['xks-proxy-authentication-credential', credential('S'.repeat(43)), credential('prompt')],
    [
      'previous-xks-proxy-authentication-credential',
      JSON.stringify({ AccessKeyId: 'NEWKEYNEWKEYNEWKEYNE', RawSecretAccessKey: 'S'.repeat(43) }),
      credential('prompt'),
    ],
    ['xks-proxy-authentication-credential', credential('env:SECRET'), credential('env:SECRET')],
    ['xks-proxy-authentication-credential', 'secretsmanager:arn', 'secretsmanager:arn'],
    ['new-custom-key-store-name', 'renamed', 'renamed'],
  ])('of --%s %s is shown as %s', (option, said, shown) => {
    expect(hideSecrets({ [option]: said })).toEqual({ [option]: shown });
  });
});
