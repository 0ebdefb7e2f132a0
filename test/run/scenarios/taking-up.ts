/** What an earlier run has left behind is gone on with, wherever the store stands now. */

import { readStore } from '../../../src/aws/kms/kms.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { Settings } from '../../../src/domain/key-store.ts';
import { explainReason } from '../../../src/domain/reasons.ts';
import { createResumeState, type ResumeState } from '../../../src/domain/resume-state.ts';
import { leaveStates, noStaleReads } from '../../../src/domain/stale-reads.ts';
import { noProver } from '../../support/key-verifiers.ts';
import { inState, type Scenario } from '../../support/scenario.ts';
import { addCloudHsm, addExternal, clusters, newEndpoint } from '../../support/stores.ts';
import type { RunOrder, World } from '../../support/world.ts';

/** An earlier run found this store CONNECTED, disconnected it, and left it so. */
function leave(world: World, store: string, left: Partial<ResumeState> = {}): ResumeState {
  const { simulator, clock } = world;
  const before = readStore(simulator.store(store) as unknown as Record<string, unknown>);
  simulator.call('DisconnectCustomKeyStore', { CustomKeyStoreId: store });
  const offlineSinceMs = clock.now();
  clock.advance(20_000);
  return { ...createResumeState('earlier', before), isUnfinished: true, offlineSinceMs, ...left };
}

/** It has sent a change too, and KMS has carried it out. */
function leaveUpdated(world: World, store: string, change: Change, left: Partial<ResumeState> = {}): ResumeState {
  const resumedFrom = leave(world, store);
  world.simulator.call('UpdateCustomKeyStore', { CustomKeyStoreId: store, ...change });
  const inForce = { ...resumedFrom.before.settings, ...change } as Settings;
  return { ...resumedFrom, sent: change, inForce, update: 'accepted', ...left };
}

const connected = { finalState: 'connected', accept: ['outage', 'unverified-keys'] } as const;
const reason = explainReason('UNCLEAR', { detail: 'no answer' });
const moveEndpoint = { XksProxyUriEndpoint: newEndpoint };

/** Keys of a store that is DISCONNECTED say nothing. */
const unwantedProver: RunOrder['keyVerifier'] = {
  ...noProver,
  tryKeys: () => Promise.reject(new Error('a key of a disconnected store was tried')),
};

export const takingUp: readonly Scenario[] = [
  {
    name: 'a store whose first observation may be older than the last call is observed until that is ruled out',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      world.simulator.staleReadsForMs = 22_000;
      const stale = leaveStates(noStaleReads, ['CONNECTED'], world.clock.now());
      const resumedFrom = leave(world, store, { hasDisconnected: true, stale });
      return { store, change: moveEndpoint, policy: connected, resumedFrom };
    },
  },
  {
    name: 'credentials that expire in the first wait of a resume are waited for',
    outcome: 'updated',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      const resumedFrom = leaveUpdated(world, store, moveEndpoint);
      world.simulator.call('ConnectCustomKeyStore', { CustomKeyStoreId: store });
      world.when(inState(world, 'settlingFirst', 'Describe'), () => world.cutOff('ExpiredTokenException', 150_000));
      return { store, policy: connected, resumedFrom };
    },
  },
  {
    name: 'a store that was left DISCONNECTED before the update is updated and connected',
    outcome: 'updated',
    arrange(world) {
      const store = addCloudHsm(world);
      const change = { CloudHsmClusterId: clusters(world).second };
      return { store, change, policy: connected, resumedFrom: leave(world, store) };
    },
  },
  {
    name: 'a store that was left DISCONNECTED after the update is only connected',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      return { store, policy: connected, resumedFrom: leaveUpdated(world, store, moveEndpoint) };
    },
  },
  {
    name: 'a store that was left updated and DISCONNECTED, as wanted, is only confirmed',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      const resumedFrom = leaveUpdated(world, store, moveEndpoint, { wantedState: 'DISCONNECTED' });
      const accept = ['outage', 'unverified-keys'] as const;
      return { store, policy: { finalState: 'disconnected', accept }, resumedFrom, keyVerifier: unwantedProver };
    },
  },
  {
    name: 'a store that was left with an update of unknown fate shows it, and is connected',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      const unclear = { sent: {}, update: 'none', pending: moveEndpoint } as const;
      const resumedFrom = leaveUpdated(world, store, moveEndpoint, unclear);
      const inForce = resumedFrom.before.settings;
      return { store, change: moveEndpoint, policy: connected, resumedFrom: { ...resumedFrom, inForce } };
    },
  },
  {
    name: 'a store that was left FAILED is given a corrected value',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      const resumedFrom = leaveUpdated(world, store, moveEndpoint);
      world.simulator.addProxy({ endpoint: newEndpoint, reachable: false });
      world.simulator.call('ConnectCustomKeyStore', { CustomKeyStoreId: store });
      world.clock.advance(20_000);
      return {
        store,
        change: { XksProxyUriEndpoint: 'https://better.xks.example.com' },
        policy: connected,
        resumedFrom,
      };
    },
  },
  {
    name: 'a store that has connected meanwhile is only verified',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      const resumedFrom = leaveUpdated(world, store, moveEndpoint);
      world.simulator.call('ConnectCustomKeyStore', { CustomKeyStoreId: store });
      world.clock.advance(20_000);
      return { store, policy: connected, resumedFrom };
    },
  },
  {
    name: 'a store that is still moving at the deadline is unsettled once more',
    outcome: 'unsettled',
    arrange(world) {
      const store = addExternal(world);
      const resumedFrom = leaveUpdated(world, store, moveEndpoint);
      world.simulator.call('ConnectCustomKeyStore', { CustomKeyStoreId: store });
      return { store, policy: { ...connected, maxConnectWaitMs: 5_000 }, resumedFrom };
    },
  },
  {
    name: 'a rollback that was left half-way is finished',
    outcome: 'rolledBack',
    arrange(world) {
      const store = addExternal(world);
      return {
        store,
        policy: connected,
        resumedFrom: leaveUpdated(world, store, moveEndpoint, { goal: 'back', reason }),
      };
    },
  },
  {
    name: 'a stop that was left half-way is finished',
    outcome: 'cancelled',
    arrange(world) {
      const store = addExternal(world);
      const stopped = { goal: 'back', reason: explainReason('STOPPED', { detail: '' }) } as const;
      return { store, policy: connected, resumedFrom: leave(world, store, stopped) };
    },
  },
  {
    name: 'a store that cannot be described is left to another resume',
    outcome: 'refused',
    arrange(world) {
      const store = addExternal(world);
      const unclear = { sent: {}, update: 'none', pending: moveEndpoint } as const;
      const resumedFrom = leaveUpdated(world, store, moveEndpoint, unclear);
      world.cutOff('ExpiredTokenException', 60_000);
      return { store, change: moveEndpoint, policy: connected, resumedFrom };
    },
  },
  {
    name: 'a store that somebody has changed since is left alone',
    outcome: 'refused',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      const resumedFrom = leaveUpdated(world, store, moveEndpoint);
      world.simulator.call('UpdateCustomKeyStore', { CustomKeyStoreId: store, NewCustomKeyStoreName: 'theirs' });
      return { store, policy: connected, resumedFrom };
    },
  },
  {
    name: 'a new value that does not connect either is rolled back to the settings from before the earlier run',
    outcome: 'rolledBack',
    arrange(world) {
      const store = addExternal(world);
      const resumedFrom = leaveUpdated(world, store, moveEndpoint);
      world.when(inState(world, 'acting.connecting.calling', 'Connect'), () => {
        world.simulator.proxy(newEndpoint).reachable = false;
      });
      return { store, policy: connected, resumedFrom };
    },
  },
  {
    name: 'a store that another run is at work on is refused',
    outcome: 'refused',
    arrange(world) {
      const operatorPrompt = { runId: 'other', pid: 4711, sinceMs: world.clock.now(), step: 'settleStore' };
      const lock = {
        acquire: async () => operatorPrompt,
        confirm: async () => null,
        recordStep: () => undefined,
        release: async () => undefined,
      };
      return { store: addExternal(world), change: moveEndpoint, policy: connected, lock };
    },
  },
];
