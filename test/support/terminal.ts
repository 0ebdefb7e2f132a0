/** A terminal of our own in front of the command: what is written on it, and a keyboard. */
import { PassThrough, Writable } from 'node:stream';
import { main } from '../../src/cli/main.ts';
import type { ProcessIo } from '../../src/cli/terminal/io.ts';
import { awaitScreen } from './await-screen.ts';
import { inFastTime } from './fast-time.ts';

export interface Terminal {
  /** Standard error as a person reads it: no colours, and a line that is rewritten stands there each time. */
  readonly screen: string;
  readonly stdout: string;
  /** Resolves when the screen shows this, after what was seen before. */
  saw(text: string): Promise<void>;
  type(keys: string): void;
  signal(name: NodeJS.Signals): void;
  /** The terminal is gone, and no signal says so. */
  hangUp(): void;
  readonly exitCode: Promise<number>;
}

export const enter = '\r';
export const down = '\u001b[B';
export const up = '\u001b[A';
export const ctrlC = '\u0003';

export interface Surroundings {
  readonly env?: NodeJS.ProcessEnv;
  /** A program reads standard output. */
  readonly isPiped?: boolean;
  readonly columns?: number;
}

export function runOnTerminal(
  argv: readonly string[],
  { env = {}, isPiped = false, columns = 80 }: Surroundings = {},
): Terminal {
  let screen = '';
  let stdout = '';
  let readUpTo = 0;
  const watchers = new Set<() => void>();
  const listeners = new Set<(signal: NodeJS.Signals) => void>();
  const asTerminal = (stream: Writable) => Object.assign(stream, { isTTY: true, columns });
  const collect = (keep: (text: string) => void) =>
    asTerminal(
      new Writable({
        write(chunk, _encoding, done) {
          keep(String(chunk));
          for (const watcher of watchers) watcher();
          done();
        },
      }),
    );
  const keyboard = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => keyboard });
  let end: (exitCode: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  const io: ProcessIo = {
    argv,
    env,
    stdin: keyboard,
    stdout: Object.assign(
      collect((text) => {
        stdout += text;
      }),
      { isTTY: !isPiped },
    ),
    stderr: collect((text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal is told
      screen += text.replace(/\u001b\[[\d;?]*[A-Za-z]/g, '');
    }),
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (exitCode) => end(exitCode),
  };
  const exitCode = Promise.race([inFastTime(() => main(io)), ended]);
  return {
    get screen() {
      return screen;
    },
    get stdout() {
      return stdout;
    },
    saw: (text) =>
      awaitScreen({ read: () => screen, watchers, exitCode }, text, () => {
        const at = screen.indexOf(text, readUpTo);
        if (at >= 0) readUpTo = at + text.length;
        return at >= 0;
      }),
    type: (keys) => keyboard.write(keys),
    hangUp: () => keyboard.end(),
    signal(name) {
      for (const listener of [...listeners]) listener(name);
    },
    exitCode,
  };
}
