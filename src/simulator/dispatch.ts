/** One call from its arrival to its answer: what was ordered for it, the operation, and what Describe will show of it. */
import { isDeclaredError } from './declared-errors.ts';
import { SimulatorFault } from './fault.ts';
import { isOperation, perform } from './operations/index.ts';
import type { OperationName } from './shapes.ts';
import { type Backing, type Store, showStore } from './store.ts';
import type { World } from './world.ts';

export interface Call {
  readonly operation: string;
  readonly input: unknown;
  readonly caller: string | undefined;
  readonly nowMs: number;
  readonly lenientPatterns: boolean;
  /** A foreign hand's call: nothing that was ordered befalls it. */
  readonly isUndisturbed: boolean;
}

/** What became of a call: its output or a fault, and how much later than it could the answer comes. */
export type Answer = { readonly delayMs: number } & (
  | { readonly output: object; readonly fault?: undefined }
  | { readonly fault: SimulatorFault; readonly output?: undefined }
);

/** Answers one call. What it throws is a bug. */
export function dispatch(world: World, call: Call): Answer {
  const { operation, caller, nowMs, isUndisturbed } = call;
  const store = findStore(world, call.input);
  if (isUndisturbed) return { ...carryOut(world, call, store), delayMs: 0 };
  const { calls, connects, quotas } = world.scripts;
  const { answer, failConnect, delayMs } = calls.meet({ operation, store, caller, nowMs });
  if (failConnect && store) {
    connects.add(store.id, { errorCode: failConnect.errorCode, connectMs: failConnect.connectMs }, 1);
  }
  if (answer && !answer.afterEffect) return { fault: new SimulatorFault(answer.fault), delayMs };
  if (!quotas.take(operation, nowMs)) return { fault: new SimulatorFault({ name: 'ThrottlingException' }), delayMs };
  const answered = carryOut(world, call, store);
  // Whatever KMS would have answered, the caller is told what was ordered.
  return answer ? { fault: new SimulatorFault(answer.fault), delayMs } : { ...answered, delayMs };
}

/** The store that a call names, by id or, in Describe, by name. */
export function findStore(world: World, input: unknown): Store | undefined {
  const { CustomKeyStoreId: id, CustomKeyStoreName: name } = (input ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof id === 'string') return world.stores.get(id);
  return typeof name === 'string' ? [...world.stores.values()].find((store) => store.name === name) : undefined;
}

function carryOut(
  world: World,
  { operation, input, nowMs, lenientPatterns }: Call,
  store: Store | undefined,
): { output: object } | { fault: SimulatorFault } {
  try {
    if (!isOperation(operation)) {
      throw new SimulatorFault({ name: 'UnknownOperationException', message: `Unknown operation ${operation}` });
    }
    return { output: performAndRemember(world, operation, input, nowMs, lenientPatterns, store) };
  } catch (error) {
    if (!(error instanceof SimulatorFault)) throw error;
    if (isOperation(operation) && !isDeclaredError(operation, error.name)) {
      throw new Error(`${operation} does not declare ${error.name}`, { cause: error });
    }
    return { fault: error };
  }
}

/** After an accepted call reads may show what was before it, and hosts may use it. */
function performAndRemember(
  world: World,
  operation: OperationName,
  input: unknown,
  nowMs: number,
  lenientPatterns: boolean,
  store: Store | undefined,
): object {
  if (operation === 'DescribeCustomKeyStores') return perform(world, operation, input, nowMs, lenientPatterns);
  const before = store && { entry: showStore(store), backing: store.backing, state: store.connection.state };
  const ordinals = world.nextOrdinal;
  const output = perform(world, operation, input, nowMs, lenientPatterns);
  const created = [...world.stores.values()].find(({ ordinal }) => ordinal >= ordinals);
  if (created) world.staleViews.remember(created.id, created.ordinal, undefined, nowMs);
  if (!store || !before) return output;
  world.staleViews.remember(store.id, store.ordinal, before.entry, nowMs);
  if (store.connection.state !== 'CONNECTED') world.hosts.forget(store.id);
  else if (!isSame(before.backing, store.backing)) world.hosts.change(store.id, before.backing, nowMs);
  return output;
}

/** A member that is undefined is absent, as on the wire. */
function isSame(one: Backing, other: Backing): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
