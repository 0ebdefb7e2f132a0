/** When a run had its store offline, by the lines of its journal. */
import { describe, expect, it } from 'vitest';
import type { JournalLine } from '../../../src/disk/journal/format.ts';
import { listOutages } from '../../../src/disk/journal/outages.ts';

const lines = (...told: readonly object[]) =>
  [{ kind: 'run', input: {} }, ...told] as unknown as readonly JournalLine[];
const sent = (operation: string, atMs: number) => ({ kind: 'intent', step: operation, atMs, sending: { operation } });
const accepted = (operation: string, atMs: number) => ({
  kind: 'result',
  step: operation,
  atMs,
  value: { kind: 'accepted' },
});
const noted = (state: string, atMs: number) => ({ kind: 'note', step: 'settle', atMs, note: state });
const reached = (connectionState: string, atMs: number) => ({
  kind: 'result',
  step: 'settle',
  atMs,
  value: { kind: 'reached', observed: { store: { connectionState }, atMs } },
});
const offline = [
  sent('DisconnectCustomKeyStore', 1_000),
  accepted('DisconnectCustomKeyStore', 1_100),
  reached('DISCONNECTED', 2_000),
  sent('ConnectCustomKeyStore', 3_000),
  accepted('ConnectCustomKeyStore', 3_100),
];

describe('an outage', () => {
  it('ends with the first observation of CONNECTED, however long the wait confirms that it is no stale read', () => {
    const told = lines(
      ...offline,
      noted('CONNECTING', 4_000),
      noted('CONNECTED', 5_000),
      reached('CONNECTED', 300_000),
    );

    expect(listOutages(told)).toEqual([{ fromMs: 1_100, untilMs: 5_000 }]);
  });

  it('goes on where CONNECTED was only noted, or another state has followed it', () => {
    const noticed = lines(...offline, noted('CONNECTED', 5_000));
    const stale = lines(...offline, noted('CONNECTED', 5_000), noted('CONNECTING', 6_000), reached('CONNECTED', 9_000));

    expect(listOutages(noticed)).toEqual([{ fromMs: 1_100, untilMs: null }]);
    expect(listOutages(stale)).toEqual([{ fromMs: 1_100, untilMs: 9_000 }]);
  });
});
