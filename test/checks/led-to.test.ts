import { describe, expect, it } from 'vitest';
import { findCluster } from '../../src/checks/led-to.ts';
import type { Change } from '../../src/domain/change.ts';
import type { ConnectionState } from '../../src/domain/key-store.ts';
import { makePlan } from '../../src/domain/plan.ts';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';

describe('the cluster that a plan leads to', () => {
  it.each<[string, ConnectionState, Change, Partial<Policy>, string | undefined]>([
    ['named for a CONNECTED store', 'CONNECTED', { CloudHsmClusterId: 'new' }, {}, 'new'],
    ['named for a store that stays DISCONNECTED', 'DISCONNECTED', { CloudHsmClusterId: 'new' }, {}, 'new'],
    ['of another password', 'DISCONNECTED', { KeyStorePassword: 'env:PASSWORD' }, {}, 'old'],
    ['of a reconnect', 'CONNECTED', {}, { intent: 'reconnect' }, 'old'],
    ['of a FAILED store that shall connect', 'FAILED', {}, { finalState: 'connected' }, 'old'],
    ['of a DISCONNECTED store that shall connect', 'DISCONNECTED', {}, { finalState: 'connected' }, 'old'],
    ['of a rename that is done live', 'CONNECTED', { NewCustomKeyStoreName: 'renamed' }, {}, undefined],
    ['of a rename that goes offline', 'CONNECTED', { NewCustomKeyStoreName: 'renamed' }, { mode: 'offline' }, 'old'],
    ['of a disconnect', 'CONNECTED', {}, { finalState: 'disconnected' }, undefined],
  ])('%s', (_what, connectionState, change, policy, clusterId) => {
    const store = {
      customKeyStoreId: 'cks-1',
      customKeyStoreType: 'AWS_CLOUDHSM',
      connectionState,
      settings: { name: 'hsm', CloudHsmClusterId: 'old' },
    } as const;
    const plan = makePlan(store, { change, previous: {}, policy: { ...defaultPolicy, ...policy } });
    expect(findCluster(store, plan)).toBe(clusterId);
  });
});
