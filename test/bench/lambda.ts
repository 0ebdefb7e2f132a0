/** What a run costs on durable functions: operations and bytes that the service keeps, a cold start, and shared looks. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createObservations } from '../../src/aws/dynamodb/observations.ts';
import type { Table } from '../../src/aws/dynamodb/table.ts';
import { shareObservations } from '../../src/aws/kms/share-observations.ts';
import { createHandler } from '../../src/lambda/safe-update/handler.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { execute } from '../support/durable-service.ts';
import { readResult, start, surround } from '../support/execution.ts';
import { addCloudHsm, addExternal, clusters, newEndpoint } from '../support/stores.ts';
import { createWorld, minuteMs } from '../support/world.ts';
import { percentile, type Row } from './table.ts';

export async function measureLambda(isShort: boolean): Promise<readonly Row[]> {
  return [...(await measureExecution()), ...measureImport(isShort ? 3 : 9), await measureLooks()];
}

async function measureExecution(): Promise<readonly Row[]> {
  const world = createWorld({ durations: { connect: { AWS_CLOUDHSM: 20 * minuteMs } } });
  const policy = { accept: ['outage'] } as const;
  const request = { store: addCloudHsm(world), change: { CloudHsmClusterId: clusters(world).second }, policy };
  const { checkpoints, bytes, keptBytes, invocations, ...rest } = await start(world, surround(world, request));
  const { outcome } = readResult({ checkpoints, bytes, keptBytes, invocations, ...rest });
  if (outcome !== 'updated') throw new Error(`the execution ended ${outcome}`);
  const operations = new Set(checkpoints.flatMap((word) => word.split(', ').map((one) => one.replace(/ \w+$/, ''))));
  return [
    {
      what: 'operations of an execution that connects for 20 min',
      value: operations.size,
      unit: '',
      limit: { atMost: 30 },
    },
    { what: 'what the service keeps of it', value: keptBytes / 1_024, unit: 'KB', limit: { atMost: 64 } },
    { what: 'what is sent to it in all looks', value: bytes / 1_024, unit: 'KB' },
    { what: 'invocations', value: invocations, unit: '' },
  ];
}

function measureImport(times: number): readonly Row[] {
  const importing = (file: string) => {
    const code = `const at = performance.now(); await import(${JSON.stringify(pathToFileURL(resolve(file)).href)}); process.stdout.write(String(performance.now() - at))`;
    return Number(spawnSync(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8' }).stdout);
  };
  const median = (file: string) =>
    percentile(
      Array.from({ length: times }, () => importing(file)),
      0.5,
    );
  const command = median('dist/src/cli/main.js');
  const whole = median('dist/src/lambda/safe-update/handler.js');
  return [
    {
      what: 'cold import of cks-safe-update/durable / of the command',
      value: median('dist/src/lambda/safe-update/index.js') / command,
      unit: 'x',
      limit: { atMost: 0.5 },
    },
    {
      what: 'with all that a handler loads when it is made',
      value: whole,
      unit: 'ms',
      peers: [{ what: 'the command', value: command }],
    },
  ];
}

const stores = 10;

/** Ten executions at once, each in a process of its own that shares its looks with the others. */
async function measureLooks(): Promise<Row> {
  const world = createWorld({ durations: { connect: { EXTERNAL_KEY_STORE: 5 * minuteMs } } });
  const table = createMemoryTable(world.clock);
  const where = { account: world.simulator.accountId, region: world.simulator.region };
  const observations = createObservations(table, where, world.clock);
  const executions = Array.from({ length: stores }, (_, nth) => {
    const place = { CustomKeyStoreName: `xks-${nth}`, XksProxyUriPath: `/old-${nth}/kms/xks/v1` };
    const store = addExternal(world, place);
    const change = { XksProxyUriEndpoint: newEndpoint.replace('new', `new-${nth}`) };
    const request = { store, change, policy: { accept: ['outage', 'unverified-keys'] as const } };
    const surroundings = surround(world, request, '1.0.0', (ports) => ({
      ...ports,
      kms: world.connect(world.clock, (send) => shareObservations(send, async () => observations, world.clock)),
    }));
    return execute((client) => createHandler(surroundings, client), {}, { clock: world.clock });
  });
  const startedAtMs = world.clock.now();
  const ended = await world.clock.drive(Promise.all(executions));
  const outcomes = ended.map((execution) => readResult(execution).outcome);
  if (outcomes.some((outcome) => outcome !== 'updated')) throw new Error(`the executions ended ${outcomes}`);
  const looks = world.simulator.calls.filter(({ operation }) => operation === 'DescribeCustomKeyStores').length;
  const value = looks / ((world.clock.now() - startedAtMs) / 1_000);
  return { what: `Describes a second of ${stores} executions at once`, value, unit: '', limit: { atMost: 1 } };
}

/** Keeps items as JSON, as a real table does. */
function createMemoryTable(clock: Pick<Clock, 'now'>): Table {
  const items = new Map<string, { readonly version: number; readonly body: string }>();
  const read = (id: string) => {
    const { version, body } = items.get(id) ?? { version: 0, body: 'null' };
    return { version, isThere: items.has(id), body: JSON.parse(body), atMs: clock.now() };
  };
  return {
    name: 'memory',
    read: async (id) => ({ ok: true, value: read(id) }),
    async write(id, version, body) {
      if (read(id).version !== version) return { ok: true, value: false };
      items.set(id, { version: version + 1, body: JSON.stringify(body) });
      return { ok: true, value: true };
    },
    async list(prefix) {
      const ids = [...items.keys()].filter((id) => id.startsWith(prefix));
      return { ok: true, value: ids.map((id) => ({ id, ...read(id) })) };
    },
  };
}
