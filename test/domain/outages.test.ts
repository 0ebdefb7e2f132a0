import { describe, expect, it } from 'vitest';
import { findOutages, type KnownRun } from '../../src/domain/outages.ts';

const first: KnownRun = {
  runId: 'first',
  startedAtMs: 0,
  account: '111122223333',
  region: 'eu-central-1',
  customKeyStoreId: 'cks-1234567890abcdef0',
  lastState: 'DISCONNECTED',
  offlineSinceMs: 1_000,
  hasEnded: false,
  outcome: null,
  resumedFrom: null,
};
const second: KnownRun = { ...first, runId: 'second', startedAtMs: 9_000, offlineSinceMs: null };
const emit = (...runs: readonly Partial<KnownRun>[]) =>
  findOutages(runs.map((run) => ({ ...first, ...run }))).map(({ run, sinceMs }) => [run.runId, sinceMs]);

describe('a store has an outage', () => {
  it.each([
    ['while its run has it offline', [first]],
    ['after a run that is stranded', [{ ...first, hasEnded: true, outcome: 'stranded' }]],
    ['after a run that did not see it settle', [{ ...first, hasEnded: true, outcome: 'unsettled' }]],
    ['where a later run was refused', [first, { ...second, hasEnded: true, outcome: 'refused' }]],
    ['where a later run was cancelled', [first, { ...second, hasEnded: true, outcome: 'cancelled' }]],
  ] as const)('%s', (_, runs) => {
    expect(emit(...runs)).toEqual([['first', 1_000]]);
  });

  it('since the first Disconnect, and the run that took it up is to be gone on with', () => {
    expect(emit(first, { ...second, resumedFrom: 'first' })).toEqual([['second', 1_000]]);
    expect(emit({ ...second, offlineSinceMs: 9_500 }, first)).toEqual([['second', 1_000]]);
    expect(emit(first, { ...second, resumedFrom: 'first', hasEnded: true, outcome: 'stranded' })).toEqual([
      ['second', 1_000],
    ]);
  });

  it('a store has an outage that is told from those of other stores', () => {
    expect(emit(first, { ...first, runId: 'other', region: 'us-east-1', offlineSinceMs: 5 })).toEqual([
      ['first', 1_000],
      ['other', 5],
    ]);
  });
});

describe('a store has no outage', () => {
  it.each([
    ['where nothing was sent', [{ ...first, offlineSinceMs: null }]],
    ['where it was seen CONNECTED again', [{ ...first, offlineSinceMs: null, lastState: 'CONNECTED' }]],
    ['that was wanted to be DISCONNECTED', [{ ...first, hasEnded: true, outcome: 'updated' }]],
    ['that is as it was found', [{ ...first, hasEnded: true, outcome: 'rolledBack' }]],
    ['that a later run has connected', [first, { ...second, hasEnded: true, outcome: 'updated' }]],
    [
      'that a later run has brought back',
      [first, { ...second, resumedFrom: 'first', hasEnded: true, outcome: 'rolledBack' }],
    ],
    ['that a later run sees CONNECTED', [first, { ...second, lastState: 'CONNECTED' }]],
    ['that nobody has seen', [{ ...first, customKeyStoreId: null }]],
  ] as const)('%s', (_, runs) => {
    expect(emit(...runs)).toEqual([]);
  });
});
