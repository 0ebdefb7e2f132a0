/** What the journal costs a step that changes a store, beside what the disk itself takes to keep as much twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createJournal } from '../../src/disk/journal/journal.ts';
import { listJournals, readJournal } from '../../src/disk/journal/shelf.ts';
import { percentile, type Row } from './table.ts';

const journals = 10;
/** Of one journal; what they write fits into its reserve, as that of a real run does. */
const steps = 40;
const runs = 200;

const settings = { NewCustomKeyStoreName: 'hsm', CloudHsmClusterId: 'cluster-aaaaaaaaaaa' };
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

export async function measureJournal(): Promise<readonly Row[]> {
  // Beside the sources, because the folder for temporary files may be memory.
  const folder = mkdtempSync(resolve('bench-journal-'));
  try {
    const costs: Cost[] = [];
    for (let nth = 0; nth < journals; nth += 1) costs.push(...(await measureSteps(folder, `step-${nth}`)));
    return [describeStep(costs), ...(await measureShelf(folder))];
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

function describeStep(costs: readonly Cost[]): Row {
  const median = (cost: keyof Cost) =>
    percentile(
      costs.map((of) => of[cost]),
      0.5,
    );
  return {
    what: 'journal of a step that changes the store, median',
    value: median('oursMs'),
    unit: 'ms',
    against: { what: 'two bare writes and fdatasyncs', value: median('bareMs') },
  };
}

async function measureShelf(folder: string): Promise<readonly Row[]> {
  const begun: number[] = [];
  for (let nth = 0; nth < runs; nth += 1) {
    begun.push(
      await time(async () => {
        const journal = await createJournal(folder, { ...header, runId: `run-${nth}` }, options);
        await journal.finish({ atMs: 2, outcome: 'updated', result: {} });
      }),
    );
  }
  return [
    { what: 'journal begun and ended, median', value: percentile(begun, 0.5), unit: 'ms' },
    {
      what: `journal of ${2 * steps} records read back`,
      value: await time(() => readJournal(folder, 'step-0')),
      unit: 'ms',
    },
    { what: `list of ${runs + journals} runs`, value: await time(() => listJournals(folder)), unit: 'ms' },
  ];
}
