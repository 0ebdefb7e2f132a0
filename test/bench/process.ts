/** The whole process: `cks describe` beside `aws kms describe-custom-key-stores`, both against the simulator over HTTP. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSimulator, serveSimulator } from '../../src/simulator/index.ts';
import { type Entry, percentile, type Row } from './table.ts';

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

/** The AWS CLI itself: pyenv puts a shell script before it, which would be counted against it. */
function findAws(): string | undefined {
  const shimmed = spawnSync('pyenv', ['which', 'aws'], { encoding: 'utf8' });
  const path = shimmed.status === 0 ? shimmed.stdout.trim() : 'aws';
  return spawnSync(path, ['--version']).status === 0 ? path : undefined;
}

export async function measureProcess(isShort: boolean): Promise<readonly Entry[]> {
  const times = isShort ? 5 : 25;
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
  const path = findAws();
  const sdkAlone = ['--input-type=module', '--eval', "import '@aws-sdk/client-kms'"];
  const costs = { cks: [] as Cost[], help: [] as Cost[], sdk: [] as Cost[], node: [] as Cost[], aws: [] as Cost[] };
  try {
    // In turn, so that whatever else the machine does falls on all.
    for (let nth = 0; nth < times; nth += 1) {
      costs.cks.push(await run(process.execPath, [resolve('dist/src/cli/bin.js'), 'describe'], env));
      costs.help.push(await run(process.execPath, [resolve('dist/src/cli/bin.js'), '--help'], env));
      costs.sdk.push(await run(process.execPath, sdkAlone, env));
      costs.node.push(await run(process.execPath, ['--eval', '0'], env));
      if (path) costs.aws.push(await run(path, ['kms', 'describe-custom-key-stores'], env));
    }
  } finally {
    await server.close();
  }
  const { cks, help, sdk, node, aws } = costs;
  const inNode = { what: 'node and the AWS SDK client', value: wall(sdk) };
  const bare = { what: 'node alone', value: wall(node) };
  return [
    ...(path === undefined
      ? [{ what: 'cks describe / aws', skipped: 'the AWS CLI is not on this machine' }]
      : compareWithAws()),
    { what: 'cks describe, wall', value: wall(cks), unit: 'ms', peers: [inNode, bare] },
    { what: 'cks --help, wall', value: wall(help), unit: 'ms', peers: [bare] },
  ];

  function compareWithAws(): readonly Row[] {
    const what = 'aws kms describe-custom-key-stores';
    return [
      {
        what: `cks describe / ${what}, wall`,
        value: wall(cks) / wall(aws),
        unit: 'x',
        limit: { atMost: 0.4 },
        whenMissed: `node ${process.versions.node} with the AWS SDK's client loaded, and nothing of ours, takes ${(wall(sdk) / wall(aws)).toFixed(2)} x already`,
      },
      { what: 'cks describe, peak memory', value: peak(cks), unit: 'MB', peers: [{ what, value: peak(aws) }] },
    ];
  }
}

const wall = (costs: readonly Cost[]) =>
  percentile(
    costs.map(({ wallMs }) => wallMs),
    0.5,
  );
const peak = (costs: readonly Cost[]) => Math.max(...costs.map(({ peakMb }) => peakMb));
