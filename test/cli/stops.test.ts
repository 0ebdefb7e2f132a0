/** Ctrl-C and its like: the first ends the run at the next safe place, the second ends the process on the spot. */
import { describe, expect } from 'vitest';
import { type Rehearsal, tellCalls, test } from '../support/rehearsal.ts';

const id = 'cks-1234567890abcdef0';

/** Takes a CONNECTED store offline for a new endpoint. */
function moveOffline({ simulator, start }: Rehearsal) {
  simulator.addStore({
    CustomKeyStoreId: id,
    CustomKeyStoreName: 'xks',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    ConnectionState: 'CONNECTED',
  });
  const endpoint = ['--xks-proxy-uri-endpoint', 'https://new.xks.example.com'];
  return start(['update', 'xks', ...endpoint, '--yes', '--accept', 'outage,unproven-keys']);
}

describe.concurrent('a stop', { timeout: 30_000 }, () => {
  test.for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s while the store is offline, before the update, brings it back',
    async (signal, { rehearsal }) => {
      const running = moveOffline(rehearsal);
      await running.saw('waiting for DISCONNECTED');
      running.process.kill(signal);

      const { exitCode, stderr, json } = await running.ended;
      expect(exitCode).toBe(130);
      expect(json()).toMatchObject({
        outcome: 'cancelled',
        settings: 'old',
        after: { connectionState: 'CONNECTED' },
        reason: { code: 'STOPPED' },
      });
      expect(stderr).toContain('stopping at the next safe place');
      expect(tellCalls(rehearsal.simulator.calls)).toEqual([
        'Describe',
        'Disconnect',
        'Describe',
        'Connect',
        'Describe',
      ]);
    },
  );

  test('after KMS has accepted the update goes forward', async ({ rehearsal }) => {
    const running = moveOffline(rehearsal);
    await running.saw('update accepted');
    running.process.kill('SIGINT');

    const { exitCode, json } = await running.ended;
    expect([exitCode, json().outcome, json().settings]).toEqual([0, 'updated', 'new']);
  });

  test('twice ends at once, unfinished, and names the commands that go on', async ({ rehearsal }) => {
    const running = moveOffline(rehearsal);
    await running.saw('waiting for DISCONNECTED');
    running.process.kill('SIGINT');
    await running.saw('press Ctrl-C again to stop now');
    running.process.kill('SIGINT');

    const { exitCode, stderr, json } = await running.ended;
    expect(exitCode).toBe(7);
    expect(json()).toMatchObject({
      outcome: null,
      customKeyStoreId: id,
      reason: { code: 'UNFINISHED' },
      remaining: [expect.stringMatching(/^cks resume \d{8}-\d{6}-[0-9a-f]{4}$/)],
    });
    const [command = ''] = json().remaining as string[];
    expect(stderr).toContain(`next: go on with ${command}\n`);
    expect(tellCalls(rehearsal.simulator.calls).filter((call) => call !== 'Describe')).toEqual(['Disconnect']);

    const back = await rehearsal.run(command.split(' ').slice(1));
    expect([back.exitCode, back.json().outcome]).toEqual([130, 'cancelled']);
    expect(rehearsal.simulator.store(id).ConnectionState).toBe('CONNECTED');
  });

  test('by a terminal that goes away more than once is no order to leave the store offline', async ({ rehearsal }) => {
    const running = moveOffline(rehearsal);
    await running.saw('waiting for DISCONNECTED');
    running.process.kill('SIGHUP');
    await running.saw('stopping at the next safe place');
    running.process.kill('SIGHUP');

    expect((await running.ended).exitCode).toBe(130);
  });

  test('is not meant where only the reader of the output goes away', async ({ rehearsal }) => {
    const running = moveOffline(rehearsal);
    await running.saw('waiting for DISCONNECTED');
    running.process.stderr?.destroy();
    running.process.stdout?.destroy();

    expect((await running.ended).exitCode).toBe(0);
    expect(rehearsal.simulator.store(id).ConnectionState).toBe('CONNECTED');
  });

  test('ends the simulator, whose world was printed', async ({ rehearsal: { start } }) => {
    const running = start(['simulator', '--port', '0', '--stores']);
    await new Promise((resolve) => running.process.stdout?.once('data', resolve));
    running.process.kill('SIGINT');

    const { exitCode, stdout, stderr } = await running.ended;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
    expect(stdout).toContain('prod-xks');
  });
});
