/** Proxies as scenarios describe them: their keys, their own words, and endpoint services that lead to another one. */
import { describe, expect, test } from 'vitest';
import { createScenarioSimulator, type Scenario } from '../../src/simulator/index.ts';
import { serviceName } from './stage.ts';

const endpoint = 'https://xks.example.com';
const store = {
  CustomKeyStoreName: 'xks',
  CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
  XksProxyUriEndpoint: endpoint,
  ConnectionState: 'CONNECTED',
} as const;

function start(scenario: Omit<Scenario, 'summary'>) {
  let nowMs = Date.UTC(2026, 0, 1);
  const simulator = createScenarioSimulator({ summary: 'proxies', ...scenario }, { now: () => nowMs, quotas: {} });
  const CustomKeyStoreId = simulator.describeWorld().stores[0]?.CustomKeyStoreId ?? '';
  /** The output, or the name of the fault. */
  const call = (operation: string, input: object = {}): unknown => {
    const { output, fault } = simulator.receive(operation, input);
    return fault?.name ?? output;
  };
  const reconnect = (change: object): string => {
    for (const [operation, input] of [['Disconnect'], ['Update', change], ['Connect']] as const) {
      expect(call(`${operation}CustomKeyStore`, { CustomKeyStoreId, ...input })).toEqual({});
      nowMs += 1_800_000;
    }
    return simulator.store(CustomKeyStoreId).ConnectionState;
  };
  return { simulator, CustomKeyStoreId, call, reconnect };
}

describe('a proxy of a scenario', () => {
  const keys = [
    { id: 'fit' },
    { id: 'disabled', keyStatus: 'DISABLED' },
    { id: 'decrypt-only', keyUsage: ['DECRYPT'] },
    { id: 'short', keySpec: 'AES_128' },
  ] as const;
  const unfit = 'XksKeyInvalidConfigurationException';

  test.each([
    ['disabled', unfit],
    ['decrypt-only', unfit],
    ['short', unfit],
    ['absent', 'XksKeyNotFoundException'],
  ])('has no external key for a new KMS key that is %s', (XksKeyId, fault) => {
    const { call, CustomKeyStoreId } = start({ proxies: [{ endpoint, keys }], stores: [store] });
    const create = (id: string) => call('CreateKey', { Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId, XksKeyId: id });

    expect(create(XksKeyId)).toBe(fault);
    expect(create('fit')).toMatchObject({ KeyMetadata: { KeyState: 'Enabled' } });
  });

  test('says its own words beside the name of an error', () => {
    const { simulator } = start({ proxies: [{ endpoint, answer: 'throttled', errorMessage: 'night shift' }] });
    const request = { endpoint, path: '/kms/xks/v1', resource: 'health', isAuthentic: () => true, body: '{}' };

    expect(simulator.askProxy(request)).toMatchObject({
      status: 429,
      body: '{"errorName":"ThrottlingException","errorMessage":"night shift"}',
    });
  });
});

describe('a VPC endpoint service', () => {
  const green = 'com.amazonaws.vpce.us-east-1.vpce-svc-0green00000000002';
  const scenario = {
    proxies: [
      { endpoint, keyManager: 'blue' },
      { endpoint: 'https://green.example.com', keyManager: 'green' },
    ],
    vpcEndpointServices: [
      { name: serviceName, privateDnsName: 'xks.example.com' },
      { name: green, privateDnsName: 'xks.example.com', proxy: 'https://green.example.com' },
    ],
    stores: [
      {
        ...store,
        XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
        XksProxyVpcEndpointServiceName: serviceName,
        keys: [{ AliasName: 'alias/pay', XksKeyId: 'pay' }],
      },
    ],
  } as const;

  test('leads to another proxy under the same name', () => {
    const { call, reconnect } = start(scenario);
    const sealed = call('Encrypt', { KeyId: 'alias/pay', Plaintext: 'YWFh' }) as object;
    expect(call('Decrypt', sealed)).toMatchObject({ Plaintext: 'YWFh' });

    expect(reconnect({ XksProxyVpcEndpointServiceName: green })).toBe('CONNECTED');
    expect(call('Decrypt', sealed)).toBe('KMSInvalidStateException');
    expect(reconnect({ XksProxyVpcEndpointServiceName: serviceName })).toBe('CONNECTED');
    expect(call('Decrypt', sealed)).toMatchObject({ Plaintext: 'YWFh' });
  });

  test('makes a connect end by the health of the proxy that it leads to', () => {
    const { simulator, reconnect } = start(scenario);
    simulator.proxy('https://green.example.com').reachable = false;

    expect(reconnect({ XksProxyVpcEndpointServiceName: serviceName })).toBe('CONNECTED');
    expect(reconnect({ XksProxyVpcEndpointServiceName: green })).toBe('FAILED');
  });
});
