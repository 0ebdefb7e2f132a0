/** `cks demo`: the real command, as child processes over HTTP, against a simulator whose time is compressed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { outcomes } from '../../domain/outcome.ts';
import {
  createScaledClock,
  createSelfSigned,
  createSimulator,
  type Simulator,
  serveSimulator,
  serveXksProxy,
} from '../../simulator/index.ts';
import { endpoint, secrets, stageDemos } from '../demo/demos.ts';
import { recordDemo } from '../demo/record.ts';
import { writeWords } from '../guided/command-line.ts';
import type { CommandArguments } from '../input/request.ts';
import { readNumber } from '../options/option-values.ts';
import { wrap } from '../output/render/lines.ts';
import type { Io } from '../terminal/io.ts';

const minutes = (count: number) => count * 60_000;

/** Short ends of what AWS documents, so that it is over soon. */
const durations = {
  disconnect: { AWS_CLOUDHSM: minutes(3), EXTERNAL_KEY_STORE: minutes(5) },
  connect: { AWS_CLOUDHSM: minutes(8), EXTERNAL_KEY_STORE: minutes(5) },
};

export async function run(io: Io, { optionValues }: CommandArguments): Promise<number> {
  const timeScale = readNumber(optionValues, 'time-scale', 1, 10_000) ?? 100;
  const simulator = createSimulator({ now: createScaledClock(timeScale), durations });
  const demos = stageDemos(simulator);
  const server = await serveSimulator(simulator);
  // A run that the demonstration leaves behind does not count.
  const home = mkdtempSync(join(tmpdir(), 'cks-demo-'));
  const proxy = await serveProxy(simulator, home);
  const world: World = { url: server.url, home, proxy };
  const say = (text: string) => io.stdout.write(`${text}\n`);
  try {
    say(wrap(`Three updates against a KMS simulator on ${server.url}, at ${timeScale}x speed.`));
    for (const [at, scene] of demos.entries()) {
      const callsBefore = simulator.calls.length;
      say(`\n${wrap(scene.intent, `${at + 1}. `)}\n\n${writeWords(['cks', ...scene.words], '$ ')}\n`);
      const exitCode = await runCommand(io, scene.words, world);
      const expected = outcomes[scene.outcome].exitCode;
      if (exitCode !== expected) {
        io.stderr.write(
          `cks: demo ${at + 1} should have ended ${scene.outcome} (exit ${expected}), not with exit ${exitCode}\n`,
        );
        return 1;
      }
      say(`\n${wrap(scene.lesson(recordDemo(simulator.calls.slice(callsBefore))))}`);
    }
    say('\nAll three ended as they must.');
    return 0;
  } finally {
    await Promise.all([server.close(), proxy.close()]);
    rmSync(home, { recursive: true, force: true });
  }
}

/** What the commands are pointed at. */
interface World {
  readonly url: string;
  readonly home: string;
  readonly proxy: { readonly port: number; readonly certificate: string };
}

/** The external key store's proxy, over HTTPS, with a certificate that the commands trust by an option. */
async function serveProxy(simulator: Simulator, home: string) {
  const tls = createSelfSigned({ hosts: [new URL(endpoint).hostname] });
  const certificate = join(home, 'xks-proxy.pem');
  writeFileSync(certificate, tls.cert, { mode: 0o600 });
  const { port, close } = await serveXksProxy(simulator, { tls });
  return { port, close, certificate };
}

/** A line of progress, which the command breaks on a terminal alone. */
function fold(line: string): string {
  const [, stamp = '', text = ''] = /^(\d\d:\d\d {2}|)(.*)$/.exec(line) ?? [];
  return wrap(text, stamp);
}

async function runCommand(io: Io, words: readonly string[], { url, home, proxy }: World): Promise<number | null> {
  const where = ['--endpoint-url', url, '--region', 'us-east-1'];
  const proxyAt = [
    ...['--xks-proxy-connect-to', `${endpoint}=127.0.0.1:${proxy.port}`],
    ...['--ca-bundle', proxy.certificate],
  ];
  const bin = fileURLToPath(new URL('../bin.js', import.meta.url));
  const child = spawn(
    process.execPath,
    [bin, ...words, ...where, ...proxyAt, '--output', 'text', '--progress', 'text'],
    {
      env: {
        ...io.env,
        ...secrets,
        AWS_ACCESS_KEY_ID: 'demo',
        AWS_SECRET_ACCESS_KEY: 'demo',
        AWS_PROFILE: undefined,
        CKS_STATE_DIR: home,
        CKS_LOCK_DIR: home,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  // A terminal sends Ctrl-C to the child too; twice would end it on the spot.
  const stop = io.onSignal((signal) => signal !== 'SIGINT' && child.kill(signal));
  child.stdout.setEncoding('utf8').on('data', (text: string) => io.stdout.write(text));
  createInterface(child.stderr).on('line', (line) => io.stdout.write(`${fold(line)}\n`));
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return exitCode;
  } finally {
    stop();
  }
}
