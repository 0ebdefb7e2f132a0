/** The commands: what each is for. */

import type { CommandArguments } from './input/request.ts';
import type { CommandName } from './options/options.ts';
import type { Io } from './terminal/io.ts';

/** Gives the exit code. */
export type RunCommand = (io: Io, args: CommandArguments) => Promise<number>;

/** Under which the help lists the commands, in this order. */
export const commandHeadings = {
  change: 'Change a store:',
  look: 'Look at a store:',
  recover: 'Recover:',
  aws: 'Names of the AWS CLI (same options and output as aws kms):',
  practice: 'Practice:',
  setUp: 'Set up:',
} as const;

type Listing = {
  readonly summary: string;
  readonly heading: keyof typeof commandHeadings;
};

export interface CommandRow extends Listing {
  /** What its first word names. */
  readonly takes?: 'store' | 'run' | 'plan' | 'shell' | 'topic';
  /** Shown before the options. */
  readonly examples?: readonly string[];
  /** What the first word of its name does alone. */
  readonly isDefault?: true;
}

/** The words that commands of several words begin with. */
export const commandGroups: Readonly<Record<string, Listing>> = {
  canary: { summary: 'create and check test ciphertexts', heading: 'look' },
  'canary key': { summary: 'create the canary key of a store, for --fence', heading: 'look' },
  runs: { summary: 'list, show, report, check and prune runs', heading: 'recover' },
};

export const commands: Readonly<Record<CommandName, CommandRow>> = {
  plan: {
    summary: 'show what an update would do; changes nothing',
    heading: 'change',
    takes: 'store',
  },
  apply: {
    summary: 'carry out a plan saved by cks plan --out, if the store has not changed since',
    heading: 'change',
    takes: 'plan',
  },
  update: {
    summary: 'change settings of a store, with an outage only if necessary, and roll back on failure',
    heading: 'change',
    takes: 'store',
    examples: [
      'cks update STORE --xks-proxy-uri-path /new/kms/xks/v1',
      'cks update STORE --cloud-hsm-cluster-id cluster-1a23b4cdefg --accept outage',
      'cks update STORE --key-store-password prompt --hold-offline',
    ],
  },
  reconnect: {
    summary: 'disconnect and connect a store, to rotate the kmsuser password or to recover',
    heading: 'change',
    takes: 'store',
  },
  rollback: {
    summary: 'revert a completed update, as a new run',
    heading: 'change',
    takes: 'run',
  },
  describe: {
    summary: 'show one store, or all stores of the account and Region',
    heading: 'look',
    takes: 'store',
  },
  doctor: {
    summary: 'find out what is wrong with a store, and what to run next; changes nothing',
    heading: 'look',
    takes: 'store',
  },
  impact: {
    summary: 'show who uses the keys of a store, and how often; uses no key',
    heading: 'look',
    takes: 'store',
    examples: ['cks impact STORE', 'cks impact STORE --format markdown > impact.md'],
  },
  check: {
    summary: 'run only the checks of an update or a reconnect; does not change the store',
    heading: 'look',
    takes: 'store',
  },
  'canary create': {
    summary: 'create test ciphertexts with the keys of a store, and keep them for later',
    heading: 'look',
    takes: 'store',
  },
  'canary check': {
    summary: 'check whether the keys of a store still decrypt its kept canaries',
    heading: 'look',
    takes: 'store',
  },
  'canary key create': {
    summary: 'create a KMS key that no application uses, and its canary: with --fence it is verified first',
    heading: 'look',
    takes: 'store',
    examples: ['cks canary key create STORE --xks-key-id bb8562717f809024'],
  },
  resume: {
    summary: 'continue a run that was interrupted, is on hold, or failed',
    heading: 'recover',
    takes: 'run',
  },
  stop: {
    summary: 'ask a run to stop at its next safe point, as Ctrl-C does',
    heading: 'recover',
    takes: 'run',
  },
  'runs list': {
    summary: 'list the runs of this user on this machine',
    heading: 'recover',
    isDefault: true,
  },
  'runs show': {
    summary: 'show every record of a run',
    heading: 'recover',
    takes: 'run',
  },
  'runs report': {
    summary: 'write a report of a run, for example for a change ticket',
    heading: 'recover',
    takes: 'run',
  },
  'runs check': {
    summary: 'for a monitor: exit with 3 if a run has kept a store offline for too long',
    heading: 'recover',
  },
  'runs prune': {
    summary: 'remove old journals, except those of active runs and of stores that may be offline or failed',
    heading: 'recover',
  },
  'update-custom-key-store': {
    summary: 'update a store safely; prints nothing on standard output',
    heading: 'aws',
  },
  'describe-custom-key-stores': {
    summary: 'show stores as KMS returns them',
    heading: 'aws',
  },
  'connect-custom-key-store': {
    summary: 'start to connect a store',
    heading: 'aws',
  },
  'disconnect-custom-key-store': {
    summary: 'start to disconnect a store',
    heading: 'aws',
  },
  simulator: {
    summary: 'run a local KMS simulator',
    heading: 'practice',
  },
  demo: {
    summary: 'show three updates against a simulator: live, offline, rolled back',
    heading: 'practice',
  },
  'iam-policy': {
    summary: 'print the least-privilege IAM policy; calls nothing',
    heading: 'setUp',
  },
  completion: {
    summary: 'print a completion script for bash, zsh or fish',
    heading: 'setUp',
    takes: 'shell',
  },
  help: {
    summary: 'show the help of a command, or of the topic exit-codes',
    heading: 'setUp',
    takes: 'topic',
  },
};
