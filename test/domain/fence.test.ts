/** What is decided of a fence from facts alone. */
import { describe, expect, it } from 'vitest';
import { offerFence } from '../../src/domain/fence.ts';

describe('a fence is offered', () => {
  const store = { customKeyStoreType: 'EXTERNAL_KEY_STORE', connectionState: 'CONNECTED' } as const;
  const unverified = ['outage', 'unverified-keys'] as const;
  const planned = { kind: 'planned', isConditional: false } as const;

  it('where the keys of a CONNECTED external key store are not verified', () => {
    expect(offerFence(store, {}, unverified)).toContain('--fence auto');
  });

  it.each([
    ['its keys are verified', store, {}, ['outage']],
    ['there is one', store, { fence: planned }, unverified],
    ["a dead man's switch is armed", store, { deadMansSwitch: { kind: 'armed' } }, unverified],
    ['the store is DISCONNECTED', { ...store, connectionState: 'DISCONNECTED' }, {}, unverified],
    ['the store is a CloudHSM key store', { ...store, customKeyStoreType: 'AWS_CLOUDHSM' }, {}, unverified],
  ] as const)('not if %s', (_, of, plan, risks) => {
    expect(offerFence(of, plan, risks)).toBeUndefined();
  });
});
