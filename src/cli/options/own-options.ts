/** Options that a single command has. */
import { canaryKey } from './option-groups.ts';
import { type OptionGroup, without } from './option-row.ts';
import { output } from './surrounding-options.ts';

/** For `cks plan`. */
export const planFile = {
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
} as const satisfies OptionGroup;

/** For `cks resume`. */
export const rollback = {
  heading: 'Mode:',
  rows: [
    {
      name: 'roll-back',
      help: 'Roll back to the old settings instead of continuing. Also ends a hold with a rollback.',
      isDaily: true,
    },
  ],
} as const satisfies OptionGroup;

/** For `cks impact`, whose output has a form of its own. */
export const impactOutput = {
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
} as const satisfies OptionGroup;

/** For `cks runs report`. */
export const report = {
  heading: 'Report:',
  rows: [
    { name: 'html', value: '<file>', help: 'Write the report as one self-contained HTML page.' },
    { name: 'markdown', value: '[file]', help: 'Write the report in Markdown. (default: standard output)' },
    { name: 'json', help: 'Print the report as JSON.' },
  ],
} as const satisfies OptionGroup;

/** For `cks runs prune`. */
export const age = {
  heading: 'Journals:',
  rows: [
    {
      name: 'older-than',
      value: '<time>',
      help: 'Remove journals that are older than this, such as 720h. Required.',
    },
  ],
} as const satisfies OptionGroup;

/** For `cks runs check`. */
export const outages = {
  heading: 'Outages:',
  rows: [
    {
      name: 'max-offline',
      value: '<time>',
      help: 'Exit with 3 if a run has kept a store offline for longer than this, such as 15m. Required.',
    },
  ],
} as const satisfies OptionGroup;

/** For `cks canary create`. */
export const canaryKeys = {
  heading: 'Keys:',
  rows: [{ ...canaryKey, help: 'Use this KMS key: id, ARN or alias. May be repeated. (default: all)' }],
} as const satisfies OptionGroup;

/** For `cks canary key create`. */
export const newKey = {
  heading: 'Key:',
  rows: [
    {
      name: 'xks-key-id',
      value: '<id>',
      help: 'Create the key for this external key. An external key store needs one that no other KMS key of the store uses.',
    },
  ],
} as const satisfies OptionGroup;

/** For `cks iam-policy`. */
export const policy = {
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
} as const satisfies OptionGroup;

/** For `cks simulator`. */
export const simulator = {
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
} as const satisfies OptionGroup;

/** For `cks demo`. */
export const demo = {
  heading: 'Demo:',
  rows: [{ name: 'time-scale', value: '<n>', help: 'Run n times as fast as KMS. (default: 100)' }],
} as const satisfies OptionGroup;
