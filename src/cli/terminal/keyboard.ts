/**
 * The keyboard for one question. What was typed before the question was shown is discarded: the terminal keeps it, and it
 * would answer. A terminal that goes away meanwhile ends the question; the errors that it makes end nothing.
 */
import { PassThrough } from 'node:stream';
import type { Io } from './io.ts';

export interface Keyboard {
  readonly input: PassThrough & { setRawMode(isRaw: boolean): unknown };
  /** Gives the terminal back. */
  close(): void;
}

/** The keyboard is quiet after this long without a key: the lines of a paste come closer together, and no person reads faster. */
const quietMs = 100;

const ctrlC = '\u0003';

/** The questions that are open, by the stream that answers them. */
const open = new WeakSet<Io['stdin']>();

/** Whether Ctrl-C is an answer to a question now, and no order to the run. */
export function isQuestionOpen({ stdin }: Pick<Io, 'stdin'>): boolean {
  return open.has(stdin);
}

/** Resolves when a question may be shown. `onLeft`: Ctrl-C, SIGINT, the end of the input, or an abort of the signal. */
export async function openKeyboard(
  { stdin, onSignal }: Pick<Io, 'stdin' | 'onSignal'>,
  signal: AbortSignal,
  onLeft: () => void,
): Promise<Keyboard> {
  // What reads a terminal by itself dies of its errors: a terminal that is gone takes no mode any more.
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(isRaw: boolean) {
      stdin.setRawMode?.(isRaw);
      return input;
    },
  });
  const left = new AbortController();
  const leave = () => {
    left.abort();
    onLeft();
  };
  open.add(stdin);
  stdin.on('end', leave).on('error', leave);
  signal.addEventListener('abort', leave);
  const ignoreSignals = onSignal((name) => name === 'SIGINT' && leave());
  if (stdin.readableEnded || stdin.destroyed || signal.aborted) leave();

  // Only in raw mode does a terminal give away the beginning of a line.
  input.setRawMode(true);
  await discardTyped(stdin, left.signal, leave);
  const take = (keys: Buffer) => input.write(keys);
  if (!left.signal.aborted) stdin.on('data', take);
  return {
    input,
    close() {
      input.setRawMode(false);
      stdin.off('data', take).off('end', leave).off('error', leave);
      stdin.pause();
      signal.removeEventListener('abort', leave);
      ignoreSignals();
      open.delete(stdin);
    },
  };
}

/** Reads until no key comes any more. Ctrl-C counts at any time. */
function discardTyped(stdin: Io['stdin'], left: AbortSignal, leave: () => void): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stdin.off('data', discard);
      left.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, quietMs);
    const discard = (keys: Buffer) => {
      timer.refresh();
      if (keys.includes(ctrlC)) leave();
    };
    if (left.aborted) return end();
    left.addEventListener('abort', end);
    stdin.on('data', discard).resume();
  });
}
