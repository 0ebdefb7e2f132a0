/** A simulator in compressed time whose CONNECTING is always observed, however busy the machine is. */
import {
  createScaledClock,
  createSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/index.ts';

/**
 * Simulated time stands still from an accepted Connect until a Describe was answered. Without that, a CONNECTED that follows
 * in a fraction of a second could be a stale read from before the outage, and cks would wait for it to be none.
 */
export function createShownSimulator(scale: number, options: SimulatorOptions = {}): Simulator {
  const clock = createScaledClock(scale);
  const simulator = createSimulator({ ...options, now: clock });
  const note = <R extends { readonly output?: unknown }>(operation: string, reply: R): R => {
    if (operation === 'ConnectCustomKeyStore' && reply.output !== undefined) clock.scale = 0;
    if (operation === 'DescribeCustomKeyStores') clock.scale = scale;
    return reply;
  };
  return Object.create(simulator, {
    receive: {
      writable: true,
      value: (...call: Parameters<Simulator['receive']>) => note(call[0], simulator.receive(...call)),
    },
    receiveAsking: {
      writable: true,
      value: async (...call: Parameters<Simulator['receiveAsking']>) =>
        note(call[1], await simulator.receiveAsking(...call)),
    },
  }) as Simulator;
}
