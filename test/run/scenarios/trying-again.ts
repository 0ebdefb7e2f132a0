/** Calls that KMS, or something in its place, does not answer for certain once the store is not as it was found. */

import { createKeyVerifier } from '../../support/key-verifiers.ts';
import { release } from '../../support/operators.ts';
import { before, callAsSomebodyElse, type Scenario } from '../../support/scenario.ts';
import {
  addCloudHsm,
  addExternal,
  moveEndpoint,
  newEndpoint,
  newPath,
  newReference,
  oldEndpoint,
  reconnect,
} from '../../support/stores.ts';
import { minuteMs, type World } from '../../support/world.ts';

/** From now on each call of the operation is answered so. */
function answerAll(world: World, operation: string, name: string) {
  world.simulator.failNext(`${operation}CustomKeyStore`, name, { times: 'always' });
}

const isRollingBack = (world: World) => world.trace.lines.at(-1)?.startsWith('acting.rollingBack') === true;

export const tryingAgain: readonly Scenario[] = [
  {
    name: 'a Connect is tried again after internal errors of KMS',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      world.simulator.failNext('ConnectCustomKeyStore', 'KMSInternalException', { times: 6 });
      return { store, ...moveEndpoint };
    },
  },
  {
    name: 'an update is tried again after the HTML pages of a proxy',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      world.simulator.failNext('UpdateCustomKeyStore', { name: 'SyntaxError', statusCode: 403 }, { times: 5 });
      return { store, ...moveEndpoint };
    },
  },
  {
    name: 'a Connect whose credentials have expired, though Describe works, is tried again',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      world.simulator.failNext('ConnectCustomKeyStore', 'ExpiredTokenException', { times: 6 });
      return { store, ...moveEndpoint };
    },
  },
  {
    name: 'a Connect to a state that KMS has not seen yet counts as no login',
    outcome: 'updated',
    arrange(world) {
      const store = addCloudHsm(world);
      world.simulator.failNext('ConnectCustomKeyStore', 'CustomKeyStoreInvalidStateException', { times: 5 });
      return { store, ...reconnect };
    },
  },
  {
    name: 'an update without a definite answer for two minutes is rolled back',
    outcome: 'rolledBack',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      answerAll(world, 'Update', 'KMSInternalException');
      world.when(
        (operation) => before(world, 'Update', store)(operation) && isRollingBack(world),
        () => world.simulator.clearFaults(),
      );
      return { store, ...moveEndpoint };
    },
  },
  {
    name: 'an update without a definite answer is held, where a hold was asked for',
    outcome: 'updated',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      answerAll(world, 'Update', 'KMSInternalException');
      const policy = { ...moveEndpoint.policy, onFailure: 'hold' } as const;
      return {
        store,
        change: moveEndpoint.change,
        policy,
        operatorPrompt: release(() => world.simulator.clearFaults()),
      };
    },
  },
  {
    name: 'an external store is connected and stranded where nobody can tell which secret is in force',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      answerAll(world, 'Update', 'KMSInternalException');
      const credential = { ...newReference, AccessKeyId: 'OLDKEYOLDKEYOLDKEYOL' };
      return {
        store,
        change: { XksProxyAuthenticationCredential: credential },
        policy: { mode: 'offline', accept: ['outage', 'unverified-keys', 'no-rollback'] },
      };
    },
  },
  {
    name: 'a Connect without a definite answer is stranded at its limit',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      answerAll(world, 'Connect', 'ServiceUnavailableException');
      return { store, ...moveEndpoint };
    },
  },
  {
    name: 'a third Connect without a definite answer is the last one where kmsuser may be locked out',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const store = addCloudHsm(world);
      answerAll(world, 'Connect', 'KMSInternalException');
      return { store, policy: { ...reconnect.policy, maxConnectWaitMs: 2 * minuteMs } };
    },
  },
  {
    name: 'a rollback is tried again until the old proxy answers',
    outcome: 'rolledBack',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      world.when(before(world, 'Connect', store), () => {
        for (const endpoint of [newEndpoint, oldEndpoint]) world.simulator.proxy(endpoint).reachable = false;
        world.clock.at(world.clock.now() + minuteMs, () => {
          world.simulator.proxy(oldEndpoint).reachable = true;
        });
      });
      return { store, ...moveEndpoint };
    },
  },
  {
    name: 'a rollback whose old name is taken restores the rest and strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      const other = addExternal(world, { CustomKeyStoreName: 'other', XksProxyUriPath: '/other/kms/xks/v1' });
      world.when(before(world, 'Connect', store), () => {
        world.simulator.proxy(newEndpoint).reachable = false;
        const input = { CustomKeyStoreId: other, NewCustomKeyStoreName: 'xks' };
        callAsSomebodyElse(world, 'UpdateCustomKeyStore', input);
      });
      const change = { ...moveEndpoint.change, NewCustomKeyStoreName: 'renamed' };
      return { store, change, policy: moveEndpoint.policy };
    },
  },
  {
    name: 'a rollback without a definite answer strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      world.when(before(world, 'Connect', store), () => {
        world.simulator.proxy(newEndpoint).reachable = false;
        answerAll(world, 'Update', 'KMSInternalException');
      });
      return { store, ...moveEndpoint };
    },
  },
  {
    name: 'a rollback of a live update without a definite answer strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      const keyVerifier = createKeyVerifier(({ settings }) => {
        if (settings.XksProxyUriPath !== newPath) return 'verified';
        answerAll(world, 'Update', 'KMSInternalException');
        return 'mismatch';
      });
      return { store, change: { XksProxyUriPath: newPath }, policy: { accept: ['unverified-keys'] }, keyVerifier };
    },
  },
];
