/** The dead man's switch: armed before an outage, taken away at its end, left where it helps, and what its strike makes. */

import { readStore } from '../../../src/aws/kms/kms.ts';
import { explainReason } from '../../../src/domain/reasons.ts';
import { createResumeState, type ResumeState } from '../../../src/domain/resume-state.ts';
import { createKeyVerifier } from '../../support/key-verifiers.ts';
import { approve, release } from '../../support/operators.ts';
import { before, callAsSomebodyElse, inState, rejectLive, type Scenario } from '../../support/scenario.ts';
import {
  addCloudHsm,
  addExternal,
  clusters,
  moveEndpoint,
  newEndpoint,
  newPath,
  newReference,
  oldReference,
  rename,
} from '../../support/stores.ts';
import type { World } from '../../support/world.ts';

const minutes = (n: number) => n * 60_000;

const role = 'arn:aws:iam::111122223333:role/connect-stores';
const armed = { deadMansSwitch: role } as const;
const reconnect = { ...armed, intent: 'reconnect', accept: ['outage'] } as const;
const move = {
  ...moveEndpoint,
  policy: { ...armed, ...moveEndpoint.policy },
} as const;

/** Deadlines of 15 minutes twice there and back, and ten more: by then the switch has struck. */
const beyondTheSwitchMs = minutes(75);

/** KMS cannot be asked from this call on, until the switch has struck. */
function cutOffIn(world: World, state: string, operation: Parameters<typeof inState>[2]): void {
  world.when(inState(world, state, operation), () => world.cutOff('ExpiredTokenException', beyondTheSwitchMs));
}

/** An earlier run has armed its switch, and left the store DISCONNECTED. */
function leave(world: World, store: string, strikesInMs: number): ResumeState {
  const { simulator, clock } = world;
  const before = readStore({ ...simulator.store(store) });
  const deadlineAtMs = Math.ceil((clock.now() + strikesInMs) / 60_000) * 60_000;
  const name = `dead-mans-switch-${store}`;
  simulator.call('CreateSchedule', {
    Name: name,
    ScheduleExpression: `at(${new Date(deadlineAtMs).toISOString().slice(0, 19)})`,
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: 'arn:aws:scheduler:::aws-sdk:kms:connectCustomKeyStore',
      RoleArn: role,
      Input: JSON.stringify({ CustomKeyStoreId: store }),
    },
  });
  simulator.call('DisconnectCustomKeyStore', { CustomKeyStoreId: store });
  const offlineSinceMs = clock.now();
  clock.advance(20_000);
  const left = { isUnfinished: true, offlineSinceMs, armed: { name, deadlineAtMs } } as const;
  return { ...createResumeState('earlier', before), ...left };
}

export const switching: readonly Scenario[] = [
  {
    name: "a dead man's switch is armed before an outage, and taken away at the end",
    outcome: 'updated',
    arrange: (world) => ({ store: addExternal(world), policy: reconnect }),
  },
  {
    name: 'a switch is armed where KMS wants a live change offline',
    outcome: 'updated',
    arrange: (world) => ({
      store: addCloudHsm(world),
      change: rename,
      policy: { ...armed, accept: ['outage'] },
    }),
  },
  {
    name: 'without an outage no switch is armed',
    outcome: 'updated',
    arrange: (world) => ({
      store: addExternal(world),
      change: { XksProxyAuthenticationCredential: newReference },
      previous: { XksProxyAuthenticationCredential: oldReference },
      policy: armed,
    }),
  },
  {
    name: 'for a store that shall stay offline no switch is armed',
    outcome: 'updated',
    arrange: (world) => ({
      store: addExternal(world),
      policy: { ...armed, finalState: 'disconnected', accept: ['outage'] },
    }),
  },
  {
    name: 'a switch that cannot be armed refuses the run',
    outcome: 'refused',
    arrange(world) {
      world.simulator.failNext('CreateSchedule', 'AccessDeniedException', { times: 100 });
      return { store: addExternal(world), policy: reconnect };
    },
  },
  {
    name: 'a switch whose arming was not answered is found armed by the next try',
    outcome: 'updated',
    arrange(world) {
      world.simulator.failNext('CreateSchedule', 'ConnectionReset', { afterEffect: true });
      return { store: addExternal(world), policy: reconnect };
    },
  },
  {
    name: 'a switch of which nobody knows whether it is armed refuses the run, and is taken away',
    outcome: 'refused',
    isVolatile: true,
    arrange(world) {
      world.simulator.failNext('CreateSchedule', 'ConnectionReset', { afterEffect: true });
      world.simulator.failNext('GetSchedule', 'ConnectionReset', { times: 2 });
      return { store: addExternal(world), policy: reconnect };
    },
  },
  {
    name: 'a stop of a resume while the switch is armed brings the store back that was left offline',
    outcome: 'cancelled',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      const resumedFrom = leave(world, store, minutes(60));
      world.when(
        (operation) => operation.endsWith('Schedule'),
        () => world.stop.abort(),
      );
      return { store, policy: { ...reconnect, finalState: 'connected', holdOffline: true }, resumedFrom };
    },
  },
  {
    name: 'a stop while the switch is armed cancels, and it is taken away',
    outcome: 'cancelled',
    arrange(world) {
      world.when('CreateSchedule', () => world.stop.abort());
      return { store: addExternal(world), policy: reconnect };
    },
  },
  {
    name: 'a disconnect that is refused takes the switch away again',
    outcome: 'refused',
    arrange(world) {
      world.simulator.failNext('DisconnectCustomKeyStore', 'AccessDeniedException', { times: 100 });
      return { store: addExternal(world), policy: reconnect };
    },
  },
  {
    name: 'a switch stays armed on the way back, and is taken away at its end',
    outcome: 'rolledBack',
    arrange(world) {
      const proxy = world.simulator.addProxy({ endpoint: newEndpoint });
      world.when(inState(world, 'acting.connecting.calling', 'Connect'), () => {
        proxy.reachable = false;
      });
      return { store: addExternal(world), ...move };
    },
  },
  {
    name: 'a switch is armed where only the way back from a live change goes offline',
    outcome: 'rolledBack',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      const before = readStore({ ...world.simulator.store(store) });
      const sent = { XksProxyUriPath: newPath } as const;
      world.simulator.call('UpdateCustomKeyStore', { CustomKeyStoreId: store, ...sent });
      rejectLive(world);
      const inForce = { ...before.settings, ...sent };
      const left = { sent, inForce, update: 'accepted', goal: 'back', isUnfinished: true } as const;
      // Nothing is said against the keys that the new settings lead to.
      const reason = explainReason('NO_EFFECT', {});
      const resumedFrom = { ...createResumeState('earlier', before), ...left, reason };
      return { store, change: sent, policy: move.policy, resumedFrom };
    },
  },
  {
    name: 'no switch is armed where the way back goes offline from keys that are others',
    outcome: 'rolledBack',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      const isMoved = () => world.simulator.store(store).XksProxyConfiguration?.UriPath === newPath;
      world.when(
        (operation) => before(world, 'Update', store)(operation) && isMoved(),
        () => rejectLive(world),
      );
      const keyVerifier = createKeyVerifier(({ settings }) =>
        settings.XksProxyUriPath === newPath ? 'mismatch' : 'verified',
      );
      return { store, change: { XksProxyUriPath: newPath }, policy: move.policy, keyVerifier };
    },
  },
  {
    name: 'a switch is taken away before the way back from keys that are others',
    outcome: 'rolledBack',
    arrange: (world) => ({
      store: addExternal(world),
      ...move,
      keyVerifier: createKeyVerifier(({ settings }) =>
        settings.XksProxyUriEndpoint === newEndpoint ? 'mismatch' : 'verified',
      ),
    }),
  },
  {
    name: 'a switch is taken away where somebody else is at work on the store',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      world.when(inState(world, 'acting.updating', 'Update'), () =>
        callAsSomebodyElse(world, 'ConnectCustomKeyStore', { CustomKeyStoreId: store }),
      );
      return { store, ...move };
    },
  },
  {
    name: 'a switch is left to a store that is stranded offline, where a Connect is what it needs',
    outcome: 'stranded',
    arrange(world) {
      world.simulator.failNext('ConnectCustomKeyStore', 'AccessDeniedException', { times: 100 });
      return { store: addExternal(world), policy: reconnect };
    },
  },
  {
    name: 'a switch is left to a store that is still DISCONNECTING at the deadline',
    outcome: 'unsettled',
    arrange: (world) => ({ store: addExternal(world), policy: { ...reconnect, maxDisconnectWaitMs: 5_000 } }),
  },
  {
    name: 'a switch is taken away from a store that is still CONNECTING at the deadline: a Connect would not help',
    outcome: 'unsettled',
    arrange: (world) => ({ store: addExternal(world), policy: { ...reconnect, maxConnectWaitMs: 5_000 } }),
  },
  {
    name: 'a switch that cannot be taken away stands in nobody’s way, and is told',
    outcome: 'updated',
    arrange(world) {
      world.simulator.failNext('DeleteSchedule', 'AccessDeniedException', { times: 100 });
      return { store: addExternal(world), policy: reconnect };
    },
  },
  {
    name: 'a switch is taken away before KMS is told of another cluster',
    outcome: 'updated',
    arrange: (world) => ({
      store: addCloudHsm(world),
      change: { CloudHsmClusterId: clusters(world).second },
      policy: { ...armed, accept: ['outage'] },
    }),
  },
  {
    name: 'a switch is taken away before anybody sets another password of kmsuser',
    outcome: 'updated',
    arrange(world) {
      const { first } = clusters(world);
      return {
        store: addCloudHsm(world),
        change: { KeyStorePassword: 'env:PASSWORD' },
        policy: { ...armed, holdOffline: true, accept: ['outage', 'no-rollback'] },
        operatorPrompt: release(() => world.simulator.setKmsuserPassword(first, 'newPassword1')),
      };
    },
  },
  {
    name: 'a switch is taken away before a CloudHSM key store that does not connect is held',
    outcome: 'updated',
    arrange(world) {
      const store = addCloudHsm(world);
      world.simulator.failNextConnect(store, 'USER_LOGGED_IN');
      return {
        store,
        policy: { ...reconnect, onFailure: 'hold' },
        operatorPrompt: release(undefined, {}, ['login']),
      };
    },
  },
  {
    name: 'a switch that an earlier run has left is taken away before KMS is told of another cluster',
    outcome: 'updated',
    arrange(world) {
      const store = addCloudHsm(world);
      const change = { CloudHsmClusterId: clusters(world).second };
      const policy = { ...armed, finalState: 'connected', accept: ['outage'] } as const;
      return { store, change, policy, resumedFrom: leave(world, store, minutes(120)) };
    },
  },
  {
    name: 'a switch that an earlier run has left is armed anew, for as long as this run may take',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      const policy = { ...move.policy, finalState: 'connected' } as const;
      return { store, ...move, policy, resumedFrom: leave(world, store, minutes(10)) };
    },
  },
  {
    name: 'a switch that an earlier run has left is armed anew before a hold',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      const policy = { ...move.policy, finalState: 'connected', holdOffline: true } as const;
      return { store, ...move, policy, operatorPrompt: release(), resumedFrom: leave(world, store, minutes(10)) };
    },
  },
  {
    name: 'a switch that an earlier run has left is armed anew where only the connect is left',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      const policy = { ...armed, finalState: 'connected', accept: ['outage'] } as const;
      return { store, policy, resumedFrom: leave(world, store, minutes(10)) };
    },
  },
  {
    name: 'a switch that an earlier run has left strikes while the question stands: it has done our work',
    outcome: 'updated',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      const policy = { ...armed, finalState: 'connected', accept: ['outage'] } as const;
      const approver = approve(() => world.clock.sleep(minutes(9)));
      return { store, policy, approver, resumedFrom: leave(world, store, minutes(5)) };
    },
  },
  {
    name: 'a switch that strikes while KMS cannot be asked has brought the store back: the run goes back to that',
    outcome: 'rolledBack',
    isVolatile: true,
    arrange(world) {
      cutOffIn(world, 'acting.disconnecting.settling', 'Describe');
      return { store: addExternal(world), ...move };
    },
  },
  {
    name: 'a switch that strikes before the update could be sent has brought the store back',
    outcome: 'rolledBack',
    isVolatile: true,
    arrange(world) {
      cutOffIn(world, 'acting.updating', 'Update');
      return { store: addExternal(world), ...move };
    },
  },
  {
    name: 'a switch that strikes before our own Connect has done our work',
    outcome: 'updated',
    isVolatile: true,
    arrange(world) {
      cutOffIn(world, 'acting.connecting.calling', 'Connect');
      return { store: addExternal(world), ...move };
    },
  },
  {
    name: 'a switch that strikes before our own Connect on the way back has done our work',
    outcome: 'rolledBack',
    isVolatile: true,
    arrange(world) {
      world.simulator.addProxy({ endpoint: newEndpoint, reachable: false });
      cutOffIn(world, 'acting.rollingBack.connecting.calling', 'Connect');
      return { store: addExternal(world), ...move };
    },
  },
  {
    name: 'a switch that strikes while the store is held has brought it back',
    outcome: 'rolledBack',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      const operatorPrompt = release(() => world.clock.sleep(beyondTheSwitchMs));
      const policy = { ...move.policy, holdOffline: true } as const;
      return { store, ...move, policy, operatorPrompt };
    },
  },
  {
    name: 'a switch that connects the held store with the new settings has done what was left to do',
    outcome: 'updated',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      world.simulator.failNext('ConnectCustomKeyStore', 'CloudHsmClusterNotActiveException');
      const operatorPrompt = release(() => world.clock.sleep(beyondTheSwitchMs));
      const policy = { ...move.policy, onFailure: 'hold' } as const;
      return { store, ...move, policy, operatorPrompt };
    },
  },
  {
    name: 'a stop while the switch is taken away before a hold sends no other update',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const store = addCloudHsm(world);
      world.simulator.failNextConnect(store, 'CLUSTER_NOT_FOUND');
      world.when('DeleteSchedule', () => world.stop.abort());
      const policy = { ...armed, mode: 'offline', onFailure: 'hold', accept: ['outage'] } as const;
      return { store, change: rename, policy, operatorPrompt: { wait: async () => ({ kind: 'givenUp' }) as const } };
    },
  },
  {
    name: 'a switch that strikes while the store connects changes nothing',
    outcome: 'updated',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      world.when(before(world, 'Describe', store, 'CONNECTING'), () =>
        callAsSomebodyElse(world, 'ConnectCustomKeyStore', { CustomKeyStoreId: store }),
      );
      return { store, policy: reconnect };
    },
  },
];
