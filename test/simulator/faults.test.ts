import { describe, expect, test } from 'vitest';
import { SimulatorFault } from '../../src/simulator/index.ts';
import { connectMs, credential, disconnectMs, setStage } from './stage.ts';

function faultOf(call: () => unknown): SimulatorFault {
  try {
    call();
  } catch (error) {
    if (error instanceof SimulatorFault) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('an ordered fault', () => {
  test('is answered in place of the effect', () => {
    const stage = setStage();
    const id = stage.addExternal({ ConnectionState: 'CONNECTED' });
    stage.simulator.failNext('DisconnectCustomKeyStore', 'ThrottlingException', { times: 2 });

    expect([1, 2].map(() => stage.disconnect(id))).toEqual(['ThrottlingException', 'ThrottlingException']);
    expect(stage.simulator.store(id).ConnectionState).toBe('CONNECTED');
    expect(stage.disconnect(id)).toBe('ok');
  });

  test('is answered after the effect where that was ordered', () => {
    const stage = setStage();
    const id = stage.addExternal({ ConnectionState: 'CONNECTED' });
    stage.simulator.failNext('DisconnectCustomKeyStore', 'ConnectionReset', { afterEffect: true });

    expect(stage.disconnect(id)).toBe('ConnectionReset');
    expect(stage.simulator.store(id).ConnectionState).toBe('DISCONNECTING');
  });

  test('hides what KMS would have answered', () => {
    const stage = setStage();
    stage.simulator.failNext('ConnectCustomKeyStore', 'ConnectionReset', { afterEffect: true });

    expect(stage.connect('cks-none')).toBe('ConnectionReset');
  });

  test('comes in the order of ordering, for its own operation alone', () => {
    const stage = setStage();
    const id = stage.addExternal();
    stage.simulator.failNext('ConnectCustomKeyStore', 'KMSInternalException');
    stage.simulator.failNext('ConnectCustomKeyStore', 'AccessDeniedException');

    expect(stage.update(id, { NewCustomKeyStoreName: 'x' })).toBe('ok');
    expect([1, 2, 3].map(() => stage.connect(id))).toEqual(['KMSInternalException', 'AccessDeniedException', 'ok']);
  });

  test.each([
    ['ThrottlingException', 400, 'client'],
    ['KMSInternalException', 500, 'server'],
    ['ServiceUnavailable', 503, 'server'],
    ['ConnectionReset', 400, 'server'],
    ['CustomKeyStoreInvalidStateException', 400, 'client'],
  ])('%s has status %i and is the fault of the %s', (name, statusCode, fault) => {
    const { simulator } = setStage();
    simulator.failNext('DescribeCustomKeyStores', name);

    expect(faultOf(() => simulator.call('DescribeCustomKeyStores', {}))).toMatchObject({ name, statusCode, fault });
  });

  test('may be described in full', () => {
    const { simulator } = setStage();
    const fault = { name: 'OddException', message: 'odd', statusCode: 418, fault: 'client' } as const;
    simulator.failNext('DescribeCustomKeyStores', fault);

    expect(faultOf(() => simulator.call('DescribeCustomKeyStores', {}))).toMatchObject(fault);
  });
});

describe('the record of calls', () => {
  test('has every call in order, with its end and its caller', () => {
    const stage = setStage();
    stage.simulator.call('DescribeCustomKeyStores', {}, 'console');
    stage.wait(10);
    stage.connect('cks-none');
    stage.simulator.failNext('DescribeCustomKeyStores', 'ThrottlingException');
    stage.attempt('DescribeCustomKeyStores', { Limit: 1 });

    const requestId = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(stage.simulator.calls).toEqual([
      { atMs: stage.now() - 10, operation: 'DescribeCustomKeyStores', input: {}, requestId, caller: 'console' },
      {
        atMs: stage.now(),
        operation: 'ConnectCustomKeyStore',
        input: { CustomKeyStoreId: 'cks-none' },
        requestId,
        error: 'CustomKeyStoreNotFoundException',
      },
      {
        atMs: stage.now(),
        operation: 'DescribeCustomKeyStores',
        input: { Limit: 1 },
        requestId,
        error: 'ThrottlingException',
      },
    ]);
    expect(new Set(stage.simulator.calls.map((call) => call.requestId)).size).toBe(3);
  });

  test('holds no secret, however the caller sent it', () => {
    const stage = setStage();
    const id = stage.addExternal();
    const secret = credential.RawSecretAccessKey;
    stage.update(id, { XksProxyAuthenticationCredential: credential });
    stage.update(id, { KeyStorePassword: secret, rawSecretAccessKey: secret });
    stage.update(id, { XksProxyAuthenticationCredential: `RawSecretAccessKey=${secret}` });
    stage.update(id, { Nested: [{ KeyStorePassword: secret }] });
    expect(() => stage.simulator.call('UpdateCustomKeyStore', secret)).toThrow(SimulatorFault);

    const { calls } = stage.simulator;
    expect(JSON.stringify(calls)).not.toContain(secret);
    expect(calls[0]?.input).toEqual({
      CustomKeyStoreId: id,
      XksProxyAuthenticationCredential: { AccessKeyId: credential.AccessKeyId, RawSecretAccessKey: '(secret)' },
    });
    expect(calls.at(-1)?.input).toBe('(string)');
  });

  test('does not change what the caller holds', () => {
    const stage = setStage();
    const input = { CustomKeyStoreId: stage.addExternal(), XksProxyAuthenticationCredential: { ...credential } };
    stage.simulator.call('UpdateCustomKeyStore', input);

    expect(input.XksProxyAuthenticationCredential).toEqual(credential);
  });
});

describe('stale reads', () => {
  const lagMs = 20_000;

  function setLaggingStage() {
    const stage = setStage();
    stage.simulator.staleReadsForMs = lagMs;
    return stage;
  }

  test('show state and values from before an accepted call', () => {
    const stage = setLaggingStage();
    const id = stage.addExternal({ CustomKeyStoreName: 'old', ConnectionState: 'CONNECTED' });
    const seen = () => {
      const [entry] = stage.describe({ CustomKeyStoreId: id }).CustomKeyStores;
      return [entry?.CustomKeyStoreName, entry?.ConnectionState];
    };

    stage.update(id, { NewCustomKeyStoreName: 'new' });
    expect(seen()).toEqual(['old', 'CONNECTED']);
    stage.wait(lagMs);
    expect(seen()).toEqual(['new', 'CONNECTED']);

    stage.disconnect(id);
    stage.wait(lagMs - 1);
    expect(seen()).toEqual(['new', 'CONNECTED']);
    stage.wait(1);
    expect(seen()).toEqual(['new', 'DISCONNECTING']);
    stage.wait(disconnectMs);
    expect(seen()).toEqual(['new', 'DISCONNECTED']);
  });

  test('show FAILED and its code for a while after the disconnect that ended it', () => {
    const stage = setLaggingStage();
    const id = stage.addExternal({ ConnectionState: 'FAILED', ConnectionErrorCode: 'XKS_PROXY_TIMED_OUT' });
    stage.disconnect(id);

    expect(stage.describe().CustomKeyStores[0]).toMatchObject({ ConnectionErrorCode: 'XKS_PROXY_TIMED_OUT' });
  });

  test('do not show a store that was just created, and still show one that was just deleted', () => {
    const stage = setLaggingStage();
    const id = stage.addExternal({ CustomKeyStoreName: 'deleted' });
    stage.addExternal({ CustomKeyStoreName: 'kept' });
    stage.remove(id);
    stage.create({
      CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
      XksProxyAuthenticationCredential: credential,
      XksProxyConnectivity: 'PUBLIC_ENDPOINT',
      XksProxyUriEndpoint: 'https://proxy.example.com',
      XksProxyUriPath: '/kms/xks/v1',
    });
    const names = () => stage.describe().CustomKeyStores.map((entry) => entry.CustomKeyStoreName);

    expect(names()).toEqual(['deleted', 'kept']);
    stage.wait(lagMs);
    expect(names()).toEqual(['kept', 'new']);
  });

  test('do not come from reading', () => {
    const stage = setLaggingStage();
    const id = stage.addExternal();
    const seen = () => stage.describe({ CustomKeyStoreId: id }).CustomKeyStores[0]?.ConnectionState;
    stage.connect(id);
    stage.wait(connectMs - 1);
    expect(seen()).toBe('CONNECTING');

    stage.wait(1);
    expect(seen()).toBe('CONNECTED');
  });

  test('do not change what calls do, nor follow a refused one', () => {
    const stage = setLaggingStage();
    const id = stage.addExternal();
    stage.connect(id);
    stage.wait(connectMs);
    expect(stage.connect(id)).toBe('CustomKeyStoreInvalidStateException');

    expect(stage.describe().CustomKeyStores[0]?.ConnectionState).toBe('CONNECTED');
  });
});
