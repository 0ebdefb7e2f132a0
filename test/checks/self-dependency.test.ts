import { beforeEach, describe, expect, it } from 'vitest';
import { createSelfDependencyCheck, type Support } from '../../src/checks/self-dependency.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { listSupports } from '../../src/library/wiring/supports.ts';
import type { Answer } from '../../src/ports/answer.ts';
import type { Encrypted } from '../../src/ports/encryption.ts';
import { type ServedKeys, serveKeys } from '../support/keys-over-http.ts';

let served: ServedKeys;
let id: string;
let key: string;

beforeEach(async () => {
  served = await serveKeys();
  id = served.addExternal();
  key = served.simulator.addKey(id, { AliasName: 'alias/ledger' });
});

const arn = () => `arn:aws:secretsmanager:${served.simulator.region}:${served.simulator.accountId}:secret:xks-AbCdEf`;

const secret = (answer: Answer<Encrypted>): Support => ({
  name: 'the secret xks',
  right: 'secretsmanager:DescribeSecret',
  remedy: 'give it another key',
  run: async () => answer,
});

const encrypted = (with_: string | null, by = arn()) => secret({ ok: true, value: { arn: by, key: with_ } });

/** What no API tells of an external key store. */
const unseen =
  'not visible to cks: the AWS resources of the XKS proxy itself, such as its secrets and volumes; none may be encrypted with a key of this store';

function run(supports: readonly Support[], change = {}, policy: Partial<Policy> = { intent: 'reconnect' }) {
  const { keys, simulator, see, plan } = served;
  const check = createSelfDependencyCheck(supports, keys, { account: simulator.accountId, region: simulator.region });
  return check.run(see(id), plan(id, change, policy), new AbortController().signal);
}

describe('a run that would go offline', () => {
  it.each([
    ['its id', () => key],
    ['its alias', () => 'alias/ledger'],
    ['its ARN', () => `arn:aws:kms:${served.simulator.region}:${served.simulator.accountId}:key/${key}`],
    ['the ARN of its alias', () => `arn:aws:kms:${served.simulator.region}:${served.simulator.accountId}:alias/ledger`],
  ])('must not stand on a key of the store, told by %s', async (_, name) => {
    const found = await run([encrypted(name())]);

    expect(found?.status).toBe('failed');
    expect(found?.message).toMatch(
      /^the secret xks is encrypted with arn:aws:kms:\S+, a key of "[^"]+" \(cks-\w+\): offline, the run could not use it any more; give it another key$/,
    );
  });

  it('may stand on keys that are elsewhere, or of AWS', async () => {
    served.simulator.addStore({ CustomKeyStoreName: 'other', keys: [{ AliasName: 'alias/other' }] });

    const found = await run([encrypted('alias/other'), encrypted(null)]);

    expect(found).toEqual({
      status: 'passed',
      message: expect.stringMatching(/alias\/other, not in this store$/),
      details: ["the secret xks is encrypted with a key of AWS's own", unseen],
    });
  });

  it('may stand on a key of another account or Region, which is not asked for', async () => {
    const mine = `arn:aws:kms:${served.simulator.region}:999999999999:key/${key}`;
    const far = `arn:aws:secretsmanager:eu-south-2:${served.simulator.accountId}:secret:xks-AbCdEf`;

    const found = await run([encrypted(mine), encrypted(key, far)]);

    expect(found?.status).toBe('passed');
    expect(served.count('DescribeKey')).toBe(0);
  });

  it('may stand on a key that is not there any more', async () => {
    expect((await run([encrypted('alias/gone')]))?.status).toBe('passed');
  });

  it('says exactly what it could not see, and by which right', async () => {
    const denied = { code: 'AccessDeniedException', message: 'not for you', class: 'denied' } as const;
    expect(await run([secret({ ok: false, failure: denied }), encrypted(null)])).toEqual({
      status: 'unknown',
      message:
        'whether the secret xks is encrypted with a key of this store is not known (secretsmanager:DescribeSecret): not for you',
      details: ["the secret xks is encrypted with a key of AWS's own", unseen],
    });

    served.simulator.failNext('DescribeKey', 'AccessDeniedException', { times: 9 });
    expect((await run([encrypted(key)]))?.message).toMatch(
      /^whether the secret xks .* is not known \(kms:DescribeKey\): /,
    );
  });
});

describe('nothing is asked', () => {
  it('nothing is asked where the run stands on nothing', async () => {
    expect(await run([])).toBeNull();
    expect(served.count('DescribeKey')).toBe(0);
  });

  it('nothing is asked where the store stays online', async () => {
    expect(await run([encrypted(key)], { NewCustomKeyStoreName: 'other' }, {})).toBeNull();
    expect(served.count('DescribeKey')).toBe(0);
  });
});

it('a run needs its secrets, the durable execution that carries it, and what its notifications need', async () => {
  const execution = 'arn:aws:lambda:us-east-1:111122223333:function:cks:1/durable-execution/name/id';
  const topic = 'arn:aws:sns:us-east-1:111122223333:ops';
  const notify = [`sns:${topic}`, 'eventbridge:ops', { to: 'https://example.com', secret: 'secretsmanager:hook' }];
  const asked: string[] = [];
  const run = (what: string) => async (name: string) => {
    asked.push(`${what} ${name}`);
    return { ok: true, value: { arn: name, key: null } } as const;
  };
  const encryption = {
    findSecret: run('secret'),
    findTable: run('table'),
    findLogGroup: run('log group'),
    findFunction: run('function'),
    findTopic: run('topic'),
    findBus: run('bus'),
    findExecution: run('execution'),
  };
  const request = { change: { KeyStorePassword: 'secretsmanager:password' }, previous: {} } as const;
  const supports = listSupports(request, { notify }, { encryption, lockTable: null }, execution, {});
  for (const support of supports) await support.run(new AbortController().signal);
  expect(asked).toEqual(['secret password', 'secret hook', `topic ${topic}`, 'bus ops', `execution ${execution}`]);
});
