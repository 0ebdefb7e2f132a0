import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findConfiguredEndpoint, findEndpoint, findServiceEndpoint } from '../../src/aws/endpoints.ts';
import { makeFolder } from '../support/journals.ts';

const simulator = 'http://127.0.0.1:8080';

let folder: string;

function configure(text: string): void {
  writeFileSync(join(folder, 'config'), text);
}

beforeEach(() => {
  folder = makeFolder();
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
  for (const name of Object.keys(process.env))
    if (/^AWS_(ENDPOINT_URL|PROFILE|IGNORE)/.test(name)) vi.stubEnv(name, undefined);
});

afterEach(() => void vi.unstubAllEnvs());

const profiles = `
[default]
endpoint_url = https://all.example.com
[profile local]
services = here
[services here]
secrets_manager =
  endpoint_url = https://secrets.example.com
kms =
  endpoint_url = ${simulator}
`;

describe('the endpoint of a service', () => {
  it('is AWS’s own where nothing names another', async () => {
    expect(await findConfiguredEndpoint('KMS')).toBeUndefined();
    expect(await findServiceEndpoint('DynamoDB', {})).toBeUndefined();
  });

  it('is that of its own variable, before the one for all services, before the profile', async () => {
    configure(profiles);
    expect(await findConfiguredEndpoint('Secrets Manager', 'local')).toBe('https://secrets.example.com');
    expect(await findConfiguredEndpoint('Secrets Manager')).toBe('https://all.example.com');
    vi.stubEnv('AWS_PROFILE', 'local');
    expect(await findConfiguredEndpoint('Secrets Manager')).toBe('https://secrets.example.com');
    vi.stubEnv('AWS_ENDPOINT_URL', 'https://any.example.com');
    expect(await findConfiguredEndpoint('Secrets Manager')).toBe('https://any.example.com');
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', 'https://own.example.com');
    expect(await findConfiguredEndpoint('Secrets Manager')).toBe('https://own.example.com');
    expect(await findConfiguredEndpoint('CloudHSM V2')).toBe('https://any.example.com');
  });

  it('is AWS’s own where configured endpoints are to be ignored', async () => {
    configure(`${profiles}ignore_configured_endpoint_urls = true`);
    vi.stubEnv('AWS_ENDPOINT_URL', 'https://any.example.com');
    expect(await findConfiguredEndpoint('KMS', 'local')).toBe('https://any.example.com');
    vi.stubEnv('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'true');
    expect(await findConfiguredEndpoint('KMS', 'local')).toBeUndefined();
  });

  it('is that of a simulator of KMS, unless the service has its own', async () => {
    configure(profiles);
    expect(await findEndpoint({ profile: 'local' })).toBe(simulator);
    const terms = { endpoint: simulator, profile: 'local' };
    expect(await findServiceEndpoint('EC2', terms)).toBe(simulator);
    expect(await findServiceEndpoint('Secrets Manager', terms)).toBe('https://secrets.example.com');
    vi.stubEnv('AWS_ENDPOINT_URL_EC2', 'https://ec2.example.com');
    expect(await findServiceEndpoint('EC2', terms)).toBe('https://ec2.example.com');
  });

  it('is AWS’s own where another endpoint is for KMS alone', async () => {
    expect(await findServiceEndpoint('EC2', { endpoint: 'https://kms.example.com' })).toBeUndefined();
  });

  it('is what an option says, for KMS', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_KMS', 'https://kms.example.com');
    expect(await findEndpoint({ endpoint: simulator })).toBe(simulator);
    expect(await findEndpoint({})).toBe('https://kms.example.com');
  });
});
