/** Detours, mistakes and other goals of a guided session, in this process. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { describeCalls, storeId as id, type Rehearsal, test, external as xks } from '../../support/command.ts';
import { ctrlC, down, enter, runOnTerminal, type Terminal, up } from '../../support/terminal.ts';

beforeAll(() => {
  vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
  vi.stubEnv('GUIDED_PASSWORD', 'newPassword1');
  vi.stubEnv('GUIDED_SHORT', 'short');
});

afterAll(() => {
  vi.unstubAllEnvs();
});

const eraseLine = '\u0015';
const hsm = { CustomKeyStoreId: id, CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED' } as const;

function sitDown(rehearsal: Rehearsal, ...words: string[]): Terminal {
  return sitDownAt(rehearsal, {}, ...words);
}

function sitDownAt({ url, folder }: Rehearsal, env: NodeJS.ProcessEnv, ...words: string[]): Terminal {
  const where = ['--endpoint-url', url, '--region', 'us-east-1', '--state-dir', join(folder, 'state')];
  return runOnTerminal(['update-custom-key-store', '--cli-auto-prompt', ...where, ...words], { env });
}

async function talk(
  terminal: Terminal,
  dialogue: readonly (readonly [observed: string, keys: string])[],
): Promise<void> {
  for (const [observed, keys] of dialogue) {
    await terminal.saw(observed);
    terminal.type(keys);
  }
}

/** The words behind `cks` of the command line at the end. */
function readCommand({ screen }: Terminal): readonly string[] {
  const [, line = ''] = screen.split('at which risk:\n  cks ');
  return line.replaceAll('\\\n', ' ').trim().split(/\s+/);
}

describe.concurrent('a guided session', () => {
  test('does not ask for a store that was given, and changes nothing if all values stay the same', async ({
    rehearsal,
    expect,
  }) => {
    rehearsal.simulator.addStore(xks);
    const terminal = sitDown(rehearsal, '--custom-key-store-id', 'xks');

    await talk(terminal, [
      ['What do you want to do with xks?', `${down}${enter}`],
      ['Proxy endpoint', enter],
      ['Proxy path', enter],
      ['Does KMS need another credential there?', `n${enter}`],
      ['That would change nothing.', ''],
      ['What do you want to do with xks?', ctrlC],
    ]);

    expect(await terminal.exitCode).toBe(130);
    expect(terminal.screen).toMatch(/cks: cancelled; nothing was changed\n$/);
    expect(terminal.screen).not.toContain('Which custom key store');
    expect(terminal.stdout).toBe('');
    expect(describeCalls(rehearsal.simulator.calls)).toEqual(['Describe']);
  });

  test('takes a cluster by its id where the clusters may not be listed, or the one that is meant is not', async ({
    rehearsal,
    expect,
  }) => {
    const { simulator } = rehearsal;
    simulator.addStore(hsm);
    simulator.failNext('DescribeClusters', 'CloudHsmAccessDeniedException');
    const goal = ['What do you want to do with hsm?', enter] as const;
    const refused = sitDown(rehearsal, '--custom-key-store-id', 'hsm');
    await talk(refused, [goal, ['The clusters could not be listed: ', ''], ['New CloudHSM cluster', ctrlC]]);
    expect(await refused.exitCode).toBe(130);

    const offered = sitDown(rehearsal, '--custom-key-store-id', 'hsm');
    await talk(offered, [goal, ['a cluster that is not listed', enter], ['New CloudHSM cluster', ctrlC]]);
    expect(await offered.exitCode).toBe(130);
    expect(offered.screen).toMatch(/cluster-\w{11} {2}ACTIVE {2}2 active HSMs {2}from backup-\w+/);
    expect(describeCalls(simulator.calls)).toEqual(['Describe']);
  });

  test.for([{}, { TERM: 'dumb' }])(
    'finds one of 303 stores by its name, and no other one (%j)',
    async (env, { rehearsal, expect }) => {
      const names = [...Array.from({ length: 302 }, (_, nth) => `store-${String(nth).padStart(3, '0')}`), 'store-25'];
      for (const name of names)
        rehearsal.simulator.addStore({
          CustomKeyStoreName: name,
          CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
          ConnectionState: 'CONNECTED',
          XksProxyUriPath: `/${name}/kms/xks/v1`,
        });
      const terminal = sitDownAt(rehearsal, env);

      const asksFor = env.TERM === undefined ? 'Search:' : 'a part of the name:';
      await talk(terminal, [
        [asksFor, `store-999${enter}`],
        ['Nothing has that name', env.TERM === undefined ? eraseLine : ''],
        [asksFor, `STORE-25${enter}`],
        ['What do you want to do with store-25?', ctrlC],
      ]);
      expect(await terminal.exitCode).toBe(130);
      expect(terminal.screen).not.toContain('What do you want to do with store-250');
    },
  );

  test('returns to the list of stores', async ({ rehearsal, expect }) => {
    rehearsal.simulator.addStore(xks);
    const terminal = sitDown(rehearsal, '--custom-key-store-id', 'other');

    await talk(terminal, [
      ['No custom key store has that id or name in us-east-1', ''],
      ['Which custom key store', enter],
      ['What do you want to do with xks?', `${up}${enter}`],
      ['Which custom key store', ctrlC],
    ]);

    expect(await terminal.exitCode).toBe(130);
  });

  test('asks for another Region if there are no stores', async ({ rehearsal, expect }) => {
    const terminal = sitDown(rehearsal);

    await talk(terminal, [
      ['0 custom key stores in us-east-1', ''],
      ['AWS Region', `Paris${enter}`],
      ['A Region looks like eu-central-1.', ctrlC],
    ]);

    expect(await terminal.exitCode).toBe(130);
  });

  test('says why stores cannot be described', async ({ rehearsal, expect }) => {
    rehearsal.simulator.failNext('DescribeCustomKeyStores', 'AccessDeniedException');
    const terminal = sitDown(rehearsal);

    await talk(terminal, [
      ['cks: the stores could not be described', ''],
      ['next: ', ''],
      ['AWS Region', ctrlC],
    ]);

    expect(await terminal.exitCode).toBe(130);
  });

  test('reconnects a store so that KMS renews the password of kmsuser', async ({ rehearsal, expect }) => {
    rehearsal.simulator.addStore(hsm);
    const terminal = sitDown(rehearsal);

    await talk(terminal, [
      ['Which custom key store', enter],
      ['What do you want to do with hsm?', `${down}${enter}`],
      ['KMS replaces the password of kmsuser whenever it connects', ''],
      ['Type hsm to confirm', `hsm${enter}`],
    ]);

    expect(await terminal.exitCode).toBe(0);
    const { calls } = rehearsal.simulator;
    const sent = describeCalls(calls);
    expect(sent).toEqual(['Describe', 'Disconnect', 'Describe', 'Connect', 'Describe']);
    const words = readCommand(terminal);
    expect(words).toEqual(expect.arrayContaining(['reconnect', id, '--accept', 'outage']));

    const before = calls.length;
    expect(await rehearsal.run([...words, '--yes'])).toMatchObject({ exitCode: 0 });
    expect(describeCalls(calls.slice(before))).toEqual(sent);
  });

  test('hides a secret from the command line in the command it suggests, and keeps a reference', async ({
    rehearsal,
    expect,
  }) => {
    rehearsal.simulator.addStore({ ...hsm, ConnectionState: 'DISCONNECTED' });
    const said = ['--key-store-password', 'sayItPlain1', '--previous-key-store-password', 'env:GUIDED_PASSWORD'];
    const terminal = sitDown(rehearsal, ...said);

    await talk(terminal, [
      ['Which custom key store', enter],
      ['What do you want to do with hsm?', `${up}${up}${enter}`],
      ['New name', `renamed${enter}`],
      ['Apply this plan to hsm?', `y${enter}`],
    ]);

    expect(await terminal.exitCode).toBe(0);
    expect(terminal.screen).not.toContain('sayItPlain1');
    const words = readCommand(terminal).join(' ');
    expect(words).toContain('--key-store-password prompt');
    expect(words).toContain('--previous-key-store-password env:GUIDED_PASSWORD');
  });

  test('reads a secret from an environment variable, and offers to resume the run it left on hold', async ({
    rehearsal,
    expect,
  }) => {
    const { simulator } = rehearsal;
    simulator.addStore(hsm);
    const terminal = sitDown(rehearsal);

    await talk(terminal, [
      ['Which custom key store', enter],
      ['What do you want to do with hsm?', `${down}${down}${enter}`],
      ['New kmsuser password: where is it?', `${down}${enter}`],
      ['Name of the variable', `GUIDED_SHORT${enter}`],
      ['KeyStorePassword must have 7 to 32 characters, not 5.', ''],
      ['New kmsuser password: where is it?', `${down}${enter}`],
      ['Name of the variable', `GUIDED_PASSWORD${enter}`],
      ['Accept the risk no-rollback?', `y${enter}`],
      ['Type hsm to confirm', `hsm${enter}`],
      ['What now?', `${down}${down}${down}${enter}`],
    ]);
    expect(await terminal.exitCode).toBe(7);

    const second = sitDown(rehearsal);
    simulator.setKmsuserPassword(simulator.store(id).CloudHsmClusterId ?? '', 'newPassword1');
    await talk(second, [
      ['Which custom key store', enter],
      ['resume its unfinished run', enter],
      ['What now?', `${down}${enter}`],
    ]);
    expect(await second.exitCode).toBe(0);
    expect(second.screen).toMatch(/ {2}cks resume \S+ --state-dir /);
    expect(second.screen).not.toContain('Resume that run instead?');
    expect(simulator.store(id).ConnectionState).toBe('CONNECTED');
  });
});
