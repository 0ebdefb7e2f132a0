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
  /** What its first word names. */
  readonly takes?: 'store' | 'run' | 'plan' | 'shell';
  readonly load: () => Promise<CommandModule>;
}

/** First words that are shared by commands of two words. */
export const commandGroups: Readonly<Record<string, string>> = {
  canary: 'keep canaries of a store, and try them',
};

export const commands: Readonly<Record<CommandName, CommandRow>> = {
  update: {
    summary: 'change settings of a store, offline only if it must be, and roll back what fails',
    takes: 'store',
    load: () => import('./commands/update.ts'),
  },
  plan: {
    summary: 'say what an update would do; changes nothing',
    takes: 'store',
    load: () => import('./commands/plan.ts'),
  },
  apply: {
    summary: 'carry out a plan that cks plan --out has saved, if the store is still as it was',
    takes: 'plan',
    load: () => import('./commands/apply.ts'),
  },
  check: {
    summary: 'run the checks of an update or a reconnect alone; leaves the store as it is',
    takes: 'store',
    load: () => import('./commands/check.ts'),
  },
  doctor: {
    summary: 'say what is wrong with a store and what to type next; changes nothing',
    takes: 'store',
    load: () => import('./commands/doctor.ts'),
  },
  describe: {
    summary: 'show one store, or all of the account and Region',
    takes: 'store',
    load: () => import('./commands/describe.ts'),
  },
  reconnect: {
    summary: 'disconnect and connect a store: rotates the password of kmsuser, or brings it back',
    takes: 'store',
    load: () => import('./commands/reconnect.ts'),
  },
  resume: {
    summary: 'go on with a run that was cut off, held, or came to no good end',
    takes: 'run',
    load: () => import('./commands/resume.ts'),
  },
  rollback: {
    summary: 'undo a finished run, by an update of its own',
    takes: 'run',
    load: () => import('./commands/rollback.ts'),
  },
  stop: {
    summary: 'ask a run for a stop at its next safe place, as Ctrl-C does there',
    takes: 'run',
    load: () => import('./commands/stop.ts'),
  },
  runs: {
    summary: 'list the runs of this user on this machine, or show all records of one',
    takes: 'run',
    load: () => import('./commands/runs.ts'),
  },
  'canary create': {
    summary: 'encrypt canaries with the keys of a store, and keep them for a day on which it fails',
    takes: 'store',
    load: () => import('./commands/canary-create.ts'),
  },
  'canary check': {
    summary: 'say whether the keys of a store still decrypt the canaries that are kept of it',
    takes: 'store',
    load: () => import('./commands/canary-check.ts'),
  },
  'iam-policy': {
    summary: 'print the least that an AWS identity must be allowed; calls nothing',
    load: () => import('./commands/iam-policy.ts'),
  },
  completion: {
    summary: 'print a completion script for bash, zsh or fish',
    takes: 'shell',
    load: () => import('./commands/completion.ts'),
  },
  'update-custom-key-store': {
    summary: 'as aws kms has it: update, with nothing on standard output',
    load: () => import('./commands/update-custom-key-store.ts'),
  },
  'describe-custom-key-stores': {
    summary: 'as aws kms has it: show stores as KMS answers',
    load: () => import('./commands/describe-custom-key-stores.ts'),
  },
  'connect-custom-key-store': {
    summary: 'as aws kms has it: begin to connect a store',
    load: () => import('./commands/connect-custom-key-store.ts'),
  },
  'disconnect-custom-key-store': {
    summary: 'as aws kms has it: begin to disconnect a store',
    load: () => import('./commands/disconnect-custom-key-store.ts'),
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
