import { describe, expect, it } from 'vitest';
import { createScriptedKms, entry, sdkError } from '../../support/scripted-send.ts';

const [one, two, three] = ['cks-00000000000000001', 'cks-00000000000000002', 'cks-00000000000000003'] as const;
const all = { output: { CustomKeyStores: [entry(one), entry(two), entry(three)], Truncated: false } };

describe('describe', () => {
  it('asks for a store alone by its id', async () => {
    const { kms, clock, sent } = createScriptedKms([{ output: { CustomKeyStores: [entry(one)] } }]);

    await clock.drive(kms.describe(one));

    expect(sent).toEqual([{ operation: 'DescribeCustomKeyStores', input: { CustomKeyStoreId: one }, atMs: 0 }]);
  });

  it('finds a store by its name in the list, and tells which one is not there', async () => {
    const { kms, clock, sent } = createScriptedKms([all]);

    const replies = await clock.drive(Promise.all([kms.describe(`name of ${two}`), kms.describe('nobody')]));

    expect(replies).toMatchObject([
      { ok: true, value: { customKeyStoreId: two } },
      { ok: false, failure: { class: 'notFound', message: 'with the id or name "nobody"' } },
    ]);
    expect(sent).toHaveLength(1);
  });

  it('takes an id for the store that has it, even where another one has that name', async () => {
    const stores = [entry(one, { CustomKeyStoreName: two }), entry(two)];
    const { kms, clock } = createScriptedKms([{ output: { CustomKeyStores: stores } }]);

    expect(await clock.drive(kms.describe(two))).toMatchObject({ value: { customKeyStoreId: two } });
  });

  it('serves all who ask at a time with one unfiltered request', async () => {
    const { kms, clock, sent } = createScriptedKms([all]);
    const asked = Array.from({ length: 100 }, (_, at) => kms.describe([one, two, three][at % 3] ?? one));

    const replies = await clock.drive(Promise.all(asked));

    expect(replies.every(({ ok }) => ok)).toBe(true);
    expect(sent).toEqual([{ operation: 'DescribeCustomKeyStores', input: {}, atMs: 0 }]);
  });

  it('sends at most one request a second, whoever asks', async () => {
    const { kms, clock, sent } = createScriptedKms([all], { tookMs: 100 });
    const askAllTheTime = async (store: string) => {
      for (let count = 0; count < 5; count += 1) {
        await kms.describe(store);
        await clock.sleep(70);
      }
    };

    await clock.drive(Promise.all([one, two, three].map(askAllTheTime)));

    const gaps = sent.slice(1).map(({ atMs }, at) => atMs - (sent[at]?.atMs ?? 0));
    expect(gaps.length).toBeGreaterThan(3);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
  });

  it('fails for all who asked, and each asks again', async () => {
    let looks = 0;
    const { kms, clock, sent } = createScriptedKms(() => {
      looks += 1;
      return looks === 1 ? sdkError('KMSInternalException', { statusCode: 500 }) : all;
    });

    const replies = await clock.drive(Promise.all([kms.describe(one), kms.describe(two)]));

    expect(replies).toMatchObject([
      { ok: true, calls: 2 },
      { ok: true, calls: 2 },
    ]);
    expect(sent).toHaveLength(2);
  });

  it('reads a CloudHSM key store of before there were types', async () => {
    const old = entry(one, { ConnectionState: 'FAILED', ConnectionErrorCode: 'USER_LOCKED_OUT' });
    const { kms, clock } = createScriptedKms([{ output: { CustomKeyStores: [old] } }]);

    expect(await clock.drive(kms.describe(one))).toMatchObject({
      value: { customKeyStoreType: 'AWS_CLOUDHSM', connectionState: 'FAILED', connectionErrorCode: 'USER_LOCKED_OUT' },
    });
  });
});

describe('an answer that is none of KMS', () => {
  it('an answer that is none of KMS without a list of stores is unreadable, and does not say that there is no store', async () => {
    const { kms, clock } = createScriptedKms(Array.from({ length: 12 }, () => ({ output: {} })));

    expect(await clock.drive(kms.describe(one))).toMatchObject({
      ok: false,
      failure: { class: 'unclear', message: 'the answer holds no list of custom key stores' },
    });
  });

  it.each([
    ['the list is Truncated without a NextMarker', { CustomKeyStores: [entry(one)], Truncated: true }],
    ['an entry is null', { CustomKeyStores: [null] }],
  ])('fails to list the stores where %s', async (_, output) => {
    const { kms, clock } = createScriptedKms([{ output }]);

    expect(await clock.drive(kms.list())).toMatchObject({
      ok: false,
      failure: { code: 'UNREADABLE_ANSWER', class: 'unclear' },
    });
  });

  it('leaves a store without a state in one that no version knows', async () => {
    const { ConnectionState: _, ...stateless } = entry(one) as Record<string, unknown>;
    const { kms, clock } = createScriptedKms([{ output: { CustomKeyStores: [stateless] } }]);

    expect(await clock.drive(kms.describe(one))).toMatchObject({ ok: true, value: { connectionState: 'UNKNOWN' } });
  });
});

describe('list', () => {
  it('turns every page, an empty one too, one a second', async () => {
    const { kms, clock, sent } = createScriptedKms([
      { output: { CustomKeyStores: [entry(one)], Truncated: true, NextMarker: 'a' } },
      { output: { CustomKeyStores: [], Truncated: true, NextMarker: 'b' } },
      { output: { CustomKeyStores: [entry(two)], Truncated: false, NextMarker: 'c' } },
    ]);

    const reply = await clock.drive(kms.list());

    expect(reply).toMatchObject({ ok: true, value: [{ customKeyStoreId: one }, { customKeyStoreId: two }] });
    expect(sent.map(({ input, atMs }) => [input, atMs])).toEqual([
      [{}, 0],
      [{ Marker: 'a' }, 1_000],
      [{ Marker: 'b' }, 2_000],
    ]);
  });

  it('fails, and is not read again, when KMS repeats a marker', async () => {
    const page = { output: { CustomKeyStores: [entry(one)], Truncated: true, NextMarker: 'a' } };
    const { kms, clock, sent } = createScriptedKms([page, page, page]);

    expect(await clock.drive(kms.list())).toMatchObject({
      ok: false,
      calls: 1,
      failure: { code: 'ENDLESS_PAGES', class: 'refused' },
    });
    expect(sent).toHaveLength(2);
  });

  it('fails when the pages never end', async () => {
    const pages = Array.from({ length: 200 }, (_, at) => ({
      output: { CustomKeyStores: [], Truncated: true, NextMarker: `m${at}` },
    }));
    const { kms, clock, sent } = createScriptedKms(pages);

    expect(await clock.drive(kms.list())).toMatchObject({ ok: false, failure: { code: 'ENDLESS_PAGES' } });
    expect(sent).toHaveLength(100);
  });
});

describe('update', () => {
  const goPublic = { XksProxyConnectivity: 'PUBLIC_ENDPOINT', XksProxyUriEndpoint: 'https://xks.example.com' } as const;
  const refusesEmpty = sdkError('ValidationException');

  it('empties the service name with an empty string where KMS takes one', async () => {
    const { kms, clock, sent } = createScriptedKms([{ requestId: 'request-2' }]);

    const reply = await clock.drive(kms.update(one, { ...goPublic, XksProxyVpcEndpointServiceName: '' }));

    expect(reply).toEqual({ ok: true, value: null, calls: 1, requestId: 'request-2' });
    expect(sent[0]?.input).toEqual({ CustomKeyStoreId: one, ...goPublic, XksProxyVpcEndpointServiceName: '' });
  });

  it('leaves it out where KMS refuses the empty string, and says what came of that', async () => {
    const { kms, clock, sent } = createScriptedKms([refusesEmpty, { requestId: 'request-2' }]);

    const reply = await clock.drive(kms.update(one, { ...goPublic, XksProxyVpcEndpointServiceName: '' }));

    expect(reply).toEqual({ ok: true, value: null, calls: 2, requestId: 'request-2' });
    expect(sent[1]?.input).toEqual({ CustomKeyStoreId: one, ...goPublic });
  });

  it('says why KMS refuses both', async () => {
    const { kms, clock } = createScriptedKms([refusesEmpty, sdkError('XksProxyUriUnreachableException')]);

    expect(await clock.drive(kms.update(one, { ...goPublic, XksProxyVpcEndpointServiceName: '' }))).toMatchObject({
      ok: false,
      calls: 2,
      failure: { code: 'XksProxyUriUnreachableException' },
    });
  });

  it('sends once what KMS refuses for another reason, or with a service name that is none', async () => {
    for (const [refusal, values] of [
      [sdkError('XksProxyUriInUseException'), { ...goPublic, XksProxyVpcEndpointServiceName: '' }],
      [refusesEmpty, goPublic],
    ] as const) {
      const { kms, clock, sent } = createScriptedKms([refusal]);
      expect(await clock.drive(kms.update(one, values))).toMatchObject({ ok: false, calls: 1 });
      expect(sent).toHaveLength(1);
    }
  });

  it('gives back no secret in what KMS says', async () => {
    const { kms, clock } = createScriptedKms(({ input }) =>
      sdkError('ValidationException', { message: `Value '${input.KeyStorePassword}' failed to satisfy constraint` }),
    );

    expect(await clock.drive(kms.update(one, { KeyStorePassword: 'kmsuserPassw0rd' }))).toMatchObject({
      failure: { message: "Value '(secret)' failed to satisfy constraint" },
    });
  });
});
