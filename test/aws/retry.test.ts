import { describe, expect, it } from 'vitest';
import { createScriptedKms, entry, networkError, sdkError } from '../support/scripted-send.ts';

const id = 'cks-1234567890abcdef0';
const found = { output: { CustomKeyStores: [entry(id)] }, requestId: 'request-2' };
const throttled = sdkError('ThrottlingException');

describe('a read', () => {
  it.each([
    ['throttling', throttled],
    ['a failure inside KMS', sdkError('KMSInternalException', { statusCode: 500 })],
    ['a 5xx of no known name', sdkError('BadGatewayOfSomeProxy', { statusCode: 502 })],
    ['a lost reply', networkError('ECONNRESET')],
    ['a host that does not answer', networkError('ECONNREFUSED')],
  ])('is sent again after %s', async (_, failure) => {
    const { kms, clock, sent } = createScriptedKms([failure, failure, found]);

    const reply = await clock.drive(kms.describe(id));

    expect(reply).toMatchObject({ ok: true, calls: 3, value: { customKeyStoreId: id } });
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 1_000, 2_500]);
  });

  it.each(['AccessDeniedException', 'ExpiredTokenException', 'CustomKeyStoreNotFoundException', 'ValidationException'])(
    'is not sent again after %s',
    async (name) => {
      const { kms, clock, sent } = createScriptedKms([sdkError(name, { requestId: 'request-9' })]);

      const reply = await clock.drive(kms.describe(id));

      expect(reply).toMatchObject({ ok: false, calls: 1, failure: { code: name, requestId: 'request-9' } });
      expect(sent).toHaveLength(1);
    },
  );

  it('gives up after five tries', async () => {
    const { kms, clock, sent } = createScriptedKms([throttled]);

    const reply = await clock.drive(kms.describe(id));

    expect(reply).toMatchObject({ ok: false, calls: 5, failure: { code: 'ThrottlingException', class: 'throttled' } });
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 1_000, 2_500, 5_500, 11_500]);
  });

  it('ends at once when it is stopped between two tries', async () => {
    const stop = new AbortController();
    const { kms, clock, sent } = createScriptedKms([throttled]);
    clock.at(clock.now() + 1_200, () => stop.abort());

    const reply = await clock.drive(kms.describe(id, stop.signal));

    expect(reply).toMatchObject({ ok: false, failure: { code: 'AbortError' } });
    expect(sent).toHaveLength(2);
  });
});

describe('a read under way', () => {
  const tookMs = 5_000;

  it('is broken off by a stop', async () => {
    const stop = new AbortController();
    const { kms, clock } = createScriptedKms([found], { tookMs });
    const startedAtMs = clock.now();
    clock.at(startedAtMs + 1_200, () => stop.abort());

    const reply = await clock.drive(kms.describe(id, stop.signal));

    expect(reply).toMatchObject({ ok: false, calls: 1, failure: { code: 'AbortError' } });
    expect(clock.now() - startedAtMs).toBe(1_200);
  });

  it('goes on where another run waits for it too', async () => {
    const stop = new AbortController();
    const { kms, clock, sent } = createScriptedKms([found], { tookMs });
    clock.at(clock.now() + 1_200, () => stop.abort());

    const replies = await clock.drive(Promise.all([kms.describe(id, stop.signal), kms.describe(id)]));

    expect(replies[1]).toMatchObject({ ok: true, calls: 1 });
    expect(sent).toHaveLength(1);
  });
});

describe('a call that changes the store', () => {
  it('is sent again after throttling', async () => {
    const { kms, clock, sent } = createScriptedKms([throttled, { requestId: 'request-2' }]);

    const reply = await clock.drive(kms.connect(id));

    expect(reply).toEqual({ ok: true, calls: 2, value: null, requestId: 'request-2' });
    expect(sent.map(({ operation }) => operation)).toEqual(['ConnectCustomKeyStore', 'ConnectCustomKeyStore']);
  });

  it.each([
    ['a failure inside KMS', sdkError('KMSInternalException', { statusCode: 500 }), 'unclear'],
    ['a lost reply', networkError('ECONNRESET'), 'unclear'],
    ['a time-out', networkError('ETIMEDOUT'), 'unclear'],
    ['a host that does not answer', networkError('ECONNREFUSED'), 'unreachable'],
    ['the throttling of a proxy', Object.assign(new Error('slow'), { $metadata: { httpStatusCode: 429 } }), 'unclear'],
    ['a refusal', sdkError('CustomKeyStoreInvalidStateException'), 'invalidState'],
  ])('is never sent again after %s', async (_, failure, kind) => {
    const { kms, clock, sent } = createScriptedKms([failure, {}]);

    const reply = await clock.drive(kms.disconnect(id));

    expect(reply).toMatchObject({ ok: false, calls: 1, failure: { class: kind } });
    expect(sent).toHaveLength(1);
  });
});
