/** Where calls arrive: the past happens first, then the hands that wait for the call, then the call, then its record. */
import { type CallRecord, recordInput } from './call-log.ts';
import { type Answer, dispatch, findStore } from './dispatch.ts';
import { SimulatorFault } from './fault.ts';
import { makeUuid } from './random.ts';
import { type Act, advance, watchStates } from './timeline.ts';
import type { World } from './world.ts';

/** `delayMs`: how much later than it could it is to be told, in the client's own time. Nobody waits here. */
export type Reply = Answer & { readonly requestId: string };

export interface Reception {
  /** Milliseconds since the epoch; while a foreign hand acts, the instant at which it does. */
  now(): number;
  /** The world as of now: the past has to happen before anybody looks or changes a thing. */
  present(): World;
  /** What it throws is a bug. */
  receive(operation: string, input: unknown, caller: string | undefined): Reply;
  readonly calls: readonly CallRecord[];
}

const keptCalls = 100_000;

export function createReception(world: World, clock: () => number, lenientPatterns: boolean): Reception {
  const calls: CallRecord[] = [];
  /** The instant at which a foreign hand acts; undefined: none does, and it is now. */
  let actingAtMs: number | undefined;
  const now = (): number => actingAtMs ?? clock();

  const keep = (record: CallRecord): void => {
    calls.push(record);
    if (calls.length > keptCalls) calls.splice(0, keptCalls / 10);
  };

  const act: Act = (hand, store, atMs) => {
    const outerMs = actingAtMs;
    actingAtMs = atMs;
    try {
      hand.act(store);
    } catch (error) {
      // What somebody else does wrong is theirs: KMS has said no to them, or they meant something that is not there.
      if (error instanceof RangeError) keep({ ...describeCall('(foreign hand)', {}), error: error.message });
      else if (!(error instanceof SimulatorFault)) throw error;
    } finally {
      actingAtMs = outerMs;
    }
  };

  function describeCall(operation: string, input: unknown, caller?: string): CallRecord {
    const requestId = makeUuid(world.chance.requestIds);
    const whose = caller === undefined ? {} : { caller };
    return { atMs: now(), operation, input: recordInput(input), requestId, ...whose };
  }

  const present = (): World => {
    advance(world, now(), act);
    return world;
  };

  return {
    now,
    present,
    calls,
    receive(operation, input, caller) {
      const { hands } = present().scripts;
      const nowMs = now();
      const isUndisturbed = actingAtMs !== undefined;
      const handsAt = (moment: 'before' | 'after'): void => {
        if (isUndisturbed) return;
        const named = findStore(world, input);
        for (const hand of hands.takeAt(moment, operation, named)) act(hand, named, nowMs);
      };
      handsAt('before');
      const record = describeCall(operation, input, caller);
      const answer = watchStates(world, nowMs, act, () => {
        try {
          const { requestId } = record;
          const call = { operation, input, caller, nowMs, requestId, lenientPatterns, isUndisturbed };
          const answered = dispatch(world, call);
          keep(answered.fault ? { ...record, error: answered.fault.name } : record);
          return answered;
        } catch (error) {
          keep({ ...record, error: error instanceof Error ? error.name : 'Error' });
          throw error;
        }
      });
      handsAt('after');
      return { ...answer, requestId: record.requestId };
    },
  };
}
