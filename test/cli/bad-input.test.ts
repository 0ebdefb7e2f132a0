/** Bad input: one clear line each, nothing changed, no stack trace, no secret echoed. */
import { describe, expect } from 'vitest';
import { checkNames } from '../../src/checks/rights.ts';
import { roleForm } from '../../src/domain/dead-mans-switch.ts';
import { windowForm } from '../../src/domain/windows/window.ts';
import { describeCalls, type Environment, type Rehearsal, testHere as test } from '../support/command.ts';

const store = 'cks-1234567890abcdef0';
const accessKeyId = 'ABCDEFGHIJKLMNOPQRST';
const secret = 'SeCrEtSeCrEtSeCrEtSeCrEtSeCrEtSeCrEtSeCrEt0';
const password = 'Passw0rdPassw0rd';

interface Row {
  readonly words: readonly string[];
  readonly says: string;
  /** Default: none for wrong input, one Describe for the rest. */
  readonly calls?: readonly string[];
  readonly env?: Environment;
  readonly arrange?: (rehearsal: Rehearsal) => void;
}

const update = (...words: string[]) => ['update', store, ...words];
const rename = (...words: string[]) => update('--new-custom-key-store-name', 'other', '--yes', ...words);
const credential = (value: string) => update('--xks-proxy-authentication-credential', value);
const observe = ['Describe'];
const refusedLook = (fault: string, times = 1) => ({
  calls: [`Describe -> ${fault}`],
  arrange: ({ simulator }: Rehearsal) => simulator.failNext('DescribeCustomKeyStores', fault, { times }),
});

const isOption = '--xks-proxy-authentication-credential';
const shape = `${isOption}: expected AccessKeyId=ID,RawSecretAccessKey=SECRET or {"AccessKeyId":"...","RawSecretAccessKey":"..."}; SECRET may be env:NAME, file:PATH, stdin, prompt or secretsmanager:ARN, which may also hold both`;
const secretMember = 'XksProxyAuthenticationCredential.RawSecretAccessKey';
const httpsHost = 'XksProxyUriEndpoint must be https:// followed by a host alone (no port, no path)';

/** What the arguments, or the type of the store, show to be wrong. */
const wrong: Readonly<Record<string, Row>> = {
  'unknown option': {
    words: update('--xks-proxy-uri-pth', '/a/kms/xks/v1'),
    says: 'unknown option --xks-proxy-uri-pth; did you mean --xks-proxy-uri-path?',
  },
  'unknown option with a secret': {
    words: update(`--key-store-pasword=${password}`),
    says: 'unknown option --key-store-pasword; did you mean --key-store-password?',
  },
  'an option with its secret stuck to it': {
    words: update(`--key-store-password${password}`),
    says: 'unknown option that starts with --key-store-password; put a space between option and value',
  },
  'unknown command': {
    words: ['upgrade', store, '--key-store-password', password],
    says: 'unknown command upgrade; cks --help lists all commands',
  },
  'too many words': {
    words: update('other', password),
    says: 'too many words; a value with a space in it needs quotes',
  },
  'no store': {
    words: ['update', '--new-custom-key-store-name', 'other'],
    says: 'which custom key store? Give its id or name',
  },
  'two stores': {
    words: update('--custom-key-store-id', 'other'),
    says: 'the store is given twice, as the first word and as --custom-key-store-id, and they differ',
  },
  'the ARN of a store': {
    words: ['update', `arn:aws:kms:us-east-1:444455556666:custom-key-store/${store}`],
    says: 'an ARN does not name a custom key store; give its id (cks-...) or its name',
  },
  'empty change': {
    words: update('--yes'),
    says: 'nothing to change: name a property to update, or a final state',
  },
  'an option without its value': { words: update('--key-store-password'), says: '--key-store-password needs a value' },
  'an option in place of a value': {
    words: update('--key-store-password', '--yes'),
    says: '--key-store-password needs a value',
  },
  "both types' options mixed": {
    words: update('--key-store-password', password, '--xks-proxy-uri-path', '/a/kms/xks/v1'),
    says: 'KeyStorePassword is valid only for AWS_CLOUDHSM stores and XksProxyUriPath only for EXTERNAL_KEY_STORE stores',
  },
  'an option of the other type': {
    words: update('--key-store-password', password),
    says: 'KeyStorePassword is not valid for this store: its type is EXTERNAL_KEY_STORE',
    calls: observe,
  },
  'an endpoint without TLS': {
    words: update('--xks-proxy-uri-endpoint', 'http://xks.example.com'),
    says: `${httpsHost}: "http://xks.example.com"`,
  },
  'an endpoint with a path': {
    words: update('--xks-proxy-uri-endpoint', 'https://xks.example.com/a'),
    says: `${httpsHost}: "https://xks.example.com/a"`,
  },
  'a malformed path': {
    words: update('--xks-proxy-uri-path', '/a/kms/xks'),
    says: 'XksProxyUriPath must start with / and end with /kms/xks/v and a number: "/a/kms/xks"',
  },
  'an address of a proxy without its endpoint': {
    words: update('--xks-proxy-connect-to', '127.0.0.1:8443'),
    says: '--xks-proxy-connect-to 127.0.0.1:8443: expected ENDPOINT=ADDRESS, such as https://proxy.example.com=127.0.0.1:8443',
  },
  'a connectivity that is none': {
    words: update('--xks-proxy-connectivity', 'PRIVATE'),
    says: 'XksProxyConnectivity must be PUBLIC_ENDPOINT or VPC_ENDPOINT_SERVICE: "PRIVATE"',
  },
  'a connectivity without its companions': {
    words: update('--xks-proxy-connectivity', 'VPC_ENDPOINT_SERVICE'),
    says: 'changing XksProxyConnectivity to VPC_ENDPOINT_SERVICE needs XksProxyUriEndpoint too',
    calls: observe,
  },
  'half a credential': { words: credential(`RawSecretAccessKey=${secret}`), says: shape },
  'half a credential in JSON': { words: credential(`{"RawSecretAccessKey":"${secret}"}`), says: shape },
  'broken JSON': { words: credential(`{"RawSecretAccessKey":"${secret}"`), says: shape },
  'a credential the wrong way round': {
    words: credential(`AccessKeyId=${secret},RawSecretAccessKey=${accessKeyId}`),
    says: `${isOption}: AccessKeyId must have 20 to 30 characters, not 43`,
  },
  'a secret of the wrong length': {
    words: credential(`AccessKeyId=${accessKeyId},RawSecretAccessKey=${secret.slice(0, 42)}`),
    says: `${secretMember} must have 43 to 64 characters, not 42`,
  },
  'a secret with a letter of no secret': {
    words: credential(`AccessKeyId=${accessKeyId},RawSecretAccessKey=${secret}-`),
    says: `${secretMember} may hold a-z, A-Z, 0-9, /, + and = only`,
  },
  'a password of the wrong length': {
    words: update('--key-store-password', `${password}${password}!`),
    says: 'KeyStorePassword must have 7 to 32 characters, not 33',
  },
  'a secret that is not set': {
    words: update('--key-store-password', 'env:NOT_SET'),
    says: 'KeyStorePassword: the environment variable that env: names is not set',
  },
  'a secret in a file that is not there': {
    words: update('--key-store-password', 'file:/not/there'),
    says: 'KeyStorePassword: the file that file: names cannot be read (ENOENT)',
  },
  'an unknown risk': {
    words: rename('--accept', 'everything'),
    says: '--accept everything: expected outage, no-rollback, unverified-keys, missing-keys, login, expiring-credentials, disable-keys, exposure, unfinished-run or unknown:CHECK',
  },
  'an unknown check': {
    words: rename('--skip-check', 'key'),
    says: `--skip-check key: expected ${checkNames.slice(0, -1).join(', ')} or ${checkNames.at(-1)}; did you mean keys?`,
  },
  'a mistyped risk': {
    words: rename('--accept', 'outage,unverifed-keys'),
    says: '--accept unverifed-keys: expected outage, no-rollback, unverified-keys, missing-keys, login, expiring-credentials, disable-keys, exposure, unfinished-run or unknown:CHECK; did you mean unverified-keys?',
  },
  'a risk by its earlier name': {
    words: rename('--accept', 'unproven-keys'),
    says: '--accept unproven-keys: renamed to unverified-keys',
  },
  'the risk of a check by its earlier name': {
    words: rename('--accept', 'unknown:self-harm'),
    says: '--accept unknown:self-harm: renamed to unknown:self-dependency',
  },
  'a check by its earlier name': {
    words: rename('--skip-check', 'self-harm'),
    says: '--skip-check self-harm: renamed to self-dependency',
  },
  'an account that is none': {
    words: rename('--expect-account', 'prod'),
    says: '--expect-account prod: expected the 12 digits of an account',
  },
  'a key without a name': { words: rename('--canary-key', ''), says: '--canary-key is empty' },
  'an unknown mode': { words: rename('--mode', 'around'), says: '--mode around: expected auto, live or offline' },
  'an unknown final state': {
    words: rename('--final-state', 'on'),
    says: '--final-state on: expected restore, connected or disconnected',
  },
  'a deadline without a unit': {
    words: rename('--max-connect-wait', '15'),
    says: '--max-connect-wait 15: expected a duration from 1s to 24h, such as 90s, 15m or 1h30m',
  },
  'a window of another form': {
    words: rename('--window', 'Sunday 2am-4am'),
    says: `window "Sunday 2am-4am": expected ${windowForm}`,
  },
  'a window in a time zone that does not exist': {
    words: rename('--window', 'Sun 02:00-04:00 Europe/Atlantis'),
    says: `window "Sun 02:00-04:00 Europe/Atlantis": unknown time zone; expected ${windowForm}`,
  },
  'a role that is none': {
    words: rename('--dead-mans-switch', 'connect'),
    says: `dead man's switch "connect": expected ${roleForm}`,
  },
  'a budget without a unit': {
    words: rename('--outage-budget', '15'),
    says: '--outage-budget 15: expected a duration from 1s to 24h, such as 90s, 15m or 1h30m',
  },
  'an endpoint URL that is none': {
    words: rename('--endpoint-url', 'localhost:8080'),
    says: '--endpoint-url: expected a URL that starts with https:// or http://',
  },
  'a result file that cannot be written': {
    words: rename('--result-file', '/not/there/result.json'),
    says: '--result-file cannot be written (ENOENT)',
  },
  'a log file that cannot be written': {
    words: rename('--log-file', '/not/there/cks.log'),
    says: '--log-file cannot be written (ENOENT)',
  },
};

const unreadable = `"${store}" could not be described`;

/** What the store's state, the account, the network or KMS refuses; first what is tried again for seconds. */
const refused: Readonly<Record<string, Row>> = {
  'an unreachable endpoint': {
    words: rename('--endpoint-url', 'http://127.0.0.1:1'),
    says: `${unreadable}: connect ECONNREFUSED 127.0.0.1:1`,
    calls: [],
  },
  'throttling to the end': {
    words: rename(),
    says: `${unreadable}: You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.`,
    ...refusedLook('ThrottlingException', 100),
  },
  'an unknown store': {
    words: ['update', 'nope', '--new-custom-key-store-name', 'other'],
    says: 'no custom key store "nope" in us-east-1 of account 111122223333',
  },
  'an unknown store in a known account': {
    words: ['update', 'nope', '--new-custom-key-store-name', 'other'],
    env: { AWS_ACCOUNT_ID: '111122223333' },
    says: 'no custom key store "nope" in us-east-1 of account 111122223333',
  },
  'an id of another account': {
    words: ['update', 'cks-00000000000000000', '--new-custom-key-store-name', 'other'],
    says: 'no custom key store "cks-00000000000000000" in us-east-1 of account 111122223333',
    calls: ['Describe -> CustomKeyStoreNotFoundException'],
  },
  'a new password for a CONNECTED store': {
    words: ['update', 'hsm', '--key-store-password', password, '--yes', '--accept', 'outage,no-rollback'],
    says: '"hsm" (cks-00000000000000001) is CONNECTED, so a new KeyStorePassword cannot be right',
  },
  'no Region': { words: rename(), env: { AWS_REGION: null }, says: `${unreadable}: Region is missing`, calls: [] },
  'no credentials': {
    words: rename(),
    env: { AWS_ACCESS_KEY_ID: null },
    says: `${unreadable}: Could not load credentials from any providers`,
    calls: [],
  },
  'a profile that does not exist': {
    words: rename('--profile', 'none'),
    says: `${unreadable}: Could not load credentials from any providers`,
    calls: [],
  },
  'an expired token': {
    words: rename(),
    says: `${unreadable}: The security token included in the request is expired`,
    ...refusedLook('ExpiredTokenException'),
  },
  'no permission': {
    words: rename(),
    says: `${unreadable}: The caller is not authorized to perform this operation.`,
    ...refusedLook('AccessDeniedException'),
  },
};

async function meet({ words, env, arrange }: Row, rehearsal: Rehearsal) {
  const { simulator } = rehearsal;
  const CONNECTED = { ConnectionState: 'CONNECTED' } as const;
  const external = { CustomKeyStoreId: store, CustomKeyStoreType: 'EXTERNAL_KEY_STORE', ...CONNECTED } as const;
  simulator.addStore(external);
  simulator.addStore({ CustomKeyStoreId: 'cks-00000000000000001', CustomKeyStoreName: 'hsm', ...CONNECTED });
  arrange?.(rehearsal);
  const ended = await rehearsal.run(words, env);

  const [message, ...others] = ended.stderr.split('\n').filter((line) => !/^(\d\d:\d\d {2}|cks: warning: )/.test(line));
  expect(`${ended.stdout}${ended.stderr}`).not.toContain('    at ');
  for (const word of [secret.slice(0, 42), password]) {
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(word);
  }
  return { ...ended, message, others, calls: describeCalls(simulator.calls) };
}

describe.concurrent('what cannot be done now ends with 3, its cause, and what to do next', () => {
  test.for(Object.entries(refused))('%s', async ([, row], { rehearsal }) => {
    const { exitCode, message, others, calls, json } = await meet(row, rehearsal);

    const { outcome, settings, reason } = json() as {
      outcome: string;
      settings: string;
      reason: Record<string, string>;
    };
    expect(message).toBe(`cks: ${row.says}`);
    expect(others).toEqual([`cause: ${reason.cause}`, `next: ${reason.remedy}`, '']);
    expect(exitCode).toBe(3);
    expect(calls).toEqual(row.calls ?? ['Describe']);
    expect({ outcome, settings, message: reason.message }).toEqual({
      outcome: 'refused',
      settings: 'old',
      message: row.says,
    });
  });
});

describe.concurrent('wrong input ends with 2, and one line', () => {
  test.for(Object.entries(wrong))('%s', async ([, row], { rehearsal }) => {
    const { exitCode, message, others, calls, json } = await meet(row, rehearsal);

    expect(message).toBe(`cks: ${row.says}`);
    expect(others).toEqual(['']);
    expect(exitCode).toBe(2);
    expect(calls).toEqual(row.calls ?? []);
    expect(json()).toEqual({ outcome: null, reason: { code: 'WRONG_INPUT', message: row.says } });
  });
});
