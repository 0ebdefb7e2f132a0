/** The five examples of AWS's reference page, with `cks update` or `cks` in place of `aws kms`. */
import { beforeAll, describe, expect } from 'vitest';
import type { StoreDescription } from '../../src/simulator/index.ts';
import { describeCalls, type Rehearsal, testHere as test } from '../support/command.ts';
import { runHere, stubSurroundings } from '../support/in-process.ts';

const CustomKeyStoreId = 'cks-1234567890abcdef0';
const update = ['update', '--custom-key-store-id', CustomKeyStoreId];
const external = { CustomKeyStoreType: 'EXTERNAL_KEY_STORE', ConnectionState: 'CONNECTED' } as const;
const offline = ['Describe', 'Disconnect', 'Describe', 'Update', 'Connect', 'Describe'];

interface Example {
  readonly title: string;
  readonly store: StoreDescription;
  /** As the page has them. */
  readonly words: readonly string[];
  /** What `cks` wants beside them. */
  readonly consent: readonly string[];
  readonly calls: readonly string[];
  readonly result: object;
  readonly arrange?: (rehearsal: Rehearsal) => void;
}

const examples: readonly Example[] = [
  {
    title: 'to edit the friendly name',
    store: external,
    words: ['--new-custom-key-store-name', 'ExampleKeyStore'],
    consent: ['--yes'],
    calls: ['Describe', 'Update', 'Describe'],
    result: { mode: 'live', after: { settings: { name: 'ExampleKeyStore' } } },
  },
  {
    title: 'to edit the kmsuser password, DISCONNECTED',
    store: { ConnectionState: 'DISCONNECTED' },
    words: ['--key-store-password', 'ExamplePassword'],
    consent: ['--yes', '--accept', 'no-rollback'],
    calls: ['Describe', 'Update', 'Describe'],
    result: { mode: 'none', after: { connectionState: 'DISCONNECTED' } },
  },
  {
    title: 'to edit the CloudHSM cluster',
    store: { ConnectionState: 'CONNECTED' },
    words: ['--cloud-hsm-cluster-id', 'cluster-1a23b4cdefg'],
    consent: ['--yes', '--accept', 'outage'],
    calls: offline,
    result: { mode: 'offline', after: { settings: { CloudHsmClusterId: 'cluster-1a23b4cdefg' } } },
    arrange({ simulator }) {
      const [first] = simulator.describeWorld().clusters;
      simulator.addCluster({ id: 'cluster-1a23b4cdefg', restoredFrom: first?.clusterId ?? '' });
    },
  },
  {
    title: 'to edit the proxy authentication credential',
    store: external,
    words: [
      '--xks-proxy-authentication-credential',
      'AccessKeyId=ABCDE12345670EXAMPLE, RawSecretAccessKey=DXjSUawnel2fr6SKC7G25CNxTyWKE5PF9XX6H/u9pSo=',
    ],
    consent: ['--yes', '--accept', 'no-rollback'],
    calls: ['Describe', 'Update', 'Describe'],
    result: { mode: 'live', after: { settings: { proxyCredentialAccessKeyId: 'ABCDE12345670EXAMPLE' } } },
    // The proxy would refuse the secret with the space in front of it.
    arrange({ simulator }) {
      const { UriEndpoint: endpoint = '' } = simulator.store(CustomKeyStoreId).XksProxyConfiguration ?? {};
      simulator.addProxy({
        endpoint,
        credentials: { ABCDE12345670EXAMPLE: 'DXjSUawnel2fr6SKC7G25CNxTyWKE5PF9XX6H/u9pSo=' },
      });
    },
  },
  {
    title: 'to edit the proxy connectivity',
    store: external,
    words: [
      ...['--xks-proxy-connectivity', 'VPC_ENDPOINT_SERVICE'],
      ...['--xks-proxy-uri-endpoint', 'https://myproxy-private.xks.example.com'],
      ...['--xks-proxy-vpc-endpoint-service-name', 'com.amazonaws.vpce.us-east-1.vpce-svc-example'],
    ],
    consent: ['--yes', '--accept', 'outage,unknown:xks-proxy'],
    calls: offline,
    result: {
      mode: 'offline',
      after: {
        connectionState: 'CONNECTED',
        settings: {
          XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
          XksProxyUriEndpoint: 'https://myproxy-private.xks.example.com',
          XksProxyVpcEndpointServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-example',
        },
      },
    },
    arrange({ simulator }) {
      simulator.addVpcEndpointService({
        name: 'com.amazonaws.vpce.us-east-1.vpce-svc-example',
        privateDnsName: 'myproxy-private.xks.example.com',
      });
    },
  },
];

beforeAll(stubSurroundings);

describe.concurrent("AWS's examples", () => {
  test.for(examples)('$title', async ({ store, words, consent, calls, result, arrange }, { rehearsal }) => {
    const { simulator, run } = rehearsal;
    simulator.addStore({ CustomKeyStoreId, ...store });
    arrange?.(rehearsal);

    const unconsented = await run([...update, ...words]);
    expect(unconsented.exitCode).toBe(3);
    expect(unconsented.stderr).toContain(`cks: not confirmed: ${consent.join(' ')} is missing`);
    expect(describeCalls(simulator.calls)).toEqual(['Describe']);

    const { exitCode, json } = await run([...update, ...words, ...consent]);
    expect(json()).toMatchObject({ outcome: 'updated', settings: 'new', ...result });
    expect(exitCode).toBe(0);
    expect(describeCalls(simulator.calls)).toEqual(calls);
  });

  test.for(examples)('$title, by the long name', async ({ store, words, consent, calls, arrange }, { rehearsal }) => {
    const { simulator, url } = rehearsal;
    simulator.addStore({ CustomKeyStoreId, ...store });
    arrange?.(rehearsal);
    const [, ...accept] = consent;

    const call = ['update-custom-key-store', ...update.slice(1), ...words, ...accept, '--endpoint-url', url];
    const { exitCode, stdout } = await runHere(call);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(describeCalls(simulator.calls)).toEqual(calls);
  });
});
