import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createTextDisplay } from '../../src/cli/progress/display.ts';

function draw(columns: number): string {
  let drawn = '';
  const terminal = new Writable({
    write(chunk, _encoding, done) {
      drawn += chunk;
      done();
    },
  });
  const out = Object.assign(terminal, { isTTY: true, columns });
  const display = createTextDisplay(out, out, () => 0);
  display.onEvent({ type: 'step.started', runId: 'run-1', atMs: 0, step: 'describeStore' });
  display.clear();
  return drawn.replaceAll('\r\u001b[2K', '');
}

describe('the live line', () => {
  it.each([
    ['is whole where there is room', 80, "00:00  reading the store's state… 00:00"],
    ['is cut before it would wrap', 20, '00:00  reading the '],
    ['is whole where the terminal does not know its width', 0, "00:00  reading the store's state… 00:00"],
  ])('%s', (_, columns, line) => {
    expect(draw(columns)).toBe(line);
  });
});
