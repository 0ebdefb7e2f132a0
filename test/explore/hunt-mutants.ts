/**
 * Hunts the planted bugs. Short: each with the seed that has found it, for CI. Long: each within many schedules; the seed that
 * finds it is written down. As many are hunted at once as there are cores.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Mutant, mutants } from './mutants.ts';

const root = resolve(import.meta.dirname, '../../..');
const seedsFile = join(root, 'test/explore/mutant-seeds.json');
const run = promisify(execFile);

/** A short hunt plays so many more schedules than the long one has needed: others may have changed what is drawn. */
const spareRuns = 20;

/** The seed of a long hunt, and how many schedules it has taken. */
interface Seed {
  readonly seed: number;
  readonly runs: number;
}

export interface Hunt {
  /** A long hunt, which gives up after so many schedules; null: a short one. */
  readonly longRuns: number | null;
  /** Only the mutants whose name holds this text. */
  readonly name?: string | undefined;
  /** Only those that have no seed yet. */
  readonly isNewOnly?: boolean;
}

interface Catch {
  readonly mutant: Mutant;
  readonly seed: Seed | null;
  /** The promise that gave it away; why it was not found, where `seed` is null. */
  readonly told: string;
}

/** Exit code: 0 where every mutant was found. */
export async function huntMutants(
  print: (line: string) => void,
  { longRuns, name = '', isNewOnly = false }: Hunt,
): Promise<number> {
  const seeds = readSeeds();
  const named = mutants.filter((mutant) => mutant.name.includes(name) && !(isNewOnly && seeds[mutant.name]));
  // A short hunt is only for those that a long one has found.
  const meant = named.filter((mutant) => longRuns !== null || seeds[mutant.name] !== undefined);
  const left = [...meant.entries()];
  const catches: Catch[] = [];
  const startMs = performance.now();
  const work = async (worker: number) => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [, mutant] = next;
      const caught = await hunt(mutant, worker, longRuns === null ? seeds[mutant.name] : { seed: 1, runs: longRuns });
      catches.push(caught);
      // A long hunt that is broken off keeps what it has found.
      if (longRuns !== null) writeSeeds(seeds, catches);
      const after = caught.seed ? `seed ${caught.seed.seed}, ${caught.seed.runs} schedules` : 'NOT FOUND';
      print(`${after}: ${mutant.name} (${mutant.file})\n    ${caught.told}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), meant.length) }, (_, nth) => work(nth)));
  const found = catches.filter(({ seed }) => seed !== null).length;
  print(`${found} of ${meant.length} mutants found in ${((performance.now() - startMs) / 1_000).toFixed(0)} s`);
  if (meant.length < named.length)
    print(`${named.length - meant.length} have no seed yet: npm run mutants -- --long --new hunts them`);
  return found === meant.length ? 0 : 1;
}

async function hunt(mutant: Mutant, worker: number, plan: Seed | undefined): Promise<Catch> {
  if (!plan) return { mutant, seed: null, told: 'no seed is known: run --mutants --long' };
  const folder = join(root, `.explore/mutant-${worker}`);
  const stale = plant(mutant, folder);
  if (stale !== null) return { mutant, seed: null, told: stale };
  const typescript = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [typescript, '-p', join(folder, 'test/explore'), '--noCheck']);
  const main = join(folder, '.explore/test/explore/main.js');
  const words = ['--brief', '--cores', '1', '--seed', `${plan.seed}`, '--runs', `${plan.runs}`];
  try {
    await run(process.execPath, [main, ...words], { maxBuffer: 64 * 1_024 * 1_024 });
    return { mutant, seed: null, told: `all promises were kept in ${plan.runs} schedules of seed ${plan.seed}` };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    const path = /seed \d+, path (\d+)/.exec(stdout)?.[1];
    if (code !== 1 || path === undefined) throw error;
    const told =
      stdout
        .trim()
        .split('\n')
        .findLast((line) => /^\d+: /.test(line)) ?? '';
    return { mutant, seed: { seed: plan.seed, runs: Number(path) + 1 }, told: told.slice(0, 110) };
  }
}

/** Why the mutation is stale; null where it is planted. */
function plant({ file, from, to }: Mutant, folder: string): string | null {
  rmSync(folder, { recursive: true, force: true });
  for (const part of ['src', 'machines', 'test/support', 'test/explore', 'tsconfig.json', 'package.json']) {
    mkdirSync(dirname(join(folder, part)), { recursive: true });
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  const path = join(folder, file);
  const source = readFileSync(path, 'utf8');
  const times = source.split(from).length - 1;
  if (times !== 1) return `stale mutation: its text is in ${file} ${times} times`;
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  return null;
}

function readSeeds(): Readonly<Record<string, Seed>> {
  return JSON.parse(readFileSync(seedsFile, 'utf8')) as Readonly<Record<string, Seed>>;
}

/** In the order of the mutants; those that are gone are dropped. */
function writeSeeds(known: Readonly<Record<string, Seed>>, catches: readonly Catch[]): void {
  const found = new Map(catches.map(({ mutant, seed }) => [mutant.name, seed]));
  const seeds = mutants.flatMap(({ name }) => {
    const seed = found.get(name);
    const before = found.has(name) ? undefined : known[name];
    const kept = seed ? { ...seed, runs: seed.runs + spareRuns } : before;
    return kept ? [[name, kept] as const] : [];
  });
  writeFileSync(seedsFile, `${JSON.stringify(Object.fromEntries(seeds), null, 2)}\n`);
}
