/** One call from its arrival to its answer: what was ordered for it, the operation, and what Describe will show of it. */
import { isDeclaredError } from './declared-errors.ts';
import { refuse, SimulatorFault } from './fault.ts';
import { isOperation, perform } from './operations/index.ts';
import type { OperationName } from './shapes.ts';
import { showStore } from './store.ts';
import type { World } from './world.ts';

export interface DispatchRules {
  readonly nowMs: number;
  readonly staleReadsForMs: number;
  readonly lenientPatterns: boolean;
}

/** Answers one call. @throws SimulatorFault */
export function dispatch(world: World, operation: string, input: unknown, rules: DispatchRules): object {
  const script = world.scripts.calls.take(operation);
  if (script && !script.afterEffect) throw new SimulatorFault(script.fault);
  if (!isOperation(operation)) return refuse('UnknownOperationException', `Unknown operation ${operation}`);
  if (!script) return carryOut(world, operation, input, rules);
  try {
    carryOut(world, operation, input, rules);
  } catch (error) {
    // Whatever KMS would have answered, the caller is told what was ordered.
    if (!(error instanceof SimulatorFault)) throw error;
  }
  throw new SimulatorFault(script.fault);
}

function carryOut(world: World, operation: OperationName, input: unknown, rules: DispatchRules): object {
  const { nowMs, staleReadsForMs, lenientPatterns } = rules;
  const before = new Map(
    [...world.stores].map(([id, store]) => [id, { ordinal: store.ordinal, entry: showStore(store) }]),
  );
  try {
    const output = perform(world, operation, input, nowMs, lenientPatterns);
    const id = storeOf(output) ?? storeOf(input);
    if (operation !== 'DescribeCustomKeyStores' && staleReadsForMs > 0 && id !== undefined) {
      const view = before.get(id) ?? { ordinal: world.nextOrdinal, entry: undefined };
      world.staleViews.set(id, { ...view, untilMs: nowMs + staleReadsForMs });
    }
    return output;
  } catch (error) {
    if (error instanceof SimulatorFault && !isDeclaredError(operation, error.name)) {
      throw new Error(`${operation} does not declare ${error.name}`, { cause: error });
    }
    throw error;
  }
}

function storeOf(value: unknown): string | undefined {
  const id = (value as { CustomKeyStoreId?: unknown } | null | undefined)?.CustomKeyStoreId;
  return typeof id === 'string' ? id : undefined;
}
