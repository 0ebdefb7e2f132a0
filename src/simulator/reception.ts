/** Where calls arrive: the past happens first, then the actors that wait for the call, then the call, then its record. */
import { type CallRecord, recordInput } from './call-log.ts';
import { type Answer, dispatch, findStore, isProbe } from './dispatch.ts';
import type { Asking, Question } from './external/outside.ts';
import type { ProxyReply } from './external/protocol.ts';
import { SimulatorFault } from './fault.ts';
import { makeUuid } from './random.ts';
import { type Act, advance, type Fire, watchStates } from './timeline.ts';
import type { World } from './world.ts';

/** `delayMs`: by how much the server delays the answer, in the client's own time. Here nothing waits. */
export type Reply = Answer & { readonly requestId: string };

/** Asks a proxy that stands outside. It does not reject. */
export type AskOutside = (question: Question) => Promise<ProxyReply>;

export interface Reception {
  /** Milliseconds since the epoch; while an external actor acts, the instant at which it does. */
  now(): number;
  /** The world as of now: the past has to happen before a caller observes or changes it. */
  present(): World;
  /** What it throws is a bug. */
  receive(operation: string, input: unknown, caller: string | undefined): Reply;
  /** The same, and the proxies that stand outside are asked. */
  receiveAsking(ask: AskOutside, operation: string, input: unknown, caller: string | undefined): Promise<Reply>;
  /** Ends the connects that wait for a proxy which stands outside. */
  endConnects(ask: AskOutside): Promise<void>;
  readonly calls: readonly CallRecord[];
}

const keptCalls = 100_000;

export function createReception(world: World, clock: () => number, lenientPatterns: boolean): Reception {
  const calls: CallRecord[] = [];
  /** The instant at which an external actor acts; undefined: none does, and it is now. */
  let actingAtMs: number | undefined;
  const now = (): number => actingAtMs ?? clock();

  const keep = (record: CallRecord): void => {
    calls.push(record);
    if (calls.length > keptCalls) calls.splice(0, keptCalls / 10);
  };

  const act: Act = (actor, store, atMs) => {
    const outerMs = actingAtMs;
    actingAtMs = atMs;
    try {
      actor.act(store);
    } catch (error) {
      // A mistake of an external actor is not reported: KMS refused its call, or it named something that does not exist.
      if (error instanceof RangeError) keep({ ...describeCall('(external actor)', {}), error: error.message });
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
    advance(world, now(), act, fire);
    return world;
  };

  /** What KMS refuses is not reported. */
  const fire: Fire = ({ atMs, input }) =>
    act({ moment: { atMs }, act: () => receive('ConnectCustomKeyStore', input, 'scheduler') }, undefined, atMs);

  function receive(operation: string, input: unknown, caller: string | undefined): Reply {
    const steps = answer(operation, input, caller);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }

  function* answer(operation: string, input: unknown, caller: string | undefined): Asking<Reply> {
    const { actors } = present().scripts;
    const nowMs = now();
    const isUndisturbed = actingAtMs !== undefined;
    const isUnseen = isUndisturbed || isProbe(world, input);
    const actAt = (moment: 'before' | 'after'): void => {
      if (isUnseen) return;
      const named = findStore(world, input);
      for (const actor of actors.takeAt(moment, operation, named)) act(actor, named, now());
    };
    actAt('before');
    const record = describeCall(operation, input, caller);
    const { requestId } = record;
    const steps = dispatch(world, { operation, input, caller, nowMs, requestId, lenientPatterns, isUndisturbed });
    const goOn = () =>
      watchStates(world, now(), act, () => {
        try {
          const step = steps.next();
          if (step.done) keep(step.value.fault ? { ...record, error: step.value.fault.name } : record);
          return step;
        } catch (error) {
          keep({ ...record, error: error instanceof Error ? error.name : 'Error' });
          throw error;
        }
      });
    let step = goOn();
    while (!step.done) {
      yield step.value;
      step = goOn();
    }
    actAt('after');
    return { ...step.value, requestId };
  }

  return {
    now,
    present,
    calls,
    receive,
    async receiveAsking(ask, operation, input, caller) {
      const steps = answer(operation, input, caller);
      for (;;) {
        const step = steps.next();
        if (step.done) return step.value;
        step.value.reply = await ask(step.value);
        present();
      }
    },
    async endConnects(ask) {
      const waiting = [...present().stores.values()].map(async (store) => {
        const { connection } = store;
        if (connection.state !== 'CONNECTING' || !connection.question) return;
        const { question } = connection;
        question.reply = await ask(question);
        // Meanwhile an external actor may have disconnected it, or another request may have ended it.
        if (store.connection !== connection) return;
        store.connection = { ...connection, endsAtMs: now() };
        world.outside.withAnswers([question], present);
      });
      await Promise.all(waiting);
    },
  };
}
