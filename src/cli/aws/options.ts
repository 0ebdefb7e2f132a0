/** The options of `aws kms` that the other commands do not have. */
import type { OptionGroup, OptionRow } from '../options/option-row.ts';

/** Of every command: how AWS is reached. */
export const reachRows = [
  { name: 'no-verify-ssl', help: 'Do not verify TLS certificates.' },
  {
    name: 'ca-bundle',
    value: '<file>',
    help: "Trust these certificates (PEM): for AWS instead of the usual ones, for an XKS proxy in addition to AWS's list of CAs.",
  },
  {
    name: 'cli-read-timeout',
    value: '<seconds>',
    help: 'Wait this long for an answer, at most 300; 0: 300. (default: 30, and 5 for Describe)',
  },
  {
    name: 'cli-connect-timeout',
    value: '<seconds>',
    help: 'Wait this long for a connection; 0: no limit. (default: 5)',
  },
  { name: 'no-sign-request', help: 'Send unsigned requests, without credentials.' },
] as const satisfies readonly OptionRow[];

export const awsInput = {
  heading: 'Input, as for aws kms (a value may be file://FILE):',
  rows: [
    {
      name: 'cli-input-json',
      value: '<json>',
      help: 'Read the input from JSON. Options override its members.',
      isDaily: true,
    },
    { name: 'cli-input-yaml', value: '<yaml>', help: 'Read the input from YAML. Not together with --cli-input-json.' },
    {
      name: 'generate-cli-skeleton',
      value: '[word]',
      help: 'Print a sample of the input (input, yaml-input) or of the output (output), and call nothing.',
      isDaily: true,
    },
    {
      name: 'cli-binary-format',
      value: '<format>',
      help: 'Accept base64 or raw-in-base64-out. It has no effect: no input here is binary.',
    },
    { name: 'cli-auto-prompt', help: 'Ask for the options in a dialog.' },
    { name: 'no-cli-auto-prompt', help: 'Never ask for options.' },
  ],
} as const satisfies OptionGroup;

/** `--output` has the formats of the AWS CLI here. */
export const awsOutput = {
  heading: 'Output, as of aws kms:',
  rows: [
    {
      name: 'output',
      value: '<format>',
      help: 'Print json, text, table, yaml or yaml-stream. (default: that of the AWS configuration, else json)',
      isDaily: true,
    },
    { name: 'query', value: '<jmespath>', help: 'Print only this part of the output.', isDaily: true },
    { name: 'color', value: '<when>', help: 'Color tables: on, off or auto. (default: auto)' },
    { name: 'no-cli-pager', help: 'Use no pager. It has no effect: cks never uses one.' },
    { name: 'debug', help: 'Write a log, as --log-level debug does.' },
    { name: 'result-file', value: '<file>', help: 'Write the JSON result of cks to this file.' },
  ],
} as const satisfies OptionGroup;

/** Describe has no result of cks. */
export const awsLookOutput = {
  ...awsOutput,
  rows: awsOutput.rows.filter((row) => row.name !== 'result-file'),
} as const satisfies OptionGroup;

export const awsPages = {
  heading: 'Which stores:',
  rows: [
    { name: 'custom-key-store-id', value: '<id>', help: 'Show the store with this id.', isDaily: true },
    { name: 'custom-key-store-name', value: '<name>', help: 'Show the store with this name.', isDaily: true },
    { name: 'limit', value: '<n>', help: 'Show one page of at most this many stores.' },
    { name: 'marker', value: '<marker>', help: 'Show the page at this NextMarker of an earlier answer.' },
    { name: 'page-size', value: '<n>', help: 'Request this many stores in one call.' },
    {
      name: 'max-items',
      value: '<n>',
      help: 'Show at most this many stores. To continue, pass the NextToken of the output as --starting-token.',
      isDaily: true,
    },
    { name: 'starting-token', value: '<token>', help: 'Continue at this NextToken of an earlier answer.' },
    { name: 'no-paginate', help: 'Make one call, and show the first page as KMS returns it.' },
  ],
} as const satisfies OptionGroup;

export const awsWait = {
  heading: 'Waiting:',
  rows: [
    {
      name: 'wait',
      help: 'Wait until the store is CONNECTED or DISCONNECTED. (default: exit at once, as aws kms does)',
      isDaily: true,
    },
  ],
} as const satisfies OptionGroup;
