/** What the journal costs a step that changes a store, beside what the disk itself takes to keep as much twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createJournal } from '../../src/disk/journal/journal.ts';
import { listJournals, readJournal } from '../../src/disk/journal/shelf.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { addCloudHsm, clusters } from '../support/stores.ts';
import { createWorld } from '../support/world.ts';
import { type Entry, percentile } from './table.ts';

/** Of one journal; what they write fits into its reserve, as that of a real run does. */
const steps = 40;
const runs = 200;
const listings = 15;

const settings = { name: 'hsm', CloudHsmClusterId: 'cluster-aaaaaaaaaaa' };
const store = { customKeyStoreId: 'cks-1', customKeyStoreType: 'AWS_CLOUDHSM', connectionState: 'CONNECTED', settings };
const sending = { operation: 'DisconnectCustomKeyStore', customKeyStoreId: 'cks-1' };
const value = {
  kind: 'accepted',
  observed: { store, atMs: 1 },
  requestId: 'x'.repeat(36),
  calls: { [sending.operation]: 1 },
};

const header = {
  version: '0.1.0',
  startedAtMs: 1,
  who: { user: 'bench', host: 'bench', pid: process.pid },
  account: 'unknown',
  region: 'us-east-1',
  input: null,
};
const options = { onLost: (line: string) => process.stderr.write(line) };

interface Cost {
  readonly oursMs: number;
  readonly bareMs: number;
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** The least that keeps two records: twice a write into room that the file has already, and a sync. */
async function keepTwice(file: FileHandle, text: string, nth: number): Promise<void> {
  for (const half of [0, 1]) {
    await file.write(text, ((nth * 2 + half) * text.length) % 60_000);
    await file.datasync();
  }
}

export async function measureJournal(isShort: boolean): Promise<readonly Entry[]> {
  // Beside the sources, because the folder for temporary files may be memory.
  const folder = mkdtempSync(resolve('bench-journal-'));
  try {
    const costs: Cost[] = [];
    for (let nth = 0; nth < (isShort ? 2 : 10); nth += 1) costs.push(...(await measureSteps(folder, `step-${nth}`)));
    return [describeStep(costs), ...(await measureShelf(join(folder, 'runs')))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureSteps(folder: string, runId: string): Promise<readonly Cost[]> {
  const file = await open(join(folder, `${runId}.bare`), 'w');
  await file.write(' '.repeat(65_536));
  const { log, close } = await createJournal(folder, { ...header, runId }, options);
  const costs: Cost[] = [];
  // In turn, so that whatever else the disk does falls on both.
  for (let nth = 0; nth < steps; nth += 1) {
    const step = `${nth}.disconnectStore`;
    const result = { kind: 'result', step, atMs: nth, cancelRequested: false, value } as const;
    const bareMs = await time(() => keepTwice(file, JSON.stringify(result), nth));
    const oursMs = await time(async () => {
      await log.append({ kind: 'intent', step, atMs: nth, sending }, true);
      await log.append(result, true);
    });
    costs.push({ oursMs, bareMs });
  }
  await file.close();
  await close();
  return costs;
}

function describeStep(costs: readonly Cost[]): Entry {
  const median = (cost: keyof Cost) =>
    percentile(
      costs.map((of) => of[cost]),
      0.5,
    );
  return {
    what: 'journal of a step that changes the store, median',
    value: median('oursMs'),
    unit: 'ms',
    peers: [{ what: 'two bare writes and fdatasyncs', value: median('bareMs') }],
  };
}

/** What is read of runs as they really are: header, records and result of an update with an outage. */
async function measureShelf(folder: string): Promise<readonly Entry[]> {
  const { records, result } = await record();
  const input = { request: { change: {}, previous: {}, policy: defaultPolicy } };
  const begun: number[] = [];
  for (let nth = 0; nth < runs; nth += 1) {
    const runId = `run-${nth}`;
    const journal = await createJournal(folder, { ...header, input, runId }, options);
    for (const one of records) await journal.log.append(one, false);
    begun.push(await time(() => journal.finish({ atMs: 2, outcome: 'updated', result })));
  }
  const read: number[] = [];
  const listed: number[] = [];
  const bare: number[] = [];
  for (let nth = 0; nth < listings; nth += 1) {
    read.push(await time(() => readJournal(folder, 'run-0')));
    listed.push(await time(() => listJournals(folder)));
    bare.push(await time(() => readAll(folder)));
  }
  return [
    { what: 'journal ended, median', value: percentile(begun, 0.5), unit: 'ms' },
    { what: `journal of ${records.length} records read back, median`, value: percentile(read, 0.5), unit: 'ms' },
    {
      what: `list of ${runs} runs, median`,
      value: percentile(listed, 0.5),
      unit: 'ms',
      limit: { atMost: 40 },
      peers: [{ what: 'reading their files one by one', value: percentile(bare, 0.5) }],
      whenMissed: 'the disk and JSON.parse take nearly all of it',
    },
  ];
}

async function readAll(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await readFile(join(folder, name));
}

async function record() {
  const world = createWorld();
  const log = createMemoryLog();
  const change = { CloudHsmClusterId: clusters(world).second };
  const result = await world.run({ store: addCloudHsm(world), change, policy: { accept: ['outage'] }, log });
  return { records: log.past, result };
}
