import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** What runs in process keeps here what it would keep in the home of a user; each test run begins with nothing. */
const home = resolve('.vitest/home');
rmSync(home, { recursive: true, force: true });

/** What `npm test` leaves out, and what takes a sample there. */
function listDeepTests(): string[] {
  const tests = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'));
  const takesSample = (file: string) => /support\/sampling|sampleScenarios/.test(readFileSync(`test/${file}`, 'utf8'));
  return tests.filter((file) => file.endsWith('.deep.test.ts') || takesSample(file)).map((file) => `test/${file}`);
}

export default defineConfig(({ mode }) => ({
  test: {
    include: mode === 'deep' ? listDeepTests() : ['test/**/!(*.deep).test.ts'],
    // The handlers of examples/aws name the package, as where they are deployed.
    alias: {
      'cks-safe-update/durable': resolve('src/lambda/safe-update/index.ts'),
      'cks-safe-update/rotation': resolve('src/lambda/rotation/index.ts'),
    },
    setupFiles: ['test/support/no-stray-output.ts'],
    env: {
      CKS_STATE_DIR: `${home}/state`,
      CKS_LOCK_DIR: `${home}/locks`,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'dummy',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    // Twice the cores of a small machine: many tests wait for a process, or for time to pass. Those of a deep run do not.
    maxWorkers: mode === 'deep' ? 2 : 4,
    // Nearly all of them need the same: it is loaded once a worker, and stays warm.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // A command is a process: on a busy machine many of them begin slowly. What hangs is still found.
    testTimeout: mode === 'deep' ? 1_200_000 : 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000, interval: 10 } },
    // Tests that run side by side in a file mostly wait for the command, which waits for its next look.
    maxConcurrency: 6,
    reporters: process.env.CI ? ['default', ['json', { outputFile: '.vitest/report.json' }]] : ['default'],
  },
}));
