import { describe, expect, it } from 'vitest';
import { followEvents, type Progress, type ProgressEvent } from '../../src/index.ts';

const event = (ms: number): ProgressEvent => ({ type: 'stop.requested', runId: 'r-1', at: new Date(ms).toISOString() });

/** A run that emits when it is told to. */
function open<T>() {
  let emit: Progress = () => {};
  let end: (value: T) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const followed = followEvents<T>((onProgress) => {
    emit = onProgress;
    return new Promise((resolve, reject) => {
      end = resolve;
      fail = reject;
    });
  });
  return { followed, emit, end: (value: T) => end(value), fail: (error: Error) => fail(error) };
}

async function collect(events: AsyncIterable<ProgressEvent>): Promise<number[]> {
  const seen: number[] = [];
  for await (const { at } of events) seen.push(Date.parse(at));
  return seen;
}

describe('the events of a run as an iterator', () => {
  it('gives those from before and from after the first look, and ends with the run', async () => {
    const { followed, emit, end } = open<string>();
    emit(event(1));
    const seen = collect(followed);
    await Promise.resolve();
    emit(event(2));
    emit(event(3));
    end('updated');
    expect(await seen).toEqual([1, 2, 3]);
    expect(await followed.result).toBe('updated');
  });

  it('ends where the run fails, and the result says why', async () => {
    const { followed, emit, fail } = open<string>();
    emit(event(1));
    fail(new Error('broken'));
    expect(await collect(followed)).toEqual([1]);
    await expect(followed.result).rejects.toThrow('broken');
  });

  it('leaves the run alone when the loop is left, and gives the rest to the next loop', async () => {
    const { followed, emit, end } = open<string>();
    emit(event(1));
    emit(event(2));
    for await (const { at } of followed) {
      expect(at).toBe('1970-01-01T00:00:00.001Z');
      break;
    }
    end('updated');
    expect(await collect(followed)).toEqual([2]);
    expect(await followed.result).toBe('updated');
  });

  it('fails as the function does that throws at once', async () => {
    const followed = followEvents(() => {
      throw new Error('wrong input');
    });
    expect(await collect(followed)).toEqual([]);
    await expect(followed.result).rejects.toThrow('wrong input');
  });
});
