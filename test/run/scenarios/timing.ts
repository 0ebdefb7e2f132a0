/** Maintenance windows and outage budgets: what may not be begun now, and what nothing breaks off later. */
import { approve, release } from '../../support/operators.ts';
import { callAsSomebodyElse, type Scenario } from '../../support/scenario.ts';
import { addCloudHsm, addExternal, newEndpoint, newReference, oldReference, rename } from '../../support/stores.ts';
import type { World } from '../../support/world.ts';

const minutes = (n: number) => n * 60_000;

/** A window that opens and closes so long after now. */
function windowIn(world: World, opensInMs: number, closesInMs: number) {
  const nowMs = world.clock.now();
  return { text: 'Sun 02:00-04:00 Europe/Berlin', opensAtMs: nowMs + opensInMs, closesAtMs: nowMs + closesInMs };
}

const rotate = {
  change: { XksProxyAuthenticationCredential: newReference },
  previous: { XksProxyAuthenticationCredential: oldReference },
};
const reconnect = { intent: 'reconnect', accept: ['outage'] } as const;

/** Says yes to everything, and tells how often it was asked. */
const createApprover = (world: World, afterMs = 0) =>
  approve(() => {
    world.trace.call('asked');
    return world.clock.sleep(afterMs);
  });

export const timing: readonly Scenario[] = [
  {
    name: 'a run waits for its window, then looks at everything anew, and asks nobody twice',
    outcome: 'updated',
    arrange: (world) => ({
      store: addCloudHsm(world),
      policy: { ...reconnect, window: windowIn(world, minutes(180), minutes(300)), outageBudgetMs: minutes(26) },
      approver: createApprover(world),
    }),
  },
  {
    name: 'who has approved a plan is asked again where the store has changed before the window opened',
    outcome: 'updated',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      world.clock.at(world.clock.now() + minutes(60), () =>
        callAsSomebodyElse(world, 'UpdateCustomKeyStore', { CustomKeyStoreId: store, NewCustomKeyStoreName: 'theirs' }),
      );
      const policy = { window: windowIn(world, minutes(180), minutes(300)) };
      return { store, change: rename, policy, approver: createApprover(world) };
    },
  },
  {
    name: 'a trial connect waits for the window too',
    outcome: 'updated',
    hasTriedConnect: true,
    arrange: (world) => ({
      store: addExternal(world),
      change: { XksProxyUriEndpoint: newEndpoint },
      previous: { XksProxyAuthenticationCredential: oldReference },
      policy: {
        trialConnect: true,
        accept: ['outage', 'unverified-keys'],
        window: windowIn(world, minutes(180), minutes(300)),
      },
    }),
  },
  {
    name: 'a stop ends the wait for the window',
    outcome: 'cancelled',
    arrange(world) {
      world.clock.at(world.clock.now() + minutes(60), () => world.stop.abort());
      const policy = { ...reconnect, window: windowIn(world, minutes(180), minutes(300)) };
      return { store: addExternal(world), policy };
    },
  },
  {
    name: "an outage is not begun when arming the dead man's switch took too long for the window",
    outcome: 'refused',
    arrange(world) {
      world.when('CreateSchedule', () => world.clock.advance(minutes(2)));
      const policy = { ...reconnect, deadMansSwitch: 'arn:aws:iam::111122223333:role/connect-stores' };
      return { store: addExternal(world), policy: { ...policy, window: windowIn(world, 0, minutes(12)) } };
    },
  },
  {
    name: 'a window that is too short for it is refused before it opens',
    outcome: 'refused',
    arrange: (world) => ({
      store: addCloudHsm(world),
      policy: { ...reconnect, window: windowIn(world, minutes(180), minutes(200)) },
    }),
  },
  {
    name: 'what fits into the rest of an open window no more is refused',
    outcome: 'refused',
    arrange: (world) => ({
      store: addExternal(world),
      policy: { ...reconnect, window: windowIn(world, minutes(-180), minutes(9)) },
    }),
  },
  {
    name: 'a window that closes while the question stands is judged again before the first call',
    outcome: 'refused',
    arrange: (world) => ({
      store: addExternal(world),
      policy: { ...reconnect, window: windowIn(world, minutes(-180), minutes(12)) },
      approver: createApprover(world, minutes(4)),
    }),
  },
  {
    name: 'a window that has closed while a DISCONNECTED store was held is judged again before the first call',
    outcome: 'refused',
    arrange: (world) => ({
      store: addCloudHsm(world, { ConnectionState: 'DISCONNECTED' }),
      change: { KeyStorePassword: 'env:PASSWORD' },
      policy: {
        holdOffline: true,
        finalState: 'connected',
        accept: ['no-rollback'],
        window: windowIn(world, 0, minutes(60)),
      },
      operatorPrompt: release(() => world.clock.sleep(minutes(45))),
    }),
  },
  {
    name: 'a live change must be in force at every host of KMS before its window closes',
    outcome: 'refused',
    arrange: (world) => ({
      store: addExternal(world),
      ...rotate,
      policy: { window: windowIn(world, 0, minutes(5)) },
    }),
  },
  {
    name: 'a live change that is in force in time fits into a short window, and no budget stands in its way',
    outcome: 'updated',
    arrange: (world) => ({
      store: addExternal(world),
      ...rotate,
      policy: { window: windowIn(world, 0, minutes(7)), outageBudgetMs: 1_000 },
    }),
  },
  {
    name: 'a change that KMS refuses live goes offline only where its window has time for that',
    outcome: 'refused',
    arrange: (world) => ({
      store: addCloudHsm(world),
      change: rename,
      policy: { accept: ['outage'], window: windowIn(world, 0, minutes(20)) },
    }),
  },
  {
    name: 'a change that KMS refuses live goes offline only within its budget',
    outcome: 'refused',
    arrange: (world) => ({
      store: addCloudHsm(world),
      change: rename,
      policy: { accept: ['outage'], outageBudgetMs: minutes(25) },
    }),
  },
  {
    name: 'an outage over its budget is refused',
    outcome: 'refused',
    arrange: (world) => ({ store: addCloudHsm(world), policy: { ...reconnect, outageBudgetMs: minutes(15) } }),
  },
  {
    name: 'an outage without an end is over every budget',
    outcome: 'refused',
    arrange: (world) => ({
      store: addExternal(world),
      policy: { finalState: 'disconnected', accept: ['outage'], outageBudgetMs: minutes(600) },
    }),
  },
  {
    name: 'a FAILED store has no outage of ours',
    outcome: 'updated',
    arrange: (world) => ({
      store: addExternal(world, { ConnectionState: 'FAILED', ConnectionErrorCode: 'NETWORK_ERRORS' }),
      policy: { intent: 'reconnect', outageBudgetMs: 1_000 },
    }),
  },
  {
    name: 'a transition under way is not broken off as the window closes and the budget is spent',
    outcome: 'updated',
    simulator: { durations: { connect: { EXTERNAL_KEY_STORE: minutes(14) } } },
    arrange: (world) => ({
      store: addExternal(world),
      policy: { ...reconnect, window: windowIn(world, 0, minutes(11)), outageBudgetMs: minutes(11) },
    }),
  },
];
