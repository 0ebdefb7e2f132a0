/** Ctrl-C, SIGTERM and SIGHUP: the first ends the run in a safe state, a second one ends the process at once. */
import { spawn, spawnSync } from 'node:child_process';
import { describe, expect } from 'vitest';
import {
  bin,
  describeCalls,
  external,
  storeId as id,
  type Rehearsal,
  stopAgain,
  testHere as test,
} from '../support/command.ts';
import { listRunIds, readJournalOf } from '../support/kill-command.ts';

const endpoint = ['--xks-proxy-uri-endpoint', 'https://new.xks.example.com'];
const move = ['update', 'xks', ...endpoint, '--yes', '--accept', 'outage,unverified-keys,unknown:xks-proxy'];

function addStore({ simulator }: Rehearsal): string {
  return simulator.addStore(external);
}

/** Takes a CONNECTED store offline for a new endpoint. */
function moveOffline(rehearsal: Rehearsal) {
  addStore(rehearsal);
  return rehearsal.start(move);
}

/** A terminal of its own for a command, where the system brings one. */
const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

describe.concurrent('a stop', () => {
  test.for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s before the update connects the store again with the old settings',
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
      expect(stderr).toContain('stop requested: cks finishes the current step first');
      expect(describeCalls(rehearsal.simulator.calls)).toEqual([
        'Describe',
        'Disconnect',
        'Describe',
        'Connect',
        'Describe',
      ]);
    },
  );

  test('a stop after KMS accepted the update finishes the update', async ({ rehearsal }) => {
    const running = moveOffline(rehearsal);
    await running.saw('KMS accepted the update');
    running.process.kill('SIGINT');

    const { exitCode, json } = await running.ended;
    expect([exitCode, json().outcome, json().settings]).toEqual([0, 'updated', 'new']);
  });

  test('a stop sent twice ends the process at once, and names the command that continues the run', async ({
    rehearsal,
  }) => {
    const running = moveOffline(rehearsal);
    await running.saw('waiting for DISCONNECTED');
    running.process.kill('SIGINT');
    await running.saw('press Ctrl-C again to quit now');
    await stopAgain(running, 'SIGINT');

    const { exitCode, stderr, json } = await running.ended;
    expect(exitCode).toBe(7);
    expect(json()).toMatchObject({
      outcome: null,
      customKeyStoreId: id,
      reason: { code: 'UNFINISHED' },
      nextCommands: [expect.stringMatching(/^cks resume \d{8}-\d{6}-[0-9a-f]{4}$/)],
    });
    const [command = ''] = json().nextCommands as string[];
    expect(stderr).toContain(`next: continue with ${command}\n`);
    expect(describeCalls(rehearsal.simulator.calls).filter((call) => call !== 'Describe')).toEqual(['Disconnect']);

    const back = await rehearsal.run(command.split(' ').slice(1));
    expect([back.exitCode, back.json().outcome]).toEqual([130, 'cancelled']);
    expect(rehearsal.simulator.store(id).ConnectionState).toBe('CONNECTED');
  });

  test('a stop that is signalled twice within a second, as timeout does, counts once', async ({ rehearsal }) => {
    const running = moveOffline(rehearsal);
    await running.saw('waiting for DISCONNECTED');
    running.process.kill('SIGTERM');
    await running.saw('stop requested: cks finishes the current step first');
    running.process.kill('SIGTERM');

    const { exitCode, json } = await running.ended;
    expect([exitCode, json().outcome]).toEqual([130, 'cancelled']);
    expect(rehearsal.simulator.store(id).ConnectionState).toBe('CONNECTED');
  });

  test('a stop by a second SIGHUP does not leave the store offline', async ({ rehearsal }) => {
    const running = moveOffline(rehearsal);
    await running.saw('waiting for DISCONNECTED');
    running.process.kill('SIGHUP');
    await running.saw('stop requested: cks finishes the current step first');
    running.process.kill('SIGHUP');

    expect((await running.ended).exitCode).toBe(130);
  });

  test('a stop while KMS does not answer the first Describe ends without waiting for the answer', async ({
    rehearsal,
    expect,
  }) => {
    const { simulator, start } = rehearsal;
    addStore(rehearsal);
    simulator.failNext('DescribeCustomKeyStores', 'NoAnswer');
    const running = start(move);
    await expect.poll(() => simulator.calls.length).toBe(1);
    const stoppedAtMs = performance.now();
    running.process.kill('SIGINT');

    const { exitCode, json } = await running.ended;
    expect([exitCode, json().outcome]).toEqual([130, 'cancelled']);
    // A Describe that is not aborted takes 5 s.
    expect(performance.now() - stoppedAtMs).toBeLessThan(4_000);
  });

  test('a stop while the store connects finishes the connect, and says so', async ({ rehearsal }) => {
    const running = moveOffline(rehearsal);
    await running.saw('waiting for CONNECTED');
    running.process.kill('SIGTERM');

    const { exitCode, stderr, json } = await running.ended;
    expect([exitCode, json().outcome]).toEqual([0, 'updated']);
    expect(stderr).toContain(
      'stop requested: cks finishes the current step first; send SIGTERM again to quit now (the store may stay offline)',
    );
  });

  test('a stop during a rollback lets the rollback finish', async ({ rehearsal }) => {
    rehearsal.simulator.failNextConnect(addStore(rehearsal), 'XKS_PROXY_INVALID_TLS_CONFIGURATION');
    const running = rehearsal.start(move);
    await running.saw('rolling back to the old settings');
    running.process.kill('SIGINT');

    const { exitCode, json } = await running.ended;
    expect([exitCode, json().outcome, json().settings]).toEqual([4, 'rolledBack', 'old']);
    expect(rehearsal.simulator.store(id).ConnectionState).toBe('CONNECTED');
  });

  test('a stop sent twice while the store connects leaves a run that cks resume finishes', async ({ rehearsal }) => {
    const running = moveOffline(rehearsal);
    await running.saw('waiting for CONNECTED');
    const { clock } = rehearsal;
    const { scale } = clock;
    // The connect lasts until the resume has observed it too.
    clock.scale = 0;
    running.process.kill('SIGTERM');
    await running.saw('send SIGTERM again to quit now');
    await stopAgain(running, 'SIGINT');

    const { exitCode, json } = await running.ended;
    expect(exitCode).toBe(7);
    const [command = ''] = json().nextCommands as string[];
    const resumed = rehearsal.start(command.split(' ').slice(1));
    await resumed.saw(/is CONNECTING/);
    clock.scale = scale;
    const end = await resumed.ended;
    expect([end.exitCode, end.json().outcome]).toEqual([0, 'updated']);
  });

  test.skipIf(!hasScript)(
    'by closing the terminal connects the store again and ends the journal',
    // A poll outside a test that is known by its context gives up where another test ends meanwhile.
    async ({ rehearsal, expect }) => {
      addStore(rehearsal);
      const { folder } = rehearsal;
      const shell = spawn('script', ['-qfc', [process.execPath, bin, ...move].join(' '), '/dev/null'], {
        env: rehearsal.environment,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      let screen = '';
      const offline = new Promise<void>((resolve) => {
        shell.stdout.on('data', (chunk) => {
          screen += chunk;
          if (screen.includes('waiting for DISCONNECTED')) resolve();
        });
      });
      await offline;
      shell.kill('SIGKILL');

      const end = () => {
        const runId = listRunIds(folder).at(-1);
        return runId === undefined ? undefined : readJournalOf(folder, runId).find(({ kind }) => kind === 'end');
      };
      await expect.poll(end).toMatchObject({ outcome: 'cancelled' });
      expect(rehearsal.simulator.store(id).ConnectionState).toBe('CONNECTED');
    },
  );

  test('is not caused by a closed output pipe', async ({ rehearsal }) => {
    const running = moveOffline(rehearsal);
    await running.saw('waiting for DISCONNECTED');
    running.process.stderr?.destroy();
    running.process.stdout?.destroy();

    expect((await running.ended).exitCode).toBe(0);
    expect(rehearsal.simulator.store(id).ConnectionState).toBe('CONNECTED');
  });

  test('ends the simulator after it printed its stores', async ({ rehearsal: { start } }) => {
    const running = start(['simulator', '--port', '0', '--stores']);
    await new Promise((resolve) => running.process.stdout?.once('data', resolve));
    running.process.kill('SIGINT');

    const { exitCode, stdout, stderr } = await running.ended;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
    expect(stdout).toContain('prod-xks');
  });
});
