/** A simulator in compressed time whose CONNECTING is always observed, however busy the machine is. */
import {
  createScaledClock,
  createSimulator,
  type ScaledClock,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/index.ts';

export function createShownSimulator(scale: number, options: SimulatorOptions = {}): Simulator {
  const clock = createScaledClock(scale);
  return showConnects(createSimulator({ ...options, now: clock }), clock);
}

/**
 * Simulated time stands still from an accepted Connect until a Describe was answered. Without that, a CONNECTED that follows
 * in a fraction of a second could be a stale read from before the outage, and cks would wait for it to be none.
 */
export function showConnects(simulator: Simulator, clock: ScaledClock): Simulator {
  let paceMeanwhile: number | null = null;
  const note = <R extends { readonly output?: unknown }>(operation: string, reply: R): R => {
    if (operation === 'ConnectCustomKeyStore' && reply.output !== undefined) {
      paceMeanwhile ??= clock.scale;
      clock.scale = 0;
    }
    if (operation === 'DescribeCustomKeyStores' && paceMeanwhile !== null) {
      clock.scale = paceMeanwhile;
      paceMeanwhile = null;
    }
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
