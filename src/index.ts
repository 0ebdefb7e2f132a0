/** The public names of the library. */
export type { CheckFinding } from './domain/checks.ts';
export type { Assessment } from './domain/consent.ts';
export type { Reason } from './domain/failure.ts';
export type { ConnectionState, CustomKeyStoreType, KeyStore, Settings } from './domain/key-store.ts';
export { type Outcome, outcomes, type RunResult } from './domain/outcome.ts';
export type { PlannedChange } from './domain/plan.ts';
export { type FinalState, type Path, type Policy, type Risk, risks } from './domain/policy.ts';
export type { Proof } from './domain/proof.ts';
export { type PropertyName, properties } from './domain/properties.ts';
export { describeStores, planUpdate, reconnect, type SafeUpdateOptions, safeUpdate } from './library.ts';
export type { Answer, Approver } from './ports/approver.ts';
export type { Check } from './ports/checks.ts';
export type { Progress, ProgressEvent } from './ports/progress.ts';
export type { Prover } from './ports/proof.ts';
export { createLogger } from './progress/logger.ts';
export { InvalidInputError, UnfinishedRunError } from './run/errors.ts';
export type { UpdatePlan } from './run/plan-update.ts';
export type { ChangeInput, CredentialInput } from './run/prepare.ts';
