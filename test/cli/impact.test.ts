/** What `cks impact` shows: who uses the keys of a store, how often, and what it could not find out. */
import { beforeAll, describe, expect } from 'vitest';
import type { ImpactResult } from '../../src/library/impact.ts';
import { serveAltered } from '../support/altered-answers.ts';
import { type Here, test } from '../support/command-over-http.ts';
import { runHere, stubSurroundings } from '../support/in-process.ts';

beforeAll(stubSurroundings);

const otherAccount = 'arn:aws:iam::444455556666:role/reports';
const rdsGrant = {
  GranteePrincipal: 'rds.amazonaws.com',
  Operations: ['Decrypt', 'GenerateDataKey'],
  Constraints: { EncryptionContextEquals: { 'aws:rds:db-id': 'db-ORDERS' } },
} as const;

/** A store whose keys were used for an hour. */
function useKeys({ simulator, clock, addExternal }: Here): string {
  const Policy = JSON.stringify({
    Statement: [{ Effect: 'Allow', Principal: { AWS: otherAccount }, Action: 'kms:Decrypt', Resource: '*' }],
  });
  const id = addExternal({
    keys: [
      { AliasName: 'alias/pay', Policy },
      { AliasName: 'alias/orders', grants: [rdsGrant, rdsGrant, rdsGrant] },
      { AliasName: 'alias/archive' },
    ],
  });
  const order = (key: string, everyMs: number, principal: string) =>
    simulator.orderTraffic({ key, operation: 'Decrypt', everyMs, principal });
  order('alias/pay', 5_000, 'role/payments-api');
  order('alias/pay', 20_000, otherAccount);
  order('alias/orders', 60_000, 'rds.amazonaws.com');
  clock.advance(3_600_000);
  return id;
}

describe.concurrent('cks impact', { timeout: 120_000 }, () => {
  test('shows how often keys are used, by whom, who may, and what AWS documents', async ({ here }) => {
    useKeys(here);
    const before = here.simulator.calls.length;
    const ended = await here.cks('impact', 'xks');
    const found = ended.json<ImpactResult>();

    expect(ended.exitCode).toBe(0);
    expect(found.gaps).toEqual([]);
    expect(found.keys.map(({ aliases }) => aliases)).toEqual([['alias/pay'], ['alias/orders'], ['alias/archive']]);
    expect(found.keys.map(({ requestsPerMinute = Number.NaN }) => Math.round(requestsPerMinute))).toEqual([15, 1, 0]);
    expect(found.keys[2]).toMatchObject({ lastUsedAt: null });
    expect(found.keys[2]).not.toHaveProperty('sample');
    const [pay, orders] = found.keys.map(({ keyId }) => keyId);
    expect(found.users).toMatchObject([
      { kind: 'principal', name: 'role/payments-api', keys: [{ keyId: pay, grants: 0 }] },
      { kind: 'account', name: 'account 444455556666', keys: [{ keyId: pay, isInPolicy: true, grants: 0 }] },
      { kind: 'service', name: 'Amazon RDS', keys: [{ keyId: orders, grants: 3, isInPolicy: false }] },
    ]);
    const [payments, reports, rds] = found.users.map(({ keys }) => keys[0]?.seen);
    expect((payments?.calls ?? 0) + (reports?.calls ?? 0)).toBe(50);
    expect(payments?.share).toBeCloseTo(0.8, 1);
    expect(rds?.share).toBe(1);
    expect(found.keys[0]?.sample).toMatchObject({ calls: 50, ours: 0, isWhole: false });
    expect(found.consequences).toMatchObject([
      { service: 'Amazon RDS', source: expect.stringContaining('https://docs.aws') },
    ]);
    const uses = here.simulator.calls
      .slice(before)
      .filter(({ operation }) => /crypt|DataKey|CustomKeyStore$/.test(operation));
    expect(uses).toEqual([]);
  });

  test('leaves the calls of cks itself out', async ({ here }) => {
    const id = here.addExternal({ keys: [{ AliasName: 'alias/pay' }] });
    expect((await here.cks('canary', 'create', id)).exitCode).toBe(0);
    here.clock.advance(1_800_000);
    const { users, keys } = (await here.cks('impact', id)).json<ImpactResult>();

    expect(users).toEqual([]);
    expect(keys[0]).toMatchObject({ sample: { calls: 0, isWhole: true }, isLastUseOurs: true });
    expect(keys[0]?.sample?.ours).toBeGreaterThan(0);
  });

  test('says in its column what is not allowed, and shows the rest', async ({ here }) => {
    useKeys(here);
    const denied = ['GetMetricData', 'LookupEvents', 'ListGrants', 'GetKeyPolicy', 'GetKeyLastUsage', 'ListAliases'];
    for (const operation of denied) here.simulator.failNext(operation, 'AccessDeniedException', { times: 'always' });
    const ended = await here.cks('impact', 'xks');
    const { gaps, keys, requestsPerMinute, users } = ended.json<ImpactResult>();

    expect(ended.exitCode).toBe(0);
    expect([keys.length, requestsPerMinute, users]).toEqual([3, null, []]);
    expect(gaps).toEqual([
      { what: 'aliases', why: 'kms:ListAliases is not allowed' },
      { what: 'rate', why: 'cloudwatch:GetMetricData is not allowed' },
      { what: 'lastUse', keys: 3, why: 'kms:GetKeyLastUsage is not allowed' },
      { what: 'sample', keys: 3, why: 'cloudtrail:LookupEvents is not allowed' },
      { what: 'grants', keys: 3, why: 'kms:ListGrants is not allowed' },
      { what: 'policies', keys: 3, why: 'kms:GetKeyPolicy is not allowed' },
    ]);
    const text = await here.cks('impact', 'xks', '--format', 'text');
    expect(text.stdout.replace(/\s+/g, ' ')).toContain('! Not known grants of 3 keys: kms:ListGrants is not allowed');
    const nothingRead = 'Not known: neither CloudTrail nor grants nor key policies could be read.';
    expect(text.stdout.replace(/\s+/g, ' ')).toContain(nothingRead);
    expect((await here.cks('impact', 'xks', '--format', 'markdown')).stdout).toContain(nothingRead);
  });

  const emptyPage = { Events: [], NextToken: Buffer.from('1:1').toString('base64url') };
  const unreadable = { Events: [{ EventName: 'Decrypt', EventTime: 1, CloudTrailEvent: '{' }] };
  test.for([
    ['every page is empty and names a next one', emptyPage, 'CloudTrail has more events than cks has read, and'],
    ['no event can be read', unreadable, 'cks cannot read 2 events of CloudTrail'],
  ] as const)(
    'does not say that CloudTrail shows no user where %s',
    async ([, answer, why], { here, onTestFinished }) => {
      useKeys(here);
      const altered = await serveAltered(here.url, {
        LookupEvents: () => answer,
        ListGrants: () => ({ Grants: [], Truncated: false }),
        GetKeyPolicy: () => ({ Policy: '{}' }),
      });
      onTestFinished(() => altered.close());
      const show = async (...words: readonly string[]) =>
        (await here.inTime(() => runHere(['impact', 'xks', ...words, '--endpoint-url', altered.url]))).stdout;
      const { users, gaps } = JSON.parse(await show()) as ImpactResult;

      expect(users).toEqual([]);
      expect(gaps).toMatchObject([{ what: 'sample', keys: 2, why: expect.stringContaining(why) }]);
      const text = (await show('--format', 'text')).replace(/\s+/g, ' ');
      expect(text).toContain('No user of these keys in grants, key policies. The other sources were not read in full.');
      expect(text).toContain(`! Not known who called of 2 keys: ${why}`);
      expect(text).not.toContain('all that CloudTrail shows');
    },
  );

  test.for([
    ['{}', () => ({})],
    ['no KeyState', (answer) => ({ KeyMetadata: { ...Object(answer.KeyMetadata), KeyState: undefined } })],
    ['no Arn', (answer) => ({ KeyMetadata: { ...Object(answer.KeyMetadata), Arn: undefined } })],
  ] as const satisfies readonly (readonly [string, (answer: Readonly<Record<string, unknown>>) => unknown])[])(
    'counts a key as not described, as check and doctor do, where DescribeKey answers with %s',
    async ([, alter], { here, onTestFinished }) => {
      here.addExternal();
      const altered = await serveAltered(here.url, { DescribeKey: alter });
      onTestFinished(() => altered.close());
      const kept = ['--output', 'text', '--state-dir', here.state];
      for (const command of ['impact', 'check', 'doctor']) {
        const others = command === 'impact' ? ['--format', 'text'] : kept;
        const ended = await here.inTime(() => runHere([command, 'xks', ...others, '--endpoint-url', altered.url]));
        const said = (ended.stdout + ended.stderr).replace(/\s+/g, ' ');
        expect(said, command).toMatch(/2 more (keys )?of the account (could not be described|are hidden)/);
        expect(said, command).not.toMatch(/undefined|TypeError|a bug/);
      }
    },
  );

  test('shows text and Markdown in which no name becomes markup', async ({ here }) => {
    useKeys(here);
    const [text, markdown] = [
      await here.cks('impact', 'xks', '--format', 'text'),
      await here.cks('impact', 'xks', '--format', 'markdown'),
    ];

    expect(text.stdout.replace(/\s+/g, ' ')).toMatch(
      /role\/payments-api alias\/pay \(\d+ of 50 sampled calls\) account 444455556666 alias\/pay \(\d+ of 50 sampled calls; key policy\) Amazon RDS alias\/orders \(\d+ of \d+ sampled calls; 3 grants\)/,
    );
    expect(markdown.stdout).toMatch(/^# Impact of an outage of xks\n/);
    expect(markdown.stdout).toMatch(/\n\| alias\/pay \| 15 requests per minute; last used .* ago \|\n/);
    expect(markdown.stdout).toContain(
      '`https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html`',
    );
  });

  test('says that a store is not there, or holds no key', async ({ here }) => {
    here.addExternal({ keys: 0 });
    const [none, empty] = [await here.cks('impact', 'nope'), await here.cks('impact', 'xks')];

    expect([none.exitCode, empty.exitCode]).toEqual([3, 0]);
    expect(none.json<ImpactResult>()).toMatchObject({ store: null, keys: [], reason: { code: 'STORE_NOT_FOUND' } });
    expect(empty.json<ImpactResult>()).toMatchObject({ keys: [], users: [], gaps: [], requestsPerMinute: null });
    expect((await here.cks('impact')).exitCode).toBe(2);
  });
});
