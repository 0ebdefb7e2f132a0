/** The whole process: `cks describe` beside `aws kms describe-custom-key-stores`, both against the simulator over HTTP. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSimulator, serveSimulator } from '../../src/simulator/index.ts';
import { percentile, type Row } from './table.ts';

const times = 15;

interface Cost {
  readonly wallMs: number;
  readonly peakMb: number;
}

async function run(command: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<Cost> {
  const from = performance.now();
  const child = spawn(command, words, { env, stdio: 'ignore' });
  let peakMb = 0;
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, readPeakMb(child.pid));
  }, 5);
  const [exitCode] = await once(child, 'close');
  clearInterval(watch);
  if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}`);
  return { wallMs: performance.now() - from, peakMb };
}

/** Linux tells the high-water mark of a process; elsewhere there is nothing to read. */
function readPeakMb(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}

export async function measureProcess(): Promise<readonly Row[]> {
  const simulator = createSimulator();
  simulator.addStore({ ConnectionState: 'CONNECTED' });
  const server = await serveSimulator(simulator);
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_KMS: server.url,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const cks = () => run(process.execPath, [resolve('dist/src/cli/bin.js'), 'describe'], env);
  const aws = () => run('aws', ['kms', 'describe-custom-key-stores', '--endpoint-url', server.url], env);
  const hasAws = spawnSync('aws', ['--version']).status === 0;
  const ours: Cost[] = [];
  const theirs: Cost[] = [];
  // In turn, so that whatever else the machine does falls on both.
  for (let nth = 0; nth < times; nth += 1) {
    ours.push(await cks());
    if (hasAws) theirs.push(await aws());
  }
  await server.close();
  return hasAws
    ? compare(ours, theirs)
    : [...describe(ours), { what: 'aws is not on this machine: not compared', value: 0, unit: '' }];
}

const wall = (costs: readonly Cost[]) =>
  percentile(
    costs.map(({ wallMs }) => wallMs),
    0.5,
  );
const peak = (costs: readonly Cost[]) => Math.max(...costs.map(({ peakMb }) => peakMb));

function compare(ours: readonly Cost[], theirs: readonly Cost[]): readonly Row[] {
  const [time, memory] = describe(ours);
  if (!time || !memory) return [];
  return [
    {
      what: 'cks describe / aws kms describe-custom-key-stores, wall',
      value: wall(ours) / wall(theirs),
      unit: 'x',
      target: { atMost: 0.3 },
    },
    { ...time, against: { what: 'aws', value: wall(theirs) } },
    { ...memory, against: { what: 'aws', value: peak(theirs) } },
  ];
}

function describe(costs: readonly Cost[]): readonly Row[] {
  return [
    { what: 'cks describe, wall', value: wall(costs), unit: 'ms' },
    { what: 'cks describe, peak memory', value: peak(costs), unit: 'MB' },
  ];
}
