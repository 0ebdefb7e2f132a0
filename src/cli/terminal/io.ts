/** What the command needs of the process it runs in. Nothing else in the command may touch the process's streams. */
import { closeSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { toPrintableLines } from '../../domain/printable.ts';
import { layOut, paint, type Sheet } from '../output/render/lines.ts';

export type Out = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

/** Where lines for people are written: whatever is in them, they are printable, and broken to its width. */
export interface Page {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface Io extends Omit<ProcessIo, 'stdout' | 'stderr'> {
  readonly stdout: Page;
  readonly stderr: Page;
  /** The streams as they are: for what moves a cursor, and for bytes that a program reads. */
  readonly unguarded: Pick<ProcessIo, 'stdout' | 'stderr'>;
}

export interface ProcessIo {
  /** The words after the command's own name. */
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly stdout: Out;
  readonly stderr: Out;
  /** Hears SIGINT, SIGTERM and SIGHUP until the returned function is called; a terminal that goes away is a SIGHUP. */
  onSignal(listener: (signal: NodeJS.Signals) => void): () => void;
  /** Ends the process now, whatever is still going on. */
  exit(code: number): void;
}

/** Whether a person can be asked: questions are put on standard error and answered on standard input. */
export function isInteractive({ stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** The one place where lines for people are laid out and made printable. */
export function guardStreams(unguarded: ProcessIo): Io {
  const guard = (out: Out): Page => ({
    get isTTY() {
      return out.isTTY;
    },
    get columns() {
      return out.columns;
    },
    write(text) {
      const printable = toPrintableLines(layOut(text, sheetOf(out, unguarded.env)));
      return out.write(isColored(out, unguarded.env) ? paint(printable) : printable);
    },
  });
  const { stdout, stderr } = unguarded;
  return { ...unguarded, stdout: guard(stdout), stderr: guard(stderr), unguarded };
}

/** A terminal of any width from 40 columns; lines of more than 120 are hard to read. Elsewhere they have 80. */
function sheetOf({ isTTY = false, columns }: Out, env: NodeJS.ProcessEnv): Sheet {
  return { columns: isTTY ? Math.min(Math.max(columns || 80, 40), 120) : 80, isUtf8: isUtf8(env) };
}

const isColored = ({ isTTY = false }: Out, { NO_COLOR, TERM }: NodeJS.ProcessEnv) =>
  isTTY && !NO_COLOR && TERM !== 'dumb';

/** As POSIX has it; Windows says it otherwise, and its terminals can. */
export function isUtf8({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  return process.platform === 'win32' || /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** This process. A reader that has gone away (EPIPE, EIO) never ends a run. */
export function processIo(): ProcessIo {
  const listeners = new Set<(signal: NodeJS.Signals) => void>();
  const hangUp = () => {
    for (const listener of [...listeners]) listener('SIGHUP');
  };
  for (const stream of [process.stdin, process.stdout, process.stderr]) {
    stream.on('error', () => stream.isTTY && hangUp());
  }
  // Ctrl-D ends the input of a terminal that is still there.
  if (process.stdin.isTTY) process.stdin.on('end', () => isatty(0) || hangUp());
  leaveLostTerminals();
  return {
    argv: process.argv.slice(2),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    onSignal(listener) {
      listeners.add(listener);
      for (const signal of signals) process.on(signal, listener);
      return () => {
        listeners.delete(listener);
        for (const signal of signals) process.off(signal, listener);
      };
    },
    exit: (code) => process.exit(code),
  };
}

/** At its exit Node.js puts each terminal back as it was, and dies of one that is gone (EIO) unless that was closed. */
function leaveLostTerminals(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.on('exit', () => {
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  });
}
