import { describe, expect, test } from 'vitest';
import type { ReplicaOptions } from '../../src/simulator/index.ts';
import { credential, disconnectMs, setStage } from './stage.ts';

const lagMs = 240_000;

function setLaggingStage(options: Partial<ReplicaOptions>) {
  const stage = setStage({ staleReads: { replicas: { lagMs, ...options } } });
  const read = () => stage.describe().CustomKeyStores[0];
  return { ...stage, id: stage.addExternal({ CustomKeyStoreName: 'old', ConnectionState: 'CONNECTED' }), read };
}

const countedFrom = (values: readonly unknown[]) => [...new Set(values)].sort();

describe('replicas that lag', () => {
  test('show a change that a call made only after their lag', () => {
    const { id, disconnect, read, wait } = setLaggingStage({});
    read();
    disconnect(id);

    expect(read()?.ConnectionState).toBe('CONNECTED');
    wait(lagMs);
    expect(read()?.ConnectionState).toBe('DISCONNECTING');
  });

  test('show a change that time made only after their lag', () => {
    const { id, disconnect, read, wait, simulator } = setLaggingStage({});
    read();
    disconnect(id);
    wait(disconnectMs + lagMs - 1);

    expect([simulator.store(id).ConnectionState, read()?.ConnectionState]).toEqual(['DISCONNECTED', 'DISCONNECTING']);
    wait(1);
    expect(read()?.ConnectionState).toBe('DISCONNECTED');
  });

  test('disagree with each other, so that reads go back and forth', () => {
    const { id, update, read, wait } = setLaggingStage({ lagMs: (random) => random * lagMs });
    read();
    update(id, { NewCustomKeyStoreName: 'new' });
    wait(lagMs / 2);

    const names = Array.from({ length: 40 }, () => read()?.CustomKeyStoreName);

    expect(countedFrom(names)).toEqual(['new', 'old']);
  });

  test.each([false, true])('mix old and new values in one answer: %s', (apart) => {
    const { id, update, read, wait } = setLaggingStage({ apart, count: 24, lagMs: (random) => random * lagMs });
    read();
    update(id, { NewCustomKeyStoreName: 'new', XksProxyAuthenticationCredential: credential });
    wait(lagMs / 2);

    const answers = Array.from({ length: 400 }, () => read());
    const isNewKey = (accessKeyId?: string) => accessKeyId === credential.AccessKeyId;
    const seen = answers.map(
      (one) => `${one?.CustomKeyStoreName} ${isNewKey(one?.XksProxyConfiguration?.AccessKeyId) ? 'new' : 'old'}`,
    );

    expect(countedFrom(seen)).toEqual(apart ? ['new new', 'new old', 'old new', 'old old'] : ['new new', 'old old']);
  });

  test('refuse a call for a state that is no longer the true one, where they judge calls too', () => {
    const { id, disconnect, connect, read, wait, simulator } = setLaggingStage({ writes: true });
    read();
    disconnect(id);
    wait(disconnectMs);

    expect([simulator.store(id).ConnectionState, connect(id)]).toEqual([
      'DISCONNECTED',
      'CustomKeyStoreInvalidStateException',
    ]);
    wait(2 * lagMs);
    expect(connect(id)).toBe('ok');
  });

  test('go on showing a store that was deleted', () => {
    const { id, read, wait, attempt, simulator } = setLaggingStage({});
    simulator.moveStore(id, 'DISCONNECTED');
    read();
    wait(lagMs);
    attempt('DeleteCustomKeyStore', { CustomKeyStoreId: id });

    expect(read()?.ConnectionState).toBe('DISCONNECTED');
    wait(lagMs);
    expect(read()).toBeUndefined();
  });
});

describe('a host name in upper case', () => {
  const endpoint = 'https://NEW.xks.Example.com';

  test.each([
    ['asGiven', endpoint],
    ['lowerCase', endpoint.toLowerCase()],
  ] as const)('is shown %s', (endpointCase, shown) => {
    const stage = setStage({ interpretations: { endpointCase } });
    const id = stage.addExternal({ ConnectionState: 'DISCONNECTED' });
    stage.update(id, { XksProxyUriEndpoint: endpoint });

    expect(stage.simulator.store(id).XksProxyConfiguration?.UriEndpoint).toBe(shown);
  });
});
