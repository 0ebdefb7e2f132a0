/** What is written where: one object on standard output, progress and reasons on standard error, files as asked. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { describeCalls, external, testHere as test } from '../support/command.ts';

const rename = ['--new-custom-key-store-name', 'renamed', '--yes'];
const lines = (text: string) => text.split('\n').filter(Boolean);
const parse = (line: string) => JSON.parse(line) as Record<string, unknown>;

describe.concurrent('the store', () => {
  test.for([
    ['its id', ['cks-1234567890abcdef0']],
    ['its name', ['xks']],
    ['its id, as AWS has it', ['--custom-key-store-id', 'cks-1234567890abcdef0']],
    ['its name, as AWS has it', ['--custom-key-store-id', 'xks']],
    ['both, the same', ['xks', '--custom-key-store-id', 'xks']],
  ] as const)('is found by %s', async ([, store], { rehearsal: { simulator, run } }) => {
    simulator.addStore(external);

    const updated = await run(['update', ...store, ...rename]);
    expect(updated.json()).toMatchObject({ outcome: 'updated', customKeyStoreId: 'cks-1234567890abcdef0' });
  });

  test('may have a name, and get one, that begins with a dash', async ({ rehearsal: { simulator, run } }) => {
    simulator.addStore({ ...external, CustomKeyStoreName: '-old' });

    const renamed = await run(['update', '--new-custom-key-store-name', '-new', '--yes', '--', '-old']);
    expect(renamed.json()).toMatchObject({ outcome: 'updated', changes: [{ from: '-old', to: '-new' }] });
    const again = await run(['update', '--custom-key-store-id', '-new', '--new-custom-key-store-name=-newer', '--yes']);
    expect(again.json()).toMatchObject({ outcome: 'updated', changes: [{ from: '-new', to: '-newer' }] });
  });
});

describe.concurrent('cks describe', () => {
  test('shows one store by its name, or all', async ({ rehearsal: { simulator, run } }) => {
    simulator.addStore(external);
    const failed = { ConnectionState: 'FAILED', ConnectionErrorCode: 'USER_LOCKED_OUT' } as const;
    simulator.addStore({ CustomKeyStoreName: 'hsm', ...failed });

    expect((await run(['describe', 'xks'])).json()).toMatchObject({
      region: 'us-east-1',
      stores: [{ customKeyStoreId: 'cks-1234567890abcdef0', connectionState: 'CONNECTED' }],
    });
    const all = await run(['describe', '--output', 'text']);
    expect(all.stdout).toContain('USER_LOCKED_OUT');
    expect(all.stderr).toBe('');
  });

  test('ends with 3 where there is no such store', async ({ rehearsal: { run } }) => {
    const { exitCode, stderr, json } = await run(['describe', 'nope']);

    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^cks: no custom key store "nope" in us-east-1\ncause: .*\nnext: .*\n$/);
    expect(json()).toMatchObject({ stores: [], reason: { code: 'STORE_NOT_FOUND' } });
  });
});

describe.concurrent('a name that holds control characters', () => {
  test('cannot rewrite the terminal it is shown on', async ({ rehearsal: { simulator, run } }) => {
    simulator.addStore({ ...external, CustomKeyStoreName: 'a\u001b[31mb\r' });
    const text = ['--output', 'text'];

    const described = await run(['describe', ...text]);
    const renamed = await run([
      'update',
      external.CustomKeyStoreId,
      '--new-custom-key-store-name',
      'c\u0007d',
      '--yes',
      ...text,
    ]);
    const refused = await run([
      'update',
      external.CustomKeyStoreId,
      '--xks-proxy-uri-path',
      '\u001b',
      '--yes',
      ...text,
    ]);

    expect(described.stdout).toMatch(/^. a\?\[31mb\? {2}\w+\n/m);
    expect(renamed.stdout).toContain('-> c?d');
    for (const { stdout, stderr } of [described, renamed, refused])
      expect(stdout + stderr).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});

describe.concurrent('cks reconnect', () => {
  test('goes through a connect, once the outage is accepted', async ({ rehearsal: { simulator, run } }) => {
    simulator.addStore(external);

    expect((await run(['reconnect', 'xks', '--yes'])).stderr).toContain('--accept outage is missing');
    const { exitCode, json } = await run(['reconnect', 'xks', '--yes', '--accept', 'outage']);

    expect([exitCode, json().outcome]).toEqual([0, 'updated']);
    expect(describeCalls(simulator.calls)).toEqual(['Describe', 'Disconnect', 'Describe', 'Connect', 'Describe']);
  });
});

describe.concurrent('cks plan', () => {
  test.for([
    [0, ['--cloud-hsm-cluster-id', 'THE_RELATED_ONE'], { verdict: 'proceed', missing: ['outage'] }],
    [0, ['--new-custom-key-store-name', 'hsm'], { verdict: 'unchanged' }],
    [3, ['--key-store-password', 'env:NEW'], { verdict: 'refused', reason: { code: 'KMSUSER_LOGGED_IN' } }],
    [2, ['--xks-proxy-uri-path', '/new/kms/xks/v1'], { outcome: null, reason: { code: 'WRONG_INPUT' } }],
  ] as const)('exits with %d for %j, and sends nothing but Describe', async ([exit, words, plan], { rehearsal }) => {
    const { simulator, run } = rehearsal;
    simulator.addStore({ CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED' });
    const related = simulator.describeWorld().clusters[1]?.clusterId ?? '';

    const { exitCode, json } = await run(
      ['plan', 'hsm', ...words.map((word) => word.replace('THE_RELATED_ONE', related))],
      { NEW: 'Passw0rd' },
    );

    expect(exitCode).toBe(exit);
    expect(json()).toMatchObject(plan);
    expect(describeCalls(simulator.calls)).toEqual(['Describe']);
  });
});

describe.concurrent('the result', () => {
  test('is one object on standard output where that is no terminal, and in the file', async ({ rehearsal }) => {
    const { simulator, run, folder } = rehearsal;
    simulator.addStore(external);
    const file = join(folder, 'result.json');

    const { stdout, json } = await run(['update', 'xks', ...rename, '--result-file', file]);

    expect(json()).toMatchObject({ outcome: 'updated', calls: { UpdateCustomKeyStore: 1 } });
    expect(readFileSync(file, 'utf8')).toBe(stdout);
  });

  test('is a short text where one is asked for, and JSON in the file all the same', async ({ rehearsal }) => {
    const { simulator, run, folder } = rehearsal;
    simulator.addStore(external);
    const file = join(folder, 'result.json');

    const { stdout } = await run(['update', 'xks', ...rename, '--output', 'text', '--result-file', file]);

    expect(stdout.replace(/\d{8}-\d{6}-\w{4}, \d+ store/, 'RUN, N store')).toBe(
      [
        '+ UPDATED  "renamed" (cks-1234567890abcdef0) is CONNECTED with the new settings',
        '  name           xks -> renamed',
        '  Outage         none',
        '  Keys verified  no: the change touches no key',
        '  Run            RUN, N store calls, us-east-1, account',
        '                 111122223333',
        '',
      ].join('\n'),
    );
    expect(parse(readFileSync(file, 'utf8'))).toMatchObject({ outcome: 'updated' });
  });

  test('the result of wrong input is in the file too', async ({ rehearsal: { run, folder } }) => {
    const file = join(folder, 'result.json');

    await run(['update', 'xks', '--yess', '--result-file', file]);

    expect(parse(readFileSync(file, 'utf8'))).toMatchObject({ outcome: null, reason: { code: 'WRONG_INPUT' } });
  });
});

describe.concurrent('progress', () => {
  test('is text, a line for each thing that happens', async ({ rehearsal: { simulator, run } }) => {
    simulator.addStore(external);

    const { stderr } = await run(['reconnect', 'xks', '--yes', '--accept', 'outage']);

    const told = lines(stderr).map((line) => line.replace(/^\d\d:\d\d {2}/, '').replace(/14 min \d+ s/, '15 min'));
    // A look may meet it on its way.
    expect(told.filter((line) => !line.endsWith('CTING'))).toEqual([
      '"xks" (cks-1234567890abcdef0) is CONNECTED',
      'KMS accepted the disconnect',
      'waiting for DISCONNECTED, usually about 5 minutes, at most 15 min',
      'DISCONNECTED',
      'KMS accepted the connect',
      'waiting for CONNECTED, usually about 5 minutes, at most 15 min',
      'CONNECTED',
    ]);
  });

  test('is an event a line in JSON', async ({ rehearsal: { simulator, run } }) => {
    simulator.addStore(external);

    const { stderr } = await run(['update', 'xks', ...rename, '--progress', 'json']);

    const events = lines(stderr).map(parse);
    expect(new Set(events.map(({ runId }) => runId)).size).toBe(1);
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['store.observed', 'step.finished']));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', outcome: 'updated' });
  });

  test('is nothing at all', async ({ rehearsal: { simulator, run } }) => {
    simulator.addStore(external);

    expect((await run(['update', 'xks', ...rename, '--progress', 'none'])).stderr).toBe('');
  });
});

describe.concurrent('the log', () => {
  test('goes to a file, with each request and its id', async ({ rehearsal: { simulator, run, folder } }) => {
    simulator.addStore(external);
    const file = join(folder, 'cks.log');

    const log = ['--log-level', 'debug', '--log-file', file];
    const { stderr } = await run(['update', 'xks', ...rename, '--progress', 'none', ...log]);

    const requests = lines(readFileSync(file, 'utf8'))
      .map(parse)
      .filter(({ msg }) => msg === 'kms.request');
    expect(stderr).toBe('');
    expect(requests.map(({ operation, requestId }) => [operation, requestId])).toEqual(
      simulator.calls.map(({ operation, requestId }) => [operation, requestId]),
    );
  });

  test.skipIf(!existsSync('/dev/full'))(
    'says that it cannot be written, and nothing else changes',
    async ({ rehearsal: { simulator, run } }) => {
      simulator.addStore(external);
      const offline = ['update', 'xks', ...rename, '--mode', 'offline', '--accept', 'outage', '--progress', 'none'];

      const { stderr, json } = await run([...offline, '--log-level', 'debug', '--log-file', '/dev/full']);

      expect(json()).toMatchObject({ outcome: 'updated' });
      expect(stderr).toBe('cks: the log could not be written (ENOSPC); the run continues without it\n');
      expect(describeCalls(simulator.calls).filter((call) => call !== 'Describe')).toEqual([
        ...['Disconnect', 'Update', 'Connect'],
      ]);
    },
  );

  test('goes to standard error otherwise', async ({ rehearsal: { simulator, start } }) => {
    simulator.addStore(external);

    const log = ['--log-level', 'info'];
    const { stderr, json } = await start(['update', 'xks', ...rename, '--progress', 'none', ...log]).ended;

    expect(lines(stderr).map((line) => parse(line).msg)).toContain('run.finished');
    expect(json()).toMatchObject({ outcome: 'updated' });
  });
});
