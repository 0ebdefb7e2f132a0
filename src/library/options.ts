/** What a caller may say about a run beyond the change itself. */

import { checkNames } from '../checks/rights.ts';
import type { Policy } from '../domain/policy.ts';
import { trialConnectCheck } from '../domain/trial-connect.ts';
import type { Approver } from '../ports/approver.ts';
import type { Check } from '../ports/checks.ts';
import type { KeyVerifier } from '../ports/key-verifier.ts';
import type { OperatorPrompt } from '../ports/operator-prompt.ts';
import type { Progress } from '../ports/progress.ts';
import type { RunMetrics } from '../progress/metrics.ts';
import { InvalidInputError } from '../run/errors.ts';
import type { UpdateInput } from '../run/prepare.ts';
import type { ConnectionOptions } from './connection.ts';
import { type Notify, requireNotify } from './notify.ts';
import { resolveWindow } from './window.ts';

export interface RunOptions extends ConnectionOptions {
  /** The first abort asks for a stop; it never interrupts a call that changes the store. */
  readonly signal?: AbortSignal;
  readonly onProgress?: Progress;
  /** Who is told of the run elsewhere, such as `sns:ARN`. The run waits for nobody, but for some seconds at its end. */
  readonly notify?: readonly Notify[];
  /** Told once for each of them to whom a notice was lost, with a sentence for people. The log says it too. */
  readonly onNotificationLost?: (problem: string) => void;
  /**
   * Gets how the run ended in the embedded metric format: written as a line of JSON into a log of CloudWatch it becomes the
   * metrics `OfflineMs`, and `Runs` by `Outcome`.
   */
  readonly onMetrics?: (metrics: RunMetrics) => void;
  /** Asked before the first write. Without one, the risks in `accept` alone decide. */
  readonly approver?: Approver;
  /** Asked when the run waits for the operator. Without one it breaks off there, to be resumed. */
  readonly operatorPrompt?: OperatorPrompt;
  /** Looks before the first write; each may refuse the run. */
  readonly checks?: readonly Check[];
  /**
   * Where a proxy of external keys is reached from here, if not at its endpoint: endpoint -> `HOST:PORT`, with TLS for the
   * endpoint's name, or a URL that begins with http:// for one without TLS. `old` and `new` in the place of an endpoint are
   * the one in force and the one that is asked for, where both have one name.
   */
  readonly xksProxyConnectTo?: Readonly<Record<string, string>>;
  readonly keyVerifier?: KeyVerifier;
  /** Refuses the run where the credentials are not those of this account, or nobody knows whose they are. */
  readonly expectAccount?: string;
  /** Keep a journal on disk, from which the run can be resumed. Default true. */
  readonly journal?: boolean;
  /** Where journals are kept; default `CKS_STATE_DIR`, else the platform's folder for the state of programs. */
  readonly stateDirectory?: string;
  /** Gets each line of the journal that a failing disk did not take. Default: standard error. */
  readonly onJournalLost?: (line: string) => void;
  /**
   * Shorter deadlines for this process alone: past them it ends with the store still moving. They are no part of the order,
   * and whoever goes on with the run waits as that has it.
   */
  readonly waitLimits?: WaitLimits;
}

export type WaitLimits = Partial<Pick<Policy, 'maxDisconnectWaitMs' | 'maxConnectWaitMs'>>;

/** `ask`: hold where there is a holder to ask, else roll back. */
export type OnFailure = Policy['onFailure'] | 'ask';

export interface SafeUpdateOptions extends Omit<UpdateInput, 'onFailure' | 'window'>, RunOptions {
  /** What follows a failure while the store is offline. Default `ask`. */
  readonly onFailure?: OnFailure;
  /**
   * Begin in this maintenance window, such as `Sun 02:00-04:00 Europe/Berlin`, and only what can be expected to end in it.
   * Until it opens the run waits, and keeps nobody out.
   */
  readonly window?: string;
}

export function resolveOnFailure({
  onFailure = 'ask',
  operatorPrompt,
}: Pick<SafeUpdateOptions, 'onFailure' | 'operatorPrompt'>) {
  if (onFailure !== 'ask') return onFailure;
  return operatorPrompt ? 'hold' : 'rollback';
}

/** What is said in words that only hold here and now. @throws {InvalidInputError} */
export async function resolveWords({ window, ...options }: SafeUpdateOptions): Promise<UpdateInput> {
  return { ...options, onFailure: resolveOnFailure(options), ...(await resolveWindow(window)) };
}

const known: Readonly<Record<keyof SafeUpdateOptions, true>> = {
  customKeyStoreId: true,
  change: true,
  previous: true,
  intent: true,
  mode: true,
  finalState: true,
  onFailure: true,
  holdOffline: true,
  holdTimeoutMs: true,
  trialConnect: true,
  accept: true,
  skipChecks: true,
  canaryKeys: true,
  requireKeyVerification: true,
  bakeTimeMs: true,
  maxDisconnectWaitMs: true,
  maxConnectWaitMs: true,
  window: true,
  outageBudgetMs: true,
  deadMansSwitch: true,
  region: true,
  profile: true,
  endpoint: true,
  verifySsl: true,
  trusted: true,
  readTimeoutMs: true,
  connectTimeoutMs: true,
  signRequests: true,
  role: true,
  client: true,
  lockTable: true,
  logger: true,
  signal: true,
  onProgress: true,
  notify: true,
  onNotificationLost: true,
  onMetrics: true,
  approver: true,
  operatorPrompt: true,
  checks: true,
  xksProxyConnectTo: true,
  keyVerifier: true,
  expectAccount: true,
  journal: true,
  stateDirectory: true,
  onJournalLost: true,
  waitLimits: true,
};

/** @throws {InvalidInputError} where nobody could clear away what a trial connect leaves. */
export function requireJournal({ trialConnect }: Pick<Policy, 'trialConnect'>, { journal }: RunOptions): void {
  if (!trialConnect || journal !== false) return;
  throw new InvalidInputError(
    '--trial-connect needs the journal: if the run is interrupted, cks resume deletes the trial store',
  );
}

/** Callers in plain JavaScript have no compiler: `acept` must not pass for an option that was left out. */
export function requireKnownOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw new InvalidInputError('the options are missing');
  const stranger = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (stranger !== undefined) throw new InvalidInputError(`unknown option ${stranger}`);
  const { notify, skipChecks, checks } = options as Partial<SafeUpdateOptions>;
  requireNotify(notify);
  requireKnownChecks(skipChecks, checks);
}

/** A check that is skipped by a wrong name is not skipped. @throws {InvalidInputError} */
export function requireKnownChecks(skipped: unknown, own: RunOptions['checks'] = []): void {
  const names: readonly string[] = [...checkNames, trialConnectCheck, ...own.map(({ name }) => name)];
  const unknown = Array.isArray(skipped) ? skipped.find((name) => !names.includes(name)) : undefined;
  if (unknown === undefined) return;
  throw new InvalidInputError(`skipChecks: unknown check ${JSON.stringify(unknown)}; expected ${names.join(', ')}`);
}
