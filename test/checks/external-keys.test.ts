import { describe, expect, it } from 'vitest';
import { answerJson, serveRaw } from '../support/broken-proxies.ts';
import { createKeys, move, rotation, setStage } from '../support/proxy-checks.ts';
import { oldEndpoint } from '../support/stores.ts';

const fit = { keySpec: 'AES_256', keyUsage: ['ENCRYPT', 'DECRYPT'], keyStatus: 'ENABLED' } as const;
const see = async (stage: Awaited<ReturnType<typeof setStage>>, change = move) =>
  (await stage.observe({ change }))['external-keys'];

describe('the check of the external keys', () => {
  it('finds each of them fit', async () => {
    const stage = await setStage();

    expect(await see(stage)).toEqual({ status: 'passed', message: '3 external keys found and usable', details: [] });
    stage.hold([]);
    expect(await see(stage)).toMatchObject({ status: 'passed', message: '0 external keys found and usable' });
  });

  it('names those that are missing or not usable, which is nothing new where the store stays at its source', async () => {
    const stage = await setStage();
    const keys = {
      'ext-1': { ...fit, keySpec: 'RSA_2048' },
      'ext-2': { ...fit, keyUsage: ['ENCRYPT'] },
      'ext-3': { ...fit, keyStatus: 'DISABLED' },
      'ext-5': fit,
    } as const;
    Object.assign(stage.to, { keys });
    Object.assign(stage.from, { keys });
    stage.hold(createKeys(5));
    const unfit = {
      message: '4 external keys missing or not usable',
      details: [
        '1 external key found and usable',
        'key-1 (external key ext-1): it is not an AES_256 key: its keySpec is "RSA_2048"',
        'key-2 (external key ext-2): it does not both encrypt and decrypt: its keyUsage is ["ENCRYPT"]',
        'key-3 (external key ext-3): it is not ENABLED: its keyStatus is "DISABLED"',
        'key-4 (external key ext-4): it answers 404 KeyNotFoundException for /old/kms/xks/v1/keys/ext-4/metadata',
      ],
    };

    const found = await see(stage);
    expect({ ...found, details: [...(found?.details ?? [])].sort() }).toEqual({ status: 'failed', ...unfit });
    expect(await see(stage, rotation)).toMatchObject({ status: 'warned', message: unfit.message });
  });

  it('does not mind a missing key that is about to be deleted, and shows no more than ten', async () => {
    const stage = await setStage();
    stage.hold(createKeys(14, { keyState: 'PendingDeletion' }));
    Object.assign(stage.to, { keys: {} });

    const found = await see(stage);
    expect(found).toMatchObject({ status: 'warned', message: '14 external keys missing or not usable' });
    expect(found?.details).toHaveLength(12);
    expect(found?.details?.at(-1)).toBe('and 4 more');
  });

  it('tells of keys that nobody may describe', async () => {
    const stage = await setStage();
    stage.hold(createKeys(1), 2);

    expect(await see(stage)).toEqual({
      status: 'warned',
      message: 'more keys may be in the store: 2 could not be described',
      details: ['1 external key found and usable'],
    });
  });

  it('cannot look where the keys may not be listed', async () => {
    const { inventory, observe } = await setStage();
    const failure = {
      code: 'AccessDeniedException',
      message: 'not authorized: kms:ListKeys',
      class: 'denied',
    } as const;
    inventory.reply = { ok: false, failure, calls: 1 };

    const message = 'could not run (kms:ListKeys, kms:DescribeKey): not authorized: kms:ListKeys';
    expect(await observe()).toMatchObject({
      'external-keys': { status: 'warned', message },
      'same-keys': { status: 'unknown', message: `not compared: ${message}` },
    });
  });

  it('stops at the first answer that is not about a key', async () => {
    const stage = await setStage();
    stage.hold(createKeys(400));
    stage.to.accessDenied = true;

    expect(await see(stage)).toEqual({
      status: 'unknown',
      message:
        'not all checked: it denies access to arn:aws:iam::111122223333:root, in whose name cks asks (403 AccessDeniedException)',
      details: ['0 external keys found and usable'],
    });
  });

  it('asks about hundreds of keys over a few connections, one request a key', async () => {
    let asked = 0;
    const server = await serveRaw((_, response) => {
      asked += 1;
      answerJson(response, 200, fit);
    });
    const stage = await setStage({ connectTo: { [oldEndpoint]: server.address } });
    stage.hold(createKeys(400));

    expect(await see(stage, rotation)).toMatchObject({ message: '400 external keys found and usable' });
    expect([asked, server.connections]).toEqual([404, 21]);
  });

  it('leaves the rest when a stop is asked for', async () => {
    const stop = new AbortController();
    let asked = 0;
    const server = await serveRaw((_, response) => {
      asked += 1;
      if (asked === 100) stop.abort();
      answerJson(response, 200, fit);
    });
    const stage = await setStage({ connectTo: { [oldEndpoint]: server.address } });
    stage.hold(createKeys(400));

    const found = (await stage.observe({ change: rotation, signal: stop.signal }))['external-keys'];
    expect(found).toMatchObject({ status: 'unknown', message: 'not all checked: a stop was requested (stopped)' });
    expect(asked).toBeLessThan(120);
  });
});
