import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClient } from '../../src/aws/kms/client.ts';
import { createSimulator, type SimulatorServer, serveSimulator } from '../../src/simulator/index.ts';

const simulator = createSimulator({ seed: 1 });
const roleArn = `arn:aws:iam::${simulator.accountId}:role/cks-operator`;
let server: SimulatorServer;

beforeEach(async () => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  server = await serveSimulator(simulator);
});

afterEach(async () => {
  await server.close();
  vi.unstubAllEnvs();
});

describe('a client that works in the name of a role', () => {
  it('signs with the credentials of the role, whose account and end are known', async () => {
    const role = { roleArn, externalId: 'given', sessionName: 'cks-safe-update' };
    const { config } = createClient({ endpoint: server.url, role });

    const credentials = await config.credentials();

    expect(credentials).toMatchObject({
      accessKeyId: expect.stringMatching(/^ASIA/),
      sessionToken: expect.any(String),
      accountId: simulator.accountId,
    });
    expect(credentials.expiration?.getTime()).toBeGreaterThan(Date.now());
  });

  it('cannot be had where the role may not be taken on', async () => {
    const role = { roleArn: 'arn:aws:iam::999999999999:role/other', sessionName: 'cks-safe-update' };
    const { config } = createClient({ endpoint: server.url, role });

    await expect(config.credentials()).rejects.toThrow('sts:AssumeRole');
  });
});
