/** The process ends with its command, and not before its output is written. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { test } from '../support/command.ts';

describe.concurrent('the process', () => {
  test('ends with its command although something keeps its event loop alive', async ({ rehearsal }) => {
    const preload = join(rehearsal.folder, 'linger.cjs');
    writeFileSync(preload, 'setInterval(() => undefined, 1_000);');

    const { exitCode, json } = await rehearsal.run(['describe'], { NODE_OPTIONS: `--require ${preload}` });

    expect(exitCode).toBe(0);
    expect(json()).toBeTruthy();
  });
});
