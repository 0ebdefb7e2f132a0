/** A line of the command turned into the order of a run, by the command's own table and reading. */
import { parseArgs } from 'node:util';
import { readRequest } from '../../src/cli/input/request.ts';
import type { OptionValues } from '../../src/cli/options/option-values.ts';
import { rowsOf } from '../../src/cli/options/options.ts';
import type { UpdateInput } from '../../src/run/prepare.ts';

/** @throws where the command line would be refused */
export function readCommand(line: string): UpdateInput {
  const [cks, command, ...args] = line.trim().split(/\s+/);
  if (cks !== 'cks' || (command !== 'update' && command !== 'reconnect')) throw new Error(`not a run: ${line}`);
  const options = Object.fromEntries(
    rowsOf(command).map(({ name, value, repeatable = false }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple: repeatable },
    ]),
  );
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const request = readRequest({ word: positionals[0], optionValues: values as OptionValues });
  if (!('yes' in values)) throw new Error(`it would ask: ${line}`);
  // Nobody is there to be asked, so what fails is rolled back.
  const { onFailure: _, window: __, ...rest } = request;
  return command === 'reconnect' ? { ...rest, intent: 'reconnect' } : rest;
}
