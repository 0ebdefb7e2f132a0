/** `cks demo`, which is what most people see first. */
import { expect } from 'vitest';
import { test } from '../support/command.ts';

test('the demonstration ends as it must, in lines of at most 80 columns where no terminal folds them', async ({
  rehearsal,
}) => {
  const { exitCode, stdout, stderr } = await rehearsal.run(['demo', '--time-scale', '2000']);

  expect(stderr).toBe('');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(stdout).toMatch(/\nAll three ended as they must\.\n$/);
  expect(exitCode).toBe(0);
});
