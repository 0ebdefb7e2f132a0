/** The scenarios that come with the simulator, a file each, and those in files of the user. */
import { open, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Simulator, SimulatorOptions } from '../simulator.ts';
import type { Scenario } from './format.ts';
import { longestBytes, readScenario } from './read.ts';
import { ScenarioError } from './scenario-error.ts';
import { createScenarioSimulator } from './stage.ts';

export interface OpenedScenario {
  /** As it was asked for. */
  readonly name: string;
  readonly scenario: Scenario;
  /** A fresh simulator of it; `options` come before what it says. @throws ScenarioError */
  start(options?: SimulatorOptions): Simulator;
}

const extension = '.yaml';

/** They are shipped as they were written, so they lie in the package's sources whatever runs. */
function catalogueFolder(): string {
  const root = dirname(createRequire(import.meta.url).resolve('cks-safe-update/package.json'));
  return join(root, 'src/simulator/scenarios/catalogue');
}

/** Names, in alphabetical order. */
export async function listScenarioNames(): Promise<readonly string[]> {
  const files = await readdir(catalogueFolder());
  return files
    .filter((file) => file.endsWith(extension))
    .map((file) => file.slice(0, -extension.length))
    .sort();
}

export async function listScenarios(): Promise<readonly { readonly name: string; readonly summary: string }[]> {
  const names = await listScenarioNames();
  return Promise.all(names.map(async (name) => ({ name, summary: (await openScenario(name)).scenario.summary })));
}

/** A byte more than a scenario may have, at most: the file may be huge, or a device that never ends. */
async function readSome(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const bytes = Buffer.alloc(longestBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === bytes.length) return bytes.toString('utf8', 0, length);
    }
  } finally {
    await handle.close();
  }
}

/** A scenario of the catalogue by its name, or any other by its file. @throws ScenarioError */
export async function openScenario(nameOrFile: string): Promise<OpenedScenario> {
  const isFile = /[./\\]/.test(nameOrFile);
  if (!isFile && !(await listScenarioNames()).includes(nameOrFile)) {
    throw new ScenarioError([], 'no scenario of the catalogue has this name', '', true);
  }
  const file = isFile ? nameOrFile : join(catalogueFolder(), `${nameOrFile}${extension}`);
  const text = await readSome(file).catch((error: NodeJS.ErrnoException) => {
    throw new ScenarioError([], `cannot be read (${error.code ?? 'unknown error'})`, file);
  });
  const { scenario, locate } = await readScenario(file, text);
  return {
    name: nameOrFile,
    scenario,
    start(options) {
      try {
        return createScenarioSimulator(scenario, options);
      } catch (error) {
        if (!(error instanceof ScenarioError)) throw error;
        throw new ScenarioError([], error.message, locate(error.path));
      }
    },
  };
}
