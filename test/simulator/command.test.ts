import { execFile, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { ProcessIo } from '../../src/cli/terminal/io.ts';
import { createSimulator, listScenarioNames, serveSimulator } from '../../src/simulator/index.ts';
import { makeFolder } from '../support/journals.ts';

const hasAws = spawnSync('aws', ['--version'], { stdio: 'ignore' }).status === 0;

let folder: string;

beforeEach(() => {
  folder = makeFolder();
});

/** Runs the command in this process; `stop` is its Ctrl-C. */
function run(...argv: string[]) {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const printed = { out: '', err: '' };
  let stop: () => void = () => undefined;
  const io: ProcessIo = {
    argv: ['simulator', ...argv],
    env: {},
    ...streams,
    onSignal(listener) {
      stop = () => listener('SIGINT');
      return () => undefined;
    },
    exit: () => undefined,
  };
  streams.stdout.on('data', (chunk) => (printed.out += chunk));
  streams.stderr.on('data', (chunk) => (printed.err += chunk));
  return { printed, stdout: streams.stdout, ended: main(io), stop: () => stop() };
}

const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('cks simulator', () => {
  test('lists its scenarios, a line each, in 80 columns', async () => {
    const { printed, ended } = run('--list');

    expect(await ended).toBe(0);
    const lines = printed.out.trimEnd().split('\n');
    expect(lines.map((line) => line.trim().split(/\s/)[0])).toEqual(await listScenarioNames());
    expect(widest(printed.out)).toBeLessThanOrEqual(80);
  });

  test('begins with a scenario, and says what to try', async () => {
    const { printed, stdout, ended, stop } = run('--scenario', 'rotated-credential', '--port', '0');
    await once(stdout, 'data');
    const url = /KMS simulator on (\S+)/.exec(printed.out)?.[1] ?? '';
    const { stores } = (await (await fetch(`${url}/_simulator/world`)).json()) as { stores: unknown[] };
    stop();

    expect(await ended).toBe(0);
    expect(stores).toMatchObject([{ CustomKeyStoreName: 'payments-xks', ConnectionState: 'CONNECTED' }]);
    expect(printed.out).toContain("export NEW_SECRET='newSecret");
    expect(printed.out).toContain('# should end: updated');
    // A value that is to be copied is not broken.
    const prose = printed.out.split('\n').filter((line) => !line.includes('='));
    expect(widest(prose.join('\n'))).toBeLessThanOrEqual(80);
    expect(printed.err).toBe('');
  });

  test("begins with a file of one's own", async () => {
    const file = join(folder, 'mine.json');
    writeFileSync(file, JSON.stringify({ summary: 'Mine', stores: [{ CustomKeyStoreName: 'mine' }] }));
    const { printed, stdout, ended, stop } = run('--scenario', file, '--port', '0');
    await once(stdout, 'data');
    stop();

    expect(await ended).toBe(0);
    expect(printed.out).toMatch(/^ {2}mine {2}cks-[0-9a-f]{17} DISCONNECTED$/m);
  });

  test.each<[string, string | undefined, string[], string]>([
    [
      'a name that is misspelled',
      undefined,
      ['--scenario', 'proxy-burn-down'],
      'cks: --scenario: no scenario of the catalogue has this name; did you mean proxy-burns-down?\n',
    ],
    [
      'a name that is none',
      undefined,
      ['--scenario', 'tea'],
      'cks: --scenario: no scenario of the catalogue has this name; cks simulator --list names them\n',
    ],
    [
      'a file that is not there',
      undefined,
      ['--scenario', 'FOLDER/none.yaml'],
      'cks: --scenario: FOLDER/none.yaml: cannot be read (ENOENT)\n',
    ],
    [
      'a file with a mistake',
      'summary: x\nstore: []\n',
      ['--scenario', 'FOLDER/mine.yaml'],
      'cks: --scenario: FOLDER/mine.yaml:2:8: store: is not known; there are',
    ],
    [
      'a file that cannot be staged',
      'summary: x\nstores:\n  - {}\n  - {}\n  - CloudHsmClusterId: cluster-aaaaaaaaaaa\n',
      ['--scenario', 'FOLDER/mine.yaml'],
      'cks: --scenario: FOLDER/mine.yaml:5:5: stores[2]: no free CloudHSM cluster cluster-aaaaaaaaaaa: add one with addCluster\n',
    ],
  ])('refuses %s in one line, exit 2', async (_what, text, argv, message) => {
    const here = (word: string) => word.replaceAll('FOLDER', folder);
    if (text !== undefined) writeFileSync(join(folder, 'mine.yaml'), text);
    const { printed, ended } = run('--port', '0', ...argv.map(here));

    expect(await ended).toBe(2);
    expect(printed.err.startsWith(here(message))).toBe(true);
    expect(printed.err.trimEnd()).not.toContain('\n');
  });

  test('gives each start other ids, and the same ones with --seed', async () => {
    const begin = async (...words: string[]) => {
      const { printed, stdout, ended, stop } = run('--port', '0', ...words);
      await once(stdout, 'data');
      stop();
      expect(await ended).toBe(0);
      return printed.out.match(/cks-[0-9a-f]{17}/)?.[0];
    };
    const [one, other] = [await begin('--scenario', 'two-operators'), await begin('--scenario', 'two-operators')];
    expect(one).not.toBe(other);
    expect(await begin('--stores')).not.toBe(await begin('--stores'));
    expect(await begin('--stores', '--seed', '7')).toBe(await begin('--stores', '--seed', '7'));

    const { printed, ended } = run('--port', '0', '--seed', '1.5');
    expect([await ended, printed.err]).toEqual([2, 'cks: --seed 1.5: expected a whole number\n']);
  });

  test.runIf(hasAws)('names commands of a first try that the AWS CLI understands', async () => {
    const { printed, stdout, ended, stop } = run('--port', '0');
    await once(stdout, 'data');
    const [, lines = ''] = /In another terminal\n([\s\S]*?) {2}cks describe\n/.exec(printed.out) ?? [];
    const script = `${lines}aws kms describe-custom-key-stores --output json`;
    const { PATH, PYENV_VERSION } = process.env;
    const env = { PATH, PYENV_VERSION, HOME: folder, AWS_PAGER: '' };
    const told = await promisify(execFile)('bash', ['-euc', script], { env });
    stop();

    expect(await ended).toBe(0);
    expect(JSON.parse(told.stdout)).toMatchObject({
      CustomKeyStores: [{ CustomKeyStoreName: 'first-xks', ConnectionState: 'CONNECTING' }],
    });
  });

  test('refuses stores of its own beside a scenario in one line, exit 2', async () => {
    const { printed, ended } = run('--port', '0', '--scenario', 'two-operators', '--stores');

    expect(await ended).toBe(2);
    expect(printed.err).toBe('cks: --stores: a scenario has its own stores; leave out --stores or --scenario\n');
  });

  test('serves the proxies of its world too, over HTTPS if wanted', async () => {
    const { printed, stdout, ended, stop } = run('--stores', '--port', '0', '--xks-proxy-port', '0', '--xks-proxy-tls');
    await once(stdout, 'data');
    const [, url = '', file = ''] = /\n {2}url +(\S+)\n {2}certificate +(\S+)\n/.exec(printed.out) ?? [];
    const ca = readFileSync(file, 'utf8');
    const status = await new Promise((resolve, reject) => {
      request(`${url}/kms/xks/v1/health`, { ca }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    stop();

    expect(await ended).toBe(0);
    expect(status).toBe(405);
    expect(new X509Certificate(ca).subjectAltName).toContain('.xks.example.com');
  });

  test('asks real proxies for the endpoints that are mapped to them', async () => {
    const pairs = ['a', 'b'].map((name, at) => `https://${name}.example.com=http://127.0.0.1:${8_001 + at}`);
    const words = pairs.flatMap((pair) => ['--xks-proxy-map', pair]);
    const { printed, stdout, ended, stop } = run('--port', '0', ...words);
    await once(stdout, 'data');
    const url = /KMS simulator on (\S+)/.exec(printed.out)?.[1] ?? '';
    const { proxies } = (await (await fetch(`${url}/_simulator/world`)).json()) as { proxies: unknown[] };
    stop();

    expect(await ended).toBe(0);
    expect(proxies).toMatchObject([
      { endpoint: 'https://a.example.com', address: 'http://127.0.0.1:8001' },
      { endpoint: 'https://b.example.com', address: 'http://127.0.0.1:8002' },
    ]);
    expect(printed.out).toContain(
      'Real proxies\n  https://a.example.com  http://127.0.0.1:8001\n  https://b.example.com  http://127.0.0.1:8002\n',
    );
  });

  test.each([
    'https://a.example.com',
    'http://a.example.com=http://127.0.0.1:8000',
    'https://a.example.com=127.0.0.1:8000',
    'https://a.example.com=http://127.0.0.1:8000/path',
    'https://a.example.com=http://127.0.0.1:80000',
  ])('refuses the mapping %s', async (pair) => {
    const { printed, ended } = run('--port', '0', '--xks-proxy-map', pair);

    expect(await ended).toBe(2);
    expect(printed.err).toBe(
      `cks: --xks-proxy-map ${pair}: expected ENDPOINT=URL, such as https://proxy.example.com=http://127.0.0.1:8000\n`,
    );
  });

  test.each(['port', 'xks-proxy-port'])('says that the port of --%s is taken', async (option) => {
    const other = await serveSimulator(createSimulator());
    const { printed, ended } = run('--port', '0', `--${option}`, `${other.port}`);

    expect(await ended).toBe(3);
    expect(printed.err).toContain(`the simulator cannot listen on port ${other.port}: it is in use`);
    await other.close();
  });
});
