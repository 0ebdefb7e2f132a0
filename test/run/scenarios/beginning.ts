/** Before the first write: describing, waiting, planning, checking, approving. */

import { unprepared } from '../../../src/domain/key-verification.ts';
import { noProver } from '../../support/key-verifiers.ts';
import { approve, decline } from '../../support/operators.ts';
import { before, callAsSomebodyElse, type Scenario } from '../../support/scenario.ts';
import { addCloudHsm, addExternal, movePath, rename } from '../../support/stores.ts';

export const beginning: readonly Scenario[] = [
  {
    name: 'a stop before anything is known cancels',
    outcome: 'cancelled',
    arrange(world) {
      const store = addExternal(world);
      world.stop.abort();
      return { store, change: rename };
    },
  },
  {
    name: 'a store that does not exist is refused',
    outcome: 'refused',
    arrange: () => ({ store: 'cks-00000000000000000', change: rename }),
  },
  {
    name: "somebody else's connect is waited out first",
    outcome: 'updated',
    arrange: (world) => ({ store: addExternal(world, { ConnectionState: 'CONNECTING' }), change: rename }),
  },
  {
    name: 'a stop ends the first wait',
    outcome: 'cancelled',
    arrange(world) {
      const store = addExternal(world, { ConnectionState: 'DISCONNECTING' });
      world.clock.at(world.clock.now() + 5_000, () => world.stop.abort());
      return { store, change: rename };
    },
  },
  {
    name: 'a store that is still moving at the deadline is refused',
    outcome: 'refused',
    arrange: (world) => ({
      store: addExternal(world, { ConnectionState: 'DISCONNECTING' }),
      change: rename,
      policy: { maxDisconnectWaitMs: 5_000 },
    }),
  },
  {
    name: 'settings that are as wanted are left alone',
    outcome: 'unchanged',
    arrange: (world) => ({ store: addExternal(world), change: { NewCustomKeyStoreName: 'xks' } }),
  },
  {
    name: 'a new kmsuser password for a CONNECTED store is refused',
    outcome: 'refused',
    arrange: (world) => ({ store: addCloudHsm(world), change: { KeyStorePassword: 'env:PASSWORD' } }),
  },
  {
    name: 'a failed check refuses',
    outcome: 'refused',
    arrange: (world) => ({
      store: addExternal(world),
      change: rename,
      checks: [{ name: 'weather', run: async () => ({ status: 'failed', message: 'it rains' }) }],
    }),
  },
  {
    name: 'a change that could not be proven is refused where a proof is required',
    outcome: 'refused',
    arrange: (world) => ({ store: addExternal(world), change: rename, policy: { requireKeyVerification: true } }),
  },
  {
    name: 'a stop while canaries are encrypted cancels',
    outcome: 'cancelled',
    arrange(world) {
      const prepare = async () => {
        world.stop.abort();
        return unprepared;
      };
      return { store: addExternal(world), change: rename, keyVerifier: { ...noProver, prepare } };
    },
  },
  {
    name: 'checks that were made long before the answer are made again, and nobody is asked twice',
    outcome: 'updated',
    arrange(world) {
      return { store: addExternal(world), change: rename, approver: approve(() => world.clock.sleep(11 * 60_000)) };
    },
  },
  {
    name: 'a stop at the prompt cancels',
    outcome: 'cancelled',
    arrange(world) {
      return { store: addExternal(world), change: rename, approver: decline(() => world.stop.abort()) };
    },
  },
  {
    name: 'a no at the prompt cancels',
    outcome: 'cancelled',
    arrange: (world) => ({
      store: addExternal(world),
      change: rename,
      approver: decline(),
    }),
  },
  {
    name: 'an outage that nobody accepted is refused',
    outcome: 'refused',
    arrange: (world) => ({ store: addExternal(world), change: rename, policy: { mode: 'offline' } }),
  },
  {
    name: 'a store that somebody changed while the question stood is refused',
    outcome: 'refused',
    arrange(world) {
      const store = addExternal(world);
      const approver = approve(async () => {
        await world.clock.sleep(60_000);
        world.simulator.call('UpdateCustomKeyStore', { CustomKeyStoreId: store, NewCustomKeyStoreName: 'theirs' });
      });
      return { store, ...movePath, approver };
    },
    isVolatile: true,
  },
  {
    name: 'a FAILED store that somebody connected while the question stood is not disconnected',
    outcome: 'refused',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world, { ConnectionState: 'FAILED', ConnectionErrorCode: 'NETWORK_ERRORS' });
      const approver = approve(async () => {
        callAsSomebodyElse(world, 'DisconnectCustomKeyStore', { CustomKeyStoreId: store });
        await world.clock.sleep(20_000);
        callAsSomebodyElse(world, 'ConnectCustomKeyStore', { CustomKeyStoreId: store });
        await world.clock.sleep(20_000);
      });
      return { store, policy: { intent: 'reconnect' }, approver };
    },
  },
  {
    name: 'a read that KMS throttles is tried again',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      world.when(before(world, 'Describe', store), () =>
        world.simulator.failNext('DescribeCustomKeyStores', { name: 'ThrottlingException' }, { times: 2 }),
      );
      return { store, change: rename };
    },
  },
];
