/** Which options each command takes; help and parsing follow from it. */
import { awsInput, awsLookOutput, awsOutput, awsPages, awsWait } from '../aws/options.ts';
import {
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
import { type OptionGroup, type OptionRow, only, without } from './option-row.ts';
import {
  age,
  canaryKeys,
  demo,
  impactOutput,
  newKey,
  outages,
  planFile,
  policy,
  report,
  rollback,
  simulator,
} from './own-options.ts';
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
    planFile,
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
  impact: [store, impactOutput, connection, onlyLog],
  describe: [store, ...reading],
  reconnect: [store, onFailure, consent, checksInForce, ...course, output, progress, notifications],
  resume: [corrections, rollback, consent, checks, stateFolder, ...earlierRun],
  rollback: [consent, checks, stateFolder, ...earlierRun],
  'runs list': [stateFolder, lock, connection, output],
  'runs show': [stateFolder, output],
  'runs report': [report, stateFolder],
  'runs prune': [age, stateFolder, output],
  'runs check': [outages, stateFolder, lock, connection, output],
  stop: [stateFolder, lock, connection, output],
  apply: [without(consent, 'skip-check'), checks, journal, ...earlierRun],
  'canary create': [store, canaryKeys, stateFolder, ...reading],
  'canary check': [store, stateFolder, ...reading],
  'canary key create': [store, newKey, stateFolder, ...reading],
  completion: [],
  'iam-policy': [policy],
  'update-custom-key-store': [storeAlone, properties, awsInput, awsOutput, mode, onFailure, ...behindLongNames],
  'describe-custom-key-stores': [awsPages, awsInput, awsLookOutput, connection, onlyLog],
  'connect-custom-key-store': [storeAlone, awsWait, awsInput, awsOutput, onFailure, ...behindLongNames],
  'disconnect-custom-key-store': [storeAlone, awsWait, awsInput, awsOutput, onFailure, ...behindLongNames],
  simulator: [simulator],
  demo: [demo],
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
