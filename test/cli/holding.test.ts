/** A run that is on hold while its store is offline, and a run that waits for KMS: at a terminal and without one. */
import { readdirSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import {
  describeCalls,
  type Ended,
  external,
  storeId as id,
  type Rehearsal,
  testHere as test,
} from '../support/command.ts';
import { leaveHeld } from '../support/in-process.ts';
import { listRunIds } from '../support/kill-command.ts';
import { ctrlC, down, enter, runOnTerminal, type Terminal } from '../support/terminal.ts';

const password = 'newPassword1';

beforeAll(() => {
  vi.stubEnv('HOLDING_PASSWORD', password);
});

afterAll(() => {
  vi.unstubAllEnvs();
});

const accepted = ['--accept', 'outage,no-rollback'];
const rotateFrom = (variable: string) => [
  'update',
  'hsm',
  '--key-store-password',
  `env:${variable}`,
  '--hold-offline',
  ...accepted,
];
const rotate = rotateFrom('HOLDING_PASSWORD');

const clusterOf = ({ simulator }: Rehearsal) => simulator.describeWorld().clusters[0]?.clusterId ?? '';
const messageOf = ({ stderr }: Ended) => stderr.split('\n').filter((line) => /^(cks|cause|next): /.test(line));
const sentTo = ({ simulator }: Rehearsal) =>
  describeCalls(simulator.calls.filter(({ operation }) => operation !== 'DescribeCustomKeyStores'));

function addStore({ simulator }: Rehearsal) {
  simulator.addStore({ CustomKeyStoreId: id, CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED' });
}

/** At a terminal, with the folders of the trial connect. */
function sitDown(rehearsal: Rehearsal, words: readonly string[]) {
  const where = words[0] === 'resume' ? [] : ['--region', 'us-east-1'];
  return runOnTerminal([
    ...words,
    '--endpoint-url',
    rehearsal.url,
    ...where,
    '--state-dir',
    `${rehearsal.folder}/state`,
  ]);
}

/** At a terminal, up to the hold. */
async function hold(rehearsal: Rehearsal, words = rotate) {
  addStore(rehearsal);
  const terminal = sitDown(rehearsal, words);
  await terminal.saw('Apply this plan to hsm?');
  terminal.type(`y${enter}`);
  await terminal.saw('The run waits for you to set the password of kmsuser');
  await terminal.saw('user change-password --username kmsuser --role crypto-user');
  await terminal.saw('What now?');
  return terminal;
}

describe.concurrent('a hold without a terminal', () => {
  const bounded = [...rotate, '--yes', '--hold-timeout', '1h'];

  test('waits until another process says that the work is done', async ({ rehearsal }) => {
    addStore(rehearsal);
    const running = rehearsal.start(bounded, { HOLDING_PASSWORD: password });
    const cluster = clusterOf(rehearsal);
    await running.saw(`cloudhsm-cli interactive --cluster-id ${cluster}`);
    await running.saw('user change-password --username kmsuser --role crypto-user');
    await running.saw('on hold until');
    const [runId = ''] = listRunIds(rehearsal.folder);
    const resume = async (...words: readonly string[]) => {
      const told = await rehearsal.run(['resume', ...words]);
      return [told.exitCode, (told.json() as { message?: string }).message];
    };

    expect(sentTo(rehearsal)).toEqual(['Disconnect']);
    rehearsal.simulator.setKmsuserPassword(clusterOf(rehearsal), password);
    const { pid } = running.process;
    expect(await resume('--yes')).toEqual([0, `run ${runId} (process ${pid}) was asked to continue`]);
    const done = await running.ended;
    expect([done.exitCode, done.json().outcome]).toEqual([0, 'updated']);
    expect(sentTo(rehearsal)).toEqual(['Disconnect', 'Update', 'Connect']);
  });

  test('can be rolled back by another process, and shows no secret', async ({ rehearsal }) => {
    addStore(rehearsal);
    const running = rehearsal.start(bounded, { HOLDING_PASSWORD: password });
    await running.saw('on hold until');

    expect((await rehearsal.run(['resume', '--roll-back'])).exitCode).toBe(0);

    const done = await running.ended;
    expect([done.exitCode, done.json().outcome]).toEqual([130, 'cancelled']);
    expect(sentTo(rehearsal)).toEqual(['Disconnect', 'Connect']);
    expect(readdirSync(`${rehearsal.folder}/state/runs`).filter((name) => name.endsWith('.release'))).toEqual([]);
    expect(`${done.stdout}${done.stderr}`).not.toContain(password);
  });

  test('a hold without a terminal, and without an answer, is rolled back after its limit', async ({ rehearsal }) => {
    addStore(rehearsal);
    const words = [...rotate, '--yes', '--hold-timeout', '1s'];
    const ended = await rehearsal.run(words, { HOLDING_PASSWORD: password });

    expect([ended.exitCode, ended.json().outcome]).toEqual([4, 'rolledBack']);
    expect((ended.json().reason as { code: string }).code).toBe('HOLD_EXPIRED');
    expect(sentTo(rehearsal)).toEqual(['Disconnect', 'Connect']);
  });

  test.for([
    ['--hold-offline', ['--hold-offline']],
    ['--on-failure hold', ['--on-failure', 'hold']],
  ] as const)('is refused without a limit: %s', async ([option, words], { rehearsal }) => {
    addStore(rehearsal);
    const rename = ['update', id, '--new-custom-key-store-name', 'renamed', '--mode', 'offline', '--yes'];
    const ended = await rehearsal.run([...rename, '--accept', 'outage', ...words]);
    expect(ended.exitCode).toBe(2);
    expect(messageOf(ended)).toEqual([
      `cks: ${option} without a terminal needs --hold-timeout, such as 30m: after it the run rolls back, so that the store does not stay offline`,
    ]);
    expect(rehearsal.simulator.calls).toEqual([]);
  });

  test('a hold without a terminal that a program left continues only when an operator says that the work is done', async ({
    rehearsal,
  }) => {
    const env = { HOLDING_PASSWORD: password };
    addStore(rehearsal);
    const runId = await leaveHeld(
      { ...rehearsal, environment: { ...rehearsal.environment, ...env } },
      {
        customKeyStoreId: 'hsm',
        change: { KeyStorePassword: 'env:HOLDING_PASSWORD' },
        holdOffline: true,
        accept: ['outage', 'no-rollback'],
      },
    );
    const held = await rehearsal.run(['resume', runId], env);

    const cluster = clusterOf(rehearsal);
    expect(held.exitCode).toBe(7);
    expect(messageOf(held)).toEqual([
      `cks: "hsm" (${id}) is on hold: it is DISCONNECTED, and no key works until the run continues`,
      `cause: The run waits for you to set the password of kmsuser in ${cluster}: KMS is not logged in now. An admin does that with the CloudHSM CLI, once for the whole cluster: /opt/cloudhsm/bin/cloudhsm-cli interactive --cluster-id ${cluster}; login --username admin --role admin; user change-password --username kmsuser --role crypto-user; quit. If the cluster requires a quorum for user changes, add --approval FILE to user change-password: the signed token of quorum token-sign generate --service user --token FILE.`,
      `next: When it is done, run: cks resume ${runId} --yes. To roll back: cks resume ${runId} --roll-back`,
    ]);
    expect(held.json()).toMatchObject({
      outcome: null,
      nextCommands: [`cks resume ${runId} --yes`, `cks resume ${runId} --roll-back`],
    });
    expect(sentTo(rehearsal)).toEqual(['Disconnect']);

    rehearsal.simulator.setKmsuserPassword(clusterOf(rehearsal), password);
    const done = await rehearsal.run(['resume', `${runId}`, '--yes'], env);
    expect([done.exitCode, done.json().outcome]).toEqual([0, 'updated']);
    expect(sentTo(rehearsal)).toEqual(['Disconnect', 'Update', 'Connect']);
  });

  test('is refused without a journal', async ({ rehearsal }) => {
    addStore(rehearsal);
    const ended = await rehearsal.run([...rotate, '--yes', '--no-journal'], { HOLDING_PASSWORD: password });
    expect(ended.exitCode).toBe(2);
    expect(messageOf(ended)).toEqual([
      'cks: a hold without a terminal is continued with cks resume, which needs the journal',
    ]);
    expect(rehearsal.simulator.calls).toEqual([]);
  });

  test('a hold without a terminal after a failure names the cause, and takes a corrected value', async ({
    rehearsal,
  }) => {
    const { simulator, run } = rehearsal;
    simulator.addStore(external);
    simulator.failNextConnect(id, 'XKS_PROXY_INVALID_TLS_CONFIGURATION');
    const endpoint = (name: string) => ['--xks-proxy-uri-endpoint', `https://${name}.example.com`];
    const runId = await leaveHeld(rehearsal, {
      customKeyStoreId: 'xks',
      change: { XksProxyUriEndpoint: 'https://new.example.com' },
      accept: ['outage', 'unverified-keys', 'unknown:xks-proxy'],
      onFailure: 'hold',
    });
    const held = await run(['resume', runId]);

    expect(held.exitCode).toBe(7);
    const [message, cause, next] = messageOf(held);
    expect(message).toBe(`cks: "xks" (${id}) is on hold: it is FAILED, and no key works until the run continues`);
    expect(cause).toContain('failed to connect: XKS_PROXY_INVALID_TLS_CONFIGURATION');
    expect(next).toContain(
      `Then run: cks resume ${held.json().runId} --yes; an option such as --xks-proxy-uri-endpoint gives it another value`,
    );
    const done = await run(['resume', ...endpoint('better'), '--yes']);
    expect([done.exitCode, done.json().outcome]).toEqual([0, 'updated']);
    expect(simulator.store(id).XksProxyConfiguration).toMatchObject({ UriEndpoint: 'https://better.example.com' });
  });
});

describe.concurrent('a hold at a terminal', () => {
  test('continues when the operator says that the work is done', async ({ rehearsal }) => {
    const terminal = await hold(rehearsal);
    rehearsal.simulator.setKmsuserPassword(clusterOf(rehearsal), password);
    terminal.type(`${down}${enter}`);

    expect(await terminal.exitCode).toBe(0);
    expect(stripVTControlCharacters(terminal.stdout)).toMatch(
      /^\+ UPDATED {2}"hsm" \S+ is CONNECTED with the new settings\n/,
    );
  });

  test('can be rolled back: the store is CONNECTED again with the old settings', async ({ rehearsal }) => {
    const terminal = await hold(rehearsal);
    terminal.type(`${down}${down}${enter}`);

    expect(await terminal.exitCode).toBe(130);
    expect(sentTo(rehearsal)).toEqual(['Disconnect', 'Connect']);
  });

  test('shows how long the store is offline, rings the bell, and keeps waiting on Enter alone', async ({
    rehearsal,
  }) => {
    const terminal = await hold(rehearsal);
    expect(terminal.screen).toContain('\u0007');
    expect(terminal.screen.replace(/\s+/g, ' ')).toMatch(
      /Offline for \d+ s; without an answer the run rolls back at 20\S+Z, in (60 min|1 h|59 min \d+ s)\./,
    );
    terminal.type(enter);
    await terminal.saw('Offline for');
    await terminal.saw('What now?');
    expect(rehearsal.simulator.store(id).ConnectionState).toBe('DISCONNECTED');
    terminal.type(`${down}${down}${enter}`);
    expect(await terminal.exitCode).toBe(130);
  });

  test.for(['SIGTERM', 'SIGHUP'] as const)('is rolled back by %s', async (signal, { rehearsal }) => {
    const terminal = await hold(rehearsal);
    terminal.signal(signal);
    expect(await terminal.exitCode).toBe(130);
    expect(rehearsal.simulator.store(id).ConnectionState).toBe('CONNECTED');
  });

  test.for([
    ['Ctrl-C', (terminal: Terminal) => terminal.type(ctrlC)],
    ['SIGINT', (terminal: Terminal) => terminal.signal('SIGINT')],
    ['the end of the input', (terminal: Terminal) => terminal.hangUp()],
  ] as const)('is suspended by %s, with the command that continues', async ([, leave], { rehearsal }) => {
    const terminal = await hold(rehearsal);
    leave(terminal);

    expect(await terminal.exitCode).toBe(7);
    const told = terminal.screen.replace(/\s+/g, ' ');
    expect(told).toContain(
      `cks: "hsm" (${id}) is on hold: it is DISCONNECTED, and no key works until the run continues`,
    );
    const [command = ''] = /cks resume \S+ --yes/.exec(told) ?? [];
    rehearsal.simulator.setKmsuserPassword(clusterOf(rehearsal), password);
    const env = { HOLDING_PASSWORD: password };
    const resumed = await rehearsal.run(command.split(' ').slice(1), env);
    expect([resumed.exitCode, resumed.json().outcome]).toEqual([0, 'updated']);
  });

  test('a hold at a terminal that is suspended without a journal names a command that needs no journal', async ({
    rehearsal,
  }) => {
    const terminal = await hold(rehearsal, [...rotate, '--no-journal']);
    terminal.type(ctrlC);

    expect(await terminal.exitCode).toBe(7);
    const told = terminal.screen.replace(/\s+/g, ' ');
    expect(told).toContain(`stays DISCONNECTED until you connect it with cks reconnect ${id}`);
    expect(told).toContain(`When it is done, run: cks reconnect ${id}`);
    expect(told).not.toContain('cks resume');
  });

  test('is suspended by Ctrl-C at the question for a lost secret', async ({ rehearsal }) => {
    vi.stubEnv('FORGOTTEN_PASSWORD', password);
    const first = await hold(rehearsal, rotateFrom('FORGOTTEN_PASSWORD'));
    vi.stubEnv('FORGOTTEN_PASSWORD', undefined);
    first.type(`${down}${down}${down}${enter}`);
    await first.exitCode;

    const second = sitDown(rehearsal, ['resume']);
    await second.saw('The secret of KeyStorePassword cannot be read any more. Enter it:');
    second.type(ctrlC);
    expect(await second.exitCode).toBe(7);
    const told = second.screen.replace(/\s+/g, ' ');
    expect(told).toContain('store last seen DISCONNECTED');
    expect(told).toMatch(/next: continue with cks resume \S+/);
  });

  test('can be left: a later update offers to resume the run, and the resume asks again', async ({ rehearsal }) => {
    const first = await hold(rehearsal);
    first.type(`${down}${down}${down}${enter}`);
    expect(await first.exitCode).toBe(7);
    expect(first.screen).toContain('cks resume');
    rehearsal.simulator.setKmsuserPassword(clusterOf(rehearsal), password);

    const second = sitDown(rehearsal, ['update', 'hsm', '--new-custom-key-store-name', 'renamed']);
    await second.saw('Resume that run instead?');
    second.type(`y${enter}`);
    await second.saw('What now?');
    second.type(`${down}${enter}`);
    expect(await second.exitCode).toBe(0);
    expect(rehearsal.simulator.store(id)).toMatchObject({
      CustomKeyStoreName: 'hsm',
      ConnectionState: 'CONNECTED',
    });
  });

  test('asks for a lost secret, and does not show it', async ({ rehearsal }) => {
    vi.stubEnv('LOST_PASSWORD', password);
    const first = await hold(rehearsal, rotateFrom('LOST_PASSWORD'));
    vi.stubEnv('LOST_PASSWORD', undefined);
    first.type(`${down}${down}${down}${enter}`);
    await first.exitCode;
    rehearsal.simulator.setKmsuserPassword(clusterOf(rehearsal), 'typedPassword1');

    const second = sitDown(rehearsal, ['resume']);
    await second.saw('The secret of KeyStorePassword cannot be read any more. Enter it:');
    second.type(`typedPassword1${enter}`);
    await second.saw('What now?');
    second.type(`${down}${enter}`);
    expect(await second.exitCode).toBe(0);
    expect(`${second.screen}${second.stdout}`).not.toContain('typedPassword1');
  });
});

describe.concurrent('a previous kmsuser password', () => {
  test('is restored when the cluster rejects the new one', async ({ rehearsal }) => {
    const { simulator, run } = rehearsal;
    const old = simulator.describeWorld().clusters[0]?.kmsuserPassword ?? '';
    simulator.addStore({ CustomKeyStoreId: id, CustomKeyStoreName: 'hsm', ConnectionState: 'DISCONNECTED' });
    const words = ['--key-store-password', 'env:NEW', '--previous-key-store-password', 'env:OLD'];
    const ended = await run(['update', id, ...words, '--final-state', 'connected', '--yes'], {
      NEW: password,
      OLD: old,
    });

    expect([ended.exitCode, ended.json().outcome]).toEqual([4, 'rolledBack']);
    expect(simulator.store(id).ConnectionState).toBe('DISCONNECTED');
    expect((await run(['reconnect', id, '--yes', '--accept', 'login'])).exitCode).toBe(0);
  });

  test('is refused for a CONNECTED store, because KMS has replaced it', async ({ rehearsal }) => {
    addStore(rehearsal);
    const limit = ['--hold-timeout', '1h'];
    const words = ['--previous-key-store-password', 'env:OLD', '--hold-offline', ...limit, '--yes', ...accepted];
    const env = { NEW: password, OLD: 'oldPassword1' };
    const ended = await rehearsal.run(['update', id, '--key-store-password', 'env:NEW', ...words], env);
    expect([ended.exitCode, (ended.json().reason as { code: string }).code]).toEqual([3, 'PREVIOUS_PASSWORD_GONE']);
    expect(sentTo(rehearsal)).toEqual([]);
  });
});

describe.concurrent('AWS credentials that expire while the store is offline', () => {
  test('make the run wait, say what to do, and continue', async ({ rehearsal }) => {
    const { simulator, start } = rehearsal;
    addStore(rehearsal);
    simulator.failNext('DescribeCustomKeyStores', 'ExpiredTokenException', {
      store: id,
      state: 'DISCONNECTED',
      times: 2,
    });
    const running = start(['reconnect', id, '--yes', '--accept', 'outage']);
    await running.saw(
      'waiting for KMS: The security token included in the request is expired; log in again, in another window',
    );
    const { exitCode, json } = await running.ended;
    expect([exitCode, json().outcome]).toEqual([0, 'updated']);
    expect(simulator.store(id).ConnectionState).toBe('CONNECTED');
  });
});
