/** A terminal for what the prompt library draws: it colours whatever the environment says, and takes every terminal for one of UTF-8. */
import { Writable } from 'node:stream';
import { type Io, isUtf8, type Out } from '../io.ts';

/** Drawn with what the terminal can show and its user wants to see. */
export function fitOutput({ env, unguarded: { stderr } }: Pick<Io, 'env' | 'unguarded'>): Out {
  const changes = [...(env.NO_COLOR ? [withoutColour] : []), ...(isUtf8(env) ? [] : [withoutSigns])];
  if (changes.length === 0) return stderr;
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      stderr.write(changes.reduce((text, change) => change(text), String(chunk)));
      done();
    },
  });
  const { isTTY = false, columns = 80, rows = 24 } = stderr;
  return Object.assign(stream, { isTTY, columns, rows });
}

function withoutColour(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequence of a color
  return text.replace(/\u001b\[[\d;]*m/g, '');
}

/** What the library itself draws on the Linux console; each is as wide as what it stands for. */
const plainSigns: Readonly<Record<string, string>> = {
  '\u25c6': '*',
  '\u25c7': 'o',
  '\u25a0': 'x',
  '\u25b2': 'x',
  '\u25cf': '>',
  '\u25cb': ' ',
  '\u2022': '*',
  '\u25aa': '*',
  '\u2502': '|',
  '\u2588': '_',
};

function withoutSigns(text: string): string {
  return text.replace(/\P{ASCII}/gu, (sign) => plainSigns[sign] ?? '?');
}
