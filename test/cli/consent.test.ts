/** Without a terminal the options decide: `--yes` answers the question, `--accept` the risks, and nothing stands for them. */
import { describe, expect } from 'vitest';
import { describeCalls, external, testHere as test } from '../support/command.ts';

const path = ['--xks-proxy-uri-path', '/new/kms/xks/v1'];
const endpoint = ['--xks-proxy-uri-endpoint', 'https://new.xks.example.com'];

describe.concurrent('without a terminal', () => {
  test.for([
    [['--yes'], '--accept outage,unknown:xks-proxy'],
    [['--yes', '--accept', 'outage'], '--accept unknown:xks-proxy'],
    [['--accept', 'outage,unknown:xks-proxy'], '--yes'],
    [['--accept', 'outage', '--accept', 'unknown:xks-proxy, login'], '--yes'],
    [[], '--yes --accept outage,unknown:xks-proxy'],
  ] as const)('%j is not enough: %s is named as missing', async ([given, missing], { rehearsal }) => {
    const { simulator, run } = rehearsal;
    simulator.addStore(external);

    const { exitCode, stderr, json } = await run(['update', 'xks', ...endpoint, ...given]);

    expect(exitCode).toBe(3);
    expect(json()).toMatchObject({ outcome: 'refused', mode: 'none', settings: 'old', offlineMs: null });
    expect(stderr).toContain(`cks: not confirmed: ${missing} is missing\n`);
    expect(describeCalls(simulator.calls)).toEqual(['Describe']);
  });

  test('all of it lets the store go offline', async ({ rehearsal: { simulator, run } }) => {
    simulator.addStore(external);
    const consent = ['--yes', '--accept', 'outage', '--accept', 'unknown:xks-proxy'];

    const { exitCode, json } = await run(['update', 'xks', ...endpoint, ...consent]);

    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({ outcome: 'updated', mode: 'offline', after: { connectionState: 'CONNECTED' } });
    expect(describeCalls(simulator.calls)).toEqual([
      'Describe',
      'Disconnect',
      'Describe',
      'Update',
      'Connect',
      'Describe',
    ]);
  });

  test('--mode live refuses what would go offline', async ({ rehearsal: { simulator, run } }) => {
    simulator.addStore(external);
    const consent = ['--yes', '--accept', 'outage,unknown:xks-proxy'];

    const refused = await run(['update', 'xks', ...endpoint, ...consent, '--mode', 'live']);

    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toMatch(/^cks: "xks" \(cks-[0-9a-f]+\) would have to go offline: XksProxyUriEndpoint$/m);
    expect(describeCalls(simulator.calls)).toEqual(['Describe']);
  });

  test('--mode offline makes no live attempt', async ({ rehearsal: { simulator, run } }) => {
    simulator.addStore(external);
    const consent = ['--yes', '--accept', 'outage,unknown:xks-proxy'];

    const { json } = await run(['update', 'xks', ...path, ...consent, '--mode', 'offline']);

    expect(json()).toMatchObject({ outcome: 'updated', mode: 'offline' });
    expect(describeCalls(simulator.calls)).toEqual([
      'Describe',
      'Disconnect',
      'Describe',
      'Update',
      'Connect',
      'Describe',
    ]);
  });

  test('a live change that KMS refuses goes offline only with the outage accepted', async ({
    rehearsal: { simulator, run },
  }) => {
    const store = simulator.addStore(external);
    const change = ['update', 'xks', ...path, '--yes'];
    simulator.failNext('UpdateCustomKeyStore', 'CustomKeyStoreInvalidStateException', {
      store,
      state: 'CONNECTED',
      times: 2,
    });

    const refused = await run(change);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain('add --mode offline --accept outage');
    expect(describeCalls(simulator.calls)).not.toContain('Disconnect');

    const incomplete = await run([...change, '--accept', 'outage']);
    expect(incomplete.stderr).toContain('cks: not confirmed: --accept unknown:xks-proxy is missing\n');
    expect(describeCalls(simulator.calls)).not.toContain('Disconnect');

    expect((await run([...change, '--accept', 'outage,unknown:xks-proxy'])).json()).toMatchObject({
      outcome: 'updated',
      mode: 'offline',
    });
  });

  test('--final-state leads there, and a store that is there is unchanged', async ({
    rehearsal: { simulator, run },
  }) => {
    const id = simulator.addStore(external);
    const disconnect = ['update', 'xks', '--final-state', 'disconnected'];

    expect((await run([...disconnect, '--yes'])).stderr).toContain('--accept outage is missing');
    const done = await run([...disconnect, '--yes', '--accept', 'outage']);
    expect(done.json()).toMatchObject({ outcome: 'updated', mode: 'offline', changes: [] });
    expect(simulator.store(id).ConnectionState).toBe('DISCONNECTED');
    expect(describeCalls(simulator.calls)).toEqual(['Describe', 'Disconnect', 'Describe']);

    const again = await run([...disconnect, '--yes']);
    expect([again.exitCode, again.json().outcome]).toEqual([0, 'unchanged']);
    const back = await run(['update', 'xks', '--final-state', 'connected', '--yes']);
    expect(back.json()).toMatchObject({ outcome: 'updated', after: { connectionState: 'CONNECTED' } });
  });

  test('a store that is offline stays so with its new settings', async ({ rehearsal: { simulator, run } }) => {
    simulator.addStore({ ...external, ConnectionState: 'DISCONNECTED' });

    const { json } = await run(['update', 'xks', ...endpoint, '--yes']);

    expect(json()).toMatchObject({ outcome: 'updated', mode: 'none', after: { connectionState: 'DISCONNECTED' } });
    expect(describeCalls(simulator.calls)).toEqual(['Describe', 'Update', 'Describe']);
  });

  test('a deadline that passes ends unsettled, with the commands that go on', async ({
    rehearsal: { simulator, run },
  }) => {
    const id = simulator.addStore(external);
    simulator.failNextConnect(id, 'XKS_PROXY_NOT_REACHABLE', { connectMs: 3_600_000 });
    const consent = ['--yes', '--accept', 'outage,unknown:xks-proxy'];

    const { exitCode, json } = await run(['update', 'xks', ...endpoint, ...consent, '--max-connect-wait', '1s']);

    expect(exitCode).toBe(6);
    expect(json()).toMatchObject({
      outcome: 'unsettled',
      after: { connectionState: 'CONNECTING' },
      settings: 'new',
      nextCommands: expect.arrayContaining([`cks describe ${id}`]),
    });
  });
});
