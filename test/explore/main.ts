/**
 * The exploration: `npm run explore -- --runs N --seed S`, on all cores. Exits 1 where a promise was broken, 2 where the
 * exploration saw too little. `--only a,b` and `--without a,b` switch troubles off by name (`--without none` also lets happen
 * what is pending), `--survey` counts what breaks in the place of stopping, `--fence` moves the key source behind a fence in
 * each schedule, `--path P` plays one schedule of a seed again. `--mutants` plants bugs instead, each with the seed that finds
 * it, or with `--long` within 20,000 schedules; `--name TEXT` chooses some of them, and `--new` those without a seed.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Draw, draws, pendingDraws } from '../support/switch-off.ts';
import { explore, type Findings, replay, type Share, type Survey } from './explore.ts';
import { huntMutants } from './hunt-mutants.ts';
import { addSights, arrowSights, expectedSights } from './sights.ts';

/** From so many schedules on, everything that is expected must have been seen. */
const enoughRuns = 5_000;

const options = {
  runs: { type: 'string', default: '20000' },
  seed: { type: 'string', default: '1' },
  only: { type: 'string' },
  without: { type: 'string' },
  path: { type: 'string' },
  survey: { type: 'boolean', default: false },
  fence: { type: 'boolean', default: false },
  mutants: { type: 'boolean', default: false },
  long: { type: 'boolean', default: false },
  name: { type: 'string' },
  new: { type: 'boolean', default: false },
  cores: { type: 'string' },
  brief: { type: 'boolean', default: false },
} as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  if (values.mutants) {
    return huntMutants(print, {
      longRuns: values.long ? Number(values.runs) : null,
      name: values.name,
      isNewOnly: values.new,
    });
  }
  const off = chooseOff(values);
  const seed = Number(values.seed);
  if (values.path !== undefined) {
    print(await replay({ seed, isFenced: values.fence, off }, values.path));
    return 0;
  }
  const runs = Number(values.runs);
  const startMs = performance.now();
  const cores = Math.min(Number(values.cores ?? availableParallelism()), runs);
  const shares = share(cores, runs, {
    seed,
    off,
    isBrief: values.brief,
    isSurvey: values.survey,
    isFenced: values.fence,
  });
  const findings = await Promise.all(shares.map(exploreInWorker));
  const failures = findings.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  const sights = addSights(findings.map((found) => found.sights));
  if (values.survey) return describeSurvey(findings.map(({ survey }) => survey));
  if (!values.brief) {
    const played = findings.reduce((sum, found) => sum + found.runs, 0);
    const seconds = (performance.now() - startMs) / 1_000;
    print(
      `${played} schedules in ${seconds.toFixed(1)} s: ${(played / seconds / shares.length).toFixed(0)} a second and core`,
    );
    if (off.length > 0) print(`switched off: ${off.join(', ')}`);
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

interface Values {
  readonly only?: string | undefined;
  readonly without?: string | undefined;
}

/** @throws Error for a name that is none */
function chooseOff({ only, without }: Values): readonly Draw[] {
  const read = (names: string) =>
    names.split(',').map((name) => {
      const draw = draws.find((one) => one === name);
      if (!draw) throw new Error(`no trouble is called ${name}: ${draws.join(', ')}`);
      return draw;
    });
  if (only !== undefined) {
    const on = only === 'none' ? [] : read(only);
    return draws.filter((draw) => !on.includes(draw));
  }
  if (without !== undefined) return without === 'none' ? [] : read(without);
  return pendingDraws;
}

function share(cores: number, runs: number, { seed, ...common }: Omit<Share, 'runs'>): readonly Share[] {
  const each = Math.floor(runs / cores);
  return Array.from({ length: cores }, (_, nth) => ({
    ...common,
    runs: nth === cores - 1 ? runs - each * nth : each,
    seed: seed + nth * 1_000_003,
  }));
}

function describeSurvey(surveys: readonly Survey[]): number {
  const found = surveys.flatMap((survey) => Object.entries(survey)).sort(([, a], [, b]) => b.times - a.times);
  for (const [fact, { times, seed, paths, draws: common }] of found) {
    print(`${String(times).padStart(6)}  ${fact}`);
    print(
      `        --seed ${seed} --path ${paths.join(' | ')}; in all of them: ${common.join(', ') || 'nothing of it'}`,
    );
  }
  return found.length > 0 ? 1 : 0;
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
