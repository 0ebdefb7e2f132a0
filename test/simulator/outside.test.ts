/** Proxies that stand outside the simulated KMS, which asks them over HTTP. */
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import {
  createSelfSigned,
  createSimulator,
  type ProxyDescription,
  type ServeOptions,
  serveSimulator,
  serveXksProxy,
  type XksProxyOptions,
} from '../../src/simulator/index.ts';
import { keep, listen } from '../support/servers.ts';
import { connectMs, credential, setStage } from './stage.ts';

const endpoint = 'https://proxy.example.com';
const path = '/example/kms/xks/v1';
const Plaintext = Buffer.from('a canary').toString('base64');
const fitKey = { keySpec: 'AES_256', keyUsage: ['ENCRYPT', 'DECRYPT'], keyStatus: 'ENABLED' } as const;
const corrupt =
  'The external key store proxy rejected the request because the specified ciphertext or additional authenticated data is corrupted, missing, or otherwise invalid.';
/** This machine may be busier than 250 ms allow for. */
const patience: ServeOptions = { proxyWaitMs: 5_000 };

/** A proxy of a simulator of its own, which KMS knows nothing of. */
async function serveProxy(description: Partial<ProxyDescription> = {}, options: XksProxyOptions = {}) {
  const simulator = createSimulator();
  const credentials = { [credential.AccessKeyId]: credential.RawSecretAccessKey };
  const proxy = simulator.addProxy({ endpoint, paths: [path], credentials, ...description });
  const server = keep(await serveXksProxy(simulator, options));
  return { proxy, url: server.url, close: server.close };
}

/** A KMS behind HTTP whose store has its proxy at an address. */
async function serveKms(address: string, options: ServeOptions = patience) {
  const stage = setStage();
  const { simulator } = stage;
  simulator.addProxy({ endpoint, address });
  const id = stage.addExternal({
    XksProxyUriEndpoint: endpoint,
    XksProxyUriPath: path,
    XksProxyAuthenticationCredential: credential,
    ConnectionState: 'CONNECTED',
  });
  const server = keep(await serveSimulator(simulator, options));
  /** The output, or the name and the message of the fault. */
  const call = async (operation: string, input: object = {}): Promise<Readonly<Record<string, unknown>>> => {
    const headers = { 'x-amz-target': `TrentService.${operation}`, authorization: 'Credential=rehearsal/x' };
    const response = await fetch(server.url, { method: 'POST', headers, body: JSON.stringify(input) });
    return (await response.json()) as Record<string, unknown>;
  };
  const update = async (values: object) =>
    (await call('UpdateCustomKeyStore', { CustomKeyStoreId: id, ...values })).__type ?? 'ok';
  const describeStore = async () => {
    const { CustomKeyStores } = await call('DescribeCustomKeyStores', { CustomKeyStoreId: id });
    const [entry] = CustomKeyStores as { ConnectionState: string; ConnectionErrorCode?: string }[];
    return entry?.ConnectionErrorCode ?? entry?.ConnectionState;
  };
  /** CONNECTED, or the code it FAILED with. */
  const connect = async () => {
    simulator.moveStore(id, 'DISCONNECTED');
    expect(await call('ConnectCustomKeyStore', { CustomKeyStoreId: id })).toEqual({});
    expect(await describeStore()).toBe('CONNECTING');
    stage.wait(connectMs);
    return describeStore();
  };
  return { ...stage, id, url: server.url, call, update, connect, describeStore };
}

describe('a real proxy', () => {
  test('is asked for its health by an update and by a connect, with the settings of each', async () => {
    const { proxy, url } = await serveProxy();
    const { update, connect } = await serveKms(url);
    const wrong = { ...credential, RawSecretAccessKey: 'wrong'.repeat(9) };

    expect(await update({ XksProxyUriPath: path })).toBe('ok');
    expect(await connect()).toBe('CONNECTED');
    expect(await update({ XksProxyAuthenticationCredential: wrong })).toBe(
      'XksProxyIncorrectAuthenticationCredentialException',
    );
    expect(await update({ XksProxyUriPath: '/other/kms/xks/v1' })).toBe('XksProxyInvalidConfigurationException');
    proxy.credentials = {};
    expect(await connect()).toBe('INVALID_CREDENTIALS');
    proxy.ekm = ['UNAVAILABLE'];
    proxy.credentials = undefined;
    expect(await connect()).toBe('XKS_PROXY_NOT_REACHABLE');
  });

  test('encrypts and decrypts, and shows that it was led to other key material', async () => {
    const { proxy, url } = await serveProxy({ keys: { ledger: fitKey } });
    const { call, id } = await serveKms(url);
    const create = (XksKeyId: string) =>
      call('CreateKey', { Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId: id, XksKeyId });
    const { KeyMetadata } = (await create('ledger')) as { KeyMetadata: { KeyId: string } };
    const { CiphertextBlob } = await call('Encrypt', { KeyId: KeyMetadata.KeyId, Plaintext });

    expect(await call('Decrypt', { CiphertextBlob })).toMatchObject({ Plaintext });
    expect(await create('missing')).toMatchObject({ __type: 'XksKeyNotFoundException' });
    proxy.keyManager = 'another';
    expect(await call('Decrypt', { CiphertextBlob })).toEqual({ __type: 'KMSInvalidStateException', message: corrupt });
  });

  test('may be the one of the same simulator', async () => {
    const { simulator, call, id, connect } = await serveKms('http://127.0.0.1:1');
    const server = keep(await serveXksProxy(simulator));
    simulator.proxy(endpoint).address = server.url;
    const KeyId = simulator.addKey(id);

    expect(await connect()).toBe('CONNECTED');
    const { CiphertextBlob } = await call('Encrypt', { KeyId, Plaintext });
    expect(await call('Decrypt', { CiphertextBlob })).toMatchObject({ Plaintext });
  });

  test('is asked again while a call is made once: on record, of a quota, and of the faults that it meets', async () => {
    const { url } = await serveProxy();
    const { simulator, update } = await serveKms(url);
    const fault = { name: 'ThrottlingException' };
    simulator.failNext('UpdateCustomKeyStore', fault, { nth: 2 });
    simulator.quotas = { UpdateCustomKeyStore: 3 };
    const seen: string[] = [];
    simulator.addExternalActor({
      moment: { before: 'UpdateCustomKeyStore' },
      times: 9,
      act: () => void seen.push('before'),
    });
    simulator.addExternalActor({
      moment: { after: 'UpdateCustomKeyStore' },
      times: 9,
      act: () => void seen.push('after'),
    });
    const rename = (NewCustomKeyStoreName: string) => update({ NewCustomKeyStoreName });

    expect([await rename('a'), await rename('b'), await rename('c'), await rename('d')]).toEqual([
      'ok',
      'ThrottlingException',
      'ok',
      'ok',
    ]);
    expect(await rename('e')).toBe('ThrottlingException');
    expect(simulator.calls.map(({ operation, error }) => error ?? operation)).toEqual([
      'UpdateCustomKeyStore',
      'ThrottlingException',
      'UpdateCustomKeyStore',
      'UpdateCustomKeyStore',
      'ThrottlingException',
    ]);
    expect(seen).toEqual(Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? 'before' : 'after')));
  });

  test('ends a connect by whatever request comes next, and an external actor that waits for it acts', async () => {
    const { url } = await serveProxy();
    const { simulator, id, wait, url: kmsUrl } = await serveKms(url);
    const reached: string[] = [];
    simulator.addExternalActor({
      moment: { reaches: 'CONNECTED' },
      act: (store) => void reached.push(store?.id ?? ''),
    });
    simulator.moveStore(id, 'DISCONNECTED');
    simulator.call('ConnectCustomKeyStore', { CustomKeyStoreId: id });
    wait(connectMs);

    expect(simulator.store(id).ConnectionState).toBe('CONNECTING');
    const { stores } = (await (await fetch(`${kmsUrl}/_simulator/world`)).json()) as { stores: object[] };
    expect(stores).toMatchObject([{ ConnectionState: 'CONNECTED' }]);
    expect(reached).toEqual([id]);
  });

  test('is not heard any more by a store that was disconnected while it was asked', async () => {
    const stage = setStage();
    const { simulator } = stage;
    simulator.addProxy({ endpoint, address: 'http://127.0.0.1:1' });
    const id = stage.addExternal({ XksProxyUriEndpoint: endpoint });
    expect(stage.connectAndWait(id)).toBe('CONNECTING');
    await simulator.endConnects(async () => {
      expect(stage.disconnect(id)).toBe('ok');
      return { kind: 'unreachable' };
    });

    expect(simulator.store(id).ConnectionState).toBe('DISCONNECTING');
  });

  test.each<[string, Partial<ProxyDescription>, string, string]>([
    ['overloaded', { answer: 'throttled' }, 'XksProxyUriUnreachableException', 'XKS_PROXY_NOT_REACHABLE'],
    ['talking nonsense', { answer: 'malformed' }, 'XksProxyInvalidResponseException', 'XKS_PROXY_INVALID_RESPONSE'],
    ['sending elsewhere', { answer: 'redirect' }, 'XksProxyInvalidResponseException', 'XKS_PROXY_INVALID_RESPONSE'],
    ['talking without end', { answer: 'huge' }, 'XksProxyInvalidResponseException', 'XKS_PROXY_INVALID_RESPONSE'],
    ['hanging up', { reachable: false }, 'XksProxyUriUnreachableException', 'XKS_PROXY_NOT_REACHABLE'],
  ])('that is %s is told as KMS tells it', async (_what, description, refusal, code) => {
    const { url } = await serveProxy(description);
    const { update, connect } = await serveKms(url);

    expect(await update({ XksProxyUriPath: path })).toBe(refusal);
    expect(await connect()).toBe(code);
  });

  test.each([true, 'byteByByte'] as const)(
    'a real proxy that is slow (%s) is asked twice, and given up',
    async (slow) => {
      const { url } = await serveProxy({ slow });
      const { update, connect } = await serveKms(url, { proxyWaitMs: 100 });

      expect(await update({ XksProxyUriPath: path })).toBe('XksProxyUriUnreachableException');
      expect(await connect()).toBe('XKS_PROXY_TIMED_OUT');
    },
  );

  test('a real proxy that is down, or speaks no HTTP, is told as KMS tells it', async () => {
    const { url, close } = await serveProxy();
    await close();
    const down = await serveKms(url);
    expect(await down.update({ XksProxyUriPath: path })).toBe('XksProxyUriUnreachableException');
    expect(await down.connect()).toBe('XKS_PROXY_NOT_REACHABLE');

    const mute = createServer().on('connection', (socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    const other = await serveKms(keep(await listen(mute)).url);
    expect(await other.connect()).toBe('XKS_PROXY_INVALID_RESPONSE');
  });

  test('a real proxy whose certificate nobody vouches for fails TLS', async () => {
    const { url } = await serveProxy({}, { tls: createSelfSigned({ hosts: ['proxy.example.com'] }) });
    const { connect, update } = await serveKms(url);

    expect(await update({ XksProxyUriPath: path })).toBe('XksProxyUriUnreachableException');
    expect(await connect()).toBe('XKS_PROXY_INVALID_TLS_CONFIGURATION');
  });

  test('is not reached where the simulator is told so', async () => {
    const { url } = await serveProxy();
    const { simulator, connect } = await serveKms(url);
    simulator.proxy(endpoint).tlsValid = false;

    expect(await connect()).toBe('XKS_PROXY_INVALID_TLS_CONFIGURATION');
  });

  test('cannot be asked in process, and nothing else changes by the attempt', () => {
    const stage = setStage();
    stage.simulator.addProxy({ endpoint, address: 'http://127.0.0.1:1' });
    const id = stage.addExternal({ XksProxyUriEndpoint: endpoint, ConnectionState: 'CONNECTED' });
    const before = stage.simulator.store(id);

    expect(() => stage.update(id, { NewCustomKeyStoreName: 'renamed' })).toThrow(
      'the proxy at http://127.0.0.1:1 is asked over serveSimulator alone',
    );
    expect(stage.simulator.store(id)).toEqual(before);
    expect(stage.simulator.calls).toMatchObject([{ operation: 'UpdateCustomKeyStore', error: 'RangeError' }]);
  });
});
