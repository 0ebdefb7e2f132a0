import { afterEach, describe, expect, test } from 'vitest';
import {
  createScenarioSimulator,
  createSimulator,
  type Simulator,
  type SimulatorServer,
  serveSimulator,
} from '../../src/simulator/index.ts';
import { disconnectMs, setStage } from './stage.ts';

const Name = 'xks/payments';
const [first, second] = ['1', '2'].map((digit) => digit.repeat(32));

function read({ receive }: Simulator, input: object = {}): unknown {
  const { output, fault } = receive('GetSecretValue', { SecretId: Name, ...input });
  return fault?.name ?? (output as { SecretString: string }).SecretString;
}

function setHistory() {
  const stage = setStage();
  const { simulator } = stage;
  const arn = simulator.addSecret({ Name, SecretString: 'old', VersionId: `${first}` });
  simulator.addSecret({ Name, SecretString: 'new', VersionId: `${second}` });
  simulator.addSecret({ Name, SecretString: 'next', VersionStages: ['AWSPENDING'] });
  return { ...stage, arn };
}

describe('a secret', () => {
  test('is found by its name, by its ARN, and by its ARN without what was added to it', () => {
    const { simulator, arn, now } = setHistory();

    expect(simulator.call('GetSecretValue', { SecretId: Name })).toEqual({
      ARN: arn,
      Name,
      VersionId: second,
      SecretString: 'new',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: now() / 1000,
    });
    expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:111122223333:secret:xks\/payments-[a-zA-Z0-9]{6}$/);
    expect(read(simulator, { SecretId: arn })).toBe('new');
    expect(read(simulator, { SecretId: arn.slice(0, -7) })).toBe('new');
  });

  test('has the version of a stage, or of an id', () => {
    const { simulator } = setHistory();

    expect(read(simulator, { VersionStage: 'AWSPREVIOUS' })).toBe('old');
    expect(read(simulator, { VersionStage: 'AWSPENDING' })).toBe('next');
    expect(read(simulator, { VersionId: first })).toBe('old');
    expect(read(simulator, { VersionId: first, VersionStage: 'AWSPREVIOUS' })).toBe('old');
  });

  test('moves its stages on with each version that becomes current', () => {
    const { simulator } = setHistory();
    simulator.addSecret({ Name, SecretString: 'newest' });

    expect(['AWSCURRENT', 'AWSPREVIOUS'].map((VersionStage) => read(simulator, { VersionStage }))).toEqual([
      'newest',
      'new',
    ]);
    expect(simulator.call('GetSecretValue', { SecretId: Name, VersionId: first })).not.toHaveProperty('VersionStages');
  });

  test.each([
    ['that is not there', { SecretId: 'nobody' }, 'ResourceNotFoundException'],
    ['of a stage that no version has', { VersionStage: 'AWSNEVER' }, 'ResourceNotFoundException'],
    ['of a version that is not there', { VersionId: '3'.repeat(32) }, 'ResourceNotFoundException'],
    ['of a version with another stage', { VersionId: first, VersionStage: 'AWSCURRENT' }, 'InvalidRequestException'],
    ['of no name', { SecretId: null }, 'ValidationException'],
  ])('%s is refused', (_what, input, refusal) => {
    expect(read(setHistory().simulator, input)).toBe(refusal);
  });

  test('that is marked for deletion cannot be read', () => {
    const { simulator } = setHistory();
    simulator.addSecret({ Name, SecretString: 'x', isDeleted: true });

    expect(read(simulator)).toBe('InvalidRequestException');
  });

  test('cannot be read while the key store of its KMS key is offline', () => {
    const { simulator, ...stage } = setHistory();
    const id = stage.addExternal({ ConnectionState: 'CONNECTED', keys: [{ AliasName: 'alias/secrets' }] });
    simulator.addSecret({ Name, SecretString: 'sealed', KmsKeyId: 'alias/secrets' });

    expect(read(simulator)).toBe('sealed');
    stage.disconnect(id);
    stage.wait(disconnectMs);
    expect(read(simulator)).toBe('DecryptionFailure');
  });
});

describe('over HTTP', () => {
  let server: SimulatorServer;
  afterEach(() => server.close());

  test('a secret of a scenario is read, and is in no record and in no summary', async () => {
    const secret = { Name, SecretString: 'canary-of-a-secret' };
    const simulator = createScenarioSimulator({ summary: 'x', secrets: [secret] });
    server = await serveSimulator(simulator);
    const headers = { authorization: 'Credential=us/x', 'x-amz-target': 'secretsmanager.GetSecretValue' };
    const answer = await fetch(server.url, { method: 'POST', headers, body: JSON.stringify({ SecretId: Name }) });
    const seen = await Promise.all(
      ['calls', 'world'].map(async (name) => (await fetch(`${server.url}/_simulator/${name}`)).text()),
    );

    expect(await answer.json()).toMatchObject(secret);
    expect(simulator.calls).toMatchObject([{ operation: 'GetSecretValue', input: { SecretId: Name } }]);
    expect(`${seen}${JSON.stringify(simulator.describeWorld())}`).not.toContain('canary-of-a-secret');
  });

  test('a secret is added to a running world, and no other service answers for it', async () => {
    const simulator = createSimulator();
    server = await serveSimulator(simulator);
    const body = JSON.stringify({ secrets: [{ Name, SecretString: 'canary-of-a-secret' }] });
    const answer = await fetch(`${server.url}/_simulator/world`, { method: 'POST', body });
    const headers = { authorization: 'Credential=us/x', 'x-amz-target': 'TrentService.GetSecretValue' };
    const refused = await fetch(server.url, { method: 'POST', headers, body: JSON.stringify({ SecretId: Name }) });

    expect(await answer.text()).not.toContain('canary-of-a-secret');
    expect(read(simulator)).toBe('canary-of-a-secret');
    expect(refused.status).toBe(400);
  });
});
