import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { logRun } from '../../src/progress/log-progress.ts';
import { createLogger } from '../../src/progress/logger.ts';
import { makeFolder } from '../support/journals.ts';

const canary = 'CANARYcanaryCANARYcanaryCANARYcanaryCANARYc';

function record(level: Parameters<typeof createLogger>[0]['level']) {
  let written = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += chunk;
      done();
    },
  });
  const logger = createLogger({ level }, stream);
  return { logger, lines: () => written.split('\n').filter(Boolean), parse: () => JSON.parse(written) };
}

describe('the log', () => {
  const credential = { AccessKeyId: 'NEWKEYNEWKEYNEWKEYNE', RawSecretAccessKey: canary };

  it.each([
    ['at the top', { KeyStorePassword: canary }],
    ['at the top, in a credential', credential],
    ['in a request', { input: { KeyStorePassword: canary } }],
    ['in the credential of a request', { input: { XksProxyAuthenticationCredential: credential } }],
    ['in a run', { run: { change: { XksProxyAuthenticationCredential: credential, KeyStorePassword: canary } } }],
    ['in a list', { changes: [{ KeyStorePassword: canary }, { XksProxyAuthenticationCredential: credential }] }],
    [
      'deeper than any object of ours',
      { a: { b: { c: { d: { e: { XksProxyAuthenticationCredential: credential, KeyStorePassword: canary } } } } } },
    ],
    ['that holds quotes and backslashes', { input: { KeyStorePassword: `a"b\\"${canary}` } }],
    ['in an error', { err: Object.assign(new Error('no'), { input: { KeyStorePassword: canary } }) }],
  ])('takes a secret out %s', (_, told) => {
    const { logger, lines } = record('trace');

    logger.info(told, 'told');

    expect(lines()[0]).toContain('(secret)');
    expect(lines()[0]).not.toContain(canary);
  });

  it('shows what is no secret', () => {
    const { logger, parse } = record('trace');

    logger.debug({ input: { XksProxyAuthenticationCredential: credential, XksProxyUriPath: '/kms/xks/v1' } }, 'told');

    expect(parse()).toEqual({
      level: 20,
      time: expect.stringMatching(/^20\d\d-\d\d-\d\dT/),
      msg: 'told',
      input: {
        XksProxyAuthenticationCredential: { AccessKeyId: credential.AccessKeyId, RawSecretAccessKey: '(secret)' },
        XksProxyUriPath: '/kms/xks/v1',
      },
    });
  });

  it('leaves the object as it was', () => {
    const { logger } = record('trace');
    const input = { KeyStorePassword: canary };

    logger.info({ input });

    expect(input).toEqual({ KeyStorePassword: canary });
  });

  it('writes each line to its file before it goes on', () => {
    const folder = makeFolder();
    const file = join(folder, 'not', 'yet', 'there.log');
    createLogger({ level: 'info', file }).info({ KeyStorePassword: canary }, 'told');
    expect(readFileSync(file, 'utf8')).toMatch(/"KeyStorePassword":"\(secret\)","msg":"told"/);
    const modes = [file, join(folder, 'not')].map((path) => (statSync(path).mode & 0o777).toString(8));
    expect(modes).toEqual(['600', '700']);
  });

  it.skipIf(!existsSync('/dev/full'))('says once that it cannot be written, and never throws', () => {
    const told: string[] = [];
    const logger = createLogger({ level: 'info', file: '/dev/full', onFailure: (code) => told.push(code) });

    for (const line of ['one', 'two', 'three']) expect(() => logger.info(line)).not.toThrow();

    expect(told).toEqual(['ENOSPC']);
  });
});

describe('the progress of a run in the log', () => {
  const about = { runId: 'run-1', at: '1970-01-01T00:00:00.000Z' };
  const start = {
    runId: 'run-1',
    account: '111122223333',
    region: 'eu-central-1',
    store: 'hsm',
    customKeyStoreId: null,
    storeName: null,
    step: null,
  };
  const observed = { ...start, customKeyStoreId: 'cks-1234567890abcdef0', storeName: 'hsm', step: 'connectStore' };

  it('warns of a look that failed, tells steps to whoever debugs, and the end to all', () => {
    const { logger, lines } = record('trace');
    const { emit } = logRun(logger, start);

    emit({ ...about, type: 'observe.failed', code: 'ECONNRESET', message: 'lost' }, start);
    emit({ ...about, type: 'step.started', step: 'connectStore' }, observed);
    emit({ ...about, type: 'run.finished', outcome: 'updated' }, observed);

    const told = lines().map((line) => JSON.parse(line) as { level: number; msg: string });
    expect(told.map(({ level, msg }) => [level, msg])).toEqual([
      [40, 'observe.failed'],
      [20, 'step.started'],
      [30, 'run.finished'],
    ]);
  });

  it('says on each line which run, which store and at which step, also where the line is of a request', () => {
    const { logger, lines } = record('trace');
    const log = logRun(logger, start);

    log.current().debug('kms.request');
    log.emit({ ...about, type: 'step.finished', step: 'trialConnect.create', result: 'accepted' }, observed);
    log.current().debug('kms.request');

    const where = { runId: 'run-1', store: 'cks-1234567890abcdef0', storeName: 'hsm' };
    expect(lines().map((line) => JSON.parse(line))).toMatchObject([
      { runId: 'run-1', store: 'hsm', step: null, msg: 'kms.request' },
      { ...where, step: 'trialConnect.create', msg: 'step.finished' },
      { ...where, step: 'connectStore', msg: 'kms.request' },
    ]);
    for (const line of lines()) for (const name of ['runId', 'step']) expect(line.split(`"${name}":`)).toHaveLength(2);
  });
});
