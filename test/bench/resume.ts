/** How soon a run is back at work: from `cks resume` to its first request to KMS, beside `cks describe` to its first. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createSimulator, type Simulator, serveSimulator } from '../../src/simulator/index.ts';
import { percentile, type Row } from './table.ts';

const times = 15;
const hourMs = 3_600_000;

export async function measureResume(): Promise<readonly Row[]> {
  // The store goes on disconnecting for as long as anybody measures.
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
      stdio: 'ignore',
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
    await killAfter(simulator, start('update', 'xks', ...endpoint, '--accept', 'outage,unverified-keys', '--yes'), 4);
    const resumed: number[] = [];
    const described: number[] = [];
    for (let nth = 0; nth < times; nth += 1) {
      resumed.push(await killAfter(simulator, start('resume'), 1));
      described.push(await killAfter(simulator, start('describe'), 1));
    }
    return [
      {
        what: 'cks resume to its first request, median',
        value: percentile(resumed, 0.5),
        unit: 'ms',
        against: { what: 'cks describe', value: percentile(described, 0.5) },
      },
    ];
  } finally {
    await server.close();
    rmSync(home, { recursive: true });
  }
}

/** Kills the process once it has sent so many requests; milliseconds to the first of them. */
async function killAfter(simulator: Simulator, child: ChildProcess, requests: number): Promise<number> {
  const fromMs = Date.now();
  const before = simulator.calls.length;
  while (simulator.calls.length < before + requests) await setTimeout(2);
  child.kill('SIGKILL');
  await once(child, 'close');
  return (simulator.calls[before]?.atMs ?? Number.NaN) - fromMs;
}
