import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** What runs in process keeps here what it would keep in the home of a user; each test run begins with nothing. */
const home = resolve('.vitest/home');
rmSync(home, { recursive: true, force: true });

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The handlers of examples/aws name the package, as where they are deployed.
    alias: {
      'cks-safe-update/durable': resolve('src/lambda/safe-update/index.ts'),
      'cks-safe-update/rotation': resolve('src/lambda/rotation/index.ts'),
    },
    setupFiles: ['test/support/no-stray-output.ts'],
    env: {
      CKS_STATE_DIR: `${home}/state`,
      CKS_LOCK_DIR: `${home}/locks`,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    // One more than the cores of a small machine: many tests wait for a process, or for time to pass.
    maxWorkers: 3,
    // Nearly all of them need the same: it is loaded once a worker, and stays warm.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // A command is a process: on a busy machine many of them begin slowly. What hangs is still found.
    testTimeout: 120_000,
    // Tests that run side by side in a file mostly wait for the command, which waits for its next look.
    maxConcurrency: 6,
    reporters: process.env.CI ? ['default', ['json', { outputFile: '.vitest/report.json' }]] : ['default'],
  },
});
