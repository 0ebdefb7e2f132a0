/** A terminal for those who asked for no colour: the prompt library colours whatever the environment says. */
import { Writable } from 'node:stream';
import type { Out } from '../io.ts';

export function withoutColour(out: Out): Out {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how a terminal is told of a colour
      out.write(String(chunk).replace(/\u001b\[[\d;]*m/g, ''));
      done();
    },
  });
  const { isTTY = false, columns = 80, rows = 24 } = out;
  return Object.assign(stream, { isTTY, columns, rows });
}
