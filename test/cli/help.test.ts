import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { main } from '../../src/cli/main.ts';
import { optionGroups } from '../../src/cli/options.ts';

/** Runs a command that only tells of itself. */
async function emit(...argv: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { argv, env: {}, stdin: new PassThrough(), stdout, stderr, onSignal: () => () => undefined, exit() {} };
  const exitCode = await main(io);
  return { exitCode, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

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

  it.each(commands)('of %s names each of its options', async (command) => {
    const { stdout } = await emit(...command.split(' '), '--help');

    for (const { name } of optionGroups[command].flatMap((group) => group.rows)) expect(stdout).toContain(`--${name}`);
  });

  it('is what a bare cks shows, beside its question, and exits with 2', async () => {
    const { exitCode, stdout, stderr } = await emit();

    expect(stderr).toMatch(/^Usage: cks .*\ncks: which command\? There are update, plan, .*\n$/s);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: null });
  });
});

it('--version tells the version', async () => {
  expect(await emit('--version')).toEqual({ exitCode: 0, stdout: `${packageJson.version}\n`, stderr: '' });
});
