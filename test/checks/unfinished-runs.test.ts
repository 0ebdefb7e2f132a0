import { describe, expect, it } from 'vitest';
import {
  createUnfinishedRunsCheck,
  type EarlierRun,
  findSuccessor,
  findUnfinished,
} from '../../src/checks/unfinished-runs.ts';
import { type Outcome, outcomes } from '../../src/domain/outcome.ts';
import { makePlan } from '../../src/domain/plan.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';

const cutOff: EarlierRun = {
  runId: 'first',
  startedAtMs: 1_000,
  customKeyStoreId: 'cks-1',
  hasWritten: true,
  mayLeaveStore: false,
  hasEnded: false,
  outcome: null,
  resumedFrom: null,
};

const ended = (outcome: Outcome, more: Partial<EarlierRun> = {}): EarlierRun => ({
  ...cutOff,
  runId: 'second',
  startedAtMs: 2_000,
  hasWritten: outcome !== 'refused' && outcome !== 'unchanged',
  hasEnded: true,
  outcome,
  ...more,
});

const left = (...runs: EarlierRun[]) => findUnfinished([cutOff, ...runs]).map(({ runId }) => runId);
const all = Object.keys(outcomes) as Outcome[];

describe('a run that was cut off', () => {
  it('is unfinished once it has acted', () => {
    expect(left()).toEqual(['first']);
    expect(findUnfinished([{ ...cutOff, hasWritten: false }])).toEqual([]);
    expect(findUnfinished([{ ...cutOff, hasEnded: true }])).toEqual([]);
  });

  it('stays so, whatever a later run did that left the store as it found it', () => {
    const leaving = all.filter((outcome) => left(ended(outcome)).includes('first'));
    expect(leaving).toEqual(['unchanged', 'refused', 'rolledBack', 'cancelled']);
  });

  it('stays so until the run that takes it up has acted, or found it at its end', () => {
    const resumedFrom = 'first';
    const refused = all.filter((outcome) => left(ended(outcome, { resumedFrom, hasWritten: false })).includes('first'));
    expect(refused).toEqual(['unchanged', 'refused', 'cancelled']);
    expect(left({ ...cutOff, runId: 'second', startedAtMs: 2_000, resumedFrom, hasWritten: false })).toEqual(['first']);
    expect(left({ ...cutOff, runId: 'second', startedAtMs: 2_000, resumedFrom })).toEqual(['second']);
    expect(left(ended('cancelled', { resumedFrom }))).toEqual([]);
  });

  it('stays so after an update that knew nothing of the keys that it has left disabled', () => {
    const fencedKeys = [{ keyId: 'pay', state: 'disabled' }] as const;
    const debtor = { ...cutOff, fencedKeys };
    const leftBy = (later: EarlierRun) => findUnfinished([debtor, later]).map(({ runId }) => runId);
    expect(leftBy(ended('updated'))).toEqual(['first']);
    expect(leftBy(ended('updated', { fencedKeys: [{ keyId: 'pay', state: 'enabled' }] }))).toEqual([]);
    expect(findSuccessor({ ...debtor, hasEnded: true, outcome: 'stranded' }, [ended('updated')])).toBeUndefined();
  });

  it('is not touched by what was done before it, or to another store', () => {
    expect(left(ended('updated', { startedAtMs: 500 }))).toEqual(['first']);
    expect(left(ended('updated', { customKeyStoreId: 'cks-2' }))).toEqual(['first']);
  });
});

describe('the successor of a run', () => {
  it('is the latest run that continued it or settled its store', () => {
    const stranded: EarlierRun = { ...cutOff, hasEnded: true, outcome: 'stranded' };
    const successorOf = (...runs: EarlierRun[]) => findSuccessor(stranded, [stranded, ...runs])?.runId;
    expect(successorOf()).toBeUndefined();
    expect(successorOf(ended('refused'), ended('updated', { customKeyStoreId: 'cks-2' }))).toBeUndefined();
    expect(successorOf(ended('updated'), ended('stranded', { runId: 'third', startedAtMs: 3_000 }))).toBe('third');
    expect(successorOf({ ...cutOff, runId: 'second', resumedFrom: 'first' })).toBe('second');
  });
});

describe('the check for unfinished runs', () => {
  const store = {
    customKeyStoreId: 'cks-1',
    customKeyStoreType: 'AWS_CLOUDHSM',
    connectionState: 'CONNECTED',
    settings: { name: 'store' },
  } as const;
  const plan = makePlan(store, { change: {}, previous: {}, policy: defaultPolicy });
  const observe = (runs: readonly EarlierRun[], problems: readonly string[]) =>
    createUnfinishedRunsCheck(async () => ({ runs, problems }), ['own']).run(store, plan, new AbortController().signal);

  it('passes where every other run on the store is over', async () => {
    const runs = [
      { ...cutOff, runId: 'own' },
      { ...cutOff, customKeyStoreId: 'cks-2' },
      { ...cutOff, hasEnded: true },
    ];
    expect(await observe(runs, [])).toEqual({ status: 'passed', message: 'no earlier run is unfinished' });
  });

  it('names the command that goes on with one that is not', async () => {
    expect(await observe([cutOff], ['a journal is broken'])).toEqual({
      status: 'warned',
      message: 'run first on this store is unfinished; continue it: cks resume first',
      risk: 'unfinished-run',
    });
  });

  it('cannot tell where a journal of the store cannot be read', async () => {
    expect(await observe([], ['a journal is broken'])).toEqual({
      status: 'unknown',
      message: 'cannot find out whether an earlier run is unfinished: a journal is broken',
    });
  });
});
