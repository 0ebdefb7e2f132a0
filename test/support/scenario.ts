/** One way through the lifecycle. The traces, the crashes and the stops all walk the same ones. */

import type { ConnectionState } from '../../src/domain/key-store.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { SimulatorFault, type SimulatorOptions } from '../../src/simulator/index.ts';
import type { RunOrder, World } from './world.ts';

export interface Scenario {
  /** What happens, as a sentence. */
  readonly name: string;
  readonly outcome: Outcome;
  readonly simulator?: SimulatorOptions;
  /**
   * What befalls this run depends on how often or when it calls (a lost reply, an external actor at one call), so a run that
   * was crashed and resumed may end in another named outcome than an uninterrupted one.
   */
  readonly isVolatile?: true;
  /** Its log may end in the trial connect, from where it begins anew. */
  readonly hasTriedConnect?: true;
  arrange(world: World): RunOrder;
}

/** The moment just before a call of this operation, with the store in this state. */
export function before(
  world: World,
  operation: 'Describe' | 'Update' | 'Connect' | 'Disconnect' | 'Create' | 'Delete',
  store: string,
  state?: ConnectionState,
): (called: string) => boolean {
  const full = operation === 'Describe' ? 'DescribeCustomKeyStores' : `${operation}CustomKeyStore`;
  return (called) => called === full && (!state || world.simulator.store(store).ConnectionState === state);
}

/** The moment just before a call made in this state of the machine. */
export function inState(world: World, state: string, operation: 'Describe' | 'Update' | 'Connect' | 'Disconnect') {
  return (called: string) => before(world, operation, '')(called) && isIn(world, state);
}

function isIn(world: World, state: string): boolean {
  const now = world.trace.lines.at(-1) ?? '';
  return now === state || now.startsWith(`${state}:`);
}

/** From now on KMS takes no update of a store that is CONNECTED. */
export function rejectLive(world: World): void {
  world.simulator.failNext('UpdateCustomKeyStore', 'CustomKeyStoreInvalidStateException', {
    state: 'CONNECTED',
    times: 'always',
  });
}

/** Somebody else calls KMS; a run that was resumed may meet them twice, and their second call changes nothing. */
export function callAsSomebodyElse(world: World, operation: string, input: object): void {
  try {
    world.simulator.call(operation, input, 'somebody else');
  } catch (error) {
    if (!(error instanceof SimulatorFault)) throw error;
  }
}
