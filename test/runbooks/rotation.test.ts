/** examples/aws/rotation.mjs, as Secrets Manager calls it: over HTTP, with an admin endpoint of the proxy and a lock table. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createSimulator, serveSimulator, serveXksProxy } from '../../src/simulator/index.ts';
import { useFastTime } from '../support/fast-time.ts';
import { stubSurroundings } from '../support/in-process.ts';
import { serveTable, tableName } from '../support/lock-tables.ts';
import { takeMetrics } from '../support/printed.ts';
import { listen } from '../support/servers.ts';
import { connectedExternal, oldCredential, oldEndpoint } from '../support/stores.ts';

useFastTime();

const closing: (() => unknown)[] = [stubSurroundings()];
afterAll(() => Promise.all(closing.map((close) => close())));

const simulator = createSimulator({ seed: 1 });
const { AccessKeyId: oldKey, RawSecretAccessKey: oldSecret } = oldCredential;
let table: Awaited<ReturnType<typeof serveTable>>;

/** The proxy's own administration. */
const admin = createServer(async (request, response) => {
  const { AccessKeyId = '', RawSecretAccessKey = '' } = (await json(request)) as Record<string, string>;
  const proxy = simulator.proxy(oldEndpoint);
  proxy.credentials = { ...proxy.credentials, [AccessKeyId]: RawSecretAccessKey };
  response.writeHead(204).end();
});

beforeAll(async () => {
  const [kms, proxy] = await Promise.all([serveSimulator(simulator), serveXksProxy(simulator)]);
  table = await serveTable();
  const { url, close } = await listen(admin);
  closing.push(kms.close, proxy.close, table.close, close);
  const variables = {
    AWS_ENDPOINT_URL: kms.url,
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    LOCK_TABLE: tableName,
    PROXY_ADMIN_URL: `${url}/credentials`,
    XKS_PROXY_CONNECT_TO: JSON.stringify({ [oldEndpoint]: proxy.url }),
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
});

it('rotates the credential of the store that the secret names, and waits for the hosts of KMS before AWSCURRENT moves', async () => {
  const storeId = simulator.addStore({
    ...connectedExternal,
    XksProxyUriEndpoint: oldEndpoint,
    XksProxyAuthenticationCredential: oldCredential,
    keys: 2,
  });
  simulator.addProxy({ endpoint: oldEndpoint, credentials: { [oldKey]: oldSecret } });
  const SecretId = simulator.addSecret({
    Name: 'xks',
    SecretString: JSON.stringify(oldCredential),
    RotationEnabled: true,
    Tags: [{ Key: 'cks:customKeyStoreId', Value: 'xks' }],
  });
  const { handler } = await import('../../examples/aws/rotation.mjs' as string);
  const context = { getRemainingTimeInMillis: () => 240_000 };
  const call = (Step: string) => handler({ Step, SecretId, ClientRequestToken: 'a'.repeat(32) }, context);

  for (const step of ['createSecret', 'setSecret', 'testSecret']) {
    expect(await call(step)).toMatchObject({ step, outcome: 'done' });
  }
  await expect(call('finishSecret')).rejects.toThrow('NOT_EFFECTIVE_YET');

  const inForce = simulator.store(storeId).XksProxyConfiguration?.AccessKeyId ?? '';
  expect(Object.keys(simulator.proxy(oldEndpoint).credentials ?? {})).toEqual([oldKey, inForce]);
  const kept = JSON.stringify([await table.scan(), takeMetrics()]);
  for (const secret of Object.values(simulator.proxy(oldEndpoint).credentials ?? {}))
    expect(kept).not.toContain(secret);
});
