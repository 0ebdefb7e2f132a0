import { Writable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTextDisplay } from '../../src/cli/output/progress/display.ts';
import { sayError } from '../../src/cli/output/say-error.ts';

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
  display.onEvent({ type: 'step.started', runId: 'run-1', at: '1970-01-01T00:00:00.000Z', step: 'describeStore' });
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

describe('without a terminal', () => {
  afterEach(() => vi.useRealTimers());

  it('says every minute that the run is alive, until it ends', () => {
    vi.useFakeTimers();
    let written = '';
    const display = createTextDisplay({ write: (text) => (written += text) });
    display.onEvent({ type: 'step.started', runId: 'run-1', at: '1970-01-01T00:00:00.000Z', step: 'connectStore' });
    vi.advanceTimersByTime(125_000);
    display.onEvent({ type: 'run.finished', runId: 'run-1', at: '1970-01-01T00:00:00.000Z', outcome: 'updated' });
    vi.advanceTimersByTime(600_000);
    expect(written).toBe('01:00  still connecting, for 01:00\n02:00  still connecting, for 02:00\n');
  });
});

describe('an error', () => {
  const reason = { code: 'STORE_NOT_FOUND', message: 'no custom key store "x"', cause: 'C.', remedy: 'R.' };

  it.each([
    [[], 'cks: no custom key store "x"\ncause: C.\nnext: R.\n'],
    [['--progress', 'json'], `${JSON.stringify({ type: 'error', ...reason })}\n`],
    [['--progress=json'], `${JSON.stringify({ type: 'error', ...reason })}\n`],
  ])('is lines for people, or one event with %j', (argv, text) => {
    let written = '';
    sayError({ argv, stderr: { write: (chunk) => (written += chunk) } }, reason);
    expect(written).toBe(text);
  });
});
