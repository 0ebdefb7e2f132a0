/** What the command needs of the process it runs in. Nothing else in the command may touch the process's streams. */
import type { Readable, Writable } from 'node:stream';

export type Out = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface Io {
  /** The words after the command's own name. */
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Out;
  readonly stderr: Out;
  /** Hears SIGINT, SIGTERM and SIGHUP until the returned function is called. */
  onSignal(listener: (signal: NodeJS.Signals) => void): () => void;
  /** Ends the process now, whatever is still going on. */
  exit(code: number): void;
}

/** Whether a person can be asked: questions are put on standard error and answered on standard input. */
export function isInteractive({ stdin, stderr }: Io): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** This process. A reader that has gone away (EPIPE, EIO) never ends a run. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return {
    argv: process.argv.slice(2),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    onSignal(listener) {
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.off(signal, listener);
      };
    },
    exit: (code) => process.exit(code),
  };
}
