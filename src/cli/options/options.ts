/** Which options each command takes; help and parsing follow from it. */
import { awsInput, awsLookOutput, awsOutput, awsPages, awsWait } from '../aws/options.ts';
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
import type { OptionGroup, OptionRow } from './option-row.ts';
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

function without<Name extends string>({ heading, rows }: OptionGroup<Name>, name: NoInfer<Name>): OptionGroup<Name> {
  return { heading, rows: rows.filter((row) => row.name !== name) };
}

function only<Name extends string>({ heading, rows }: OptionGroup<Name>, name: NoInfer<Name>): OptionGroup<Name> {
  return { heading, rows: rows.filter((row) => row.name === name) };
}

/** For commands that show no progress. */
const onlyLog = without(progress, 'progress');

const stateFolder = without(journal, 'no-journal');

const skipping = only(consent, 'skip-check');

/** A run is continued in its own Region. */
const sameRegion = without(connection, 'region');

/** How a run verifies, waits, and is kept. */
const course = [keyVerification, timing, waits, journal, lock, connection, account] as const;

/** What the long names take beside input and output. */
const behindLongNames = [consent, checks, ...course, progress, notifications] as const;

/** For commands that continue an earlier run or apply a plan: their Region is known. */
const earlierRun = [lock, sameRegion, output, progress, notifications] as const;

/** For commands that read, and keep what they find. */
const reading = [connection, output, onlyLog] as const;

export const optionGroups = {
  update: [store, properties, mode, onFailure, consent, checks, ...course, output, progress, notifications],
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
        {
          name: 'out',
          value: '<file>',
          help: 'Save the plan for cks apply. The file holds no secret and accepts no risk.',
          isDaily: true,
        },
        { name: 'detailed-exitcode', help: 'Exit with 20 if an update would change something.', isDaily: true },
      ],
    },
    journal,
    lock,
    connection,
    account,
    verboseOutput,
    onlyLog,
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
  doctor: [store, keyTest, skipping, checksInForce, stateFolder, lock, ...reading],
  impact: [
    store,
    {
      heading: output.heading,
      rows: [
        {
          name: 'format',
          value: '<format>',
          help: 'Print text, json, or markdown for a change ticket. (default: text on a terminal, else json)',
          isDaily: true,
        },
        ...without(output, 'output').rows,
      ],
    },
    connection,
    onlyLog,
  ],
  describe: [store, ...reading],
  reconnect: [store, onFailure, consent, checksInForce, ...course, output, progress, notifications],
  resume: [
    corrections,
    {
      heading: 'Mode:',
      rows: [
        {
          name: 'roll-back',
          help: 'Roll back to the old settings instead of continuing. Also ends a hold with a rollback.',
          isDaily: true,
        },
      ],
    },
    consent,
    checks,
    stateFolder,
    ...earlierRun,
  ],
  rollback: [consent, checks, stateFolder, ...earlierRun],
  'runs list': [stateFolder, lock, connection, output],
  'runs show': [stateFolder, output],
  'runs report': [
    {
      heading: 'Report:',
      rows: [
        { name: 'html', value: '<file>', help: 'Write the report as one self-contained HTML page.' },
        { name: 'markdown', value: '[file]', help: 'Write the report in Markdown. (default: standard output)' },
        { name: 'json', help: 'Print the report as JSON.' },
      ],
    },
    stateFolder,
  ],
  'runs prune': [
    {
      heading: 'Journals:',
      rows: [
        {
          name: 'older-than',
          value: '<time>',
          help: 'Remove journals that are older than this, such as 720h. Required.',
        },
      ],
    },
    stateFolder,
    output,
  ],
  'runs check': [
    {
      heading: 'Outages:',
      rows: [
        {
          name: 'max-offline',
          value: '<time>',
          help: 'Exit with 3 if a run has kept a store offline for longer than this, such as 15m. Required.',
        },
      ],
    },
    stateFolder,
    lock,
    connection,
    output,
  ],
  stop: [stateFolder, lock, connection, output],
  apply: [without(consent, 'skip-check'), checks, journal, ...earlierRun],
  'canary create': [
    store,
    {
      heading: 'Keys:',
      rows: [{ ...canaryKey, help: 'Use this KMS key: id, ARN or alias. May be repeated. (default: all)' }],
    },
    stateFolder,
    ...reading,
  ],
  'canary check': [store, stateFolder, ...reading],
  'canary key create': [
    store,
    {
      heading: 'Key:',
      rows: [
        {
          name: 'xks-key-id',
          value: '<id>',
          help: 'Create the key for this external key. An external key store needs one that no other KMS key of the store uses.',
        },
      ],
    },
    stateFolder,
    ...reading,
  ],
  completion: [],
  'iam-policy': [
    {
      heading: 'Policy:',
      rows: [
        {
          name: 'type',
          value: '<type>',
          help: 'Limit the policy to AWS_CLOUDHSM or EXTERNAL_KEY_STORE. (default: both)',
        },
        {
          name: 'without',
          value: '<check>',
          help: 'Leave out the permissions of this check, or of key-verification. May be repeated.',
          repeatable: true,
        },
        { name: 'trial-connect', help: 'Include the permissions of --trial-connect.' },
        { name: 'fence', help: 'Include the permissions of --fence: EnableKey and DisableKey.' },
        { name: 'canary-key', help: 'Include the permissions of cks canary key create: CreateKey and CreateAlias.' },
        { name: 'dead-mans-switch', value: '<role arn>', help: 'Include the permissions of --dead-mans-switch.' },
        { name: 'impact', help: 'Include the permissions of cks impact.' },
        { name: 'read-only', help: 'Print the policy of commands that change nothing.' },
        { name: 'account', value: '<id>', help: 'Limit the policy to keys of this account. (default: any account)' },
        { name: 'region', value: '<region>', help: 'Limit the policy to keys of this Region. (default: any Region)' },
        {
          name: 'lock-table',
          value: '<table>',
          help: 'Include the permissions of --lock-table: name or ARN of the DynamoDB table.',
        },
        {
          name: 'lambda-function',
          value: '<name>',
          help: 'Include the permissions of a Lambda function with this name.',
        },
        {
          name: 'notify',
          value: '<target>',
          help: 'Include the permissions of --notify: eventbridge:BUS or sns:ARN. May be repeated.',
          repeatable: true,
        },
        {
          name: 'secret',
          value: '<arn>',
          help: 'Include the permission to read this secret in Secrets Manager. May be repeated.',
          repeatable: true,
        },
      ],
    },
  ],
  'update-custom-key-store': [storeAlone, properties, awsInput, awsOutput, mode, onFailure, ...behindLongNames],
  'describe-custom-key-stores': [awsPages, awsInput, awsLookOutput, connection, onlyLog],
  'connect-custom-key-store': [storeAlone, awsWait, awsInput, awsOutput, onFailure, ...behindLongNames],
  'disconnect-custom-key-store': [storeAlone, awsWait, awsInput, awsOutput, onFailure, ...behindLongNames],
  simulator: [
    {
      heading: 'Simulator:',
      rows: [
        { name: 'list', help: 'List the scenarios of this package.' },
        { name: 'scenario', value: '<name>', help: 'Start with this scenario, or with one in a file.' },
        { name: 'port', value: '<port>', help: 'Listen on this port of 127.0.0.1; 0: any free port. (default: 8080)' },
        {
          name: 'xks-proxy-port',
          value: '<port>',
          help: 'Also serve the external key store proxies on this port, over HTTP; 0: any free port.',
        },
        { name: 'xks-proxy-tls', help: 'Serve the proxies over HTTPS, with a self-signed certificate.' },
        {
          name: 'xks-proxy-map',
          value: '<endpoint=url>',
          help: 'Send requests for this https:// endpoint to the real proxy at this URL. May be repeated.',
          repeatable: true,
        },
        {
          name: 'time-scale',
          value: '<n>',
          help: 'Run connects and disconnects n times as fast as KMS. (default: 1)',
        },
        {
          name: 'seed',
          value: '<n>',
          help: 'Repeat the ids, times and random events of this seed. (default: random ids)',
        },
        { name: 'stores', help: 'Start with two connected stores, prod-hsm and prod-xks.' },
        {
          name: 'lenient-patterns',
          help: "Do not check values against the patterns of the API model; two of AWS's examples violate them.",
        },
        { name: 'region', value: '<region>', help: 'Simulate this Region. (default: us-east-1)' },
      ],
    },
  ],
  demo: [
    {
      heading: 'Demo:',
      rows: [{ name: 'time-scale', value: '<n>', help: 'Run n times as fast as KMS. (default: 100)' }],
    },
  ],
  help: [],
} as const satisfies Record<string, readonly OptionGroup[]>;

export type CommandName = keyof typeof optionGroups;

/** The long name of an option, without dashes; of any command, or of a profile of the AWS CLI. */
export type OptionName = (typeof optionGroups)[CommandName][number]['rows'][number]['name'] | 'cli-timestamp-format';

/** Whether standard output is that of `aws kms`. */
export function isLongName(command: string | undefined): boolean {
  return command !== undefined && /-custom-key-stores?$/.test(command) && command in optionGroups;
}

export function rowsOf(command: CommandName): readonly OptionRow[] {
  const groups: readonly OptionGroup[] = optionGroups[command];
  return groups.flatMap(({ rows }) => rows);
}

/** Long flags of a command, with the dashes. */
export function flagsOf(command: CommandName): readonly string[] {
  return rowsOf(command).map(({ name }) => `--${name}`);
}
