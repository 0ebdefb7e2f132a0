/** Measures, prints a table a part, and writes the same as JSON. A missed target is said, never asserted. */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { measureJournal } from './journal.ts';
import { measureKeys } from './keys.ts';
import { measureLambda } from './lambda.ts';
import { measureLifecycles } from './lifecycles.ts';
import { measureMemory } from './memory.ts';
import { measureOutage } from './outage.ts';
import { measureProcess } from './process.ts';
import { measureResume } from './resume.ts';
import { meetsTarget, type Row, renderTable } from './table.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const parts: readonly (readonly [string, () => Promise<readonly Row[]>])[] = [
  ['Outage added over what KMS itself takes, in virtual time', measureOutage],
  ['The journal, on the disk of this folder', measureJournal],
  ['The whole process', measureProcess],
  ['A run that is gone on with', measureResume],
  ['A store with 2,000 keys, where each answer takes 20 ms', measureKeys],
  ['On durable functions, in virtual time', measureLambda],
  ['Memory, in process', measureMemory],
  ['Throughput, in process, on one core', measureLifecycles],
];

const machine = { node: process.versions.node, platform: `${process.platform}-${process.arch}`, cpu: cpus()[0]?.model };
const results: Record<string, readonly object[]> = {};
for (const [title, measure] of parts) {
  const rows = await measure();
  results[title] = rows.map((row) => ({ ...row, met: meetsTarget(row) ?? null }));
  process.stdout.write(`${renderTable(title, rows)}\n`);
}
writeFileSync('bench.json', `${JSON.stringify({ machine, results }, null, 2)}\n`);
