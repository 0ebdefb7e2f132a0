/** How soon a run is back at work: from `cks resume` to its first request to KMS, beside `cks describe` to its first. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createSimulator, type Simulator, serveSimulator } from '../../src/simulator/index.ts';
import { type Entry, percentile } from './table.ts';

const hourMs = 3_600_000;

export async function measureResume(isShort: boolean): Promise<readonly Entry[]> {
  const times = isShort ? 3 : 15;
  // The store is still disconnecting when the last resume is measured.
  const simulator = createSimulator({ durations: { disconnect: { EXTERNAL_KEY_STORE: hourMs } } });
  simulator.addStore({
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    CustomKeyStoreName: 'xks',
    ConnectionState: 'CONNECTED',
  });
  const server = await serveSimulator(simulator);
  const home = mkdtempSync(join(tmpdir(), 'cks-bench-'));
  const start = (...words: string[]) =>
    spawn(process.execPath, [resolve('dist/src/cli/bin.js'), ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL_KMS: server.url,
        CKS_STATE_DIR: home,
        CKS_LOCK_DIR: join(home, 'locks'),
      },
    });
  try {
    const endpoint = ['--xks-proxy-uri-endpoint', 'https://new.xks.example.com'];
    // The new endpoint is known to nobody, so its check cannot decide.
    const risks = 'outage,unverified-keys,unknown:xks-proxy';
    await killAfterCall(simulator, start('update', 'xks', ...endpoint, '--accept', risks, '--yes'), isDisconnect);
    const resumed: number[] = [];
    const described: number[] = [];
    for (let nth = 0; nth < times; nth += 1) {
      resumed.push(await killAfterCall(simulator, start('resume')));
      described.push(await killAfterCall(simulator, start('describe')));
    }
    return [
      {
        what: 'cks resume to its first request, median',
        value: percentile(resumed, 0.5),
        unit: 'ms',
        peers: [{ what: 'cks describe', value: percentile(described, 0.5) }],
      },
    ];
  } finally {
    await server.close();
    rmSync(home, { recursive: true });
  }
}

type Call = Simulator['calls'][number];

/** Not the one that only asks whether it is allowed: that names no store. */
const isDisconnect = ({ operation, error }: Call) => operation === 'DisconnectCustomKeyStore' && error === undefined;

/**
 * Kills the process after its first request, or the first that is meant; gives the milliseconds until then.
 *
 * @throws Error with what the process has said, if it ends without that request.
 */
async function killAfterCall(
  simulator: Simulator,
  child: ChildProcess,
  isMeant: (call: Call) => boolean = () => true,
): Promise<number> {
  const fromMs = Date.now();
  const before = simulator.calls.length;
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const closed = once(child, 'close');
  const find = () => simulator.calls.slice(before).find(isMeant);
  while (find() === undefined && child.exitCode === null) await setTimeout(2);
  child.kill('SIGKILL');
  await closed;
  const call = find();
  if (call === undefined) throw new Error(`cks ended with ${child.exitCode} before its request: ${said.trim()}`);
  return call.atMs - fromMs;
}
