/**
 * The exploration: `npm run explore -- --runs N --seed S`, on all cores. Exits 1 where a promise was broken, 2 where the
 * exploration saw too little. `--mutants` plants bugs instead, and exits 1 where one of them is not found.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { explore, type Findings, type Share } from './explore.ts';
import { huntMutants } from './mutants.ts';
import { addSights, arrowSights, expectedSights } from './sights.ts';

/** From so many schedules on, everything that is expected must have been seen. */
const enoughRuns = 5_000;

const options = {
  runs: { type: 'string', default: '20000' },
  seed: { type: 'string', default: '1' },
  mutants: { type: 'boolean', default: false },
  brief: { type: 'boolean', default: false },
} as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  if (values.mutants) return huntMutants(print);
  const runs = Number(values.runs);
  const startMs = performance.now();
  const cores = Math.min(availableParallelism(), runs);
  const shares = Array.from({ length: cores }, (_, nth): Share => {
    const isLast = nth === cores - 1;
    const each = Math.floor(runs / cores);
    return {
      runs: isLast ? runs - each * nth : each,
      seed: Number(values.seed) + nth * 1_000_003,
      isBrief: values.brief,
    };
  });
  const findings = await Promise.all(shares.map(exploreInWorker));
  const failures = findings.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  const sights = addSights(findings.map((found) => found.sights));
  if (!values.brief) {
    const played = findings.reduce((sum, found) => sum + found.runs, 0);
    const seconds = (performance.now() - startMs) / 1_000;
    print(`${played} schedules in ${seconds.toFixed(1)} s: ${(played / seconds / cores).toFixed(0)} a second and core`);
    for (const sight of [...expectedSights].sort()) print(`${String(sights[sight] ?? 0).padStart(9)}  ${sight}`);
    const untaken = arrowSights.filter((arrow) => !sights[arrow]);
    print(`${arrowSights.length - untaken.length} of ${arrowSights.length} arrows; not taken:`);
    for (const arrow of untaken) print(`           ${arrow}`);
  }
  for (const failure of failures) print(`\nA promise was broken: ${failure}`);
  const unseen = expectedSights.filter((sight) => !sights[sight]);
  if (failures.length === 0 && runs >= enoughRuns && unseen.length > 0) {
    print(`\nnever seen: ${unseen.join(', ')}`);
    return 2;
  }
  return failures.length > 0 ? 1 : 0;
}

function exploreInWorker(share: Share): Promise<Findings> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (isMainThread) process.exitCode = await main();
else parentPort?.postMessage(await explore(workerData as Share));
