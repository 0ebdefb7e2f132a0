/** The fence: keys are disabled before the outage and enabled on evidence after it, whatever comes in between. */
import { readStore } from '../../../src/aws/kms/kms.ts';
import { createResumeState, type ResumeState } from '../../../src/domain/resume-state.ts';
import { addFenced, arnOf, encryptCanaries, leaveKeysDisabled } from '../../support/fenced.ts';
import { before, callAsSomebodyElse, inState, type Scenario } from '../../support/scenario.ts';
import { newEndpoint, oldEndpoint } from '../../support/stores.ts';
import type { World } from '../../support/world.ts';

/** KMS answers this to each such call; `untilMs`: by the clock of the world, so long from now. */
function answer(world: World, operation: string, name: string, times: number | 'always' = 'always'): void {
  world.simulator.failNext(operation, name, { times });
}

const isIn = (world: World, state: string) => () => (world.trace.lines.at(-1) ?? '').startsWith(state);
/** Just before the second call of this operation. */
function afterFirst(world: World, operation: string, act: () => void): void {
  world.when(operation, () => world.when(operation, act));
}

/** The moment just before a call about a key in this state of the machine. */
const keyCallIn = (world: World, state: string, operation: string) => (word: string) =>
  word === operation && isIn(world, state)();

export const fencing: readonly Scenario[] = [
  {
    name: 'keys behind a fence are enabled on their own canaries',
    outcome: 'updated',
    arrange: (world) => addFenced(world).order,
  },
  {
    name: 'keys that both proxies hold are enabled without an exposure',
    outcome: 'updated',
    arrange(world) {
      const { order, keyIds } = addFenced(world);
      const sameKeys = keyIds.map(arnOf);
      const checks = [
        { name: 'same-keys', run: async () => ({ status: 'passed', message: 'the same', sameKeys }) as const },
      ];
      return { ...order, checks };
    },
  },
  {
    name: 'a key that turns out to be different is disabled again, and the rollback enables all',
    outcome: 'rolledBack',
    arrange: (world) => addFenced(world, { hasOtherKeys: true }).order,
  },
  {
    name: 'a stop while the fence is prepared changes nothing',
    outcome: 'cancelled',
    arrange(world) {
      const { order } = addFenced(world);
      world.when(keyCallIn(world, 'acting.fencing.preparing', 'EnableKey'), () => world.stop.abort());
      return order;
    },
  },
  {
    name: 'no key is disabled when its fence took too long to prepare for the window',
    outcome: 'refused',
    arrange(world) {
      const { order } = addFenced(world);
      const hourMs = 3_600_000;
      world.when(keyCallIn(world, 'acting.fencing.preparing', 'EnableKey'), () => world.clock.advance(hourMs));
      const opensAtMs = world.clock.now();
      const window = { text: 'a window', opensAtMs, closesAtMs: opensAtMs + hourMs };
      return { ...order, policy: { ...order.policy, window } };
    },
  },
  {
    name: 'a stop while keys are disabled enables them again',
    outcome: 'cancelled',
    arrange(world) {
      const { order } = addFenced(world);
      world.when('DisableKey', () => world.stop.abort());
      return order;
    },
  },
  {
    name: 'a fence without the right to enable a key is refused',
    outcome: 'refused',
    arrange(world) {
      const { order } = addFenced(world);
      answer(world, 'EnableKey', 'AccessDeniedException');
      return order;
    },
  },
  {
    name: 'a fence without the right to disable any key is refused',
    outcome: 'refused',
    // A resume does not know whether a DisableKey went out.
    isVolatile: true,
    arrange(world) {
      const { order } = addFenced(world);
      answer(world, 'DisableKey', 'AccessDeniedException');
      return order;
    },
  },
  {
    name: 'a fence without the right to disable one of the keys enables the others',
    outcome: 'rolledBack',
    isVolatile: true,
    arrange(world) {
      const { order } = addFenced(world);
      afterFirst(world, 'DisableKey', () => answer(world, 'DisableKey', 'AccessDeniedException'));
      return order;
    },
  },
  {
    name: 'a fence that takes too long for the window is taken down again',
    outcome: 'rolledBack',
    isVolatile: true,
    arrange(world) {
      const nowMs = world.clock.now();
      const window = { text: 'a window', opensAtMs: nowMs, closesAtMs: nowMs + 12 * 60_000 };
      const { order } = addFenced(world, { policy: { window } });
      world.when('DisableKey', () => world.clock.advance(120_000));
      return order;
    },
  },
  {
    name: 'a Disconnect that KMS refuses behind a fence leaves each key enabled',
    outcome: 'rolledBack',
    arrange(world) {
      const { order } = addFenced(world);
      answer(world, 'DisconnectCustomKeyStore', 'AccessDeniedException');
      return order;
    },
  },
  {
    name: 'a key that KMS does not enable after the update strands the run',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const { order } = addFenced(world);
      world.when('ConnectCustomKeyStore', () => answer(world, 'EnableKey', 'AccessDeniedException'));
      return order;
    },
  },
  {
    name: 'a key that KMS does not enable after a stop strands the run',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const { order } = addFenced(world);
      world.when('DisableKey', () => {
        world.stop.abort();
        answer(world, 'EnableKey', 'AccessDeniedException');
      });
      return order;
    },
  },
  {
    name: 'a key that KMS does not enable after a rollback strands the run',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const { order } = addFenced(world);
      afterFirst(world, 'DisableKey', () => {
        answer(world, 'DisableKey', 'AccessDeniedException');
        answer(world, 'EnableKey', 'AccessDeniedException');
      });
      return order;
    },
  },
  {
    name: 'a rollback to settings that are different by now leaves the key disabled',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const { order } = addFenced(world, { hasOtherKeys: true });
      world.when(inState(world, 'acting.rollingBack.connecting.calling', 'Connect'), () => {
        world.simulator.addProxy({ endpoint: oldEndpoint, keyManager: 'a third' });
      });
      return order;
    },
  },
  {
    name: 'a connect that never ends leaves the keys disabled, and says so',
    outcome: 'stranded',
    isVolatile: true,
    simulator: { durations: { connect: { EXTERNAL_KEY_STORE: 3_600_000 } } },
    arrange: (world) => addFenced(world).order,
  },
  {
    name: 'an external connect during the Disconnect enables the keys, and strands the run',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const { order } = addFenced(world);
      world.when(before(world, 'Describe', order.store, 'DISCONNECTED'), () => {
        callAsSomebodyElse(world, 'ConnectCustomKeyStore', { CustomKeyStoreId: order.store });
        world.clock.advance(15_000);
      });
      return order;
    },
  },
  {
    name: 'a resume of a run that had finished all but its keys enables them',
    outcome: 'updated',
    isVolatile: true,
    arrange: leaveKeysDisabled,
  },
  {
    name: 'a resume after another change of the store enables the keys on evidence, and strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const order = leaveKeysDisabled(world);
      const NewCustomKeyStoreName = 'theirs';
      callAsSomebodyElse(world, 'UpdateCustomKeyStore', { CustomKeyStoreId: order.store, NewCustomKeyStoreName });
      return order;
    },
  },
  {
    name: 'a resume of a run that was interrupted while it disabled keys disables the rest',
    outcome: 'updated',
    isVolatile: true,
    arrange(world) {
      const { order, keyIds } = addFenced(world);
      const { simulator, clock } = world;
      const before = readStore({ ...simulator.store(order.store) });
      const canaries = encryptCanaries(world, keyIds);
      simulator.call('DisableKey', { KeyId: keyIds[0] });
      const resumedFrom: ResumeState = {
        ...createResumeState('earlier', before),
        isUnfinished: true,
        send: { XksProxyUriEndpoint: newEndpoint },
        isUnsent: true,
        preparation: { canaries, keys: keyIds.length },
        fence: {
          keys: keyIds.map((keyId) => ({ keyId: arnOf(keyId), state: 'disabled' })),
          unfenced: [],
          listedAtMs: clock.now() - 50_000,
          hidden: 0,
        },
      };
      return { ...order, resumedFrom };
    },
  },
];
