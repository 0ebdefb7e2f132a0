/** examples/renew-kmsuser.sh and kmsuser.crontab: who is told of what, and whether the commands are as the command has them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Environment, test } from '../support/command.ts';
import { makeFolder } from '../support/journals.ts';
import { serveTable } from '../support/lock-tables.ts';
import { folder, readRunbook } from '../support/runbooks.ts';
import { builtCks, makeCommands, runShell } from '../support/shell-scripts.ts';

const script = join(folder, 'renew-kmsuser.sh');

/** Runs the script; gives what was paged and what would be mailed. */
async function renew(home: string, cks: string, words: readonly string[], env: Environment = {}) {
  const paged = join(home, 'paged');
  const path = makeCommands(home, { cks, 'page-me': `cat >> '${paged}'` });
  const surroundings = { ...env, PATH: `${path}:${process.env.PATH}`, PAGE: 'page-me' } as NodeJS.ProcessEnv;
  const { exitCode, printed } = await runShell(['sh', script, ...words], surroundings);
  return { exitCode, mail: printed, page: existsSync(paged) ? readFileSync(paged, 'utf8') : '' };
}

/** A window that is open, and closes in three hours. */
function openWindow(): string {
  const timeAt = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  return `daily ${timeAt(-1)}-${timeAt(3)} UTC`;
}

describe.concurrent('the script', () => {
  it('is a script of the POSIX shell', async () => {
    expect(await runShell(['sh', '-n', script], process.env)).toEqual({ exitCode: 0, printed: '' });
  });

  it.each([
    [0, 'nobody'],
    [2, 'mail'],
    [3, 'mail'],
    [130, 'mail'],
    [1, 'page'],
    [4, 'page'],
    [5, 'page'],
    [6, 'page'],
    [7, 'page'],
    [127, 'page'],
  ])('exit %i: %s', async (code, who) => {
    const { exitCode, mail, page } = await renew(makeFolder(), `echo "it is so"; exit ${code}`, [
      'ledger-hsm',
      'daily',
    ]);
    const told = `cks reconnect ledger-hsm: exit ${code}\nit is so\n`;
    expect([exitCode, mail, page]).toEqual([code, who === 'mail' ? told : '', who === 'page' ? told : '']);
  });

  test('renews the password in its window, and says nothing', async ({ rehearsal, onTestFinished: atEnd }) => {
    const { simulator, environment } = rehearsal;
    const table = await serveTable();
    atEnd(() => table.close());
    const id = simulator.addStore({ CustomKeyStoreName: 'ledger-hsm', ConnectionState: 'CONNECTED' });
    const env = { ...(environment as Environment), AWS_ENDPOINT_URL_DYNAMODB: table.url };

    const told = await renew(rehearsal.folder, builtCks, ['ledger-hsm', openWindow()], env);

    expect(told).toEqual({ exitCode: 0, mail: '', page: '' });
    const calls = simulator.calls.map(({ operation }) => operation);
    expect(calls.filter((name) => /^(Dis)?[Cc]onnect/.test(name)).slice(-2)).toEqual([
      'DisconnectCustomKeyStore',
      'ConnectCustomKeyStore',
    ]);
    expect(simulator.store(id).ConnectionState).toBe('CONNECTED');
  });

  test('mails what is wrong with a window that is none', async ({ rehearsal }) => {
    const env = rehearsal.environment as Environment;
    const { exitCode, mail, page } = await renew(rehearsal.folder, builtCks, ['ledger-hsm', 'whenever'], env);
    expect([exitCode, page]).toEqual([2, '']);
    expect(mail).toContain('cks reconnect ledger-hsm: exit 2\ncks: window "whenever": expected days, times');
  });
});

describe.concurrent('the crontab', () => {
  /** The commands, as cron gives them to the shell. */
  const commands = readRunbook('kmsuser.crontab')
    .split('\n')
    .filter((line) => /^[*\d]/.test(line))
    .map((line) => line.replace(/^(\S+ ){5} */, '').replaceAll('\\%', '%'));
  const [renewal = '', monitor = ''] = commands;

  it('has a renewal, and a monitor', () => {
    expect(commands).toHaveLength(2);
    expect(renewal).toMatch(/renew-kmsuser\.sh ledger-hsm "Sun 02:00-04:00 Europe\/Berlin"$/);
    expect(monitor).toContain('cks runs check --max-offline 15m');
  });

  it('has commands of the POSIX shell', async () => {
    for (const command of commands) {
      expect(await runShell(['sh', '-nc', command], process.env)).toEqual({ exitCode: 0, printed: '' });
    }
  });

  test('its monitor hears nothing from the command where nothing is offline', async ({ rehearsal }) => {
    const { environment, folder: home } = rehearsal;
    const path = makeCommands(home, { cks: builtCks, logger: 'cat' });
    const { printed } = await runShell(['sh', '-c', monitor], { ...environment, PATH: `${path}:${environment.PATH}` });
    expect(printed).toBe('');
  });

  it.each([
    [0, ''],
    [3, 'ledger-hsm is offline\n'],
    [1, 'ledger-hsm is offline\n'],
  ])('its monitor hears exit %i and logs what was said', async (code, logged) => {
    const home = makeFolder();
    const log = join(home, 'log');
    const path = makeCommands(home, { cks: `echo "ledger-hsm is offline"; exit ${code}`, logger: `cat > '${log}'` });
    const { printed } = await runShell(['sh', '-c', monitor], { PATH: `${path}:${process.env.PATH}` });
    expect([printed, existsSync(log) ? readFileSync(log, 'utf8') : '']).toEqual(['', logged]);
  });
});
