/** What a caller may say about a run beyond the change itself. */
import type { InspectionEvent } from 'xstate';
import { checkNames } from '../checks/rights.ts';
import type { Policy } from '../domain/policy.ts';
import { mapPolicy, type PolicyForm } from '../domain/policy-options.ts';
import { trialConnectCheck } from '../domain/trial-connect.ts';
import type { Approver } from '../ports/approver.ts';
import type { Check } from '../ports/checks.ts';
import type { KeyVerifier } from '../ports/key-verifier.ts';
import type { OperatorPrompt } from '../ports/operator-prompt.ts';
import type { Progress } from '../ports/progress.ts';
import type { RunMetrics } from '../progress/metrics.ts';
import { InvalidInputError } from '../run/errors.ts';
import type { UpdateInput } from '../run/prepare.ts';
import { type ConnectionOptions, connectionOptions } from './wiring/connection.ts';
import {
  abortSignal,
  type Expected,
  type ExpectedOptions,
  either,
  flag,
  list,
  listener,
  milliseconds,
  object,
  requireOptions,
  text,
  textMap,
  texts,
  withMethods,
} from './wiring/expected.ts';
import { type Notify, requireNotify } from './wiring/notify.ts';
import { resolveWindow } from './wiring/window.ts';

export interface RunOptions extends ConnectionOptions {
  /**
   * Abort it to stop the run at the next safe place. A stop never interrupts a call that changes the store.
   *
   * @default none
   * @example AbortSignal.timeout(600_000)
   */
  readonly signal?: AbortSignal;
  /**
   * Receives every event of the run. See `followEvents` for an async iterator.
   *
   * @default none
   * @example (event) => console.log(event.type)
   */
  readonly onProgress?: Progress;
  /**
   * Receives the inspection events of the run's XState machine. They hold no secret. An error that it throws is ignored.
   *
   * @default none
   * @example (event) => event.type === '@xstate.snapshot' && console.log(event.snapshot)
   */
  readonly inspect?: (event: InspectionEvent) => void;
  /**
   * Where to send notifications. The run does not wait for them, except for some seconds at its end.
   *
   * @default []
   * @example ['sns:arn:aws:sns:eu-central-1:111122223333:kms-changes']
   */
  readonly notify?: readonly Notify[];
  /**
   * Called once for each target that a notification did not reach, with a sentence for people. The log says it too.
   *
   * @default none
   */
  readonly onNotificationLost?: (problem: string) => void;
  /**
   * Receives the end of the run in the embedded metric format. As a line of JSON in a CloudWatch log it becomes the metrics
   * `OfflineMs`, and `Runs` by `Outcome`.
   *
   * @default none
   * @example (metrics) => process.stdout.write(`${JSON.stringify(metrics)}\n`)
   */
  readonly onMetrics?: (metrics: RunMetrics) => void;
  /**
   * Asked before the first write.
   *
   * @default none: the risks in `accept` alone decide
   */
  readonly approver?: Approver;
  /**
   * Asked when the run waits for the operator.
   *
   * @default none: the run ends there unfinished, and can be resumed
   */
  readonly operatorPrompt?: OperatorPrompt;
  /**
   * Your own checks. Each one runs before the first write, and refuses the run if it fails.
   *
   * @default []
   * @example [{ name: 'change-freeze', run: async () => ({ status: 'failed', message: 'no changes today' }) }]
   */
  readonly checks?: readonly Check[];
  /**
   * Where this machine reaches an external key store proxy, if not at its endpoint. The key is an endpoint, or `old` (in
   * force) or `new` (requested). The value is `HOST:PORT`, with TLS for the endpoint's name, or `http://HOST:PORT` without TLS.
   *
   * @default {}
   * @example { 'https://xks.example.com': '127.0.0.1:8443' }
   */
  readonly xksProxyConnectTo?: Readonly<Record<string, string>>;
  /**
   * Verifies the keys of the store in its own way.
   *
   * @default one that decrypts canaries with KMS
   */
  readonly keyVerifier?: KeyVerifier;
  /**
   * Refuse the run if the credentials are of another account, or of an unknown one.
   *
   * @default any account
   * @example '111122223333'
   */
  readonly expectAccount?: string;
  /**
   * Keep a journal on disk, from which the run can be resumed.
   *
   * @default true
   */
  readonly journal?: boolean;
  /**
   * The folder of the journals.
   *
   * @default `CKS_STATE_DIR`, else the folder of the platform for the state of programs
   */
  readonly stateDirectory?: string;
  /**
   * Receives each line of the journal that could not be written.
   *
   * @default standard error
   */
  readonly onJournalLost?: (line: string) => void;
  /**
   * Shorter waits in this process, in milliseconds. After them the run ends while the store still changes. They are not part
   * of the request: a resume waits as the request says.
   *
   * @default the waits of the request
   * @example { maxConnectWaitMs: 240_000 }
   */
  readonly waitLimits?: WaitLimits;
}

export type WaitLimits = Partial<Pick<Policy, 'maxDisconnectWaitMs' | 'maxConnectWaitMs'>>;

/** `ask`: hold if there is an operator prompt, else roll back. */
export type OnFailure = Policy['onFailure'] | 'ask';

export interface SafeUpdateOptions extends Omit<UpdateInput, 'onFailure' | 'window'>, RunOptions {
  /**
   * What happens after a failure while the store is offline.
   *
   * @default 'ask'
   */
  readonly onFailure?: OnFailure;
  /**
   * Wait for this maintenance window, and start only if the update should finish within it. A run that waits locks no store.
   *
   * @default none: start at once
   * @example 'Sun 02:00-04:00 Europe/Berlin'
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

export const runOptions: ExpectedOptions<RunOptions> = {
  ...connectionOptions,
  signal: abortSignal,
  onProgress: listener,
  inspect: listener,
  notify: list,
  onNotificationLost: listener,
  onMetrics: listener,
  approver: withMethods('ask'),
  operatorPrompt: withMethods('wait'),
  checks: list,
  xksProxyConnectTo: textMap,
  keyVerifier: withMethods('prepare', 'tryKeys', 'useKeys', 'feel'),
  expectAccount: text,
  journal: flag,
  stateDirectory: text,
  onJournalLost: listener,
  waitLimits: object,
};

const expectedForms: Readonly<Record<PolicyForm, Expected>> = {
  word: text,
  flag,
  flagOrOnly: either(flag, text),
  duration: milliseconds,
  durationOrZero: milliseconds,
  texts,
  risks: texts,
  role: text,
  window: text,
};

const updateOptions: ExpectedOptions<SafeUpdateOptions> = {
  ...runOptions,
  customKeyStoreId: text,
  change: object,
  previous: object,
  ...mapPolicy((_, form) => expectedForms[form]),
};

/** @throws {InvalidInputError} if no resume could delete the trial store of an interrupted trial connect. */
export function requireJournal({ trialConnect }: Pick<Policy, 'trialConnect'>, { journal }: RunOptions): void {
  if (!trialConnect || journal !== false) return;
  throw new InvalidInputError(
    '--trial-connect needs the journal: if the run is interrupted, cks resume deletes the trial store',
  );
}

/** `acept` must not pass for an option that was left out. @throws {InvalidInputError} before anything is opened. */
export function requireKnownOptions(options: unknown): void {
  requireOptions(options, updateOptions);
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
