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

describe('RotateSecret', () => {
  const rotate = (input: object = {}) => ({ SecretId: Name, ClientRequestToken: 'r'.repeat(32), ...input });
  const setRotating = () => {
    const { simulator } = setStage();
    simulator.addSecret({ Name, SecretString: 'now', VersionId: `${first}`, RotationEnabled: true });
    return simulator;
  };

  test.each([
    [true, 'ResourceNotFoundException'],
    [false, 'now'],
  ])('makes a version that is AWSPENDING; with RotateImmediately: %s it reads as %s', (RotateImmediately, value) => {
    const simulator = setRotating();
    expect(simulator.call('RotateSecret', rotate({ RotateImmediately }))).toMatchObject({ VersionId: 'r'.repeat(32) });
    expect(read(simulator, { VersionStage: 'AWSPENDING' })).toBe(value);
    expect(read(simulator)).toBe('now');
  });

  test('refuses a second rotation while one is in progress, and takes the same one again', () => {
    const simulator = setRotating();
    for (const _ of [1, 2]) simulator.call('RotateSecret', rotate());
    const { fault } = simulator.receive('RotateSecret', rotate({ ClientRequestToken: 's'.repeat(32) }));
    expect(fault).toMatchObject({ name: 'InvalidRequestException', message: expect.stringMatching(/complete/) });
  });

  test('refuses a secret that no function rotates', () => {
    const { simulator } = setHistory();
    expect(simulator.receive('RotateSecret', rotate()).fault?.name).toBe('InvalidRequestException');
  });
});

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

  test('a secret that is marked for deletion cannot be read', () => {
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

const third = '3'.repeat(32);

function stagesOf(simulator: Simulator): unknown {
  return (simulator.call('DescribeSecret', { SecretId: Name }) as { VersionIdsToStages: unknown }).VersionIdsToStages;
}

function setTwo() {
  const { simulator } = setStage();
  simulator.addSecret({ Name, SecretString: 'old', VersionId: `${first}` });
  simulator.addSecret({ Name, SecretString: 'new', VersionId: `${second}` });
  return simulator;
}

const put = (input: object) => ({ operation: 'PutSecretValue', input: { SecretString: 'next', ...input } });
const move = (input: object) => ({ operation: 'UpdateSecretVersionStage', input });

describe('a secret that is rotated', () => {
  test('is described with its key, its tags and the versions that have a stage, without a value', () => {
    const { simulator, now } = setStage();
    const arn = simulator.addSecret({
      Name,
      SecretString: 'forgotten',
      VersionStages: [],
      KmsKeyId: 'alias/secrets',
      RotationEnabled: true,
      Tags: [{ Key: 'cks', Value: 'payments' }],
    });
    simulator.addSecret({ Name, SecretString: 'now', VersionId: `${first}` });

    expect(simulator.call('DescribeSecret', { SecretId: Name })).toEqual({
      ARN: arn,
      Name,
      KmsKeyId: 'alias/secrets',
      RotationEnabled: true,
      LastChangedDate: now() / 1000,
      Tags: [{ Key: 'cks', Value: 'payments' }],
      VersionIdsToStages: { [`${first}`]: ['AWSCURRENT'] },
      CreatedDate: now() / 1000,
    });
  });

  test('is described while it is marked for deletion, and takes nothing', () => {
    const simulator = setTwo();
    simulator.addSecret({ Name, SecretString: 'x', isDeleted: true });

    expect(simulator.call('DescribeSecret', { SecretId: Name })).toHaveProperty('DeletedDate');
    for (const { operation, input } of [
      put({ ClientRequestToken: third }),
      move({ VersionStage: 'mine', MoveToVersionId: second }),
    ]) {
      const { fault } = simulator.receive(operation, { SecretId: Name, ...input });
      expect(fault?.name).toBe('InvalidRequestException');
    }
  });

  test('has a version more, with the stages that were asked for alone', () => {
    const simulator = setTwo();
    const { input } = put({ SecretId: Name, ClientRequestToken: third, VersionStages: ['AWSPENDING', 'mine'] });

    expect(simulator.call('PutSecretValue', input)).toMatchObject({
      VersionId: third,
      VersionStages: ['AWSPENDING', 'mine'],
    });
    expect(stagesOf(simulator)).toEqual({
      [`${first}`]: ['AWSPREVIOUS'],
      [`${second}`]: ['AWSCURRENT'],
      [third]: ['AWSPENDING', 'mine'],
    });
    expect(read(simulator, { VersionId: third })).toBe('next');
  });

  test('becomes current at once where no stage was asked for, and by its first version', () => {
    const simulator = setTwo();
    simulator.call('PutSecretValue', put({ SecretId: Name, ClientRequestToken: third }).input);
    expect(stagesOf(simulator)).toEqual({ [`${second}`]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] });

    simulator.addSecret({ Name: 'empty', VersionId: `${first}`, VersionStages: ['AWSPENDING'] });
    const { input } = put({ SecretId: 'empty', ClientRequestToken: second, VersionStages: ['AWSPENDING'] });
    expect(simulator.call('PutSecretValue', input)).toMatchObject({ VersionStages: ['AWSPENDING', 'AWSCURRENT'] });
  });

  test('takes the same version again and changes nothing, and refuses another value for it', () => {
    const simulator = setTwo();
    const { input } = put({ SecretId: Name, ClientRequestToken: third, VersionStages: ['AWSPENDING'] });
    simulator.call('PutSecretValue', input);
    simulator.call('PutSecretValue', { ...input, VersionStages: ['AWSCURRENT'] });

    expect(stagesOf(simulator)).toMatchObject({ [`${second}`]: ['AWSCURRENT'], [third]: ['AWSPENDING'] });
    const { fault } = simulator.receive('PutSecretValue', { ...input, SecretString: 'another' });
    expect(fault).toMatchObject({ name: 'ResourceExistsException', message: expect.not.stringContaining('another') });
  });

  test('has its empty version filled, which nobody can read before', () => {
    const simulator = setTwo();
    simulator.addSecret({ Name, VersionId: third, VersionStages: ['AWSPENDING'] });
    expect(read(simulator, { VersionId: third })).toBe('ResourceNotFoundException');

    const { input } = put({ SecretId: Name, ClientRequestToken: third, VersionStages: ['AWSPENDING'] });
    simulator.call('PutSecretValue', input);
    expect(read(simulator, { VersionStage: 'AWSPENDING' })).toBe('next');
  });

  test('moves a stage to another version, and AWSPREVIOUS behind AWSCURRENT', () => {
    const simulator = setTwo();
    simulator.call('PutSecretValue', {
      SecretId: Name,
      SecretString: 'next',
      ClientRequestToken: third,
      VersionStages: ['AWSPENDING'],
    });
    simulator.call('UpdateSecretVersionStage', {
      SecretId: Name,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: third,
      RemoveFromVersionId: second,
    });

    expect(stagesOf(simulator)).toEqual({ [`${second}`]: ['AWSPREVIOUS'], [third]: ['AWSPENDING', 'AWSCURRENT'] });
  });

  test('gets a stage of its own and loses it, and the same again changes nothing', () => {
    const simulator = setTwo();
    const label = { SecretId: Name, VersionStage: 'mine' };
    for (const _ of [1, 2]) simulator.call('UpdateSecretVersionStage', { ...label, MoveToVersionId: first });
    expect(stagesOf(simulator)).toMatchObject({ [`${first}`]: ['AWSPREVIOUS', 'mine'] });

    simulator.call('UpdateSecretVersionStage', { ...label, RemoveFromVersionId: first });
    expect(stagesOf(simulator)).toMatchObject({ [`${first}`]: ['AWSPREVIOUS'] });
  });

  test.each([
    ['a value of no kind', put({ SecretString: null, ClientRequestToken: third }), 'InvalidRequestException'],
    ['a value of both kinds', put({ SecretBinary: 'AAAA', ClientRequestToken: third }), 'InvalidParameterException'],
    ['no token', put({}), 'InvalidParameterException'],
    ['a token that is too short', put({ ClientRequestToken: 'short' }), 'ValidationException'],
    ['a label for nobody', move({ VersionStage: 'mine' }), 'InvalidParameterException'],
    [
      'a version that is not there',
      move({ VersionStage: 'mine', MoveToVersionId: third }),
      'ResourceNotFoundException',
    ],
    [
      'a label that another version has, and that is not said',
      move({ VersionStage: 'AWSCURRENT', MoveToVersionId: first }),
      'InvalidParameterException',
    ],
    [
      'a label from a version that has it not',
      move({ VersionStage: 'AWSCURRENT', MoveToVersionId: second, RemoveFromVersionId: first }),
      'InvalidParameterException',
    ],
    [
      'to be without AWSCURRENT',
      move({ VersionStage: 'AWSCURRENT', RemoveFromVersionId: second }),
      'InvalidParameterException',
    ],
  ])('refuses %s', (_what, { operation, input }, refusal) => {
    const { fault } = setTwo().receive(operation, { SecretId: Name, ...input });
    expect(fault?.name).toBe(refusal);
  });

  test('has twenty labels at most', () => {
    const simulator = setTwo();
    const labels = Array.from({ length: 18 }, (_, nth) => `label-${nth}`);
    for (const VersionStage of labels) {
      simulator.call('UpdateSecretVersionStage', { SecretId: Name, VersionStage, MoveToVersionId: first });
    }
    for (const { operation, input } of [
      move({ VersionStage: 'more', MoveToVersionId: first }),
      put({ ClientRequestToken: third, VersionStages: ['AWSPENDING'] }),
    ]) {
      const { fault } = simulator.receive(operation, { SecretId: Name, ...input });
      expect(fault?.name).toBe('LimitExceededException');
    }
  });

  test('takes no version while its KMS key cannot be used', () => {
    const { simulator, ...stage } = setStage();
    const id = stage.addExternal({ ConnectionState: 'CONNECTED', keys: [{ AliasName: 'alias/secrets' }] });
    simulator.addSecret({ Name, SecretString: 'sealed', KmsKeyId: 'alias/secrets' });
    stage.disconnect(id);
    stage.wait(disconnectMs);

    const { fault } = simulator.receive('PutSecretValue', {
      SecretId: Name,
      SecretString: 'next',
      ClientRequestToken: third,
    });
    expect(fault?.name).toBe('EncryptionFailure');
  });

  test('is in no record with a value', () => {
    const simulator = setTwo();
    const { input } = put({ SecretId: Name, SecretString: 'canary-of-a-secret', ClientRequestToken: third });
    simulator.call('PutSecretValue', { ...input, RotationToken: 'canary-of-a-token'.repeat(3) });

    expect(JSON.stringify(simulator.calls)).toContain(third);
    expect(JSON.stringify(simulator.calls)).not.toMatch(/canary-of/);
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
