/** Two machines and one store: real processes that share nothing but KMS and a lock table. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, type TestContext } from 'vitest';
import type { Lease } from '../../src/domain/lease.ts';
import {
  describeCalls,
  type Ended,
  type Environment,
  external,
  storeId as id,
  type Rehearsal,
  testHere as test,
} from '../support/command.ts';
import { listRunIds } from '../support/kill-command.ts';
import { serveTable, type TableServer, tableName } from '../support/lock-tables.ts';

const marker = 'CANARY+';

const move = [
  ...['update', 'xks', '--xks-proxy-uri-endpoint', 'https://new.xks.example.com'],
  ...['--yes', '--accept', 'outage,unverified-keys,unknown:xks-proxy', '--lock-table', tableName],
];
const rename = ['update', 'xks', '--new-custom-key-store-name', 'renamed', '--yes', '--lock-table', tableName];
const messageOf = ({ stderr }: Ended) => stderr.split('\n').find((line) => line.startsWith('cks: '));

/** A connected store, and two machines that see it. */
async function arrange({ simulator, folder }: Rehearsal, onTestFinished: TestContext['onTestFinished']) {
  simulator.addStore(external);
  const table = await serveTable();
  onTestFinished(() => table.close());
  const machine = (name: string): Environment => ({
    CKS_STATE_DIR: join(folder, name, 'state'),
    CKS_LOCK_DIR: join(folder, name, 'locks'),
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
  });
  return { table, here: machine('here'), there: machine('there') };
}

/** A run that waits for DISCONNECTED, until `goOn`. */
async function wait({ simulator, start, folder }: Rehearsal, words: readonly string[], env: Environment) {
  let isHeld = true;
  simulator.addExternalActor({
    moment: { before: 'DescribeCustomKeyStores' },
    times: 1_000,
    act() {
      const isOffline = simulator.store(id).ConnectionState.startsWith('DISCONNECT');
      if (isHeld && isOffline) simulator.moveStore(id, 'DISCONNECTING');
    },
  });
  const running = start(words, env);
  await running.saw('waiting for DISCONNECTED');
  const goOn = () => {
    isHeld = false;
  };
  return { running, goOn, runId: listRunIds(join(folder, 'here')).at(-1) ?? '' };
}

async function readLease(table: TableServer): Promise<{ readonly itemId: string; readonly lease: Lease }> {
  const item = (await table.scan()).find(({ id }) => id?.S?.startsWith('lock#'));
  return { itemId: item?.id?.S ?? '', lease: JSON.parse(item?.body?.S ?? 'null') as Lease };
}

/** As if its lock owner had not renewed it for long. */
async function letExpire(table: TableServer): Promise<void> {
  const { itemId, lease } = await readLease(table);
  await table.put(itemId, { ...lease, expiresAtMs: 1 });
}

describe.concurrent('a second machine', () => {
  test('is refused a store that a run of the first machine acts on', async ({ rehearsal, onTestFinished }) => {
    const { here, there } = await arrange(rehearsal, onTestFinished);
    const { running, goOn, runId } = await wait(rehearsal, move, here);
    const second = await rehearsal.run(rename, there);
    const runs = await rehearsal.run(['runs', '--lock-table', tableName], there);

    expect([second.exitCode, second.json().outcome]).toEqual([3, 'refused']);
    expect(messageOf(second)).toContain(
      `"xks" (${id}) is in use by run ${runId} (process ${running.process.pid} on ${hostname()}, since 20`,
    );
    expect(runs.json()).toMatchObject({
      runs: [{ outcome: 'refused' }],
      inLockTable: [{ runId, host: hostname(), isAtWork: true, store: expect.stringMatching(`\\.us-east-1\\.${id}$`) }],
    });
    goOn();
    expect((await running.ended).exitCode).toBe(0);
    expect((await rehearsal.run(rename, there)).exitCode).toBe(0);
  });

  test('sees a run that died on the first machine, and the command that continues it', async ({
    rehearsal,
    onTestFinished,
  }) => {
    const { table, here, there } = await arrange(rehearsal, onTestFinished);
    const { running, goOn, runId } = await wait(rehearsal, move, here);
    running.process.kill('SIGKILL');
    goOn();
    await running.ended;
    expect((await rehearsal.run(rename, there)).json()).toMatchObject({ reason: { code: 'LOCKED' } });
    await letExpire(table);
    const refused = await rehearsal.run(rename, there);
    expect(refused.exitCode).toBe(3);
    const runs = await rehearsal.run(['runs', '--lock-table', tableName, '--output', 'text'], there);
    expect(runs.stdout.replace(/\s+/g, ' ')).toContain(`unfinished: continue it there with cks resume ${runId}`);
    expect(JSON.stringify(refused.json().checks)).toContain(
      `run ${runId} on this store is unfinished; continue it on ${hostname()}: cks resume ${runId}`,
    );

    // It knows its table, and nobody has taken the lock for long.
    expect((await rehearsal.run(['resume', runId, '--yes'], here)).exitCode).toBe(0);
    const { lease } = await readLease(table);
    expect(lease).toMatchObject({ hasActed: false, left: [], owner: { runId } });
    expect((await rehearsal.run(rename, there)).exitCode).toBe(0);
  });
});

describe.concurrent('cks resume', () => {
  test('is refused while another machine has the lock, and works once that lock is free', async ({
    rehearsal,
    onTestFinished,
  }) => {
    const { table, here } = await arrange(rehearsal, onTestFinished);
    const { running, goOn, runId } = await wait(rehearsal, move, here);
    running.process.kill('SIGKILL');
    goOn();
    await running.ended;
    const { lease, itemId } = await readLease(table);
    const owner = { ...lease.owner, runId: 'run-2', host: 'elsewhere' };
    await table.put(itemId, { ...lease, fence: lease.fence + 1, owner, hasActed: false });
    const refused = await rehearsal.run(['resume', runId, '--yes'], here);
    expect([refused.exitCode, messageOf(refused)]).toEqual([3, expect.stringContaining('by run run-2 (process ')]);

    await table.put(itemId, { ...lease, fence: lease.fence + 2, owner, hasActed: false, expiresAtMs: 0 });
    expect((await rehearsal.run(['resume', runId, '--yes'], here)).exitCode).toBe(0);
  });
});

describe.concurrent('a run that has lost its lock', () => {
  test('sends nothing more, although the store is unchanged', async ({ rehearsal, onTestFinished }) => {
    const { table, here } = await arrange(rehearsal, onTestFinished);
    const { running, goOn } = await wait(rehearsal, move, here);
    const { lease, itemId } = await readLease(table);
    await table.put(itemId, { ...lease, fence: lease.fence + 1, owner: { ...lease.owner, runId: 'run-2' } });
    goOn();

    const ended = await running.ended;
    expect([ended.exitCode, ended.json().outcome]).toEqual([5, 'stranded']);
    expect(messageOf(ended)).toContain('its lock was taken by run run-2');
    expect(describeCalls(rehearsal.simulator.calls)).toEqual(['Describe', 'Disconnect', 'Describe']);
  });
});

describe.concurrent('cks stop', () => {
  test('reaches a run on another machine through the table', async ({ rehearsal, onTestFinished }) => {
    const { here, there } = await arrange(rehearsal, onTestFinished);
    const { running, goOn, runId } = await wait(rehearsal, move, here);
    const stop = await rehearsal.run(['stop', runId, '--lock-table', tableName, '--output', 'text'], there);
    expect([stop.exitCode, stop.stdout]).toEqual([0, `run ${runId} was asked to stop at its next safe place\n`]);
    await running.saw('cks stop requested a stop');
    goOn();
    const ended = await running.ended;
    expect([ended.exitCode, ended.json().outcome]).toEqual([130, 'cancelled']);
    expect((await rehearsal.run(['stop', runId, '--lock-table', tableName], there)).exitCode).toBe(3);
  });

  test('reaches a run on this machine without one', async ({ rehearsal, onTestFinished }) => {
    const { here } = await arrange(rehearsal, onTestFinished);
    const { running, goOn, runId } = await wait(rehearsal, move.slice(0, -2), here);
    const stop = await rehearsal.run(['stop', runId], here);
    expect([stop.exitCode, stop.json()]).toMatchObject([0, { runId, isRequested: true }]);
    await running.saw('cks stop requested a stop');
    goOn();
    expect((await running.ended).exitCode).toBe(130);
    expect((await rehearsal.run(['stop', runId], here)).exitCode).toBe(3);
    expect((await rehearsal.run(['stop', '20260101-000000-abcd'], here)).exitCode).toBe(3);
  });
});

describe.concurrent('a table that does not answer', () => {
  test('refuses a run before its first call', async ({ rehearsal, onTestFinished }) => {
    const { table, here } = await arrange(rehearsal, onTestFinished);
    table.fail('denied');
    const ended = await rehearsal.run(move, here);
    expect([ended.exitCode, ended.json().outcome]).toEqual([3, 'refused']);
    expect(messageOf(ended)).toContain(`cks iam-policy --lock-table ${tableName}`);
    expect(describeCalls(rehearsal.simulator.calls)).toEqual(['Describe']);
  });

  test('does not keep a resumed run from connecting the store', async ({ rehearsal, onTestFinished }) => {
    const { table, here } = await arrange(rehearsal, onTestFinished);
    const { running, goOn, runId } = await wait(rehearsal, move, here);
    running.process.kill('SIGKILL');
    goOn();
    await running.ended;
    table.fail('unreachable');
    const ended = await rehearsal.run(['resume', runId, '--yes'], here);
    expect([ended.exitCode, ended.json().outcome]).toEqual([0, 'updated']);
    expect(ended.stderr).toContain(`continuing without the lock: the lock table ${tableName} cannot be used`);
  });
});

describe.concurrent('a plan', () => {
  test.for(['an option', 'a variable'])(
    'shows the lock table as a safeguard: by %s',
    async (how, { rehearsal, onTestFinished }) => {
      const { here } = await arrange(rehearsal, onTestFinished);
      const isOption = how === 'an option';
      const words = ['plan', 'xks', '--new-custom-key-store-name', 'renamed'];
      const plan = await rehearsal.run(
        isOption ? [...words, '--lock-table', tableName] : words,
        isOption ? here : { ...here, CKS_LOCK_TABLE: tableName },
      );
      expect(plan.json().safeguards).toContain(
        'Locked against every run that names this lock table. cks checks for changes by anyone else before each write.',
      );
    },
  );

  test('is refused for an invalid table name', async ({ rehearsal, onTestFinished }) => {
    const { here } = await arrange(rehearsal, onTestFinished);
    const plan = await rehearsal.run(['plan', 'xks', '--lock-table', 'my locks'], here);
    expect([plan.exitCode, messageOf(plan)]).toEqual([
      2,
      'cks: the lock table (--lock-table, CKS_LOCK_TABLE) is a name of 3 to 255 letters, digits and the signs _ . -, or the ARN of a DynamoDB table',
    ]);
  });
});

describe.concurrent('what is in the table', () => {
  test('is free of secrets', async ({ rehearsal, onTestFinished }) => {
    const { table, here } = await arrange(rehearsal, onTestFinished);
    const secret = `${marker}${'new/'.repeat(9)}`;
    const rotate = [
      '--xks-proxy-authentication-credential',
      `AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=${secret}`,
    ];
    const words = [
      'update',
      'xks',
      ...rotate,
      '--yes',
      '--accept',
      'no-rollback,unverified-keys,outage,unknown:xks-proxy',
    ];
    const ended = await rehearsal.run([...words, '--mode', 'offline', '--lock-table', tableName], here);
    expect(ended.json()).toMatchObject({ outcome: 'updated' });
    const items = await table.scan();
    expect(items.map(({ id }) => id?.S?.split('#')[0]).sort()).toEqual(['lock', 'looks', 'run', 'stores']);
    expect(JSON.stringify(items)).not.toContain(marker);
  });
});
