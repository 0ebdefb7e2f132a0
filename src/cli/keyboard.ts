/** The keyboard for one question. A terminal that goes away meanwhile ends the question; the errors that it makes end nothing. */
import { PassThrough } from 'node:stream';
import type { Io } from './io.ts';

export interface Keyboard {
  readonly input: PassThrough & { setRawMode(isRaw: boolean): unknown };
  /** Gives the terminal back. */
  close(): void;
}

export function openKeyboard({ stdin }: Pick<Io, 'stdin'>, onGone: () => void): Keyboard {
  // What reads a terminal by itself dies of its errors: a terminal that is gone takes no mode any more.
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(isRaw: boolean) {
      stdin.setRawMode?.(isRaw);
      return input;
    },
  });
  stdin.on('end', onGone).on('error', onGone);
  if (stdin.readableEnded || stdin.destroyed) onGone();
  stdin.pipe(input, { end: false });
  return {
    input,
    close() {
      stdin.off('end', onGone).off('error', onGone);
      stdin.unpipe(input);
      stdin.pause();
    },
  };
}
