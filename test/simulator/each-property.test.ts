/**
 * Whoever adds a property to the client's table has to teach it to the simulator, which shares nothing with it. Each place that
 * has to know it is asked here for every property, and names the file where it is missing.
 */
import { KMSClient, UpdateCustomKeyStoreCommand } from '@aws-sdk/client-kms';
import { expect, it } from 'vitest';
import { entryMembers, proxyMembers } from '../../src/cli/aws/operations.ts';
import { describeProperty, type PropertyName, propertyNames } from '../../src/domain/properties.ts';
import { createScenarioSimulator, type Scenario, type StoreEntry } from '../../src/simulator/index.ts';
import { findMistakes } from '../../src/simulator/scenarios/check.ts';
import { scenarioSchema } from '../../src/simulator/scenarios/format.ts';
import { keyStoreInputs } from '../../src/simulator/shapes/key-stores.ts';
import { credential, serviceName, setStage } from './stage.ts';

/** An old value and a new one. */
const values = {
  NewCustomKeyStoreName: ['old-name', 'new-name'],
  KeyStorePassword: ['OldPassword1', 'NewPassword1'],
  CloudHsmClusterId: ['first', 'restored'],
  XksProxyUriEndpoint: ['https://old.example.com', 'https://new.example.com'],
  XksProxyUriPath: ['/old/kms/xks/v1', '/new/kms/xks/v1'],
  XksProxyVpcEndpointServiceName: [serviceName, `${serviceName}2`],
  XksProxyVpcEndpointServiceOwner: ['111122223333', '444455556666'],
  XksProxyAuthenticationCredential: [credential, { ...credential, AccessKeyId: 'NEWNEWNEWNEWNEWNEWNE' }],
  XksProxyConnectivity: ['VPC_ENDPOINT_SERVICE', 'PUBLIC_ENDPOINT'],
} as const satisfies Record<PropertyName, readonly [unknown, unknown]>;

/** What has to be given along with a new value. */
const beside: Partial<Record<PropertyName, object>> = {
  XksProxyConnectivity: { XksProxyUriEndpoint: values.XksProxyUriEndpoint[1] },
};

const shown = propertyNames.filter((name) => describeProperty(name).shownAt !== undefined);

/** Create and staging name the store without `New`. */
const createName = (name: PropertyName) => (name === 'NewCustomKeyStoreName' ? 'CustomKeyStoreName' : name);

function open(options: Parameters<typeof setStage>[0] = {}) {
  const stage = setStage(options);
  const { clusters } = stage;
  const pick = (name: PropertyName, at: 0 | 1): unknown =>
    name === 'CloudHsmClusterId' ? clusters[values.CloudHsmClusterId[at]] : values[name][at];
  const isExternal = (name: PropertyName) => Object.hasOwn(describeProperty(name).live, 'EXTERNAL_KEY_STORE');
  /** All that a store of the type of this property has, with old values, but for this one. */
  const describeStore = (name: PropertyName, at: 0 | 1) => {
    const type = isExternal(name) ? 'EXTERNAL_KEY_STORE' : 'AWS_CLOUDHSM';
    const own = propertyNames.filter((one) => Object.hasOwn(describeProperty(one).live, type));
    const members = own.map((one) => [createName(one), pick(one, one === name ? at : 0)]);
    return { CustomKeyStoreType: type, ...Object.fromEntries(members) };
  };
  const expected = (name: PropertyName, at: 0 | 1) => {
    const value = pick(name, at);
    const { visibleMember } = describeProperty(name);
    return visibleMember ? (value as Record<string, unknown>)[visibleMember] : value;
  };
  return { ...stage, pick, describeStore, expected };
}

function read(entry: StoreEntry | undefined, name: PropertyName): unknown {
  const path = describeProperty(name).shownAt ?? [];
  return path.reduce((at: unknown, key) => (at as Record<string, unknown> | undefined)?.[key], entry);
}

/** A public store has no service. */
const isServed = (name: PropertyName) => name !== 'XksProxyConnectivity';

it('is known to the simulator', () => {
  const { CustomKeyStoreId: _, ...updated } = keyStoreInputs.UpdateCustomKeyStore.members;
  const created = keyStoreInputs.CreateCustomKeyStore.members;
  expect(Object.keys(updated).sort(), 'src/simulator/shapes/key-stores.ts').toEqual([...propertyNames].sort());
  expect(Object.keys(created), 'src/simulator/shapes/key-stores.ts').toEqual(
    expect.arrayContaining(propertyNames.map(createName)),
  );
});

it.each(propertyNames)('%s is sent by the SDK, which drops members that it does not know', async (name) => {
  const bodies: string[] = [];
  const handle = async ({ body }: { readonly body: Uint8Array }) => {
    bodies.push(new TextDecoder().decode(body));
    throw new Error('not sent');
  };
  const client = new KMSClient({
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    requestHandler: { handle, metadata: { handlerProtocol: 'http/1.1' } } as never,
  });
  const command = new UpdateCustomKeyStoreCommand({ CustomKeyStoreId: 'cks-1', [name]: values[name][0] });
  await expect(client.send(command)).rejects.toThrow('not sent');
  expect(JSON.parse(bodies[0] ?? '{}'), 'npm update @aws-sdk/client-kms').toHaveProperty(name, values[name][0]);
});

it.each(shown)('%s is shown as it was staged', (name) => {
  const { simulator, describeStore, expected } = open();
  const id = simulator.addStore(describeStore(name, 0));
  expect(read(simulator.store(id), name), 'src/simulator/staging.ts, and src/simulator/store.ts to show it').toBe(
    expected(name, 0),
  );
});

it.each(shown)('%s is shown as UpdateCustomKeyStore has set it', (name) => {
  const { simulator, describeStore, pick, expected } = open();
  const id = simulator.addStore(describeStore(name, 0));
  simulator.call('UpdateCustomKeyStore', { CustomKeyStoreId: id, [name]: pick(name, 1), ...beside[name] });
  expect(read(simulator.store(id), name), 'src/simulator/operations/update.ts').toBe(expected(name, 1));
});

it.each(shown.filter(isServed))('%s is shown as CreateCustomKeyStore has set it', (name) => {
  const { simulator, describeStore, expected } = open();
  const [cluster] = simulator.describeWorld().clusters;
  const certificate =
    describeStore(name, 1).CustomKeyStoreType === 'AWS_CLOUDHSM'
      ? { TrustAnchorCertificate: cluster?.trustAnchorCertificate }
      : {};
  const answer = simulator.call('CreateCustomKeyStore', { ...describeStore(name, 0), ...certificate });
  const { CustomKeyStoreId: id } = answer as { CustomKeyStoreId: string };
  expect(read(simulator.store(id), name), 'src/simulator/operations/create.ts').toBe(expected(name, 0));
});

it.each(shown)('%s can be set by a scenario', async (name) => {
  const { describeStore, expected } = open();
  const scenario = {
    summary: 'one store',
    clusters: [{ id: expected('CloudHsmClusterId', 0) }],
    stores: [describeStore(name, 0)],
  } as Scenario;
  expect(findMistakes(scenarioSchema, scenario), 'src/simulator/scenarios/format-world.ts').toEqual([]);
  const { CustomKeyStores } = createScenarioSimulator(scenario).call('DescribeCustomKeyStores', {}) as {
    CustomKeyStores: StoreEntry[];
  };
  expect(read(CustomKeyStores[0], name), 'src/simulator/scenarios/stage.ts').toBe(expected(name, 0));
});

it.each(shown)('%s may be shown from the past', (name) => {
  const lagMs = 60_000;
  const stage = open({ staleReads: { replicas: { lagMs, apart: true } } });
  const { simulator, describeStore, pick, expected, describe, wait } = stage;
  const id = simulator.addStore(describeStore(name, 0));
  describe();
  wait(lagMs);
  simulator.call('UpdateCustomKeyStore', { CustomKeyStoreId: id, [name]: pick(name, 1), ...beside[name] });
  const see = () => read(describe({ CustomKeyStoreId: id }).CustomKeyStores[0], name);
  expect(see(), 'src/simulator/replicas.ts').toBe(expected(name, 0));
  wait(lagMs);
  expect(see(), 'src/simulator/replicas.ts').toBe(expected(name, 1));
});

it.each(shown)('%s is printed by the long names as the AWS CLI does', (name) => {
  const [head = '', member] = describeProperty(name).shownAt ?? [];
  expect(entryMembers, 'src/cli/aws/operations.ts').toContain(head);
  if (member !== undefined) expect(proxyMembers, 'src/cli/aws/operations.ts').toContain(member);
});

it('is proven by what it does where nothing shows it', () => {
  expect(propertyNames.filter((name) => !shown.includes(name))).toEqual(['KeyStorePassword']);
  const { simulator, describeStore, update, connectAndWait, disconnectAndWait } = open();
  const id = simulator.addStore(describeStore('KeyStorePassword', 0));
  const password = simulator.describeWorld().clusters[0]?.kmsuserPassword;

  expect(connectAndWait(id), 'src/simulator/staging.ts').toBe('INVALID_CREDENTIALS');
  disconnectAndWait(id);
  expect(update(id, { KeyStorePassword: password })).toBe('ok');
  expect(connectAndWait(id), 'src/simulator/operations/update.ts').toBe('CONNECTED');
});
