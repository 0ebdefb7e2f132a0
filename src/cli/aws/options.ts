/** The options that `aws kms` has and our own commands have not. */
import type { OptionGroup, OptionRow } from '../option-row.ts';

/** Of every command: how AWS is reached. */
export const reachRows: readonly OptionRow[] = [
  { name: 'no-verify-ssl', help: 'Take whatever certificate is shown.' },
  {
    name: 'ca-bundle',
    value: '<file>',
    help: "Certificates (PEM) to trust: for AWS, in place of the usual ones; for an XKS proxy, beside AWS's list of CAs.",
  },
  {
    name: 'cli-read-timeout',
    value: '<seconds>',
    help: 'How long to wait for an answer, 300 at most; 0: as long as that. (default: 30, and 5 for Describe)',
  },
  {
    name: 'cli-connect-timeout',
    value: '<seconds>',
    help: 'How long to wait for a connection; 0: for ever. (default: 5)',
  },
  { name: 'no-sign-request', help: 'Send unsigned requests, and look for no credentials.' },
];

export const awsInput: OptionGroup = {
  heading: 'Input, as for aws kms (a value may be file://FILE):',
  rows: [
    { name: 'cli-input-json', value: '<json>', help: 'The input as JSON; options override its members.' },
    { name: 'cli-input-yaml', value: '<yaml>', help: 'The input as YAML; not beside --cli-input-json.' },
    {
      name: 'generate-cli-skeleton',
      value: '[word]',
      help: 'Call nothing, and print a sample: of the input (input, yaml-input), or of the output (output).',
    },
    {
      name: 'cli-binary-format',
      value: '<format>',
      help: 'base64 or raw-in-base64-out. No input here is binary, so it changes nothing.',
    },
    { name: 'cli-auto-prompt', help: 'Be led through the options.' },
    { name: 'no-cli-auto-prompt', help: 'Never be led.' },
  ],
};

/** `--output` has the formats of the AWS CLI here. */
export const awsOutput: OptionGroup = {
  heading: 'Output, as of aws kms:',
  rows: [
    {
      name: 'output',
      value: '<format>',
      help: 'json, text, table, yaml or yaml-stream. (default: that of the AWS configuration, else json)',
    },
    { name: 'query', value: '<jmespath>', help: 'What of the output to show.' },
    { name: 'color', value: '<when>', help: 'on, off or auto, for tables. (default: auto)' },
    { name: 'no-cli-pager', help: 'No pager is ever used.' },
    { name: 'debug', help: 'The same as --log-level debug.' },
    { name: 'result-file', value: '<file>', help: 'Write our own JSON result to a file.' },
  ],
};

/** Describe has no result of ours. */
export const awsLookOutput: OptionGroup = {
  ...awsOutput,
  rows: awsOutput.rows.filter(({ name }) => name !== 'result-file'),
};

export const awsPages: OptionGroup = {
  heading: 'Which stores:',
  rows: [
    { name: 'custom-key-store-id', value: '<id>', help: 'Only the one with this id.' },
    { name: 'custom-key-store-name', value: '<name>', help: 'Only the one with this name.' },
    { name: 'limit', value: '<n>', help: 'One page, of at most this many.' },
    { name: 'marker', value: '<marker>', help: 'One page, from the NextMarker of an earlier one.' },
    { name: 'page-size', value: '<n>', help: 'How many to ask for in one call.' },
    { name: 'max-items', value: '<n>', help: 'How many to show; the rest goes on from the NextToken then shown.' },
    { name: 'starting-token', value: '<token>', help: 'The NextToken to go on from.' },
    { name: 'no-paginate', help: 'One call: the first page as KMS answers it.' },
  ],
};

export const awsWait: OptionGroup = {
  heading: 'Waiting:',
  rows: [
    {
      name: 'wait',
      help: 'Wait until the store is settled. Without it the command ends at once, as that of AWS does.',
    },
  ],
};
