/** An earlier run as a resume or a rollback finds it: its journal, the way to its store, the secrets that it still needs. */
import type { Context, Input } from '../../../machines/safe-update/index.ts';
import { JournalError } from '../../disk/journal/errors.ts';
import { runsFolder, stateFolder } from '../../disk/journal/folders.ts';
import type { JournalContents } from '../../disk/journal/parse.ts';
import { readJournal } from '../../disk/journal/shelf.ts';
import { type Change, changedNames, secretReference } from '../../domain/change.ts';
import type { RunResult } from '../../domain/outcome.ts';
import { ResumeStateError } from '../../domain/parse-resume-state.ts';
import type { Risk } from '../../domain/policy.ts';
import { optionName } from '../../domain/properties.ts';
import { explainReason } from '../../domain/reasons.ts';
import type { ResumeState } from '../../domain/resume-state.ts';
import { systemClock } from '../../hosts/system-clock.ts';
import { SecretUnavailableError, type Vault } from '../../ports/secrets.ts';
import { InvalidInputError } from '../../run/errors.ts';
import type { ChangeInput } from '../../run/prepare.ts';
import { readResumeState } from '../../run/read-resume-state.ts';
import { findLastSeen, recall } from '../../run/recall.ts';
import { refuse } from '../../run/report.ts';
import { type RunOptions, runOptions } from '../options.ts';
import { type Connection, connect } from './connection.ts';
import { type ExpectedOptions, flag, listener, object, requireOptions, text, texts } from './expected.ts';
import { requireNotify } from './notify.ts';

export interface ResumeOptions extends Omit<RunOptions, 'journal' | 'region'> {
  /** Id of the earlier run. */
  readonly runId: string;
  /**
   * New values instead of wrong ones, and secrets that have moved.
   *
   * @default {}
   * @example { KeyStorePassword: 'env:NEW_PASSWORD' }
   */
  readonly change?: ChangeInput;
  /**
   * Accepted risks, by name, beside those of the earlier run.
   *
   * @default []
   * @example ['login']
   */
  readonly accept?: readonly Risk[];
  /**
   * What the run is on hold for is done. A change says so too.
   *
   * @default false: the operator prompt is asked
   */
  readonly isDone?: boolean;
  /**
   * Roll back, instead of continuing with the new settings.
   *
   * @default false
   */
  readonly rollBack?: boolean;
  /**
   * Returns a secret that the run needs and that is no longer where it was.
   *
   * @default none: the resume is refused
   * @example async (property) => await readPassword(property)
   */
  readonly askSecret?: (what: string) => Promise<string>;
}

/** What its journal tells of an earlier run. */
export interface Earlier {
  readonly folder: string;
  readonly contents: JournalContents;
  readonly input: Input;
  /** What it has left; null if nothing that changes the store can have been sent. */
  readonly left: ResumeState | null;
  /** The same, in the form in which a run reports. */
  readonly context: Context;
}

// With those that an earlier run has settled: callers may hand on the options of all their runs.
const resumeOptions: ExpectedOptions<ResumeOptions & RunOptions> = {
  ...runOptions,
  runId: text,
  change: object,
  accept: texts,
  isDone: flag,
  rollBack: flag,
  askSecret: listener,
};

/** @throws {JournalError} when its journal cannot be read or trusted. */
export async function openEarlier(options: ResumeOptions): Promise<Earlier> {
  requireOptions(options, resumeOptions);
  const { runId, stateDirectory, notify } = options;
  requireNotify(notify);
  const folder = runsFolder(stateFolder(stateDirectory));
  const contents = await readJournal(folder, runId);
  const input = contents.header.input as Input;
  const left = readLeft(input, contents);
  return { folder, contents, input, left, context: recall(input, left, findLastSeen(contents.records, input.runId)) };
}

function readLeft(input: Input, { records }: JournalContents): ResumeState | null {
  try {
    return readResumeState(input, records, systemClock.now());
  } catch (error) {
    if (!(error instanceof ResumeStateError)) throw error;
    throw new JournalError(error.isNewer ? 'newer' : 'broken', error.message);
  }
}

/** The same place as before, unless the caller names another way there. */
export function reach({ header }: JournalContents, options: ResumeOptions): Promise<Connection> {
  const { region, endpoint, profile, lockTable } = header;
  const course = {
    ...(endpoint ? { endpoint } : {}),
    ...(profile ? { profile } : {}),
    ...(lockTable ? { lockTable } : {}),
  };
  return connect({ region, ...course, ...options });
}

/** Refused where these are other credentials than the run's: in another account the store is another one, or none. */
export async function findUnknownOption(connection: Connection, context: Context): Promise<RunResult | undefined> {
  const { account } = context.place;
  const now = await connection.findAccount();
  if (account === 'unknown' || now === 'unknown' || account === now) return undefined;
  return refuse(context, explainReason('OTHER_ACCOUNT', { detail: `${now}, not ${account}` }));
}

export async function requireSecrets(change: Change, vault: Vault, { askSecret }: ResumeOptions): Promise<void> {
  for (const name of changedNames(change)) {
    const reference = secretReference(change, name);
    if (reference === undefined) continue;
    try {
      await vault.resolve(reference);
    } catch (error) {
      if (!(error instanceof SecretUnavailableError)) throw error;
      // The earlier run has found it there, so the reference cannot be the secret itself.
      if (!askSecret)
        throw new InvalidInputError(
          `the secret of ${name} (${reference}) is still needed, and ${error.message}: restore it, or give it with --${optionName(name)}`,
        );
      vault.replace(reference, await askSecret(name));
    }
  }
}
