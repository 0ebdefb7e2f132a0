import { describe, expect, it } from 'vitest';
import { createLocalHost } from '../../src/hosts/local.ts';
import { DivergenceError } from '../../src/ports/host.ts';
import type { LogRecord, RunLog } from '../../src/ports/log.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const startMs = 1_000_000;

function begin(records: LogRecord[] = []) {
  const clock = createVirtualClock(startMs);
  const synced: boolean[] = [];
  const memory = createMemoryLog(records);
  const log: RunLog = {
    past: memory.past,
    append(record, sync) {
      synced.push(sync);
      return memory.append(record, sync);
    },
  };
  return { clock, records, synced, host: createLocalHost(log, clock) };
}

const result = (step: string, value: unknown, atMs = startMs, cancelRequested = false): LogRecord => ({
  kind: 'result',
  step,
  atMs,
  cancelRequested,
  value,
});

/** What a step that changes something is about to send. */
const sending = { operation: 'UpdateCustomKeyStore' };

const never = async () => {
  throw new Error('this effect must not happen');
};

describe('a step', () => {
  it('remembers its result, named by its place and its id', async () => {
    const { host, records, synced } = begin();

    const first = await host.step('look', null, async () => 'observed');
    await host.step('look', null, async () => 'seen again');

    expect(first).toEqual({ value: 'observed', atMs: startMs, cancelRequested: false });
    expect(records).toEqual([result('1.look', 'observed'), result('2.look', 'seen again')]);
    expect(synced).toEqual([false, false]);
  });

  it('a step that changes something keeps its intent before it acts, and both are synced', async () => {
    const { host, records, synced } = begin();
    let before: LogRecord[] = [];

    await host.step('update', sending, async () => {
      before = [...records];
      return 'accepted';
    });

    expect(before).toEqual([{ kind: 'intent', step: '1.update', atMs: startMs, sending }]);
    expect(records).toHaveLength(2);
    expect(synced).toEqual([true, true]);
  });

  it('a step that is in the log is not done again', async () => {
    const { host, records } = begin([result('1.look', 'observed', 5, true)]);

    expect(await host.step('look', null, never)).toEqual({ value: 'observed', atMs: 5, cancelRequested: true });
    expect(records).toHaveLength(1);
  });

  it('a step whose result was lost is done again, and knows it; its intent stands once', async () => {
    const { host, records } = begin([{ kind: 'intent', step: '1.update', atMs: 5, sending }]);

    const { value } = await host.step('update', sending, async ({ rerun }) => rerun);

    expect(value).toBe(true);
    expect(records.map(({ kind }) => kind)).toEqual(['intent', 'result']);
  });

  it('a step after one whose result was lost is no rerun', async () => {
    const { host } = begin([{ kind: 'intent', step: '1.update', atMs: 5, sending }]);

    await host.step('update', sending, async () => null);

    expect(await host.step('update', sending, async ({ rerun }) => rerun)).toMatchObject({ value: false });
  });

  it.each([
    ['a result', [result('1.connect', 'accepted')], 'the log has 1.connect where the run takes 1.update'],
    [
      'an intent',
      [{ kind: 'intent', step: '1.connect', atMs: 5, sending } as const],
      'the log has 1.connect where the run takes 1.update',
    ],
  ])('that is another one than %s in the log is not done', async (_, records, message) => {
    const { host } = begin(records);

    const stepping = host.step('update', sending, never);

    await expect(stepping).rejects.toThrow(DivergenceError);
    await expect(stepping).rejects.toThrow(message);
  });

  it('a step that throws leaves no result', async () => {
    const { host, records } = begin();

    await expect(host.step('update', sending, never)).rejects.toThrow('must not happen');
    expect(records.map(({ kind }) => kind)).toEqual(['intent']);
  });

  it('has a time that never goes back, whatever the clock does', async () => {
    const { host } = begin([result('1.look', 'observed', startMs + 5_000)]);

    await host.step('look', null, never);

    expect(await host.step('look', null, async () => null)).toMatchObject({ atMs: startMs + 5_000 });
  });
});

describe('a wait', () => {
  it('looks until it is settled, notes what is new, and remembers the end alone', async () => {
    const { host, clock, records } = begin();
    const states = ['CONNECTING', 'CONNECTING', 'CONNECTED'];

    const waited = await clock.drive(
      host.settle('settle', {
        initial: 0,
        observe: async () => states.shift(),
        judge: (looks, state, nowMs) =>
          state === 'CONNECTED'
            ? { done: { state, looks }, note: state }
            : {
                untilMs: nowMs + 1_000,
                endsOnStop: false,
                memory: looks + 1,
                ...(looks === 0 ? { note: state } : {}),
              },
      }),
    );

    expect(waited).toEqual({ value: { state: 'CONNECTED', looks: 2 }, atMs: startMs + 2_000, cancelRequested: false });
    expect(records).toEqual([
      { kind: 'note', step: '1.settle', atMs: startMs, note: 'CONNECTING' },
      { kind: 'note', step: '1.settle', atMs: startMs + 2_000, note: 'CONNECTED' },
      result('1.settle', { state: 'CONNECTED', looks: 2 }, startMs + 2_000),
    ]);
  });

  it('begins again otherwise where an earlier process may have looked, and only then', async () => {
    const seen = async (records: LogRecord[], operations: number) => {
      const { host } = begin(records);
      const memories: string[] = [];
      for (let nth = 0; nth < operations; nth += 1)
        await host.settle<null, string, string>('settle', {
          initial: 'unseen',
          initialAgain: 'in doubt',
          observe: async (memory) => {
            memories.push(memory);
            return null;
          },
          judge: () => ({ done: 'settled' }),
        });
      return memories;
    };

    expect(await seen([], 2)).toEqual(['unseen', 'unseen']);
    expect(await seen([result('1.settle', 'settled')], 3)).toEqual(['in doubt', 'unseen']);
  });

  it('a wait that is over in the log looks at nothing', async () => {
    const { host } = begin([result('1.settle', 'CONNECTED')]);

    expect(await host.settle('settle', { initial: null, observe: never, judge: never as never })).toMatchObject({
      value: 'CONNECTED',
    });
  });

  it.each([
    [true, 100],
    [false, 60_000],
  ])('is cut short by a stop where it may be (%s)', async (endsOnStop, afterMs) => {
    const { host, clock } = begin();
    clock.at(startMs + 100, () => host.requestStop());

    const waited = await clock.drive(
      host.settle('settle', {
        initial: null,
        observe: async () => null,
        judge: (memory, _, nowMs, stopRequested) =>
          stopRequested ? { done: 'stopped' } : { untilMs: nowMs + 60_000, endsOnStop, memory },
      }),
    );

    expect(waited).toEqual({ value: 'stopped', atMs: startMs + afterMs, cancelRequested: true });
  });

  it('a wait until an instant ends there, or at a stop', async () => {
    const patient = begin();
    expect(await patient.clock.drive(patient.host.sleepUntil('sleep', startMs + 500))).toMatchObject({
      atMs: startMs + 500,
      cancelRequested: false,
    });

    const stopped = begin();
    stopped.clock.at(startMs + 100, () => stopped.host.requestStop());
    expect(await stopped.clock.drive(stopped.host.sleepUntil('sleep', startMs + 500))).toMatchObject({
      atMs: startMs + 100,
      cancelRequested: true,
    });
  });
});

describe('a wait until an instant', () => {
  it('is looked after every minute: a timer counts no time that a machine is suspended', async () => {
    let nowMs = startMs;
    const slept: number[] = [];
    const sleep = async (ms: number) => {
      slept.push(ms);
      // Ten hours pass in the second of its sleeps, and its timer knows of a minute.
      nowMs += slept.length === 2 ? 10 * 3_600_000 : ms;
    };
    const host = createLocalHost(createMemoryLog(), { now: () => nowMs, awakeMs: () => 0, sleep });

    const { atMs } = await host.sleepUntil('sleep', startMs + 3_600_000);

    expect(slept).toEqual([60_000, 60_000]);
    expect(atMs).toBe(startMs + 60_000 + 10 * 3_600_000);
  });
});

describe('a stop', () => {
  it('is kept once, synced, and stamped on every later result', async () => {
    const { host, records, synced } = begin();
    await host.step('look', null, async () => 'before');

    host.requestStop();
    host.requestStop();
    const after = await host.step('look', null, async ({ signal }) => signal.aborted);

    expect(after).toMatchObject({ value: true, cancelRequested: true });
    expect(records.map(({ kind }) => kind)).toEqual(['result', 'stop', 'result']);
    expect(synced[1]).toBe(true);
  });

  it('a stop that is in the log holds from the first new step on', async () => {
    const { host } = begin([result('1.look', 'observed'), { kind: 'stop', atMs: startMs }]);

    expect(await host.step('look', null, never)).toMatchObject({ cancelRequested: false });
    expect(await host.step('look', null, async () => null)).toMatchObject({ cancelRequested: true });
  });

  it('a stop whose record cannot be written stops the run all the same', async () => {
    const clock = createVirtualClock(startMs);
    const log = {
      past: [],
      append: async ({ kind }: LogRecord) => {
        if (kind === 'stop') throw new Error('the disk is full');
      },
    };
    const host = createLocalHost(log, clock);

    host.requestStop();

    expect(await host.step('look', null, async () => null)).toMatchObject({ cancelRequested: true });
  });
});
