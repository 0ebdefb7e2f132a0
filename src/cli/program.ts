/** The commands and their options. What a command does is loaded when it is called. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Options } from './arguments.ts';
import type { Io } from './io.ts';
import * as add from './options.ts';

/** A command's work: gives the exit code. */
export type Act = (io: Io, options: Options, store: string | undefined) => Promise<number>;

/** Builds the program; `run` is called with the work of the command that was named. */
export function createProgram(
  run: (load: () => Promise<Act>, options: Options, store?: string) => Promise<void>,
): Command {
  const program = new Command('cks')
    .description('Changes the settings of an AWS KMS custom key store safely, or puts the old ones back.')
    .helpCommand(false)
    .showSuggestionAfterError();

  const command = (name: string, description: string, load: () => Promise<Act>, hasStore = true): Command => {
    const made = program.command(name).description(description).allowExcessArguments(false);
    if (hasStore)
      return add
        .addStoreArgument(made)
        .action((store: string | undefined, options: Options) => run(load, options, store));
    return made.action((options: Options) => run(load, options));
  };

  const update = command('update', 'Change settings: live where KMS takes it, offline where it must.', async () => {
    return (await import('./commands/update.ts')).update;
  });
  for (const extend of [
    add.addPropertyOptions,
    add.addUpdateOptions,
    add.addPolicyOptions,
    add.addYesOption,
    add.addConnectionOptions,
    add.addOutputOptions,
  ])
    extend(update);
  update.addHelpText('after', add.describeRisks());

  const plan = command('plan', 'Show what an update would do. Sends nothing.', async () => {
    return (await import('./commands/plan.ts')).plan;
  });
  for (const extend of [
    add.addPropertyOptions,
    add.addUpdateOptions,
    add.addPolicyOptions,
    add.addConnectionOptions,
    add.addOutputOptions,
  ])
    extend(plan);

  const describe = command('describe', 'Show one store, or all of them.', async () => {
    return (await import('./commands/describe.ts')).describe;
  });
  for (const extend of [add.addConnectionOptions, add.addOutputOptions]) extend(describe);

  const reconnect = command(
    'reconnect',
    'Disconnect and connect: a rotation of kmsuser, or the way back online.',
    async () => {
      return (await import('./commands/update.ts')).reconnect;
    },
  );
  for (const extend of [add.addPolicyOptions, add.addYesOption, add.addConnectionOptions, add.addOutputOptions])
    extend(reconnect);

  command(
    'simulator',
    'A KMS of your own to rehearse against.',
    async () => (await import('./commands/simulator.ts')).simulator,
    false,
  )
    .option('--port <port>', 'port to listen on', parsePort, 8080)
    .option('--time-scale <factor>', 'how much faster than life its time goes', parseFactor, 1)
    .option('--lenient-patterns', "leave out the API model's patterns, which two of AWS's examples break")
    .addOption(new Option('--region <region>', 'its Region').default('us-east-1'));

  command(
    'demo',
    'See it work: three updates against a simulator, under a minute.',
    async () => (await import('./commands/demo.ts')).demo,
    false,
  ).option('--time-scale <factor>', 'how much faster than life the simulator goes', parseFactor, 100);

  return program;
}

function parsePort(word: string): number {
  const port = Number(word);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535.');
  return port;
}

function parseFactor(word: string): number {
  const factor = Number(word);
  if (!(factor > 0 && factor <= 100_000)) throw new InvalidArgumentError('a factor is a number above 0.');
  return factor;
}
