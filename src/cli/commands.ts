/** The commands: what each is for, and where it is. Nothing of a command is loaded before it is meant. */
import type { Io } from './io.ts';
import type { CommandName } from './options.ts';
import type { CommandArguments } from './order.ts';

export interface CommandModule {
  /** Gives the exit code. */
  run(io: Io, args: CommandArguments): Promise<number>;
}

export interface CommandRow {
  readonly summary: string;
  readonly takesStore?: true;
  readonly load: () => Promise<CommandModule>;
}

export const commands: Readonly<Record<CommandName, CommandRow>> = {
  update: {
    summary: 'change settings of a store, offline only if it must be, and roll back what fails',
    takesStore: true,
    load: () => import('./commands/update.ts'),
  },
  plan: {
    summary: 'say what an update would do; sends nothing but Describe',
    takesStore: true,
    load: () => import('./commands/plan.ts'),
  },
  describe: {
    summary: 'show one store, or all of the account and Region',
    takesStore: true,
    load: () => import('./commands/describe.ts'),
  },
  reconnect: {
    summary: 'disconnect and connect a store: rotates the password of kmsuser, or brings it back',
    takesStore: true,
    load: () => import('./commands/reconnect.ts'),
  },
  simulator: {
    summary: 'serve a KMS of our own to rehearse against',
    load: () => import('./commands/simulator.ts'),
  },
  demo: {
    summary: 'show three updates against a simulator: live, offline, rolled back',
    load: () => import('./commands/demo.ts'),
  },
};
