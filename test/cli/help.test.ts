import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { main } from '../../src/cli/main.ts';
import { optionGroups, rowsOf } from '../../src/cli/options/options.ts';
import { renamedOptions } from '../../src/cli/options/renamed.ts';

/** Runs a command that only describes itself. */
async function emit(...argv: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { argv, env: {}, stdin: new PassThrough(), stdout, stderr, onSignal: () => () => undefined, exit() {} };
  const exitCode = await main(io);
  return { exitCode, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

/** The options that a help page shows. */
const listOptions = (page: string) => [...page.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);

const commands = Object.keys(optionGroups) as (keyof typeof optionGroups)[];

describe('help', () => {
  it.each([[], ...commands.map((command) => command.split(' '))])(
    '%s fits 80 columns and goes to standard output',
    async (...words) => {
      const { exitCode, stdout, stderr } = await emit(...words, '--help');

      expect(stdout).toMatch(new RegExp(`^Usage: cks ${words.join(' ')}`));
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
      expect(stderr).toBe('');
      expect(exitCode).toBe(0);
    },
  );

  it.each(commands)('help of %s names each of its options with --help-all, in 80 columns', async (command) => {
    const { exitCode, stdout } = await emit(...command.split(' '), '--help-all');

    expect(listOptions(stdout)).toEqual(expect.arrayContaining(rowsOf(command).map(({ name }) => name)));
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it('help of update shows three examples, then the 15 options of daily use', async () => {
    const { stdout } = await emit('update', '--help');

    expect(stdout).toMatch(/Examples:\n( {2}cks update STORE --.*\n){3}\nArguments:/);
    const daily = rowsOf('update').flatMap(({ name, isDaily }) => (isDaily ? [name] : []));
    expect(listOptions(stdout)).toEqual([...daily, 'help-all']);
    expect(daily).toHaveLength(15);
    expect((await emit('help', 'update')).stdout).toBe(stdout);
  });

  it('help of a command with few options shows them all', async () => {
    const { stdout } = await emit('describe', '--help');

    expect(listOptions(stdout)).toEqual(rowsOf('describe').map(({ name }) => name));
  });

  it('help of cks lists each command once, under the headings', async () => {
    const { stdout } = await emit('help');

    const [, ...sections] = stdout.split(/^(?=[A-Z].*:$)/m);
    const listed = Object.fromEntries(
      sections.map((section) => [
        section.split('\n')[0],
        [...section.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name),
      ]),
    );
    expect(listed).toMatchObject({
      'Change a store:': ['plan', 'apply', 'update', 'reconnect', 'rollback'],
      'Look at a store:': ['describe', 'doctor', 'impact', 'check', 'canary'],
      'Recover:': ['resume', 'stop', 'runs'],
      'Practice:': ['simulator', 'demo'],
      'Set up:': ['iam-policy', 'completion', 'help'],
    });
    const firsts = new Set(commands.map((command) => command.split(' ')[0]));
    expect(Object.values(listed).flat().sort()).toEqual([...firsts].sort());
  });

  it('lists the exit codes as a topic', async () => {
    const { exitCode, stdout } = await emit('help', 'exit-codes');

    expect(stdout).toMatch(/^Exit codes:\n {2}0 .*\n {2}130 {2}cancelled: .*\n$/s);
    expect(exitCode).toBe(0);
  });

  it.each([
    [
      ['canary'],
      'Usage: cks canary [options] [command]',
      'which command? cks canary create or cks canary check or cks canary key create',
    ],
    [['canary', 'key'], 'Usage: cks canary key [options] [command]', 'which command? cks canary key create'],
    [['canary', 'key', 'creat'], '', 'unknown command "canary key creat"; did you mean cks canary key create?'],
    [['help', 'exit-code'], '', 'unknown topic exit-code; did you mean cks help exit-codes?'],
    [['updat', 'x'], '', 'unknown command updat; did you mean cks update?'],
    [['canary', 'creat'], '', 'unknown command "canary creat"; did you mean cks canary create?'],
    [['runs', 'lst'], '', 'unknown command "runs lst"; did you mean cks runs list?'],
    [['runs', 'r-1'], '', 'unknown command "runs r-1"; did you mean cks runs show r-1?'],
    [['runs', '--max-offline', '1h'], '', 'unknown option --max-offline; did you mean cks runs check --max-offline?'],
  ])('%j exits with 2 and a hint', async (words, page, hint) => {
    const { exitCode, stderr } = await emit(...words);

    expect([stderr.split('\n')[0], stderr.trimEnd().split('\n').at(-1)]).toEqual([
      page || `cks: ${hint}`,
      `cks: ${hint}`,
    ]);
    expect(exitCode).toBe(2);
  });

  it.each(Object.entries(renamedOptions))('says what %s is called now, and exits with 2', async (option, now) => {
    const { exitCode, stderr } = await emit('update', 'x', `${option}=y`);

    expect([exitCode, stderr]).toEqual([2, `cks: ${option}: renamed to ${now}\n`]);
    const [flag = '', command = 'update'] = [now.split(' ').at(-1), /^cks (.*) /.exec(now)?.[1]];
    expect(rowsOf(command as keyof typeof optionGroups).map(({ name }) => `--${name}`)).toContain(flag);
  });

  it('is what a bare cks shows, beside its question, and exits with 2', async () => {
    const { exitCode, stdout, stderr } = await emit();

    expect(stderr).toMatch(/^Usage: cks .*\ncks: which command\? cks --help lists all commands\n$/s);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: null });
  });
});

it('--version shows the version', async () => {
  expect(await emit('--version')).toEqual({ exitCode: 0, stdout: `${packageJson.version}\n`, stderr: '' });
});
