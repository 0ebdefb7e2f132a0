import { describe, expect, it } from 'vitest';
import type { ConnectionState, KeyStore } from '../../src/domain/key-store.ts';
import { graceMs, leaveSettings, leaveStates, noStaleReads } from '../../src/domain/stale-reads.ts';
import { type Expectation, judgeObservation, showsTransition } from '../../src/domain/verdict.ts';

const minuteMs = 60_000;
const nothing = { hasMoved: false, keysWork: false };
const moved = { hasMoved: true, keysWork: false };
const settings = { name: 'payments', XksProxyUriEndpoint: 'https://new.example.com' };
const oldSettings = { name: 'pay', XksProxyUriEndpoint: 'https://old.example.com' };

function store(connectionState: ConnectionState, shown: KeyStore['settings'] = settings): KeyStore {
  return { customKeyStoreId: 'cks-1', customKeyStoreType: 'EXTERNAL_KEY_STORE', connectionState, settings: shown };
}

const waitFor = (goal: Expectation['goal'], stale = noStaleReads): Expectation => ({
  goal,
  deadlineAtMs: 15 * minuteMs,
  stale,
  settings,
  ...(goal === 'shown' ? { state: 'CONNECTED' } : {}),
});

describe('a ConnectionState that this version does not know', () => {
  it.each(['settled', 'DISCONNECTED', 'CONNECTED', 'shown'] as const)('ends no wait for %s before its end', (goal) => {
    const unknown = store('REBALANCING' as ConnectionState);
    expect(judgeObservation(waitFor(goal), unknown, minuteMs, moved)).toBe('waiting');
    expect(judgeObservation(waitFor(goal), unknown, 16 * minuteMs, moved)).toBe('overdue');
  });
});

describe('the wait for CONNECTED', () => {
  /** The Disconnect was accepted at 0, the Connect a minute later. */
  const leftConnected = leaveStates(noStaleReads, ['CONNECTED'], 0);
  const stale = leaveStates(leftConnected, ['DISCONNECTED', 'DISCONNECTING'], minuteMs);
  const expected = waitFor('CONNECTED', stale);

  it('does not believe a CONNECTED that may be from before the Disconnect', () => {
    expect(judgeObservation(expected, store('CONNECTED'), 2 * minuteMs, nothing)).toBe('waiting');
    expect(judgeObservation(expected, store('CONNECTED'), graceMs - 1, nothing)).toBe('waiting');
  });

  it('believes a CONNECTED once CONNECTING was observed after the Connect', () => {
    expect(showsTransition(expected, store('CONNECTING'), 2 * minuteMs)).toBe(true);
    expect(judgeObservation(expected, store('CONNECTED'), 2 * minuteMs, moved)).toBe('reached');
  });

  it('believes a CONNECTED when a key works that failed during the outage', () => {
    expect(judgeObservation(expected, store('CONNECTED'), 2 * minuteMs, { hasMoved: false, keysWork: true })).toBe(
      'reached',
    );
  });

  it('does not believe a CONNECTED after CONNECTING where a host of KMS has shown CONNECTED before', () => {
    expect(judgeObservation(expected, store('CONNECTED'), 2 * minuteMs, { ...moved, isDoubted: true })).toBe('waiting');
  });

  it('takes no CONNECTING of an earlier Connect for the transition', () => {
    const again = waitFor('CONNECTED', leaveStates(stale, ['CONNECTING'], minuteMs));
    expect(showsTransition(again, store('CONNECTING'), 2 * minuteMs)).toBe(false);
  });

  it('believes a CONNECTED that no stale read explains any more', () => {
    expect(judgeObservation(expected, store('CONNECTED'), graceMs, nothing)).toBe('reached');
  });

  it('waits past the deadline for evidence that a CONNECTED is not stale', () => {
    const late = { ...waitFor('CONNECTED', leaveStates(stale, ['CONNECTED'], 14 * minuteMs)) };
    expect(judgeObservation(late, store('CONNECTED'), 16 * minuteMs, nothing)).toBe('waiting');
    expect(judgeObservation(late, store('CONNECTED'), 19 * minuteMs, nothing)).toBe('reached');
  });

  it('takes the FAILED from before its Connect for a stale read, and a later one for the answer', () => {
    const afterFailure = waitFor('CONNECTED', leaveStates(stale, ['FAILED'], 0));
    expect(judgeObservation(afterFailure, store('FAILED'), minuteMs, nothing)).toBe('waiting');
    expect(judgeObservation(afterFailure, store('FAILED'), minuteMs, moved)).toBe('failed');
    expect(judgeObservation(afterFailure, store('FAILED'), graceMs, nothing)).toBe('failed');
  });

  it('believes the accepted Connect until the longest wait is over', () => {
    expect(judgeObservation(expected, store('DISCONNECTED'), 14 * minuteMs, nothing)).toBe('waiting');
    expect(judgeObservation(expected, store('DISCONNECTED'), 15 * minuteMs, nothing)).toBe('unmoved');
  });

  it('is overdue while CONNECTING at the deadline', () => {
    expect(judgeObservation(expected, store('CONNECTING'), 15 * minuteMs, moved)).toBe('overdue');
  });

  it('calls a disconnect by somebody else an external change once no stale read explains it', () => {
    expect(judgeObservation(expected, store('DISCONNECTED'), 2 * minuteMs, moved)).toBe('waiting');
    expect(judgeObservation(expected, store('DISCONNECTED'), 7 * minuteMs, moved)).toBe('foreign');
    expect(judgeObservation(expected, store('DISCONNECTING'), 7 * minuteMs, nothing)).toBe('foreign');
  });
});

describe('the wait for DISCONNECTED', () => {
  const expected = waitFor('DISCONNECTED', leaveStates(noStaleReads, ['CONNECTED'], 0));

  it('calls CONNECTING an external change at once, for no stale read explains it', () => {
    expect(judgeObservation(expected, store('CONNECTING'), 1_000, moved)).toBe('foreign');
    expect(judgeObservation(expected, store('CONNECTING'), 1_000, nothing)).toBe('foreign');
  });

  it('waits out a CONNECTING from before the failed Connect', () => {
    const stale = leaveStates(noStaleReads, ['CONNECTING', 'FAILED'], 0);
    expect(judgeObservation(waitFor('DISCONNECTED', stale), store('CONNECTING'), minuteMs, nothing)).toBe('waiting');
    expect(judgeObservation(waitFor('DISCONNECTED', stale), store('CONNECTING'), graceMs, nothing)).toBe('foreign');
  });

  it('believes the accepted Disconnect until the longest wait is over, however long CONNECTED is shown', () => {
    expect(judgeObservation(expected, store('CONNECTED'), 6 * minuteMs, nothing)).toBe('waiting');
    expect(judgeObservation(expected, store('CONNECTED'), 15 * minuteMs, nothing)).toBe('unmoved');
  });

  it('is overdue where CONNECTED may still be a stale read at the deadline', () => {
    const short = { ...expected, deadlineAtMs: 2 * minuteMs };
    expect(judgeObservation(short, store('CONNECTED'), 2 * minuteMs, nothing)).toBe('overdue');
  });

  it('calls CONNECTED after DISCONNECTING an external change once no stale read explains it', () => {
    expect(judgeObservation(expected, store('CONNECTED'), 2 * minuteMs, moved)).toBe('waiting');
    expect(judgeObservation(expected, store('CONNECTED'), 6 * minuteMs, moved)).toBe('foreign');
  });
});

describe('the settings that Describe shows', () => {
  const expected = waitFor('shown', leaveSettings(noStaleReads, oldSettings, 0));

  it('may be old and new at once within the grace', () => {
    const mixed = { ...settings, name: 'pay' };
    expect(judgeObservation(expected, store('CONNECTED', mixed), minuteMs, nothing)).toBe('waiting');
  });

  it('are the same whether KMS shows a host name in lower case or not', () => {
    const lower = { ...settings, XksProxyUriEndpoint: 'https://NEW.example.com' };
    expect(judgeObservation(expected, store('CONNECTED', lower), minuteMs, nothing)).toBe('reached');
  });

  it('are an external change where a value was never in force', () => {
    const other = { ...settings, name: 'theirs' };
    expect(judgeObservation(expected, store('CONNECTED', other), 1_000, nothing)).toBe('foreign');
  });

  it('show that the update had no effect where all of them are old after the grace', () => {
    expect(judgeObservation(expected, store('CONNECTED', oldSettings), graceMs - 1, nothing)).toBe('waiting');
    expect(judgeObservation(expected, store('CONNECTED', oldSettings), graceMs, nothing)).toBe('unmoved');
  });
});
