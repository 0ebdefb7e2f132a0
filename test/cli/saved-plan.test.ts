/** Plans that are made by one and carried out by another: what the file holds, and what is refused. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { type SavedPlan, sealPlan } from '../../src/library/saved-plan.ts';
import { describeCalls, external, type Rehearsal, testHere as test } from '../support/command.ts';

const nothing = { changes: [], mode: 'none', wantedState: 'CONNECTED', holdsOffline: false, risks: [] } as const;
const secret = 'CANARY+new/'.repeat(5);
const credential = (where: string) => [
  '--xks-proxy-authentication-credential',
  `AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=${where}`,
];
const rename = ['--new-custom-key-store-name', 'renamed'];

/** A plan of another origin: the sum of a file proves nothing about who made it. */
function reseal(plan: Record<string, unknown>, changes: object): string {
  const { kind: _, schema: __, sum: ___, ...facts } = plan;
  return JSON.stringify(sealPlan({ ...facts, ...changes } as never));
}

/** A whole plan with other members than `sealPlan` writes. */
function sealAs(plan: Record<string, unknown>, changes: object): string {
  const { sum: _, ...rest } = { ...plan, ...changes } as Record<string, unknown>;
  const sum = createHash('sha256').update(JSON.stringify(rest)).digest('hex');
  return JSON.stringify({ ...rest, sum });
}

/** Saves a plan and gives its file. */
async function save({ run, folder }: Rehearsal, words: readonly string[], env: Record<string, string> = {}) {
  const file = join(folder, 'plan.json');
  const planned = await run(['plan', 'xks', ...words, '--out', file], env);
  expect(planned).toMatchObject({ exitCode: 0, stderr: '' });
  return file;
}

describe.concurrent('cks plan --out', () => {
  test('keeps the order, the store and what is foreseen for its user alone, without a secret', async ({
    rehearsal,
  }) => {
    rehearsal.simulator.addStore(external);
    const words = [...credential('env:NEW'), '--accept', 'no-rollback', '--max-connect-wait', '5m'];

    const file = await save(rehearsal, words, { NEW: secret });

    const text = readFileSync(file, 'utf8');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(text).not.toContain('CANARY');
    const { sum, version, madeAt, ...plan } = JSON.parse(text);
    expect(plan).toEqual({
      kind: 'cks-plan',
      schema: 2,
      account: '111122223333',
      region: 'us-east-1',
      endpoint: rehearsal.url,
      store: {
        customKeyStoreId: external.CustomKeyStoreId,
        customKeyStoreType: 'EXTERNAL_KEY_STORE',
        connectionState: 'CONNECTED',
        settings: expect.objectContaining({ name: 'xks' }),
      },
      foreseen: {
        changes: [expect.objectContaining({ property: 'XksProxyAuthenticationCredential', secret: true })],
        mode: 'live',
        wantedState: 'CONNECTED',
        holdsOffline: false,
        risks: ['no-rollback'],
      },
      request: {
        change: {
          XksProxyAuthenticationCredential: { AccessKeyId: 'NEWKEYNEWKEYNEWKEYNE', RawSecretAccessKey: 'env:NEW' },
        },
        previous: {},
        policy: expect.objectContaining({ mode: 'auto', onFailure: 'ask', maxConnectWaitMs: 300_000 }),
      },
    });
    expect(plan.request.policy).not.toHaveProperty('accept');
  });

  test('refuses a secret that was given as a value, before anything is called', async ({ rehearsal }) => {
    const { run, simulator, folder } = rehearsal;
    const file = join(folder, 'plan.json');

    const { exitCode, stdout, stderr } = await run(['plan', 'xks', ...credential(secret), '--out', file]);

    expect(exitCode).toBe(2);
    const [warning = '', ...said] = stderr.split(/^(?=cks: )/m);
    expect(warning).toMatch(/^cks: warning: the secret of XksProxyAuthenticationCredential can be seen /);
    expect(said.join('')).toBe(
      'cks: a saved plan holds no secret: say where that of XksProxyAuthenticationCredential is, as in env:NAME or file:PATH\n',
    );
    expect(stdout + stderr).not.toContain('CANARY');
    expect(simulator.calls).toEqual([]);
    expect(() => statSync(file)).toThrow('ENOENT');
  });

  test('saves nothing where an update would be refused, and says where it cannot', async ({ rehearsal }) => {
    const { run, simulator, folder } = rehearsal;
    simulator.addStore(external);
    const words = ['--final-state', 'disconnected', '--mode', 'live'];
    const refused = await run(['plan', 'xks', ...words, '--out', join(folder, 'plan.json')]);
    expect(refused.exitCode).toBe(3);
    expect(() => statSync(join(folder, 'plan.json'))).toThrow('ENOENT');

    simulator.addStore({ CustomKeyStoreName: 'hsm' });
    const misplaced = await run(['plan', 'hsm', ...rename, '--out', join(folder, 'none', 'plan.json')]);
    expect(misplaced).toMatchObject({ exitCode: 2, stderr: 'cks: --out cannot be written (ENOENT)\n' });
  });
});

describe.concurrent('cks plan --detailed-exitcode', () => {
  test.for([
    [20, ['--new-custom-key-store-name', 'renamed']],
    [0, ['--new-custom-key-store-name', 'xks']],
    [3, ['--final-state', 'disconnected', '--mode', 'live']],
  ] as const)('exits with %d for %j', async ([exit, words], { rehearsal: { run, simulator } }) => {
    simulator.addStore(external);
    expect((await run(['plan', 'xks', ...words, '--detailed-exitcode'])).exitCode).toBe(exit);
  });
});

describe.concurrent('cks apply', () => {
  test('does what was planned, where it was planned, with the secret that is there now', async ({ rehearsal }) => {
    const { run, simulator } = rehearsal;
    simulator.addStore(external);
    const file = await save(rehearsal, credential('env:NEW'), { NEW: secret });
    const elsewhere = { AWS_ENDPOINT_URL_KMS: null, AWS_REGION: 'eu-central-1', NEW: secret };

    const { exitCode, json } = await run(['apply', file, '--yes', '--accept', 'no-rollback'], elsewhere);

    expect(json()).toMatchObject({ outcome: 'updated', mode: 'live', customKeyStoreId: external.CustomKeyStoreId });
    expect(exitCode).toBe(0);
  });

  test('asks for the risks that it takes, whatever was accepted for the plan', async ({ rehearsal }) => {
    const { run, simulator } = rehearsal;
    simulator.addStore(external);
    const file = await save(rehearsal, [...rename, '--mode', 'offline', '--accept', 'outage']);

    const { exitCode, stderr } = await run(['apply', file, '--yes']);

    expect(stderr).toContain('--accept outage is missing');
    expect(exitCode).toBe(3);
  });

  test.for([
    [
      'its state',
      'it is DISCONNECTED, and was CONNECTED',
      ['update', 'xks', '--final-state', 'disconnected', '--accept', 'outage'],
    ],
    ['a setting', 'name is "other", and was "xks"', ['update', 'xks', '--new-custom-key-store-name', 'other']],
  ] as const)('is refused when the store has changed %s since', async ([, told, change], { rehearsal }) => {
    const { run, simulator } = rehearsal;
    simulator.addStore(external);
    const file = await save(rehearsal, rename);
    expect((await run([...change, '--yes'])).exitCode).toBe(0);
    const before = simulator.calls.length;

    const { exitCode, json } = await run(['apply', file, '--yes']);

    expect(exitCode).toBe(3);
    expect(json()).toMatchObject({ outcome: 'refused', reason: { code: 'PLAN_STALE' } });
    expect((json().reason as { message: string }).message).toContain(told);
    expect(describeCalls(simulator.calls.slice(before))).toEqual(['Describe']);
  });

  test.for<[string, (plan: Record<string, unknown>) => string, RegExp]>([
    ['is no JSON', () => '{', /^cks: not a plan: expected the JSON file .*\n$/],
    ['is cut off', (plan) => JSON.stringify(plan).slice(0, 400), /^cks: not a plan: expected the JSON file .*\n$/],
    ['is null', () => 'null', /^cks: not a plan: .*\n$/],
    ['is somebody else’s', () => '{"format_version":"1.2"}', /^cks: not a plan: .*\n$/],
    [
      'was edited',
      (plan) => JSON.stringify({ ...plan, region: 'eu-west-1' }),
      /^cks: the plan was changed after .*\n$/,
    ],
    [
      'has none of the members of a plan',
      () => reseal({}, {}),
      /^cks: not a plan: its members are not those that cks plan --out writes\n$/,
    ],
    ...(['request', 'store', 'foreseen', 'region', 'account'] as const).map(
      (name): [string, (plan: Record<string, unknown>) => string, RegExp] => [
        `has no ${name}`,
        (plan) => reseal(plan, { [name]: undefined }),
        /^cks: not a plan: its members are not those that cks plan --out writes\n$/,
      ],
    ),
    ...([0, 'x', null, 1.5, '1'] as const).map(
      (schema): [string, (plan: Record<string, unknown>) => string, RegExp] => [
        `is of the format ${JSON.stringify(schema)}`,
        (plan) => sealAs(plan, { schema }),
        /^cks: not a plan: expected a file that cks plan --out writes\n$/,
      ],
    ),
    ['is longer than any plan', () => ' '.repeat(1_048_577), /^cks: the plan: its file is longer than 1 MiB\n$/],
    ['is no text', () => 'þ\udc00'.repeat(2), /^cks: not a plan: .*\n$/],
    [
      'is of another format',
      (plan) => JSON.stringify({ ...plan, schema: 3, version: '9.0.0' }),
      /^cks: the plan was made by version 9\.0\.0 in another format \(3; this version knows 2\): .*\n$/,
    ],
  ])('refuses a file that %s with one line, and calls nothing', async ([, edit, line], { rehearsal }) => {
    const { run, simulator } = rehearsal;
    simulator.addStore(external);
    const file = await save(rehearsal, rename);
    writeFileSync(file, edit(JSON.parse(readFileSync(file, 'utf8'))));
    const before = simulator.calls.length;

    const { exitCode, stderr } = await run(['apply', file, '--yes']);

    expect(stderr).toMatch(line);
    expect(exitCode).toBe(2);
    expect(simulator.calls.length).toBe(before);
  });

  test('says which plan is missing, and why one cannot be read', async ({ rehearsal: { run, folder } }) => {
    const said = async (...words: string[]) => (await run(['apply', ...words])).stderr;

    expect(await said()).toBe('cks: which plan? Give the file that cks plan --out has written\n');
    expect(await said(join(folder, 'none.json'))).toBe('cks: the plan: its file cannot be read (ENOENT)\n');
    expect(await said(folder)).toBe('cks: the plan: its file cannot be read (EISDIR)\n');
  });

  test('takes a plan that was laid out anew', async ({ rehearsal }) => {
    rehearsal.simulator.addStore(external);
    const file = await save(rehearsal, rename);
    writeFileSync(file, JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))));

    expect((await rehearsal.run(['apply', file, '--yes'])).json()).toMatchObject({ outcome: 'updated' });
  });

  test.for<[string, number, Partial<SavedPlan>, string]>([
    ['of another account', 3, { account: '999988887777' }, 'account 111122223333, not of 999988887777'],
    ['whose version would do something else', 2, { version: '0.0.9', foreseen: nothing }, 'was made by version 0.0.9'],
  ])('refuses a plan %s', async ([, exit, other, told], { rehearsal }) => {
    const { run, simulator } = rehearsal;
    simulator.addStore(external);
    const file = await save(rehearsal, rename);
    const { kind: _, schema: __, sum: ___, ...facts } = JSON.parse(readFileSync(file, 'utf8')) as SavedPlan;
    writeFileSync(file, JSON.stringify(sealPlan({ ...facts, ...other })));

    const { exitCode, stderr } = await run(['apply', file, '--yes']);

    expect(stderr).toContain(told);
    expect(exitCode).toBe(exit);
    expect(simulator.calls.map(({ operation }) => operation)).not.toContain('UpdateCustomKeyStore');
  });

  test.for<[string, string, readonly string[], string]>([
    [
      'KMS of somebody else',
      'https://kms.example.com',
      [],
      'the plan sends its calls, with the secrets in them, to https://kms.example.com, which is neither an endpoint of AWS nor this machine. Nothing was sent. If you trust that endpoint, name it yourself with --endpoint-url',
    ],
    [
      'KMS without TLS',
      'http://kms.example.com',
      [],
      'http://kms.example.com cannot be used to apply a plan: without TLS the secret can be read on the network. Expected https://, or http:// to this machine. Nothing was sent',
    ],
    [
      'KMS without TLS, though whoever applies it names it',
      'http://kms.example.com',
      ['--endpoint-url', 'http://kms.example.com'],
      'http://kms.example.com cannot be used to apply a plan',
    ],
    ['an endpoint that is none', 'kms.example.com', [], 'kms.example.com cannot be used to apply a plan'],
  ])('refuses a plan that is for %s', async ([, endpoint, words, told], { rehearsal }) => {
    const { run, simulator } = rehearsal;
    simulator.addStore(external);
    const file = await save(rehearsal, credential('env:NEW'), { NEW: secret });
    writeFileSync(file, reseal(JSON.parse(readFileSync(file, 'utf8')), { endpoint }));
    const before = simulator.calls.length;

    const env = { NEW: secret };
    const { exitCode, stderr } = await run(['apply', file, '--yes', '--accept', 'no-rollback', ...words], env);

    expect(stderr).toContain(`cks: ${told}`);
    expect(exitCode).toBe(2);
    expect(stderr).not.toContain('CANARY');
    expect(simulator.calls.length).toBe(before);
  });

  test('goes to the endpoint that whoever applies names, not to that of the plan', async ({ rehearsal }) => {
    const { run, simulator, url } = rehearsal;
    simulator.addStore(external);
    const file = await save(rehearsal, rename);
    writeFileSync(file, reseal(JSON.parse(readFileSync(file, 'utf8')), { endpoint: 'https://kms.example.com' }));

    const { json } = await run(['apply', file, '--yes', '--endpoint-url', url], { AWS_ENDPOINT_URL_KMS: null });
    expect(json()).toMatchObject({ outcome: 'updated' });
  });

  test('says to which KMS it sends which secrets, before it sends them', async ({ rehearsal }) => {
    const { run, simulator, url } = rehearsal;
    simulator.addStore(external);
    const words = ['--previous-xks-proxy-authentication-credential'];
    const { AccessKeyId } = simulator.store(external.CustomKeyStoreId).XksProxyConfiguration ?? {};
    const old = `AccessKeyId=${AccessKeyId},RawSecretAccessKey=env:OLD`;
    const env = { NEW: secret, OLD: 'o'.repeat(43) };
    const file = await save(rehearsal, [...credential('env:NEW'), ...words, old], env);

    const { exitCode, stderr } = await run(['apply', file, '--yes', '--progress', 'none'], env);

    expect(exitCode).toBe(0);
    expect(stderr).toContain(`cks: the plan is for account 111122223333, us-east-1, at ${url}\n`);
    expect(stderr).toContain('cks: the secret of XksProxyAuthenticationCredential is read from env:NEW\n');
    expect(stderr).toContain('cks: the previous secret of XksProxyAuthenticationCredential is read from env:OLD\n');
    expect(stderr).not.toContain('CANARY');
  });
});
