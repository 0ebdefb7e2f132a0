/** On a terminal a person is shown the plan and asked: each risk by itself, an outage by typing the store's name. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect } from 'vitest';
import { describeCalls, type Rehearsal, test } from '../support/command.ts';
import { connectedExternal } from '../support/stores.ts';
import { ctrlC, enter, runOnTerminal, type Terminal } from '../support/terminal.ts';

const rename = ['--new-custom-key-store-name', 'renamed'];
const path = ['--xks-proxy-uri-path', '/new/kms/xks/v1'];
const endpoint = ['--xks-proxy-uri-endpoint', 'https://new.xks.example.com'];

/** Sits down before `cks update xks` with a CONNECTED external key store. */
function update({ simulator, url }: Rehearsal, ...words: string[]) {
  simulator.addStore(connectedExternal);
  return runOnTerminal(['update', 'xks', '--endpoint-url', url, '--region', 'us-east-1', ...words]);
}

/** Standard output without its colours. */
const readStdout = ({ stdout }: Terminal) => stripVTControlCharacters(stdout);

/** KMS takes an update of the store only while it is DISCONNECTED. */
function refuseLive({ simulator }: Rehearsal): void {
  simulator.failNext('UpdateCustomKeyStore', 'CustomKeyStoreInvalidStateException', {
    state: 'CONNECTED',
    times: 'always',
  });
}

describe.concurrent('on a terminal', () => {
  test('asks for each risk, for the outage by name, and shows the progress of the run', async ({ rehearsal }) => {
    const terminal = update(rehearsal, ...endpoint);

    await terminal.saw('offline; final state CONNECTED');
    await terminal.saw('Accept the risk unknown:xks-proxy?');
    terminal.type(`y${enter}`);
    await terminal.saw('Type xks to confirm, or press Enter to cancel');
    terminal.type(`xsk${enter}`);
    await terminal.saw('That is not xks.');
    expect(describeCalls(rehearsal.simulator.calls)).toEqual(['Describe']);
    terminal.type(`${'\u007f'.repeat(3)}xks${enter}`);
    await terminal.saw('waiting for DISCONNECTED');
    await terminal.saw('waiting for CONNECTED, usually about 5 minutes... 00:00');
    await terminal.saw('waiting for KMS to show the change, usually a few seconds... 00:00');

    expect(await terminal.exitCode).toBe(0);
    expect(readStdout(terminal)).toMatch(/^\+ UPDATED {2}"xks" \(cks-\w+\) is CONNECTED with the new settings\n/);
    expect(describeCalls(rehearsal.simulator.calls)).toEqual([
      ...['Describe', 'Disconnect', 'Describe', 'Update', 'Connect', 'Describe'],
    ]);
  });

  test.for([
    ['no to a risk', endpoint, ['Accept the risk unknown:xks-proxy?', `n${enter}`]],
    ['Enter in place of the name', endpoint, ['Accept the risk unknown:xks-proxy?', `y${enter}`, 'Type xks', enter]],
    ['Ctrl-C at a question', endpoint, ['Accept the risk unknown:xks-proxy?', ctrlC]],
    ['Ctrl-C at the name', endpoint, ['Accept the risk unknown:xks-proxy?', `y${enter}`, 'Type xks', ctrlC]],
    ['no to the plan', rename, ['Apply this plan to xks?', `n${enter}`]],
    ['Enter alone at the plan', rename, ['Apply this plan to xks?', enter]],
  ] as const)('%s ends cancelled, and nothing is sent', async ([, words, dialogue], { rehearsal }) => {
    const terminal = update(rehearsal, ...words);

    for (let at = 0; at < dialogue.length; at += 2) {
      await terminal.saw(dialogue[at] ?? '');
      terminal.type(dialogue[at + 1] ?? '');
    }

    expect(await terminal.exitCode).toBe(130);
    expect(readStdout(terminal)).toMatch(/^! CANCELLED {2}"xks" \(cks-\w+\) is CONNECTED, as cks found it\n/);
    expect(describeCalls(rehearsal.simulator.calls)).toEqual(['Describe']);
  });

  test('SIGTERM at a question ends cancelled', async ({ rehearsal }) => {
    const terminal = update(rehearsal, ...rename);

    await terminal.saw('Apply this plan to xks?');
    terminal.signal('SIGTERM');

    expect(await terminal.exitCode).toBe(130);
    expect(describeCalls(rehearsal.simulator.calls)).toEqual(['Describe']);
  });

  test('a rename asks only for approval of the plan', async ({ rehearsal }) => {
    const terminal = update(rehearsal, ...rename);

    await terminal.saw('Apply this plan to xks?');
    terminal.type(`y${enter}`);

    expect(await terminal.exitCode).toBe(0);
    expect(terminal.screen).not.toContain('Accept');
    expect(terminal.screen).not.toContain('Type xks');
  });

  test('a possible outage can be declined', async ({ rehearsal }) => {
    const terminal = update(rehearsal, ...path);
    refuseLive(rehearsal);

    await terminal.saw('Type xks to confirm, or press Enter to stay online');
    terminal.type(enter);
    await terminal.saw('Apply this plan to xks?');
    terminal.type(`y${enter}`);

    expect(await terminal.exitCode).toBe(3);
    expect(describeCalls(rehearsal.simulator.calls)).not.toContain('Disconnect');
  });

  test('a possible outage is accepted together with its risks', async ({ rehearsal }) => {
    const terminal = update(rehearsal, ...path);
    refuseLive(rehearsal);

    await terminal.saw('Type xks to confirm, or press Enter to stay online');
    terminal.type(`xks${enter}`);
    await terminal.saw('Accept the risk unknown:xks-proxy?');
    terminal.type(`y${enter}`);
    await terminal.saw('Apply this plan to xks?');
    terminal.type(`y${enter}`);
    await terminal.saw('offline; final state CONNECTED');
    await terminal.saw('Apply this plan to xks?');
    terminal.type(`y${enter}`);

    expect(await terminal.exitCode).toBe(0);
    expect(readStdout(terminal)).toMatch(/^ {2}Outage +\d+ s$/m);
  });

  test('no to a risk of a possible outage ends cancelled', async ({ rehearsal }) => {
    const terminal = update(rehearsal, ...path);

    await terminal.saw('Type xks to confirm, or press Enter to stay online');
    terminal.type(`xks${enter}`);
    await terminal.saw('Accept the risk unknown:xks-proxy?');
    terminal.type(`n${enter}`);

    expect(await terminal.exitCode).toBe(130);
    expect(describeCalls(rehearsal.simulator.calls)).toEqual(['Describe']);
  });

  test('an outage is not offered to an identity that may not connect the store again', async ({ rehearsal }) => {
    rehearsal.simulator.failNext('ConnectCustomKeyStore', 'AccessDeniedException', { times: 'always' });
    const terminal = update(rehearsal, ...path);

    await terminal.saw('kms:ConnectCustomKeyStore');
    await terminal.saw('Apply this plan to xks?');
    terminal.type(`y${enter}`);

    expect(await terminal.exitCode).toBe(0);
    expect(terminal.screen).not.toContain('Type xks');
    expect(readStdout(terminal)).toMatch(/^ {2}Outage +none$/m);
  });

  test('what was accepted on the command line is not asked again', async ({ rehearsal }) => {
    const terminal = update(rehearsal, ...path, '--accept', 'outage,unknown:xks-proxy');

    await terminal.saw('Apply this plan to xks?');
    terminal.type(`y${enter}`);

    expect(await terminal.exitCode).toBe(0);
    expect(terminal.screen).not.toContain('Accept ');
  });

  test('--yes asks nothing, and accepts no risk', async ({ rehearsal }) => {
    const terminal = update(rehearsal, ...endpoint, '--yes');

    expect(await terminal.exitCode).toBe(3);
    expect(terminal.stdout).toContain('--accept outage,unknown:xks-proxy is missing');
    expect(terminal.screen).not.toContain('?');
  });

  test('every line of the plan and the result fits 80 columns', async ({ rehearsal }) => {
    const terminal = update(rehearsal, ...endpoint);
    await terminal.saw('Accept the risk unknown:xks-proxy?');
    terminal.type(ctrlC);
    await terminal.exitCode;

    const lines = `${terminal.screen}\n${readStdout(terminal)}`.split(/[\r\n]/);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test.for(['plan', 'check', 'doctor'])(
    'the heading of cks %s fits a terminal of 48 columns',
    async (command, { rehearsal }) => {
      const { simulator, url } = rehearsal;
      simulator.addStore({ CustomKeyStoreName: 'xks', CustomKeyStoreType: 'EXTERNAL_KEY_STORE' });
      const words = command === 'plan' ? rename : [];
      const where = ['--endpoint-url', url, '--region', 'us-east-1'];
      const terminal = runOnTerminal([command, 'xks', ...where, ...words], { columns: 48 });
      await terminal.exitCode;

      const heading = readStdout(terminal).split('\n').slice(0, 6);
      expect(heading.join(' ')).toContain('us-east-1');
      expect(heading.filter((line) => line.length > 48)).toEqual([]);
    },
  );
});
