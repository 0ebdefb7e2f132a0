/** What the use of a key answers while its proxy or its cluster is in trouble that may pass. */
import { describe, expect, test } from 'vitest';
import type { ProxyDescription, SimulatorOptions } from '../../src/simulator/index.ts';
import { setStage } from './stage.ts';

const endpoint = 'https://proxy.example.com';
const Plaintext = Buffer.from('a canary').toString('base64');
const minuteMs = 60_000;

function setKey(options: SimulatorOptions = {}) {
  const stage = setStage(options);
  const KeyId = stage.simulator.addKey(
    stage.addExternal({ ConnectionState: 'CONNECTED', XksProxyUriEndpoint: endpoint }),
  );
  const encrypt = (times = 1) => Array.from({ length: times }, () => stage.attempt('Encrypt', { KeyId, Plaintext }));
  return { ...stage, encrypt, proxy: stage.simulator.proxy(endpoint) };
}

describe('the use of an external key', () => {
  test.each<[string, Partial<ProxyDescription>]>([
    ['is down', { reachable: false }],
    ['is slow', { slow: true }],
    ['fails inside', { answer: 'internalError' }],
    ['is throttled', { answer: 'throttled' }],
    ['waits in vain', { answer: 'dependencyTimeout' }],
  ])('is to be tried again where a reliable proxy %s, until most of its answers were bad', (_what, trouble) => {
    const { encrypt, proxy } = setKey();
    encrypt(3);
    Object.assign(proxy, trouble);

    expect(encrypt(4)).toEqual([...Array(3).fill('KMSInternalException'), 'KMSInvalidStateException']);
  });

  test('is not to be tried again where nothing good was heard of the proxy for five minutes', () => {
    const { encrypt, proxy, wait } = setKey();
    encrypt(3);
    wait(5 * minuteMs);
    proxy.reachable = false;

    expect(encrypt()).toEqual(['KMSInvalidStateException']);
  });

  test.each<[string, Partial<ProxyDescription>]>([
    ['denies it', { accessDenied: true }],
    ['has lost the key', { keys: {} }],
    ['has another credential', { credentials: {} }],
  ])('is not to be tried again where the proxy %s', (_what, trouble) => {
    const { encrypt, proxy } = setKey();
    encrypt(3);
    Object.assign(proxy, trouble);

    expect(encrypt()).toEqual(['KMSInvalidStateException']);
  });

  test('is never to be tried again by the guide of 2023', () => {
    const { encrypt, proxy } = setKey({ interpretations: { externalErrors: 'invalidState' } });
    encrypt(3);
    proxy.reachable = false;

    expect(encrypt()).toEqual(['KMSInvalidStateException']);
  });
});

describe('the use of a cluster', () => {
  function setCluster() {
    const stage = setStage();
    const CustomKeyStoreId = stage.simulator.addStore({ ConnectionState: 'CONNECTED' });
    const KeyId = stage.simulator.addKey(CustomKeyStoreId);
    const use = () => [
      stage.attempt('Encrypt', { KeyId, Plaintext }),
      stage.attempt('GenerateRandom', { CustomKeyStoreId, NumberOfBytes: 1 }),
    ];
    return { cluster: stage.simulator.cluster(stage.clusters.first), use };
  }

  test('is to be tried again where others use all of its sessions', () => {
    const { cluster, use } = setCluster();
    cluster.sessionsExhausted = true;

    expect(use()).toEqual(['KMSInternalException', 'KMSInternalException']);
  });

  test('is not to be tried again where kmsuser is locked out', () => {
    const { cluster, use } = setCluster();
    cluster.kmsuser.lockedOut = true;

    expect(use()).toEqual(['KMSInvalidStateException', 'CustomKeyStoreInvalidStateException']);
  });
});
