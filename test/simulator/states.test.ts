import { describe, expect, test } from 'vitest';
import type { ConnectionState } from '../../src/simulator/index.ts';
import { connectMs, credential, disconnectMs, serviceName, setStage } from './stage.ts';

const states: ConnectionState[] = ['CONNECTED', 'CONNECTING', 'FAILED', 'DISCONNECTED', 'DISCONNECTING'];
const types = ['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'] as const;
const refusal = 'CustomKeyStoreInvalidStateException';

describe.each(types)('a store of type %s', (CustomKeyStoreType) => {
  const accepted: Record<string, ConnectionState[]> = {
    Connect: ['DISCONNECTED'],
    Disconnect: ['CONNECTED', 'CONNECTING', 'FAILED'],
    Delete: ['DISCONNECTED'],
  };

  test.each(Object.keys(accepted))('takes %s only in its states', (operation) => {
    const answers = states.filter((state) => {
      const stage = setStage();
      const id = stage.simulator.addStore({ CustomKeyStoreType, ConnectionState: state });
      const answer = stage.attempt(`${operation}CustomKeyStore`, { CustomKeyStoreId: id });
      expect(['ok', refusal]).toContain(answer);
      return answer === 'ok';
    });

    expect(answers).toEqual(accepted[operation]);
  });

  test('is not there when its id is wrong', () => {
    const stage = setStage();
    const answers = ['Connect', 'Disconnect', 'Delete', 'Update'].map((operation) =>
      stage.attempt(`${operation}CustomKeyStore`, { CustomKeyStoreId: 'cks-00000000000000000' }),
    );

    expect(new Set(answers)).toEqual(new Set(['CustomKeyStoreNotFoundException']));
  });

  test('goes through CONNECTING and DISCONNECTING for as long as they last', () => {
    const stage = setStage();
    const id = stage.simulator.addStore({ CustomKeyStoreType });
    const trace: string[] = [];
    const observe = (ms: number) => {
      stage.wait(ms);
      trace.push(stage.simulator.store(id).ConnectionState);
    };

    stage.connect(id);
    observe(0);
    observe(connectMs - 1);
    observe(1);
    stage.disconnect(id);
    observe(0);
    observe(disconnectMs - 1);
    observe(1);

    expect(trace).toEqual(['CONNECTING', 'CONNECTING', 'CONNECTED', 'DISCONNECTING', 'DISCONNECTING', 'DISCONNECTED']);
  });

  test('never connects when it is disconnected while CONNECTING', () => {
    const stage = setStage();
    const id = stage.simulator.addStore({ CustomKeyStoreType });
    stage.connect(id);
    stage.disconnect(id);
    stage.wait(connectMs * 2);

    expect(stage.simulator.store(id).ConnectionState).toBe('DISCONNECTED');
  });

  test('has to be disconnected to leave FAILED', () => {
    const stage = setStage();
    const id = stage.simulator.addStore({ CustomKeyStoreType, ConnectionState: 'FAILED' });
    stage.disconnectAndWait(id);

    expect(stage.simulator.store(id)).not.toHaveProperty('ConnectionErrorCode');
    expect(stage.connectAndWait(id)).toBe('CONNECTED');
  });

  test('is deleted only without keys', () => {
    const stage = setStage();
    const full = stage.simulator.addStore({ CustomKeyStoreType, keys: 1 });
    expect(stage.remove(full)).toBe('CustomKeyStoreHasCMKsException');

    const empty = stage.addExternal();
    expect(stage.remove(empty)).toBe('ok');
    expect(stage.remove(empty)).toBe('CustomKeyStoreNotFoundException');
  });
});

describe('what may be updated when', () => {
  const updates = {
    name: { NewCustomKeyStoreName: 'renamed' },
    password: { KeyStorePassword: 'Password1' },
    credential: { XksProxyAuthenticationCredential: credential },
    path: { XksProxyUriPath: '/other/kms/xks/v1' },
    endpoint: { XksProxyUriEndpoint: 'https://other.example.com' },
    service: { XksProxyVpcEndpointServiceName: `${serviceName}2` },
    owner: { XksProxyVpcEndpointServiceOwner: '444455556666' },
    connectivity: { XksProxyConnectivity: 'PUBLIC_ENDPOINT', XksProxyUriEndpoint: 'https://public.example.com' },
    nameAndEndpoint: { NewCustomKeyStoreName: 'renamed', XksProxyUriEndpoint: 'https://other.example.com' },
  } as const;
  type Kind = keyof typeof updates;
  const external: Kind[] = [
    'name',
    'credential',
    'path',
    'endpoint',
    'service',
    'owner',
    'connectivity',
    'nameAndEndpoint',
  ];

  const acceptedIn = (state: ConnectionState, kinds: Kind[], description: object, interpretations = {}) =>
    kinds.filter((kind) => {
      const stage = setStage({ interpretations });
      const id = stage.simulator.addStore({ ...description, ConnectionState: state });
      const answer = stage.update(id, updates[kind]);
      expect(['ok', refusal]).toContain(answer);
      return answer === 'ok';
    });
  const vpcStore = { CustomKeyStoreType: 'EXTERNAL_KEY_STORE', XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE' };

  test('is everything while DISCONNECTED', () => {
    expect(acceptedIn('DISCONNECTED', external, vpcStore)).toEqual(external);
    expect(acceptedIn('DISCONNECTED', ['name', 'password'], {})).toEqual(['name', 'password']);
  });

  test('is name, credential and path while an external store is CONNECTED', () => {
    expect(acceptedIn('CONNECTED', external, vpcStore)).toEqual(['name', 'credential', 'path']);
  });

  test('is nothing while a CloudHSM store is CONNECTED', () => {
    expect(acceptedIn('CONNECTED', ['name', 'password'], {})).toEqual([]);
  });

  test.each(['FAILED', 'CONNECTING', 'DISCONNECTING'] as const)('is nothing while %s', (state) => {
    expect(acceptedIn(state, external, vpcStore)).toEqual([]);
    expect(acceptedIn(state, ['name', 'password'], {})).toEqual([]);
  });

  test('follows the interpretations where documents disagree', () => {
    const rename = { cloudHsmRenameLive: true };
    const nameAlone = { liveExternalProperties: ['NewCustomKeyStoreName'] as const };

    expect(acceptedIn('CONNECTED', ['name', 'password'], {}, rename)).toEqual(['name']);
    expect(acceptedIn('CONNECTED', external, vpcStore, nameAlone)).toEqual(['name']);
  });

  test('counts a value that does not change as an update of it', () => {
    const stage = setStage();
    const id = stage.addExternal({ ConnectionState: 'CONNECTED', XksProxyUriEndpoint: 'https://same.example.com' });

    expect(stage.update(id, { XksProxyUriEndpoint: 'https://same.example.com' })).toBe(refusal);
  });

  test('is decided after lengths and patterns, before whether the values fit the store', () => {
    const stage = setStage();
    const id = stage.simulator.addStore({ ConnectionState: 'CONNECTED' });

    expect(stage.update(id, {})).toBe('ValidationException');
    expect(stage.update(id, { KeyStorePassword: 'abc' })).toBe('ValidationException');
    expect(stage.update(id, { XksProxyUriPath: '/kms/xks/v1' })).toBe(refusal);
  });

  test('is all or nothing', () => {
    const stage = setStage();
    const id = stage.addExternal({ ConnectionState: 'CONNECTED' });
    const before = stage.simulator.store(id);
    stage.simulator.proxy(before.XksProxyConfiguration?.UriEndpoint ?? '').paths = ['/example/kms/xks/v1'];

    expect(stage.update(id, updates.nameAndEndpoint)).toBe(refusal);
    expect(stage.update(id, { ...updates.name, ...updates.path })).toBe('XksProxyInvalidConfigurationException');
    expect(stage.simulator.store(id)).toEqual(before);
  });
});
