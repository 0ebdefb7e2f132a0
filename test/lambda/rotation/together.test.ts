import { describe, expect, it } from 'vitest';
import {
  createRotationWorld,
  done,
  outcomes,
  rotatedTo,
  secretName,
  show,
  traceUnusual,
  version,
} from '../../support/rotation-world.ts';

describe('a rotation that is started twice at once', () => {
  it('a rotation that is started twice at once with the same token ends as one does', async () => {
    const world = createRotationWorld();
    const told = await world.rotateAll('a', 'a');

    for (const one of told) expect(one.filter((step) => step === null || 'refused' in step)).toEqual([]);
    expect(show(world)).toEqual(rotatedTo('a'));
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: DescribeSecret ×2",
        "a.createSecret: Get a→ResourceNotFoundException ×2",
        "a.createSecret: Get 0 ×2",
        "a.createSecret: Describe→CONNECTED 0 ×4",
        "a.createSecret: Put a AWSPENDING",
        "a.createSecret: Put a AWSPENDING→ResourceExistsException",
        "a.setSecret: DescribeSecret",
        "a.createSecret: DescribeSecret",
        "a.setSecret: Get 0",
        "a.setSecret: Get a",
        "a.createSecret: Get a",
        "a.setSecret: Describe→CONNECTED 0",
        "a.setSecret: DescribeSecret",
        "a.setSecret: Move cks-begun-a -→a",
        "a.setSecret: Get 0",
        "a.setSecret: Get a",
        "a.setSecret: hook.establish a",
        "a.setSecret: Describe→CONNECTED 0",
        "a.setSecret: Get a",
        "a.setSecret: Move cks-begun-a -→a",
        "a.setSecret: Get 0",
        "a.setSecret: hook.establish a",
        "a.setSecret: Get a",
        "a.setSecret: Get 0",
        "a.setSecret: Describe→CONNECTED 0",
        "a.setSecret: proxy.health a→200 ×2",
        "a.setSecret: Describe→CONNECTED 0",
        "a.setSecret: proxy.health 0→200",
        "a.setSecret: proxy.health a→401",
        "a.setSecret: proxy.health 0→200",
        "a.setSecret: proxy.health a→200 ×2",
        "a.setSecret: DescribeSecret",
        "a.setSecret: proxy.health 0→200",
        "a.setSecret: proxy.health a→401",
        "a.setSecret: proxy.health 0→200",
        "a.setSecret: DescribeSecret",
        "a.setSecret: Encrypt ×2",
        "a.setSecret: Decrypt ×2",
        "a.setSecret: Encrypt ×2",
        "a.setSecret: Put canaries cks-canaries",
        "a.setSecret: Decrypt ×2",
        "a.setSecret: Update a",
        "a.setSecret: Put canaries cks-canaries",
        "a.setSecret: Decrypt ×2",
        "a.setSecret: Update a",
        "a.setSecret: Encrypt ×2",
        "a.setSecret: Decrypt ×4",
        "a.setSecret: Encrypt ×2",
        "a.setSecret: Decrypt ×2",
        "a.setSecret: Describe→CONNECTED a",
        "a.setSecret: Move cks-accepted-20261124T030002.880Z -→a",
        "a.setSecret: Describe→CONNECTED a",
        "a.testSecret: DescribeSecret",
        "a.setSecret: Move cks-accepted-20261124T030002.880Z -→a",
        "a.testSecret: Get 0",
        "a.testSecret: Get a",
        "a.testSecret: Get canaries",
        "a.testSecret: DescribeSecret",
        "a.testSecret: Describe→CONNECTED a",
        "a.testSecret: Get 0",
        "a.testSecret: Get a",
        "a.testSecret: Get canaries",
        "a.testSecret: Decrypt ×2",
        "a.testSecret: Describe→CONNECTED a",
        "a.finishSecret: DescribeSecret",
        "a.testSecret: Decrypt ×2",
        "a.finishSecret: Get 0",
        "a.finishSecret: Get a",
        "a.finishSecret: Get canaries",
        "a.finishSecret: DescribeSecret",
        "a.finishSecret: Describe→CONNECTED a",
        "a.finishSecret: Get 0",
        "a.finishSecret: Get a",
        "a.finishSecret: Get canaries",
        "a.finishSecret: Describe→CONNECTED a ×2",
        "a.finishSecret: Decrypt ×2",
        "a.finishSecret: Describe→CONNECTED a",
        "a.finishSecret: DescribeSecret",
        "a.finishSecret: Decrypt ×2",
        "a.finishSecret: Move cks-begun-0 -→0",
        "a.finishSecret: DescribeSecret",
        "a.finishSecret: Describe→CONNECTED a",
        "a.finishSecret: Move AWSCURRENT 0→a",
        "a.finishSecret: Describe→CONNECTED a",
        "a.finishSecret: DescribeSecret",
        "a.finishSecret: Move AWSCURRENT 0→a→InvalidParameterException",
        "a.finishSecret: DescribeSecret ×2",
        "a.finishSecret: Describe→CONNECTED a",
        "a.finishSecret: hook.retire 0",
        "a.finishSecret: Describe→CONNECTED a",
        "a.finishSecret: Move cks-begun-0 0→-",
        "a.finishSecret: hook.retire 0",
        "a.finishSecret: Move cks-begun-a a→-",
        "a.finishSecret: Move cks-begun-0 0→-→InvalidParameterException",
        "a.finishSecret: Move cks-accepted-20261124T030002.880Z a→-",
        "a.finishSecret: DescribeSecret",
      ]
    `);
  });

  it('a rotation that is started twice at once with two tokens gives way to the later one, which retires what the earlier one has left', async () => {
    const world = createRotationWorld();
    for (const step of ['createSecret', 'setSecret'] as const) await world.call('a', step);
    await world.call('b', 'createSecret');
    expect(world.labels()).toMatchObject({ b: ['AWSPENDING'] });

    expect(await world.call('a', 'testSecret')).toMatchObject({ refused: expect.stringContaining('NOT_PENDING') });
    expect(outcomes(await world.rotate('b'))).toEqual(['nothingToDo', 'done', 'done', 'done']);
    expect(show(world)).toEqual(rotatedTo('b'));
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual",
        "b.createSecret: as usual for 3 lines, to Get 0",
        "b.createSecret: Get a",
        "b.createSecret: Get canaries",
        "b.createSecret: Describe→CONNECTED a ×2",
        "b.createSecret: Put b AWSPENDING",
        "a.testSecret: DescribeSecret",
        "b.createSecret: DescribeSecret",
        "b.createSecret: Get b",
        "b.setSecret: DescribeSecret",
        "b.setSecret: Get 0",
        "b.setSecret: Get a",
        "b.setSecret: Get canaries",
        "b.setSecret: Get b",
        "b.setSecret: Describe→CONNECTED a",
        "b.setSecret: Move cks-begun-b -→b",
        "b.setSecret: Move cks-before-b -→a",
        "b.setSecret: hook.establish b",
        "b.setSecret: Get b",
        "b.setSecret: Get a",
        "b.setSecret: Describe→CONNECTED a",
        "b.setSecret: proxy.health b→200 ×2",
        "b.setSecret: proxy.health a→200",
        "b.setSecret: proxy.health b→401",
        "b.setSecret: proxy.health a→200",
        "b.setSecret: as usual for the last 10 lines, from DescribeSecret",
        "b.testSecret: DescribeSecret",
        "b.testSecret: Get 0",
        "b.testSecret: Get a",
        "b.testSecret: as usual for the last 4 lines, from Get b",
        "b.finishSecret: DescribeSecret",
        "b.finishSecret: Get 0",
        "b.finishSecret: Get a",
        "b.finishSecret: Get b",
        "b.finishSecret: Get canaries",
        "b.finishSecret: Describe→CONNECTED b ×2",
        "b.finishSecret: Decrypt ×2",
        "b.finishSecret: DescribeSecret",
        "b.finishSecret: Move cks-begun-0 -→0",
        "b.finishSecret: Describe→CONNECTED b",
        "b.finishSecret: Move AWSCURRENT 0→b",
        "b.finishSecret: DescribeSecret",
        "b.finishSecret: Describe→CONNECTED b",
        "b.finishSecret: hook.retire 0",
        "b.finishSecret: DescribeSecret",
        "b.finishSecret: hook.retire a",
        "b.finishSecret: Move cks-begun-0 0→-",
        "b.finishSecret: Move cks-begun-a a→-",
        "b.finishSecret: Move cks-accepted-20261124T030002.880Z a→-",
        "b.finishSecret: Move cks-before-b a→-",
        "b.finishSecret: Move cks-begun-b b→-",
        "b.finishSecret: Move cks-accepted-20261124T030005.880Z b→-",
      ]
    `);
  });

  it('a rotation that is started twice at once with two tokens side by side ends with one of them, and AWSCURRENT works', async () => {
    const world = createRotationWorld();
    await world.rotateAll('a', 'b');
    expect(world.works()).toBe(true);
    for (const token of ['a', 'b']) await world.rotate(token);
    expect(world.works()).toBe(true);
    expect(world.labels()).toMatchObject({ b: ['AWSPENDING', 'AWSCURRENT'] });
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: DescribeSecret",
        "b.createSecret: DescribeSecret",
        "a.createSecret: Get a→ResourceNotFoundException",
        "b.createSecret: Get b→ResourceNotFoundException",
        "a.createSecret: Get 0",
        "b.createSecret: Get 0",
        "a.createSecret: Describe→CONNECTED 0",
        "b.createSecret: Describe→CONNECTED 0",
        "a.createSecret: Describe→CONNECTED 0",
        "b.createSecret: Describe→CONNECTED 0",
        "a.createSecret: Put a AWSPENDING",
        "b.createSecret: Put b AWSPENDING",
        "a.setSecret: DescribeSecret",
        "b.setSecret: as usual",
        "b.testSecret: as usual",
        "b.finishSecret: as usual",
        "a.createSecret: DescribeSecret",
        "a.createSecret: Get a",
        "b.createSecret: DescribeSecret",
        "b.setSecret: as usual for 3 lines, to Get b",
        "b.setSecret: Get canaries",
        "b.setSecret: Describe→CONNECTED b",
        "b.testSecret: as usual for 5 lines, to Describe→CONNECTED b",
        "b.finishSecret: as usual for 4 lines, to Get canaries",
        "b.finishSecret: Describe→CONNECTED b",
      ]
    `);
  });

  it('a rotation that is started twice at once with another token while the hook is at work sends nothing for the first', async () => {
    const world = createRotationWorld();
    await world.call('a', 'createSecret');
    world.when('proxy.health', () => {
      const credential = { AccessKeyId: 'B'.repeat(20), RawSecretAccessKey: 'b'.repeat(44) };
      world.simulator.call('PutSecretValue', {
        SecretId: secretName,
        ClientRequestToken: version('b'),
        SecretString: JSON.stringify(credential),
        VersionStages: ['AWSPENDING'],
      });
    });

    expect(await world.call('a', 'setSecret')).toMatchObject({
      refused: expect.stringContaining('another rotation of this secret has begun meanwhile'),
    });
    expect(show(world)).toMatchObject({ inForce: '0', works: true });
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual for 14 lines, to DescribeSecret",
      ]
    `);
  });
});

describe('what an earlier rotation has left as AWSPENDING', () => {
  it('is gone on with by the same token', async () => {
    const world = createRotationWorld();
    world.hook.establish = async () => Promise.reject(new Error('out of order'));
    await world.rotate('a');
    world.hook = {};

    expect(outcomes(await world.rotate('a'))).toEqual(['nothingToDo', 'done', 'done', 'done']);
    expect(show(world)).toMatchObject({ taken: ['a'], inForce: 'a', works: true });
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual for 5 lines, to Move cks-begun-a -→a",
        "a.setSecret: hook.establish a→Error",
        "a.createSecret: DescribeSecret",
        "a.createSecret: Get a",
        "a.setSecret: as usual for 4 lines, to Describe→CONNECTED 0",
        "a.setSecret: as usual for the last 18 lines, from hook.establish a",
        "a.testSecret: as usual",
        "a.finishSecret: as usual",
      ]
    `);
  });

  it('is given up by another token, and retired once that has its place', async () => {
    const world = createRotationWorld();
    world.simulator.failNext('UpdateCustomKeyStore', 'KMSInternalException', { times: 9 });
    await world.rotate('a');
    world.simulator.clearFaults();
    expect(show(world)).toMatchObject({ taken: ['0', 'a'], inForce: '0', works: true });

    expect(outcomes(await world.rotate('b'))).toEqual(done);
    expect(show(world)).toEqual(rotatedTo('b'));
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual for 17 lines, to Put canaries cks-canaries",
        "6 times:",
        "  a.setSecret: Update a→KMSInternalException",
        "  a.setSecret: Describe→CONNECTED 0 ×2",
        "a.setSecret: Update a→KMSInternalException",
        "a.setSecret: Describe→CONNECTED 0 ×48",
        "b.createSecret: as usual for 3 lines, to Get 0",
        "b.createSecret: Get a",
        "b.createSecret: Get canaries",
        "b.createSecret: Describe→CONNECTED 0 ×2",
        "b.createSecret: Put b AWSPENDING",
        "b.setSecret: DescribeSecret",
        "b.setSecret: Get 0",
        "b.setSecret: Get a",
        "b.setSecret: Get canaries",
        "b.setSecret: Get b",
        "b.setSecret: Describe→CONNECTED 0",
        "b.setSecret: DescribeSecret",
        "b.setSecret: Put canaries cks-leftovers",
        "b.setSecret: Move cks-begun-a a→-",
        "b.setSecret: as usual for the last 19 lines, from Move cks-begun-b -→b",
        "b.testSecret: as usual for 3 lines, to Get b",
        "b.testSecret: Get canaries ×2",
        "b.testSecret: Describe→CONNECTED b",
        "b.testSecret: Decrypt ×2",
        "b.finishSecret: as usual for 3 lines, to Get b",
        "b.finishSecret: Get canaries ×2",
        "b.finishSecret: Describe→CONNECTED b ×2",
        "b.finishSecret: Decrypt ×2",
        "b.finishSecret: DescribeSecret",
        "b.finishSecret: Move cks-begun-0 -→0",
        "b.finishSecret: Describe→CONNECTED b",
        "b.finishSecret: Move AWSCURRENT 0→b",
        "b.finishSecret: DescribeSecret",
        "b.finishSecret: Describe→CONNECTED b",
        "b.finishSecret: hook.retire a",
        "b.finishSecret: DescribeSecret",
        "b.finishSecret: hook.retire 0",
        "b.finishSecret: DescribeSecret",
        "b.finishSecret: Move cks-leftovers canaries→-",
        "b.finishSecret: as usual for the last 3 lines, from Move cks-begun-0 0→-",
      ]
    `);
  });

  it('may be empty, as RotateSecret makes it', async () => {
    const world = createRotationWorld();
    world.simulator.addSecret({ Name: secretName, VersionId: version('a'), VersionStages: ['AWSPENDING'] });

    expect(outcomes(await world.rotate('a'))).toEqual(done);
    expect(show(world)).toMatchObject({ taken: ['a'], inForce: 'a', works: true });
  });

  it('is nothing where its rotation is over', async () => {
    const world = createRotationWorld();
    for (const token of ['a', 'b', 'c']) await world.rotate(token);

    expect(await world.call('a', 'createSecret')).toMatchObject({ refused: expect.stringContaining('NOT_PENDING') });
    expect(show(world)).toMatchObject({ labels: { c: ['AWSPENDING', 'AWSCURRENT'] }, taken: ['c'], inForce: 'c' });
  });
});

describe('steps in another order', () => {
  it('are refused until their turn comes, and change nothing', async () => {
    const world = createRotationWorld();
    const before = show(world);
    for (const step of ['finishSecret', 'testSecret', 'setSecret'] as const) {
      expect(await world.call('a', step)).toMatchObject({ refused: expect.stringContaining('NOT_PENDING') });
    }
    expect(show(world)).toEqual(before);
    await world.call('a', 'createSecret');
    // The third step alone may be the test of Secrets Manager.
    expect(await world.call('a', 'testSecret')).toMatchObject({ outcome: 'nothingToDo' });
    expect(await world.call('a', 'finishSecret')).toMatchObject({ refused: expect.stringContaining('NOT_IN_FORCE') });
    expect(show(world)).toMatchObject({ labels: { '0': ['AWSCURRENT'] }, taken: ['0'], inForce: '0' });
  });

  it('steps in another order and any number change nothing more once it is over', async () => {
    const world = createRotationWorld();
    await world.rotate('a');
    const before = { ...show(world), calls: world.count() };
    for (const step of ['finishSecret', 'createSecret', 'finishSecret', 'setSecret', 'testSecret'] as const) {
      expect(await world.call('a', step)).toMatchObject({ outcome: 'nothingToDo' });
    }
    expect(show(world)).toEqual({ labels: before.labels, taken: ['a'], inForce: 'a', works: true });
  });
});
