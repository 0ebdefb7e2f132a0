/** Which options each command takes; help and parsing follow from it. */
import { awsInput, awsLookOutput, awsOutput, awsPages, awsWait } from './aws/options.ts';
import {
  canaryKey,
  checks,
  checksInForce,
  consent,
  corrections,
  keyTest,
  keyVerification,
  mode,
  onFailure,
  properties,
  store,
  storeAlone,
  timing,
  waits,
} from './option-groups.ts';
import type { OptionGroup } from './option-row.ts';
import {
  account,
  connection,
  journal,
  lock,
  notifications,
  output,
  progress,
  verboseOutput,
} from './surrounding-options.ts';

/** A command that only looks asks for no go-ahead and has no progress. */
const without = ({ heading, rows }: OptionGroup, name: string): OptionGroup => ({
  heading,
  rows: rows.filter((row) => row.name !== name),
});

const only = ({ heading, rows }: OptionGroup, name: string): OptionGroup => ({
  heading,
  rows: rows.filter((row) => row.name === name),
});

const stateFolder = without(journal, 'no-journal');

const skipping = only(consent, 'skip-check');

/** The Region is the run's own. */
const sameRegion = without(connection, 'region');

/** What a long name has beside what it takes in and puts out. */
const behindLongNames = [
  consent,
  checks,
  keyVerification,
  timing,
  waits,
  journal,
  lock,
  connection,
  account,
  progress,
  notifications,
];

export const optionGroups = {
  update: [
    store,
    properties,
    mode,
    onFailure,
    consent,
    checks,
    keyVerification,
    timing,
    waits,
    journal,
    lock,
    connection,
    account,
    output,
    progress,
    notifications,
  ],
  plan: [
    store,
    properties,
    mode,
    onFailure,
    without(consent, 'yes'),
    checks,
    keyVerification,
    timing,
    waits,
    {
      heading: 'Plan:',
      rows: [
        { name: 'out', value: '<file>', help: 'Save the plan for cks apply; it holds no secret and accepts no risk.' },
        { name: 'detailed-exitcode', help: 'Exit with 20 where an update would change something.' },
      ],
    },
    journal,
    lock,
    connection,
    account,
    verboseOutput,
    without(progress, 'progress'),
  ],
  check: [
    store,
    properties,
    mode,
    without(consent, 'yes'),
    checks,
    keyVerification,
    journal,
    lock,
    connection,
    account,
    verboseOutput,
    progress,
  ],
  doctor: [
    store,
    keyTest,
    skipping,
    checksInForce,
    stateFolder,
    lock,
    connection,
    output,
    without(progress, 'progress'),
  ],
  describe: [store, connection, output, without(progress, 'progress')],
  reconnect: [
    store,
    onFailure,
    consent,
    checksInForce,
    keyVerification,
    timing,
    waits,
    journal,
    lock,
    connection,
    account,
    output,
    progress,
    notifications,
  ],
  resume: [
    corrections,
    {
      heading: 'Way:',
      rows: [{ name: 'roll-back', help: 'Put the old settings back in place of going on; also ends a hold that way.' }],
    },
    consent,
    checks,
    stateFolder,
    lock,
    sameRegion,
    output,
    progress,
    notifications,
  ],
  rollback: [consent, checks, stateFolder, lock, sameRegion, output, progress, notifications],
  runs: [
    {
      heading: 'Runs:',
      rows: [
        {
          name: 'max-offline',
          value: '<time>',
          help: 'For a monitor: exit with 3 where a run has a store offline for longer, such as 15m, by the journals of this machine and the lock table.',
        },
        {
          name: 'prune',
          value: '<time>',
          help: 'Remove journals that are older, such as 720h. Keep those of runs at work, and of runs whose store may be offline or not well.',
        },
      ],
    },
    {
      heading: 'Report of one run, for a change ticket:',
      rows: [
        { name: 'html', value: '<file>', help: 'Write it as one page that needs nothing else.' },
        { name: 'markdown', value: '[file]', help: 'Write it in Markdown. (default: standard output)' },
        { name: 'json', help: 'Print it as JSON.' },
      ],
    },
    stateFolder,
    lock,
    connection,
    output,
  ],
  stop: [stateFolder, lock, connection, output],
  apply: [without(consent, 'skip-check'), checks, journal, lock, sameRegion, output, progress, notifications],
  'canary create': [
    store,
    {
      heading: 'Proof:',
      rows: [{ ...canaryKey, help: 'A KMS key: id, ARN or alias. May be repeated. (default: all)' }],
    },
    stateFolder,
    connection,
    output,
    without(progress, 'progress'),
  ],
  'canary check': [store, stateFolder, connection, output, without(progress, 'progress')],
  completion: [],
  'iam-policy': [
    {
      heading: 'Policy:',
      rows: [
        { name: 'type', value: '<type>', help: 'AWS_CLOUDHSM or EXTERNAL_KEY_STORE. (default: both)' },
        {
          name: 'without',
          value: '<check>',
          help: 'A check to do without, or proof. May be repeated.',
          repeatable: true,
        },
        { name: 'trial-connect', help: 'With what --trial-connect needs.' },
        { name: 'dead-mans-switch', value: '<role arn>', help: 'With what --dead-mans-switch needs.' },
        { name: 'read-only', help: 'For commands that only look.' },
        { name: 'account', value: '<id>', help: 'Where the keys are. (default: any account)' },
        { name: 'region', value: '<region>', help: 'Where the keys are. (default: any Region)' },
        { name: 'lock-table', value: '<table>', help: 'The DynamoDB table of --lock-table: its name or ARN.' },
        {
          name: 'lambda-function',
          value: '<name>',
          help: 'For a Lambda function of this name, which looks at itself.',
        },
        {
          name: 'notify',
          value: '<where>',
          help: 'Where notices go: eventbridge:BUS or sns:ARN. May be repeated.',
          repeatable: true,
        },
        {
          name: 'secret',
          value: '<arn>',
          help: 'A secret in Secrets Manager that is referred to. May be repeated.',
          repeatable: true,
        },
      ],
    },
  ],
  'update-custom-key-store': [storeAlone, properties, awsInput, awsOutput, mode, onFailure, ...behindLongNames],
  'describe-custom-key-stores': [awsPages, awsInput, awsLookOutput, connection, without(progress, 'progress')],
  'connect-custom-key-store': [storeAlone, awsWait, awsInput, awsOutput, onFailure, ...behindLongNames],
  'disconnect-custom-key-store': [storeAlone, awsWait, awsInput, awsOutput, onFailure, ...behindLongNames],
  simulator: [
    {
      heading: 'Simulator:',
      rows: [
        { name: 'list', help: 'List the scenarios that come with it.' },
        { name: 'scenario', value: '<name>', help: 'Begin with one of them, or with a file of your own.' },
        { name: 'port', value: '<port>', help: 'Where to listen on 127.0.0.1; 0 is any free port. (default: 8080)' },
        {
          name: 'xks-proxy-port',
          value: '<port>',
          help: 'Serve the external key store proxies too, over HTTP; 0 is any free port.',
        },
        { name: 'xks-proxy-tls', help: 'Serve them over HTTPS, with a certificate that nobody vouches for.' },
        {
          name: 'xks-proxy-map',
          value: '<endpoint=url>',
          help: 'Ask the real proxy that listens at this URL for an endpoint. May be repeated.',
          repeatable: true,
        },
        { name: 'time-scale', value: '<n>', help: 'Let connects and disconnects run n times as fast. (default: 1)' },
        {
          name: 'seed',
          value: '<n>',
          help: 'Give this start the ids, times and chances of this seed. (default: random ids)',
        },
        { name: 'stores', help: 'Begin with two connected stores, prod-hsm and prod-xks.' },
        {
          name: 'lenient-patterns',
          help: "Leave out the patterns of the API model, which two of AWS's examples break.",
        },
        { name: 'region', value: '<region>', help: 'The Region it plays. (default: us-east-1)' },
      ],
    },
  ],
  demo: [
    {
      heading: 'Demo:',
      rows: [{ name: 'time-scale', value: '<n>', help: 'How many times as fast as KMS it runs. (default: 100)' }],
    },
  ],
} as const satisfies Record<string, readonly OptionGroup[]>;

export type CommandName = keyof typeof optionGroups;

/** Whether standard output is that of `aws kms`. */
export function isLongName(command: string | undefined): boolean {
  return command !== undefined && /-custom-key-stores?$/.test(command) && command in optionGroups;
}

/** Long flags of a command, with the dashes. */
export function flagsOf(command: CommandName): readonly string[] {
  return optionGroups[command].flatMap((group) => group.rows.map(({ name }) => `--${name}`));
}
