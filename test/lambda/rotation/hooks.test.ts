import { describe, expect, it } from 'vitest';
import {
  createRotationWorld,
  done,
  minuteMs,
  outcomes,
  type RotationWorld,
  rotatedTo,
  show,
  traceUnusual,
} from '../../support/rotation-world.ts';
import { oldCredential, oldEndpoint } from '../../support/stores.ts';

const untouched = { inForce: '0', works: true, labels: expect.objectContaining({ '0': ['AWSCURRENT'] }) };

async function prepare(set: (world: RotationWorld) => void): Promise<RotationWorld> {
  const world = createRotationWorld();
  await world.call('a', 'createSecret');
  set(world);
  return world;
}

/** What the proxy takes by its own lights, whatever the hook said. */
function take(world: RotationWorld, credentials: Readonly<Record<string, string>>): void {
  world.simulator.proxy(oldEndpoint).credentials = credentials;
}

const old = { [oldCredential.AccessKeyId]: oldCredential.RawSecretAccessKey };

describe('a hook', () => {
  it('a hook that hangs is given up while there is time to say so, and nothing is sent', async () => {
    const signals: AbortSignal[] = [];
    const world = await prepare(({ hook }) => {
      hook.establish = (_, { signal }) => {
        signals.push(signal);
        return new Promise(() => undefined);
      };
    });
    const startedAtMs = world.clock.now();
    const told = await world.call('a', 'setSecret');

    expect(told).toEqual({
      step: 'setSecret',
      refused: 'HOOK_FAILED: the hook did not establish a within 448 s. KMS uses 0 as before',
    });
    expect(world.clock.now() - startedAtMs).toBeLessThan(world.timeoutMs);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(show(world)).toMatchObject(untouched);
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual for 6 lines, to hook.establish a",
      ]
    `);
  });

  it('a hook that throws is told without a secret, however it is written', async () => {
    let secret = '';
    const world = await prepare(({ hook }) => {
      hook.establish = async ({ RawSecretAccessKey }) => {
        secret = RawSecretAccessKey;
        const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
        throw new Error(`503 for ${forms.join(' ')} and ${oldCredential.RawSecretAccessKey}`);
      };
    });

    expect(await world.call('a', 'setSecret')).toMatchObject({
      refused:
        'HOOK_FAILED: the hook could not establish a: 503 for (secret) (secret) (secret) and (secret). KMS uses 0 as before',
    });
    expect(JSON.stringify(world.written)).not.toContain(secret);
    expect(show(world)).toMatchObject(untouched);
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual for 5 lines, to Move cks-begun-a -→a",
        "a.setSecret: hook.establish a→Error",
      ]
    `);
  });

  it('a hook that says established where the proxy refuses the new credential is not believed', async () => {
    const world = await prepare((one) => {
      one.hook.establish = async () => take(one, old);
    });

    expect(await world.call('a', 'setSecret')).toMatchObject({
      refused: expect.stringMatching(
        /^UPDATE_FAILED: KMS does not have the new credential: refused: .*it refuses the credential \(401/,
      ),
    });
    expect(show(world)).toMatchObject(untouched);
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual for 9 lines, to Describe→CONNECTED 0",
        "a.setSecret: proxy.health a→401 ×2",
        "a.setSecret: proxy.health 0→200",
        "a.setSecret: DescribeSecret",
      ]
    `);
  });

  it('a hook that has the proxy drop the old credential sends nothing, and is told', async () => {
    const world = await prepare((one) => {
      one.hook.establish = async ({ AccessKeyId, RawSecretAccessKey }) =>
        take(one, { [AccessKeyId]: RawSecretAccessKey });
    });

    expect(await world.call('a', 'setSecret')).toMatchObject({
      refused: expect.stringMatching(/with the old credential \(0\): it refuses the credential \(401/),
    });
    expect(world.inForce()).toBe('0');
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual for 10 lines, to proxy.health a→200 ×2",
        "a.setSecret: proxy.health 0→401",
        "a.setSecret: proxy.health a→401",
        "a.setSecret: proxy.health 0→401",
        "a.setSecret: DescribeSecret",
      ]
    `);
  });

  it('a hook that has no proxy to show for it is not believed: it is down', async () => {
    const world = await prepare(({ simulator }) => {
      simulator.proxy(oldEndpoint).reachable = false;
    });

    expect(await world.call('a', 'setSecret')).toMatchObject({
      refused: expect.stringMatching(
        /^UPDATE_FAILED: .*cks could not verify its keys afterwards \(2 of 2 keys gave no canary/,
      ),
    });
    expect(world.inForce()).toBe('0');
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual for 9 lines, to Describe→CONNECTED 0",
        "a.setSecret: proxy.health a→unreachable ×2",
        "a.setSecret: proxy.health 0→unreachable",
        "a.setSecret: DescribeSecret",
        "a.setSecret: Encrypt→KMSInvalidStateException ×2",
      ]
    `);
  });

  it('is taken at its word where the proxy cannot be reached from the function, and that was accepted', async () => {
    const world = createRotationWorld();
    world.accept = ['unknown:both-credentials', 'unknown:xks-proxy'];
    world.isProxyFar = true;
    expect(outcomes(await world.rotate('a'))).toEqual(done);
    expect(show(world)).toMatchObject({ taken: ['a'], inForce: 'a', works: true });
  });

  it('a hook that cannot retire is told of, undoes nothing, and is asked again by the next rotation', async () => {
    const world = createRotationWorld();
    world.hook.retire = async () => {
      throw new Error(`no answer to ${oldCredential.RawSecretAccessKey}`);
    };
    const told = await world.rotate('a');

    expect(told.at(-1)).toMatchObject({
      outcome: 'done',
      retired: [],
      notRetired: [
        {
          accessKeyId: oldCredential.AccessKeyId,
          message: `the hook could not retire ${oldCredential.AccessKeyId}: no answer to (secret)`,
        },
      ],
    });
    expect(show(world)).toMatchObject({
      labels: { '0': ['AWSPREVIOUS'], a: ['AWSPENDING', 'AWSCURRENT'], leftovers: ['cks-leftovers'] },
      taken: ['0', 'a'],
      inForce: 'a',
      works: true,
    });
    world.hook = {};
    expect(outcomes(await world.rotate('b'))).toEqual(done);
    expect(show(world)).toEqual(rotatedTo('b', 'a'));
    expect(world.trace().filter((line) => /hook\.retire|Move/.test(line))).toMatchInlineSnapshot(`
      [
        "a.setSecret: Move cks-begun-a -→a",
        "a.setSecret: Move cks-accepted-20261124T030002.880Z -→a",
        "a.finishSecret: Move cks-begun-0 -→0",
        "a.finishSecret: Move AWSCURRENT 0→a",
        "a.finishSecret: hook.retire 0→Error",
        "a.finishSecret: Move cks-begun-0 0→-",
        "a.finishSecret: Move cks-begun-a a→-",
        "a.finishSecret: Move cks-accepted-20261124T030002.880Z a→-",
        "b.createSecret: hook.retire 0",
        "b.createSecret: Move cks-leftovers canaries→-",
        "b.setSecret: Move cks-begun-b -→b",
        "b.setSecret: Move cks-accepted-20261124T030518.880Z -→b",
        "b.finishSecret: Move cks-begun-a -→a",
        "b.finishSecret: Move AWSCURRENT a→b",
        "b.finishSecret: hook.retire a",
        "b.finishSecret: Move cks-begun-a a→-",
        "b.finishSecret: Move cks-begun-b b→-",
        "b.finishSecret: Move cks-accepted-20261124T030518.880Z b→-",
      ]
    `);
  });

  it('a hook that cannot retire is asked again by the same step', async () => {
    const world = createRotationWorld();
    world.hook.retire = () => new Promise(() => undefined);
    expect((await world.rotate('a')).at(-1)).toMatchObject({
      notRetired: [{ message: expect.stringMatching(/within/) }],
    });
    world.hook = {};
    expect(await world.call('a', 'finishSecret')).toMatchObject({
      outcome: 'nothingToDo',
      retired: [oldCredential.AccessKeyId],
    });
    expect(show(world)).toEqual(rotatedTo('a'));
  });
});

describe('what is not retired', () => {
  it('is a credential that KMS uses, whoever told it', async () => {
    const world = createRotationWorld();
    world.hook.retire = () => new Promise(() => undefined);
    await world.rotate('a');
    world.hook = {};
    const [store] = world.simulator.describeWorld().stores;
    world.simulator.call('UpdateCustomKeyStore', {
      CustomKeyStoreId: store?.CustomKeyStoreId,
      XksProxyAuthenticationCredential: oldCredential,
    });

    expect(await world.call('a', 'finishSecret')).toMatchObject({ refused: expect.stringMatching(/^NOT_IN_FORCE/) });
    expect(show(world)).toMatchObject({ taken: ['0', 'a'], inForce: '0', works: true });
  });

  it('is the one of a rotation that has begun since', async () => {
    const world = createRotationWorld();
    await world.rotate('a');
    for (const step of ['createSecret', 'setSecret'] as const) await world.call('b', step);

    expect(await world.call('a', 'finishSecret')).toMatchObject({ refused: expect.stringMatching(/^NOT_IN_FORCE/) });
    expect(show(world)).toMatchObject({ taken: ['a', 'b'], inForce: 'b', works: true });
    expect(outcomes(await world.rotate('b'))).toEqual(['nothingToDo', 'nothingToDo', 'done', 'done']);
    expect(show(world)).toEqual(rotatedTo('b', 'a'));
  });
});

describe('the wait for the hosts of KMS', () => {
  it('begins anew where KMS was told the old credential in between', async () => {
    const world = createRotationWorld();
    for (const step of ['createSecret', 'setSecret'] as const) await world.call('a', step);
    world.clock.advance(20 * minuteMs);
    const [store] = world.simulator.describeWorld().stores;
    world.simulator.call('UpdateCustomKeyStore', {
      CustomKeyStoreId: store?.CustomKeyStoreId,
      XksProxyAuthenticationCredential: oldCredential,
    });

    const startedAtMs = world.clock.now();
    expect(outcomes(await world.rotate('a'))).toEqual(['nothingToDo', 'done', 'done', 'done']);
    expect(world.clock.now() - startedAtMs).toBeGreaterThan(5 * minuteMs);
    expect(show(world)).toEqual(rotatedTo('a'));
  });

  it('begins with the first call that finds the credential in force, where nobody knows since when it is', async () => {
    const world = createRotationWorld();
    await world.call('a', 'createSecret');
    world.when('Update', () => {
      world.killAt = world.count() + 1;
    });
    expect(await world.call('a', 'setSecret')).toBe(null);
    expect(world.labels().a).toEqual(['AWSPENDING', 'cks-begun-a']);
    world.killAt = null;

    expect(await world.call('a', 'setSecret')).toMatchObject({ outcome: 'nothingToDo' });
    world.clock.advance(5 * minuteMs);
    const startedAtMs = world.clock.now();
    expect(outcomes(await world.rotate('a'))).toEqual(['nothingToDo', 'nothingToDo', 'done', 'done']);
    expect(world.clock.now() - startedAtMs).toBeLessThan(minuteMs);
    expect(show(world)).toEqual(rotatedTo('a'));
  });
});

describe('a function whose time is short', () => {
  it.each([
    [3_000, 'any step takes 5 s, and this call has 0 s left'],
    [20_000, 'an update takes 45 s, and this call has 17 s left'],
  ])('of %d ms is told what a step takes, before anything is sent', async (timeoutMs, said) => {
    const world = await prepare((one) => {
      one.timeoutMs = timeoutMs;
    });
    expect(await world.call('a', 'setSecret')).toMatchObject({ refused: expect.stringContaining(said) });
    expect(show(world)).toMatchObject({ ...untouched, taken: ['0'] });
  });

  it('leaves the wait for the hosts of KMS to a later call, which does not begin it anew', async () => {
    const world = createRotationWorld();
    world.timeoutMs = 3 * minuteMs;
    const told = await world.rotate('a');
    expect(outcomes(told).at(-1)).toMatch(
      /^NOT_EFFECTIVE_YET: some hosts of KMS may use the old credential until 2026-11-24T03:05:12.*: call again after that$/,
    );
    expect(show(world)).toMatchObject({ taken: ['0', 'a'], inForce: 'a', works: true });
    world.clock.advance(4.5 * minuteMs);
    const startedAtMs = world.clock.now();
    expect(outcomes(await world.rotate('a'))).toEqual(['nothingToDo', 'nothingToDo', 'done', 'done']);
    expect(world.clock.now() - startedAtMs).toBeLessThan(minuteMs);
    expect(show(world)).toEqual(rotatedTo('a'));
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual",
        "a.testSecret: as usual",
        "a.finishSecret: as usual for 4 lines, to Get canaries",
        "a.finishSecret: Describe→CONNECTED a",
        "a.createSecret: DescribeSecret",
        "a.createSecret: Get a",
        "a.setSecret: as usual for 3 lines, to Get a",
        "a.setSecret: Get canaries",
        "a.setSecret: Describe→CONNECTED a",
        "a.testSecret: as usual",
        "a.finishSecret: as usual",
      ]
    `);
  });
});
