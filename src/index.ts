/** The public names of the library. */

export type { AssumedRole } from './aws/assume-role.ts';
export type { Place } from './aws/place.ts';
export { type IamPolicy, makeIamPolicy, type PolicyOptions } from './checks/iam-policy.ts';
export type { JournalError } from './disk/journal/errors.ts';
export type { JournalLine } from './disk/journal/format.ts';
export type { Change, ChangeValue, CredentialReference, Finding, SecretReference } from './domain/change.ts';
export type { CheckFinding } from './domain/checks.ts';
export type { Assessment } from './domain/consent.ts';
export type { SwitchPlan } from './domain/dead-mans-switch.ts';
export type { Diagnosis } from './domain/diagnosis.ts';
export type { Failure, Reason } from './domain/failure.ts';
export type { Impact, KeyImpact, KeyUser, ServiceConsequence, UseOfKey } from './domain/impact/impact.ts';
export type { ConnectionState, CustomKeyStoreType, KeyStore, Settings } from './domain/key-store.ts';
export type { KeyTest, KeyUse } from './domain/key-test.ts';
export type {
  Canary,
  CanaryRound,
  Exposure,
  FailedKeys,
  KeyVerification,
  Preparation,
} from './domain/key-verification.ts';
export {
  type Calls,
  type LeftSwitch,
  type Operation,
  type Outcome,
  outcomes,
  type RunResult,
  type SettingsInForce,
} from './domain/outcome.ts';
export type { Plan, PlannedChange } from './domain/plan.ts';
export type { TrialConnectPlan } from './domain/plan-trial-connect.ts';
export { type FinalState, type Mode, type Policy, type Risk, risks } from './domain/policy.ts';
export { type PropertyName, properties, type SettingName } from './domain/properties.ts';
export type { ReportedLockOwner } from './domain/safeguards.ts';
export type { StoreKeyTest, TestedKey } from './domain/store-key-test.ts';
export type { Opening, PlannedWindow } from './domain/window.ts';
export { type ApplyOptions, applyPlan } from './library/apply-plan.ts';
export type { CanaryOptions, CanaryResult } from './library/canaries.ts';
export type { CanaryKeyOptions, CanaryKeyResult } from './library/canary-key.ts';
export { describeStores } from './library/describe-stores.ts';
export { type DoctorOptions, type DoctorResult, diagnoseStore } from './library/doctor.ts';
export {
  checkCanaries,
  createCanaries,
  createCanaryKey,
  findKnownRuns,
  findLongOutages,
  listRuns,
  pruneRuns,
  readRun,
  reportRun,
  resumeRun,
  rollBackRun,
  stopRun,
} from './library/earlier-runs.ts';
export { type Followed, followEvents } from './library/follow-events.ts';
export { findImpact, type ImpactGap, type ImpactOptions, type ImpactResult } from './library/impact.ts';
export type { FoundRuns, KnownRun } from './library/known-runs.ts';
export type { OnFailure, RunOptions, SafeUpdateOptions, WaitLimits } from './library/options.ts';
export type { LongOutage, LongOutages, OutageOptions } from './library/outages.ts';
export { type CheckedStore, checkStore, planUpdate, savePlan } from './library/plan-update.ts';
export type { RunSummary, Runs } from './library/runs.ts';
export type { SavedPlan } from './library/saved-plan.ts';
export type { StopAnswer, StopOptions } from './library/stop-run.ts';
export { reconnectStore, updateStore } from './library/update-store.ts';
export type { ConnectionOptions } from './library/wiring/connection.ts';
export type { ResumeOptions } from './library/wiring/earlier-run.ts';
export type { Notify, NotifyOptions } from './library/wiring/notify.ts';
export type { Answer, Approver } from './ports/approver.ts';
export type { Check } from './ports/checks.ts';
export type { KeyVerifier, PrepareTerms } from './ports/key-verifier.ts';
export type { Reply } from './ports/kms.ts';
export type { Logger, LogMethod } from './ports/logger.ts';
export type { Notification, NotificationTarget } from './ports/notifications.ts';
export type { HeldStore, OperatorPrompt, Release } from './ports/operator-prompt.ts';
export type { Progress, ProgressEvent } from './ports/progress.ts';
export { createLogger, type LogOptions } from './progress/logger.ts';
export type { RunMetrics } from './progress/metrics.ts';
export type { RunReport } from './report/model.ts';
export { InvalidInputError, UnfinishedRunError } from './run/errors.ts';
export type { UpdatePlan } from './run/plan-update.ts';
export type { ChangeInput, CredentialInput } from './run/prepare.ts';
