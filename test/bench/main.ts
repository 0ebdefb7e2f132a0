/**
 * Measures, prints one table, and writes the same as JSON. A missed limit is shown, never asserted; a part that cannot run
 * says why, and makes the exit code 1. `--short` takes fewer samples: to see that all parts run, not to compare numbers.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { measureFence } from './fence.ts';
import { measureJournal } from './journal.ts';
import { measureKeys } from './keys.ts';
import { measureLambda } from './lambda.ts';
import { measureLifecycles } from './lifecycles.ts';
import { measureMemory } from './memory.ts';
import { measureOutage } from './outage.ts';
import { measureProcess } from './process.ts';
import { measureResume } from './resume.ts';
import { type Entry, meetsLimit, type Part, renderTable } from './table.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const isShort = process.argv.includes('--short');
const longestMs = 300_000;

const parts: Readonly<Record<string, (isShort: boolean) => Promise<readonly Entry[]>>> = {
  // First: what other parts have run makes the same code slower.
  'Throughput, in process, on one core': measureLifecycles,
  'Memory, in process': measureMemory,
  'Outage added over what KMS itself takes, in virtual time': measureOutage,
  'Time that a fence adds for keys, in virtual time': measureFence,
  'The journal, on the disk of this folder': measureJournal,
  'The whole process': measureProcess,
  'A run that is resumed': measureResume,
  [`A store with ${isShort ? 200 : '2,000'} keys, where each answer takes 20 ms`]: measureKeys,
  'On durable functions, in virtual time': measureLambda,
};

const measured: Part[] = [];
for (const [title, measure] of Object.entries(parts)) {
  process.stderr.write(`${title} ...\n`);
  measured.push({ title, entries: await measureInTime(measure) });
}
process.stdout.write(renderTable(measured));

const machine = { node: process.versions.node, platform: `${process.platform}-${process.arch}`, cpu: cpus()[0]?.model };
const results = measured.map(({ title, entries }) => ({
  title,
  entries: entries.map((entry) => ('skipped' in entry ? entry : { ...entry, met: meetsLimit(entry) ?? null })),
}));
writeFileSync('bench.json', `${JSON.stringify({ machine, isShort, results }, null, 2)}\n`);
// What hangs in a part must not keep the process alive.
process.exit();

async function measureInTime(measure: (isShort: boolean) => Promise<readonly Entry[]>): Promise<readonly Entry[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end in ${longestMs / 1_000} s`)), longestMs);
  });
  try {
    return await Promise.race([measure(isShort), late]);
  } catch (error) {
    process.exitCode = 1;
    return [{ what: 'this part', skipped: error instanceof Error ? error.message : String(error) }];
  } finally {
    clearTimeout(timer);
  }
}
