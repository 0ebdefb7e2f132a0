/** The options about what stands around a run: where it is kept, how AWS is reached, and who is informed. */
import { reachRows } from '../aws/options.ts';
import type { OptionGroup } from './option-row.ts';

export const journal = {
  heading: 'Journal:',
  rows: [
    {
      name: 'state-dir',
      value: '<folder>',
      help: "Keep journals in this folder. (default: CKS_STATE_DIR, else the platform's folder for program state)",
    },
    { name: 'no-journal', help: 'Keep no journal. An interrupted run then cannot be resumed.' },
  ],
} as const satisfies OptionGroup;

export const lock = {
  heading: 'Lock:',
  rows: [
    {
      name: 'lock-table',
      value: '<table>',
      help: 'Lock the store on all machines with this DynamoDB table (name or ARN). (default: CKS_LOCK_TABLE, else this machine only)',
    },
  ],
} as const satisfies OptionGroup;

export const connection = {
  heading: 'AWS:',
  rows: [
    {
      name: 'region',
      value: '<region>',
      help: 'Use this AWS Region. (default: that of the environment or the profile)',
      isDaily: true,
    },
    { name: 'profile', value: '<name>', help: 'Use this profile of the AWS configuration.', isDaily: true },
    { name: 'endpoint-url', value: '<url>', help: 'Use another endpoint for KMS, such as that of cks simulator.' },
    ...reachRows,
  ],
} as const satisfies OptionGroup;

export const account = {
  heading: 'AWS:',
  rows: [
    {
      name: 'expect-account',
      value: '<id>',
      help: 'Refuse to run if the credentials belong to another account.',
    },
  ],
} as const satisfies OptionGroup;

export const output = {
  heading: 'Output:',
  rows: [
    {
      name: 'output',
      value: '<format>',
      help: 'Print text or json. (default: text on a terminal, else json)',
      isDaily: true,
    },
    { name: 'result-file', value: '<file>', help: 'Also write the JSON result to this file.' },
  ],
} as const satisfies OptionGroup;

/** For a plan and its checks. */
export const verboseOutput = {
  heading: output.heading,
  rows: [
    ...output.rows,
    { name: 'verbose', help: 'Also show each step, and the evidence of each check.', isDaily: true },
  ],
} as const satisfies OptionGroup;

/** For runs: who else is informed. */
export const notifications = {
  heading: 'Notifications and metrics:',
  rows: [
    {
      name: 'notify',
      value: '<target>',
      help: 'Send outages, holds and the outcome to eventbridge:BUS, sns:ARN, or an https:// URL (POST of JSON). May be repeated.',
      repeatable: true,
    },
    {
      name: 'notify-events',
      value: '<which>',
      help: 'Send notable events, or all that --progress json shows. (default: notable)',
    },
    {
      name: 'notify-secret',
      value: '<reference>',
      help: 'Sign requests to URLs (x-cks-signature: HMAC-SHA256) with this secret: env:NAME, file:PATH or secretsmanager:ARN.',
    },
    {
      name: 'log-metrics',
      help: 'End the log with a line of CloudWatch metrics (EMF): OfflineMs, and Runs by Outcome.',
    },
  ],
} as const satisfies OptionGroup;

export const progress = {
  heading: 'Progress and log:',
  rows: [
    {
      name: 'progress',
      value: '<format>',
      help: 'Show progress on standard error as text, json (one event per line) or none. (default: text)',
    },
    {
      name: 'log-level',
      value: '<level>',
      help: 'Write a log: trace, debug, info, warn, error or silent. (default: no log)',
    },
    { name: 'log-file', value: '<file>', help: 'Write the log to this file. (default: standard error)' },
  ],
} as const satisfies OptionGroup;
