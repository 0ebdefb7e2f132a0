import { describe, expect, test } from 'vitest';
import { documentedRates, type FaultRule } from '../../src/simulator/index.ts';
import { connectMs, disconnectMs, setStage } from './stage.ts';

const describeStores = 'DescribeCustomKeyStores';
const throttled = { kind: 'answer', fault: { name: 'ThrottlingException' }, afterEffect: false } as const;

/** What each of so many Describes answers. */
function lookOften(stage: ReturnType<typeof setStage>, times: number, input: object = {}): string[] {
  return Array.from({ length: times }, () => stage.attempt(describeStores, input));
}

describe('a fault strikes', () => {
  test('a fault strikes from the nth call on, so many times', () => {
    const stage = setStage();
    stage.simulator.orderFault({ match: { operation: describeStores, nth: 2, times: 2 }, effect: throttled });

    expect(lookOften(stage, 4)).toEqual(['ok', 'ThrottlingException', 'ThrottlingException', 'ok']);
    expect(stage.simulator.faults).toEqual([]);
  });

  test('the store that it names, by id or name, and no other', () => {
    const stage = setStage();
    const id = stage.addExternal({ CustomKeyStoreName: 'a' });
    const other = stage.addExternal({ CustomKeyStoreName: 'b' });
    stage.simulator.orderFault({ match: { store: 'a', times: 'always' }, effect: throttled });

    expect(stage.connect(other)).toBe('ok');
    expect(stage.connect(id)).toBe('ThrottlingException');
    expect(lookOften(stage, 1)).toEqual(['ok']);
    expect(lookOften(stage, 1, { CustomKeyStoreName: 'a' })).toEqual(['ThrottlingException']);
  });

  test('the store of a key, whether a call names the key or only what it encrypted', () => {
    const stage = setStage();
    const [KeyId, other] = ['a', 'b'].map((CustomKeyStoreName) =>
      stage.simulator.addKey(stage.addExternal({ CustomKeyStoreName, ConnectionState: 'CONNECTED' })),
    );
    const [sealed, sealedByOther] = [KeyId, other].map((id) =>
      stage.simulator.call('Encrypt', { KeyId: id, Plaintext: 'YWFh' }),
    ) as { CiphertextBlob: string }[];
    stage.simulator.orderFault({ match: { store: 'a', times: 'always' }, effect: throttled });
    const decrypt = (input: object) => stage.attempt('Decrypt', input);

    expect(decrypt({ KeyId, CiphertextBlob: sealed?.CiphertextBlob })).toBe('ThrottlingException');
    expect(decrypt({ CiphertextBlob: sealed?.CiphertextBlob })).toBe('ThrottlingException');
    expect(decrypt({ CiphertextBlob: sealedByOther?.CiphertextBlob })).toBe('ok');
    expect(decrypt({ CiphertextBlob: 'bm90aGluZw==' })).toBe('InvalidCiphertextException');
  });

  test('a fault strikes in the state and for the caller that it names', () => {
    const stage = setStage();
    const id = stage.addExternal();
    const rule: FaultRule = { match: { state: 'CONNECTING', caller: 'us', times: 'always' }, effect: throttled };
    stage.simulator.orderFault(rule);
    const lookAs = (caller: string) =>
      stage.simulator.receive(describeStores, { CustomKeyStoreId: id }, caller).fault?.name;

    expect(lookAs('us')).toBeUndefined();
    stage.connect(id);
    expect([lookAs('them'), lookAs('us')]).toEqual([undefined, 'ThrottlingException']);
    stage.wait(connectMs);
    expect(lookAs('us')).toBeUndefined();
  });

  test('a fault strikes from one instant until another, counted from its order', () => {
    const stage = setStage();
    stage.wait(5_000);
    const match = { fromMs: 1_000, untilMs: 3_000, times: 'always' } as const;
    stage.simulator.orderFault({ match, effect: throttled });
    const seen = [0, 1_000, 1_999, 1].map((ms) => {
      stage.wait(ms);
      return stage.attempt(describeStores, {});
    });

    expect(seen).toEqual(['ok', 'ThrottlingException', 'ThrottlingException', 'ok']);
    expect(stage.simulator.faults).toEqual([]);
  });

  test('a fault strikes as likely as it says, and for the same seed the same calls', () => {
    const strike = (seed: number) => {
      const stage = setStage({ seed });
      stage.simulator.orderFault({ match: { probability: 0.3, times: 'always' }, effect: throttled });
      return lookOften(stage, 1_000);
    };
    const struck = strike(7).filter((answer) => answer === 'ThrottlingException').length;

    expect(strike(7)).toEqual(strike(7));
    expect(strike(7)).not.toEqual(strike(8));
    expect(struck).toBeGreaterThan(250);
    expect(struck).toBeLessThan(350);
  });

  test('one at a time where two answers are ordered, and delays add up', () => {
    const stage = setStage();
    const delay = (delayMs: number): FaultRule => ({ match: {}, effect: { kind: 'delay', delay: delayMs } });
    stage.simulator.failNext(describeStores, 'KMSInternalException');
    stage.simulator.failNext(describeStores, 'ThrottlingException');
    stage.simulator.orderFault(delay(200));
    stage.simulator.orderFault(delay(300));
    const replies = [1, 2, 3].map(() => stage.simulator.receive(describeStores, {}));

    expect(replies.map(({ fault, delayMs }) => [fault?.name, delayMs])).toEqual([
      ['KMSInternalException', 500],
      ['ThrottlingException', 0],
      [undefined, 0],
    ]);
  });

  test('a fault strikes before the effect or after it, and a hung answer is on the record as none', () => {
    const stage = setStage();
    const id = stage.addExternal();
    const hang = (afterEffect: boolean) =>
      stage.simulator.orderFault({
        match: { operation: 'ConnectCustomKeyStore' },
        effect: { kind: 'answer', fault: { name: 'NoAnswer' }, afterEffect },
      });

    hang(false);
    expect(stage.connect(id)).toBe('NoAnswer');
    expect(stage.simulator.store(id).ConnectionState).toBe('DISCONNECTED');
    hang(true);
    expect(stage.connect(id)).toBe('NoAnswer');
    expect(stage.simulator.store(id).ConnectionState).toBe('CONNECTING');
    expect(stage.simulator.calls.map(({ error }) => error)).toEqual(['NoAnswer', 'NoAnswer']);
  });

  test('a connect, which then ends FAILED', () => {
    const stage = setStage();
    const id = stage.addExternal();
    stage.simulator.orderFault({
      match: { operation: 'ConnectCustomKeyStore' },
      effect: { kind: 'failConnect', errorCode: 'NETWORK_ERRORS', connectMs: 7 },
    });

    expect(stage.connect(id)).toBe('ok');
    stage.wait(7);
    expect(stage.simulator.store(id).ConnectionErrorCode).toBe('NETWORK_ERRORS');
  });

  test('no more once all were taken back', () => {
    const stage = setStage();
    stage.simulator.orderFault({ match: { times: 'always' }, effect: throttled });
    stage.simulator.clearFaults();

    expect(lookOften(stage, 2)).toEqual(['ok', 'ok']);
  });
});

describe('quotas', () => {
  test('are those of the developer guide, each operation by itself', () => {
    const stage = setStage({ quotas: documentedRates });
    const six = lookOften(stage, 6);

    expect(six).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ThrottlingException']);
    expect(stage.attempt('ConnectCustomKeyStore', { CustomKeyStoreId: 'cks-none' })).toBe(
      'CustomKeyStoreNotFoundException',
    );
  });

  test('fill with time, a second of it at most', () => {
    const stage = setStage({ quotas: { [describeStores]: 5 } });
    lookOften(stage, 6);
    stage.wait(200);
    expect(lookOften(stage, 2)).toEqual(['ok', 'ThrottlingException']);
    stage.wait(3_600_000);
    expect(lookOften(stage, 6).filter((answer) => answer === 'ok')).toHaveLength(5);
  });

  test('are told as KMS tells them, and leave no effect', () => {
    const stage = setStage({ quotas: { ConnectCustomKeyStore: 1 } });
    const [a, b] = [stage.addExternal(), stage.addExternal()];
    stage.connect(a);
    const { fault } = stage.simulator.receive('ConnectCustomKeyStore', { CustomKeyStoreId: b });

    expect(fault).toMatchObject({ name: 'ThrottlingException', statusCode: 400 });
    expect(stage.simulator.store(b).ConnectionState).toBe('DISCONNECTED');
  });
});

describe('an external actor acts', () => {
  const disconnect = (stage: ReturnType<typeof setStage>, id: string) => () => {
    stage.simulator.call('DisconnectCustomKeyStore', { CustomKeyStoreId: id }, 'them');
  };
  const record = (stage: ReturnType<typeof setStage>) =>
    stage.simulator.calls.map(({ operation, caller, error }) => [operation, caller ?? 'us', error ?? 'ok']);

  test('just before or just after a call', () => {
    const stage = setStage();
    const id = stage.addExternal({ ConnectionState: 'CONNECTED' });
    stage.simulator.addExternalActor({ moment: { before: describeStores }, nth: 2, act: disconnect(stage, id) });
    lookOften(stage, 2);
    stage.wait(disconnectMs);
    stage.simulator.addExternalActor({ moment: { after: 'ConnectCustomKeyStore' }, act: disconnect(stage, id) });
    stage.connect(id);

    expect(record(stage)).toEqual([
      [describeStores, 'us', 'ok'],
      ['DisconnectCustomKeyStore', 'them', 'ok'],
      [describeStores, 'us', 'ok'],
      ['ConnectCustomKeyStore', 'us', 'ok'],
      ['DisconnectCustomKeyStore', 'them', 'ok'],
    ]);
  });

  test('never at a call that only asks for a right: a DryRun, or one for a store that does not exist', () => {
    const stage = setStage();
    const id = stage.addExternal({ ConnectionState: 'CONNECTED', keys: [{ AliasName: 'alias/pay' }] });
    const encrypt = { KeyId: 'alias/pay', Plaintext: 'YWFh' };
    const seen: string[] = [];
    for (const operation of ['UpdateCustomKeyStore', 'Encrypt'])
      for (const when of ['before', 'after'] as const) {
        const moment = { [when]: operation } as { before: string };
        stage.simulator.addExternalActor({ moment, act: () => void seen.push(`${when} ${operation}`) });
      }
    stage.update('cks-00000000000000000', { NewCustomKeyStoreName: 'new' });
    stage.attempt('Encrypt', { ...encrypt, DryRun: true });
    expect(seen).toEqual([]);

    expect([stage.update(id, { NewCustomKeyStoreName: 'new' }), stage.attempt('Encrypt', encrypt)]).toEqual([
      'ok',
      'ok',
    ]);
    expect(seen).toHaveLength(4);
  });

  test('an external actor acts at its instant, though nobody looked then', () => {
    const stage = setStage();
    const id = stage.addExternal({ ConnectionState: 'CONNECTED' });
    stage.simulator.addExternalActor({ moment: { atMs: 1_000 }, act: disconnect(stage, id) });
    stage.wait(1_000 + disconnectMs - 1);
    expect(stage.simulator.store(id).ConnectionState).toBe('DISCONNECTING');

    expect(stage.simulator.calls[0]?.atMs).toBe(stage.now() - disconnectMs + 1);
    stage.wait(1);
    expect(stage.simulator.store(id).ConnectionState).toBe('DISCONNECTED');
  });

  test('an external actor acts when a store enters a state, by time or by a call, each at its own instant', () => {
    const stage = setStage();
    const id = stage.addExternal({ ConnectionState: 'CONNECTED' });
    const seen: [string, number][] = [];
    const startMs = stage.now();
    for (const reaches of ['DISCONNECTING', 'DISCONNECTED', 'CONNECTED'] as const) {
      stage.simulator.addExternalActor({
        moment: { reaches },
        store: id,
        act(store) {
          if (reaches === 'DISCONNECTED') stage.simulator.call('ConnectCustomKeyStore', { CustomKeyStoreId: id });
          seen.push([store?.connection.state ?? '', (stage.simulator.calls.at(-1)?.atMs ?? 0) - startMs]);
        },
      });
    }
    stage.disconnect(id);
    stage.wait(disconnectMs + connectMs);
    expect(stage.simulator.store(id).ConnectionState).toBe('CONNECTED');

    expect(seen).toEqual([
      ['DISCONNECTING', 0],
      ['CONNECTING', disconnectMs],
      ['CONNECTED', disconnectMs],
    ]);
  });

  test('undisturbed by faults and quotas, and a no of KMS stops nobody', () => {
    const stage = setStage({ quotas: { DisconnectCustomKeyStore: 0.01 } });
    const id = stage.addExternal();
    stage.simulator.orderFault({ match: { times: 'always' }, effect: throttled });
    stage.simulator.addExternalActor({ moment: { before: describeStores }, times: 3, act: disconnect(stage, id) });

    expect(lookOften(stage, 1)).toEqual(['ThrottlingException']);
    expect(record(stage)[0]).toEqual(['DisconnectCustomKeyStore', 'them', 'CustomKeyStoreInvalidStateException']);
  });

  test('an external actor acts on what is not there, and only the record tells of it', () => {
    const stage = setStage();
    stage.simulator.addExternalActor({
      moment: { before: describeStores },
      act: () => void stage.simulator.cluster('cluster-none'),
    });

    expect(lookOften(stage, 1)).toEqual(['ok']);
    expect(record(stage)).toEqual([
      ['(external actor)', 'us', 'there is no cluster cluster-none'],
      [describeStores, 'us', 'ok'],
    ]);
  });
});
