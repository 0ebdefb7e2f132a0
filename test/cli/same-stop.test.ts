/** A stop that is signalled twice at once, as `timeout` does, is one stop. */
import { describe, expect, it } from 'vitest';
import type { Io } from '../../src/cli/terminal/io.ts';
import { watchStops } from '../../src/cli/terminal/stops.ts';

/** What came of the signals, each at an instant. */
function send(signals: readonly (readonly [NodeJS.Signals, atMs: number])[]): string[] {
  const came: string[] = [];
  let nowMs = 0;
  let onEvent: (signal: NodeJS.Signals) => void = () => undefined;
  const io = {
    stdin: {},
    onSignal(listener: (signal: NodeJS.Signals) => void) {
      onEvent = listener;
      return () => undefined;
    },
  } as unknown as Io;
  const handlers = { onFirst: (signal: string) => came.push(`stop by ${signal}`), onSecond: () => came.push('end') };
  watchStops(io, handlers, () => nowMs);
  for (const [signal, atMs] of signals) {
    nowMs = atMs;
    onEvent(signal);
  }
  return came;
}

describe('a second stop', () => {
  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGINT', 'SIGINT'],
    ['SIGINT', 'SIGTERM'],
  ] as const)('within a second is the same one (%s, %s)', (first, second) => {
    expect(
      send([
        [first, 5_000],
        [second, 5_999],
      ]),
    ).toEqual([`stop by ${first}`]);
  });

  it('a second stop after a second ends the process', () => {
    expect(
      send([
        ['SIGTERM', 5_000],
        ['SIGTERM', 5_001],
        ['SIGTERM', 6_000],
      ]),
    ).toEqual(['stop by SIGTERM', 'end']);
  });

  it('a second stop by a terminal that goes away never ends the process', () => {
    expect(
      send([
        ['SIGTERM', 0],
        ['SIGHUP', 5_000],
      ]),
    ).toEqual(['stop by SIGTERM']);
  });
});
