/**
 * The built command on a terminal of the system's own, 80 columns by 24 rows: `script` gives the terminal, and an emulator
 * shows what a person would see on it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import xterm from '@xterm/headless';
import { awaitScreen } from './await-screen.ts';
import { test as base, bin } from './command.ts';

export interface Pty {
  /** All lines since the beginning, as they stand there now. */
  read(): string;
  /** The lines that were broken because they are longer than the terminal is wide. */
  readBroken(): readonly string[];
  /** Everything that was ever written, with all that a person does not see. */
  readonly raw: string;
  /** Resolves when this stands there. */
  saw(text: string): Promise<void>;
  type(keys: string): void;
  readonly exitCode: Promise<number | null>;
}

/** The `script` of util-linux; others take other options. */
export const hasPty = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

/** `test` with a trial connect, and with terminals that are gone when it ends. */
export const test = base.extend<{ sitDown: (words: readonly string[], env: NodeJS.ProcessEnv) => Pty }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  sitDown: async ({}, use) => {
    const terminals: Terminal[] = [];
    await use((words, env) => {
      const terminal = runOnPty(words, env);
      terminals.push(terminal);
      return terminal;
    });
    for (const { leave } of terminals) leave();
  },
});

interface Terminal extends Pty {
  leave(): void;
}

export function runOnPty(words: readonly string[], env: NodeJS.ProcessEnv): Terminal {
  const command = ['stty rows 24 cols 80; exec', process.execPath, bin, ...words].join(' ');
  const shell = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { TERM: 'xterm-256color', LANG: 'C.UTF-8', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const screen = new xterm.Terminal({ cols: 80, rows: 24, scrollback: 1_000, allowProposedApi: true });
  let raw = '';
  const watchers = new Set<() => void>();
  shell.stdout.on('data', (chunk: Buffer) => {
    raw += chunk;
    screen.write(chunk, () => {
      for (const watcher of watchers) watcher();
    });
  });
  // What was written last may not stand there yet when the process is gone.
  const drained = () => new Promise<void>((resolve) => screen.write('', resolve));
  const exitCode = once(shell, 'close').then(async ([code]) => {
    await drained();
    return code as number | null;
  });

  const lines = () => {
    const { active } = screen.buffer;
    return Array.from({ length: active.length }, (_, at) => active.getLine(at)).filter((line) => line !== undefined);
  };
  const read = () =>
    lines()
      .map((line) => line.translateToString(true))
      .join('\n')
      .trimEnd();
  return {
    read,
    readBroken: () => lines().flatMap((line) => (line.isWrapped ? [line.translateToString(true)] : [])),
    get raw() {
      return raw;
    },
    saw: (text) => awaitScreen({ read, watchers, exitCode }, text, () => read().includes(text)),
    type: (keys) => shell.stdin.write(keys),
    leave: () => void shell.kill('SIGKILL'),
    exitCode,
  };
}
