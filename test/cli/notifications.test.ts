/** Who else hears of a run: a URL that takes notices, the log, and CloudWatch by way of it. */
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect } from 'vitest';
import { external, type Rehearsal, test as rehearsalTest } from '../support/command.ts';
import { listen } from '../support/servers.ts';

const canaries = {
  NEW: 'CANARYofTHEnewSECRETcanaryCANARYcanaryCANARY2',
  SIGN: 'CANARY of the signing secret',
};
const move = [
  ...['update', 'xks', '--xks-proxy-uri-endpoint', 'https://new.xks.example.com', '--yes'],
  ...['--xks-proxy-authentication-credential', 'AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=env:NEW'],
  ...['--accept', 'outage,unverified-keys,no-rollback,unknown:xks-proxy,unknown:external-keys,unknown:same-keys'],
];

interface Hook {
  readonly url: string;
  readonly received: { readonly body: string; readonly signature: unknown }[];
  status: number;
}

const test = rehearsalTest.extend<{ hook: Hook }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  async hook({}, use) {
    const received: Hook['received'] = [];
    const server = createServer(async (request, response) => {
      received.push({ body: await text(request), signature: request.headers['x-cks-signature'] });
      response.writeHead(hook.status).end();
    });
    const { url, close } = await listen(server);
    const hook = { url: `${url}/TOKEN`, received, status: 200 };
    await use(hook);
    await close();
  },
});

/** Everything that the command has written in its home. */
function readHome({ folder }: Rehearsal): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('\n');
}

const parse = (text: string) => JSON.parse(text) as Record<string, unknown>;

describe.concurrent('cks update --notify', () => {
  test('tells a URL of the outage and the end, signed, and no secret of the run', async ({ rehearsal, hook }) => {
    rehearsal.simulator.addStore(external);
    const log = join(rehearsal.folder, 'cks.log');
    const words = [...move, '--notify', hook.url, '--notify-secret', 'env:SIGN', '--log-metrics'];

    const ended = await rehearsal.run(
      [...words, '--log-level', 'debug', '--log-file', log, '--progress', 'json'],
      canaries,
    );

    expect([ended.exitCode, ended.stderr.match(/lost.*/)]).toEqual([0, null]);
    const { runId, offlineMs } = ended.json();
    const notifications = hook.received.map(({ body }) => parse(body));
    const about = { runId, customKeyStoreId: external.CustomKeyStoreId, storeName: 'xks', region: 'us-east-1' };
    expect(notifications).toMatchObject([
      { ...about, type: 'outage.began' },
      { ...about, type: 'outage.ended', offlineMs },
      { ...about, type: 'run.finished', outcome: 'updated' },
    ]);
    for (const { body, signature } of hook.received)
      expect(signature).toBe(`sha256=${createHmac('sha256', canaries.SIGN).update(body).digest('hex')}`);
    const written = [ended.stdout, ended.stderr, readHome(rehearsal), ...hook.received.map(({ body }) => body)].join(
      '\n',
    );
    for (const canary of Object.values(canaries)) expect(written).not.toContain(canary);
    expect(`${ended.stderr}${readHome(rehearsal)}`).not.toContain('TOKEN');
  });

  test('tells all events where all are wanted, in their order', async ({ rehearsal, hook }) => {
    rehearsal.simulator.addStore(external);
    const rename = ['update', 'xks', '--new-custom-key-store-name', 'renamed', '--yes', '--progress', 'json'];

    const ended = await rehearsal.run([...rename, '--notify', hook.url, '--notify-events', 'all']);

    const shown = ended.stderr.split('\n').filter(Boolean).map(parse);
    expect(hook.received.map(({ body }) => parse(body).type)).toEqual(shown.map(({ type }) => type));
  });

  test('says once that notices are lost, and ends as it would have', async ({ rehearsal, hook }) => {
    rehearsal.simulator.addStore(external);
    hook.status = 410;
    const rename = ['update', 'xks', '--new-custom-key-store-name', 'renamed', '--yes'];

    const ended = await rehearsal.run([
      ...rename,
      '--notify',
      hook.url,
      '--notify-events',
      'all',
      '--progress',
      'none',
    ]);

    const { host } = new URL(hook.url);
    expect(ended.stderr).toBe(`cks: notices to ${host} are lost: it answered 410\n`);
    expect(ended.json()).toMatchObject({ outcome: 'updated' });
  });

  test.for([
    ['a URL without TLS', ['--notify', 'http://hooks.example.com/TOKEN'], 'notify: expected eventbridge:BUS'],
    ['a URL with a password', ['--notify', 'https://me:TOKEN@hooks.example.com'], 'without a user name'],
    ['a topic that is none', ['--notify', 'sns:ops'], 'notify: expected eventbridge:BUS'],
    ['a secret as it is', ['--notify', 'https://hooks.example.com', '--notify-secret', 'TOKEN'], 'env:NAME'],
    [
      'a secret for a topic',
      ['--notify', 'eventbridge:ops', '--notify-secret', 'env:SIGN'],
      '--notify-secret is for a URL',
    ],
    ['events for nobody', ['--notify-events', 'all'], '--notify is required with'],
    ['events that are none', ['--notify', 'eventbridge:ops', '--notify-events', 'some'], 'notable'],
  ] as const)(
    'refuses %s in one line, without repeating it, and calls nothing',
    async ([, words, problem], { rehearsal }) => {
      const ended = await rehearsal.run(['update', 'xks', '--new-custom-key-store-name', 'renamed', ...words]);

      expect([ended.exitCode, ended.stderr]).toEqual([2, expect.stringContaining(problem)]);
      expect(ended.stderr.trim().split('\n')).toHaveLength(1);
      expect(ended.stderr).not.toContain('TOKEN');
      expect(rehearsal.simulator.calls).toEqual([]);
    },
  );
});

describe.concurrent('the log of a run', () => {
  test('says on each line which run and which store, and ends with its metrics', async ({ rehearsal }) => {
    rehearsal.simulator.addStore(external);
    const log = join(rehearsal.folder, 'cks.log');

    const ended = await rehearsal.run([...move, '--log-level', 'debug', '--log-file', log, '--log-metrics'], canaries);

    const { runId, offlineMs } = ended.json();
    const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean).map(parse);
    const metrics = lines.pop();
    expect(lines.filter((line) => !(line.runId === runId && line.store && 'step' in line))).toEqual([]);
    expect(lines.filter(({ msg }) => msg === 'kms.request').map(({ step }) => step)).toContain('settleStore');
    expect(metrics).toMatchObject({
      _aws: { CloudWatchMetrics: [{ Namespace: 'cks-safe-update' }, { Namespace: 'cks-safe-update' }] },
      Store: external.CustomKeyStoreId,
      Region: 'us-east-1',
      Outcome: 'updated',
      OfflineMs: offlineMs,
      Runs: 1,
    });
  });

  test('has its metrics whatever its level, and none unless they are wanted', async ({ rehearsal }) => {
    rehearsal.simulator.addStore(external);
    const rename = (name: string) => [
      'update',
      'xks',
      '--custom-key-store-id',
      'xks',
      '--new-custom-key-store-name',
      name,
      '--yes',
    ];
    const log = join(rehearsal.folder, 'cks.log');

    await rehearsal.run([...rename('xks'), '--log-level', 'info', '--log-file', log]);
    expect(readFileSync(log, 'utf8')).not.toContain('_aws');
    await rehearsal.run([...rename('xks'), '--log-level', 'error', '--log-file', `${log}2`, '--log-metrics']);
    expect(parse(readFileSync(`${log}2`, 'utf8'))).toMatchObject({ Outcome: 'unchanged', OfflineMs: 0 });
  });
});
