import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import {
  createCanaries,
  describeStores,
  InvalidInputError,
  type Logger,
  planUpdate,
  reconnectStore,
  resumeRun,
  stopRun,
  updateStore,
} from '../../src/index.ts';
import { useFastTime } from '../support/fast-time.ts';
import { useStore } from '../support/library-over-http.ts';

useFastTime();

const { simulator, customKeyStoreId, place } = useStore();

describe('an option whose value is of the wrong kind', () => {
  const rename = { customKeyStoreId, change: { NewCustomKeyStoreName: 'other' } };

  it.each([
    [{ signal: 5 }, 'signal: expected an AbortSignal, not 5'],
    [{ onProgress: 'log' }, 'onProgress: expected a function, not text'],
    [
      { logger: () => {} },
      'logger: expected an object with the methods debug, info, warn, error, child, not a function',
    ],
    [{ checks: {} }, 'checks: expected a list, not an object'],
    [{ change: 'secret-of-somebody' }, 'change: expected an object, not text'],
    [{ keyVerifier: { prepare: () => null } }, 'keyVerifier: expected an object with the methods'],
    [{ maxTries: 0 }, 'maxTries: expected a whole number, 1 or more, not 0'],
    [{ maxRequestsPerSecond: 0.5 }, 'maxRequestsPerSecond: expected a whole number, 1 or more, not 0.5'],
    [{ journal: 'no' }, 'journal: expected true or false, not text'],
    [{ customKeyStoreId: 7 }, 'customKeyStoreId: expected text, not 7'],
  ])('is refused before anything is opened: %o', async (wrong, message) => {
    const sent = simulator.calls.length;
    const options = { ...place, ...rename, ...wrong } as never;
    for (const verb of [updateStore, reconnectStore, planUpdate]) {
      await expect(verb(options)).rejects.toThrow(InvalidInputError);
      await expect(verb(options)).rejects.toThrow(message);
    }
    expect(simulator.calls).toHaveLength(sent);
  });

  it.each([
    ['resumeRun', () => resumeRun({ runId: 'r-1', signal: 5 } as never)],
    ['stopRun', () => stopRun({ runId: 'r-1', lockTable: 5 } as never)],
    ['describeStores', () => describeStores({ region: 5 } as never)],
    ['createCanaries', () => createCanaries({ customKeyStoreId: 'xks', canaryKeys: 'all' } as never)],
  ])('is refused by %s', async (_, call) => {
    await expect(call()).rejects.toThrow(InvalidInputError);
    await expect(call()).rejects.toThrow(/: expected /);
  });

  it('is refused where it does not exist', async () => {
    await expect(resumeRun({ runId: 'r-1', acept: ['outage'] } as never)).rejects.toThrow('unknown option acept');
  });
});

describe('the way to KMS', () => {
  it('signs with the credentials of the caller', async () => {
    const provide = vi.fn(async () => ({ accessKeyId: 'AKIDOFCALLER', secretAccessKey: 'dummy' }));
    const { reply } = await describeStores({ ...place, credentials: provide });
    expect(reply.ok).toBe(true);
    expect(provide).toHaveBeenCalled();
  });

  it('keeps callers with other credentials apart', async () => {
    const failing = async () => {
      throw new Error('no credentials of mine');
    };
    const { reply } = await describeStores({ ...place, credentials: failing, maxTries: 1 });
    expect(reply).toMatchObject({ ok: false, failure: { message: 'no credentials of mine' } });
    expect((await describeStores(place)).reply.ok).toBe(true);
  });

  it('tries no more often than the caller wants', async () => {
    const closed = { endpoint: 'http://127.0.0.1:9', region: 'us-east-1' };
    const { reply } = await describeStores({ ...closed, maxTries: 1 });
    expect(reply).toMatchObject({ ok: false, calls: 1 });
  });
});

describe('a logger', () => {
  it('may be pino itself', () => {
    const logger: Logger = pino({ level: 'silent' });
    expect(logger.child({ runId: 'r-1' })).toBeDefined();
  });

  it('may be any other of the same shape', async () => {
    const lines: unknown[] = [];
    const make = (fields: object): Logger => {
      const write = (more: object | string, message?: string) => lines.push({ ...fields, more, message });
      return { debug: write, info: write, warn: write, error: write, child: (own) => make({ ...fields, ...own }) };
    };
    const result = await updateStore({
      ...place,
      customKeyStoreId,
      change: { NewCustomKeyStoreName: 'logged' },
      logger: make({}),
    });
    expect(result.outcome).toBe('updated');
    expect(lines).toContainEqual(
      expect.objectContaining({
        runId: result.runId,
        message: 'run.finished',
        more: expect.objectContaining({ outcome: 'updated' }),
      }),
    );
  });
});

it('an inspector sees the machine, and its errors disturb no run', async () => {
  const seen: string[] = [];
  const { outcome } = await updateStore({
    ...place,
    customKeyStoreId,
    change: { NewCustomKeyStoreName: 'inspected' },
    inspect(event) {
      seen.push(event.type);
      throw new Error('broken');
    },
  });
  expect(outcome).toBe('updated');
  expect(seen).toContain('@xstate.snapshot');
});

describe('every option that may be left out', () => {
  it.each([
    ['src/library/options.ts', 'RunOptions'],
    ['src/library/options.ts', 'SafeUpdateOptions'],
    ['src/library/wiring/connection.ts', 'ConnectionOptions'],
    ['src/aws/kms/client.ts', 'ClientOptions'],
    ['src/domain/policy.ts', 'Policy'],
    ['src/run/prepare.ts', 'UpdateInput'],
    ['src/library/wiring/earlier-run.ts', 'ResumeOptions'],
    ['src/library/apply-plan.ts', 'ApplyOptions'],
    ['src/library/canaries.ts', 'CanaryOptions'],
    ['src/library/doctor.ts', 'DoctorOptions'],
    ['src/library/stop-run.ts', 'StopOptions'],
    ['src/library/outages.ts', 'OutageOptions'],
    ['src/library/wiring/notify.ts', 'NotifyOptions'],
    ['src/progress/logger.ts', 'LogOptions'],
    ['src/checks/iam-policy.ts', 'PolicyOptions'],
    ['src/lambda/rotation/options.ts', 'RotationOptions'],
    ['src/lambda/rotation/http-proxy-credentials.ts', 'HttpProxyCredentialsOptions'],
  ])('has its default in its documentation: %s %s', (file, name) => {
    const source = readFileSync(file, 'utf8');
    const [, body = ''] =
      new RegExp(`export interface ${name}\\b[\\s\\S]*?\\{\\n([\\s\\S]*?)\\n\\}\\n`).exec(source) ?? [];
    const isOptional = name === 'Policy' ? /^ {2}readonly (\w+)\??:/gm : /^ {2}readonly (\w+)\?:/gm;
    const missing = [...body.matchAll(isOptional)]
      .filter(({ index }) => {
        const before = body.slice(0, index);
        return !/@default [\s\S]*\*\/\n$/.test(before.slice(before.lastIndexOf('/**')));
      })
      .map(([, option]) => option);
    expect(body).not.toBe('');
    expect(missing).toEqual([]);
  });
});
