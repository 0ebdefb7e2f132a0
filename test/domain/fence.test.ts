/** What is decided of a fence from facts alone. */
import { describe, expect, it } from 'vitest';
import { enableCommands, type FencedKeyState, findLeftDisabled, offerFence } from '../../src/domain/fence.ts';

const run = (runId: string, keys: Readonly<Record<string, FencedKeyState>>) => ({
  runId,
  fencedKeys: Object.entries(keys).map(([keyId, state]) => ({ keyId, state })),
});

describe('keys that runs have left disabled', () => {
  it('are those of the latest run that names the key', () => {
    const latest = run('3', { pay: 'enabled', sign: 'disabled' });
    const rename = run('2', {});
    const first = run('1', { pay: 'disabled', sign: 'disabled', archive: 'withheld', audit: 'left' });

    const left = findLeftDisabled([latest, rename, first]);

    const keysOf = (of: typeof latest) => left.get(of)?.map(({ keyId }) => keyId);
    expect([latest, rename, first].map(keysOf)).toEqual([['sign'], [], ['archive']]);
  });

  it('have a command that enables them, unless they are withheld', () => {
    const keys = [{ keyId: 'sign', state: 'disabled' } as const, { keyId: 'archive', state: 'withheld' } as const];

    expect(enableCommands(keys, 'eu-west-1')).toEqual(['aws kms enable-key --key-id sign --region eu-west-1']);
  });
});

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
