/** The options about what stands around a run: where it is kept, how AWS is reached, and who is told what. */
import { reachRows } from './aws/options.ts';
import type { OptionGroup } from './option-row.ts';

export const journal: OptionGroup = {
  heading: 'Journal:',
  rows: [
    { name: 'state-dir', value: '<folder>', help: 'Where journals are kept; else CKS_STATE_DIR or the usual place.' },
    { name: 'no-journal', help: 'Keep none: a run that is killed cannot be resumed then.' },
  ],
};

export const lock: OptionGroup = {
  heading: 'Lock:',
  rows: [
    {
      name: 'lock-table',
      value: '<table>',
      help: 'Keep out other machines too, with this DynamoDB table (name or ARN); else CKS_LOCK_TABLE, else this machine alone.',
    },
  ],
};

export const connection: OptionGroup = {
  heading: 'AWS:',
  rows: [
    { name: 'region', value: '<region>', help: 'AWS Region; else the environment or the profile decides.' },
    { name: 'profile', value: '<name>', help: 'Profile of the AWS configuration.' },
    { name: 'endpoint-url', value: '<url>', help: 'Another endpoint for KMS, such as that of cks simulator.' },
    ...reachRows,
  ],
};

export const account: OptionGroup = {
  heading: 'AWS:',
  rows: [
    { name: 'expect-account', value: '<id>', help: 'Refuse where the credentials are not those of this account.' },
  ],
};

export const output: OptionGroup = {
  heading: 'Output:',
  rows: [
    { name: 'output', value: '<format>', help: 'text or json. (default: text on a terminal, else json)' },
    { name: 'result-file', value: '<file>', help: 'Write the JSON result to a file as well.' },
  ],
};

/** For a plan and its checks. */
export const verboseOutput: OptionGroup = {
  heading: output.heading,
  rows: [...output.rows, { name: 'verbose', help: 'Also show each step, and each check with what it looked at.' }],
};

/** For runs: who else is informed. */
export const notifications: OptionGroup = {
  heading: 'Notices and metrics:',
  rows: [
    {
      name: 'notify',
      value: '<where>',
      help: 'Tell of outages, holds and the end: eventbridge:BUS, sns:ARN, or a URL with https:// that takes a POST of JSON. May be repeated.',
      repeatable: true,
    },
    { name: 'notify-events', value: '<which>', help: 'notable, or all that --progress json shows. (default: notable)' },
    {
      name: 'notify-secret',
      value: '<reference>',
      help: 'Sign what is posted to URLs (x-cks-signature: HMAC-SHA256): env:NAME, file:PATH or secretsmanager:ARN.',
    },
    {
      name: 'log-metrics',
      help: 'End the log with a line that CloudWatch turns into metrics (EMF): OfflineMs, and Runs by Outcome.',
    },
  ],
};

export const progress: OptionGroup = {
  heading: 'Progress and log:',
  rows: [
    {
      name: 'progress',
      value: '<format>',
      help: 'text, json (a line an event) or none, on standard error. (default: text)',
    },
    { name: 'log-level', value: '<level>', help: 'trace, debug, info, warn, error or silent. (default: no log)' },
    { name: 'log-file', value: '<file>', help: 'Where the log goes. (default: standard error)' },
  ],
};
