/** `cks runs check --max-offline`: a monitor on this machine, and one that knows of other machines by the lock table. */
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Lease } from '../../src/domain/lease.ts';
import { external, storeId as id, type Rehearsal, test } from '../support/command.ts';
import { leaveHeld } from '../support/in-process.ts';
import { ageJournals } from '../support/kill-command.ts';
import { serveTable, type TableServer, tableName } from '../support/lock-tables.ts';

const move = {
  customKeyStoreId: 'xks',
  change: { XksProxyUriEndpoint: 'https://new.xks.example.com' },
  accept: ['outage', 'unverified-keys', 'unknown:xks-proxy'],
  onFailure: 'hold',
} as const;

/** A run that is held while its store is offline, in a folder of its own. */
async function leaveOffline(
  { simulator, url, environment }: Rehearsal,
  env: Record<string, string>,
  lockTable?: string,
) {
  simulator.addStore(external);
  simulator.addProxy({ endpoint: 'https://new.xks.example.com', reachable: false });
  const where = { url, environment: { ...environment, ...env } };
  return leaveHeld(where, { ...move, ...(lockTable === undefined ? {} : { lockTable }) });
}

const machine = ({ folder }: Rehearsal, name: string) => ({
  CKS_STATE_DIR: join(folder, name, 'state'),
  CKS_LOCK_DIR: join(folder, name, 'locks'),
});

/** As if the outage had begun a minute earlier. */
async function letPass(table: TableServer): Promise<void> {
  const item = (await table.scan()).find((one) => one.id?.S?.startsWith('lock#'));
  const { outage, ...lease } = JSON.parse(item?.body?.S ?? 'null') as Lease;
  if (outage === undefined) throw new Error('the table knows of no outage');
  await table.put(item?.id?.S ?? '', { ...lease, outage: { ...outage, sinceMs: outage.sinceMs - 60_000 } });
}

describe.concurrent('cks runs check --max-offline', () => {
  test('says which store is offline for too long and exits with 3, else with 0', async ({ rehearsal }) => {
    const here = machine(rehearsal, 'one');
    const runId = await leaveOffline(rehearsal, here);
    ageJournals(join(rehearsal.folder, 'one'), 60_000);

    const long = await rehearsal.run(['runs', 'check', '--max-offline', '1s'], here);
    expect(long.exitCode).toBe(3);
    expect(long.json()).toMatchObject({
      maxOfflineMs: 1_000,
      offline: [{ customKeyStoreId: id, storeName: 'xks', region: 'us-east-1', runId }],
      problems: [],
    });
    const { stdout } = await rehearsal.run(['runs', 'check', '--max-offline', '1s', '--output', 'text'], here);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      new RegExp(
        `^"xks" \\(${id}\\) in us-east-1 of \\w+ is offline since 20\\S+Z, for \\d min, by run ${runId}; continue with: cks resume ${runId} $`,
      ),
    );
    const short = await rehearsal.run(['runs', 'check', '--max-offline', '15m', '--output', 'text'], here);
    expect([short.exitCode, short.stdout]).toEqual([0, 'no run has a store offline for longer than 15m\n']);
  });

  test('takes the word of KMS for a store that somebody has connected by hand', async ({ rehearsal, expect }) => {
    const here = machine(rehearsal, 'one');
    await leaveOffline(rehearsal, here);
    rehearsal.simulator.call('ConnectCustomKeyStore', { CustomKeyStoreId: id });
    // The connect lasts until a read has shown it.
    const read = () => {
      rehearsal.simulator.call('DescribeCustomKeyStores', { CustomKeyStoreId: id });
      return rehearsal.simulator.store(id).ConnectionState;
    };
    await expect.poll(read).toBe('CONNECTED');
    ageJournals(join(rehearsal.folder, 'one'), 60_000);

    const { exitCode, json } = await rehearsal.run(['runs', 'check', '--max-offline', '1s'], here);
    expect([exitCode, json().offline]).toEqual([0, []]);
  });

  test('is not content where a journal cannot be read', async ({ rehearsal }) => {
    const here = machine(rehearsal, 'one');
    const runId = await leaveOffline(rehearsal, here);
    writeFileSync(join(here.CKS_STATE_DIR, 'runs', `${runId}.ndjson`), 'torn\n');

    const { exitCode, json } = await rehearsal.run(['runs', 'check', '--max-offline', '15m'], here);
    expect([exitCode, json()]).toMatchObject([3, { offline: [], problems: [{ runId }] }]);
  });

  test('knows of other machines by the lock table, and is not content where that is out of reach', async ({
    rehearsal,
    onTestFinished,
  }) => {
    const table = await serveTable();
    onTestFinished(() => table.close());
    const here = { ...machine(rehearsal, 'one'), AWS_ENDPOINT_URL_DYNAMODB: table.url };
    const there = { ...machine(rehearsal, 'two'), AWS_ENDPOINT_URL_DYNAMODB: table.url };
    const runId = await leaveOffline(rehearsal, here, tableName);
    await letPass(table);
    const watch = ['runs', 'check', '--max-offline', '1s', '--lock-table', tableName];

    const long = await rehearsal.run(watch, there);
    expect([long.exitCode, long.json().offline]).toMatchObject([
      3,
      [{ customKeyStoreId: id, storeName: null, runId, host: hostname() }],
    ]);
    await table.put('lock#111122223333.us-east-1.cks-torn', { owner: 'me' });
    const torn = await rehearsal.run(['runs', 'check', '--max-offline', '15m', '--lock-table', tableName], there);
    expect([torn.exitCode, torn.json()]).toMatchObject([
      3,
      { offline: [], tableProblems: [expect.stringContaining('its item lock#111122223333.us-east-1.cks-torn')] },
    ]);
    const listed = await rehearsal.run(['runs', '--lock-table', tableName, '--output', 'text'], there);
    expect(listed.stdout).toMatch(/cannot be read: the lock table/);
    table.fail('denied');
    const denied = await rehearsal.run(watch, there);
    expect([denied.exitCode, denied.stderr]).toEqual([3, expect.stringContaining('cks iam-policy')]);
  });

  test.for([
    [['runs', 'check', 'x', '--max-offline', '1s']],
    [['runs', 'prune', '--max-offline', '1s']],
    [['runs', 'check', '--max-offline', 'soon']],
  ] as const)('refuses %s in one line', async ([words], { rehearsal }) => {
    const { exitCode, stderr } = await rehearsal.run(words);
    expect([exitCode, stderr.trim().split('\n').length]).toEqual([2, 1]);
  });
});
