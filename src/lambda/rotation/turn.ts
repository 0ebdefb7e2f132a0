/** What every step of a rotation is handed. */
import type { KeyStore } from '../../domain/key-store.ts';
import type { RunResult } from '../../domain/outcome.ts';
import type { Policy, Risk } from '../../domain/policy.ts';
import type { Check } from '../../ports/checks.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeyVerifier } from '../../ports/key-verifier.ts';
import type { Keys } from '../../ports/keys.ts';
import type { Kms } from '../../ports/kms.ts';
import type { ProxyCredentials } from '../../ports/proxy-credentials.ts';
import type { XksProxy } from '../../ports/xks-proxy.ts';
import type { UpdateInput } from '../../run/prepare.ts';
import type { Deadline } from './deadline.ts';
import type { RotatedSecret } from './secret.ts';

export const rotationSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

export type RotationStep = (typeof rotationSteps)[number];

/** A run that is started for the rotation: it keeps no journal, as there is no disk that outlives it. */
export interface SettingsUpdate extends Omit<UpdateInput, 'window'> {
  readonly checks: readonly Check[];
  readonly keyVerifier?: KeyVerifier;
  readonly signal: AbortSignal;
}

/** The store of a secret, and how it is reached. */
export interface ReachedStore {
  readonly customKeyStoreId: string;
  readonly kms: Pick<Kms, 'describe' | 'list'>;
  /** KMS of other accounts and Regions whose stores may use the same proxy. */
  readonly otherPlaces: readonly Pick<Kms, 'list'>[];
  readonly keys: Keys;
  readonly proxy: XksProxy;
  /** Carries a run to its end. @throws what updateStore throws. */
  update(request: SettingsUpdate): Promise<RunResult>;
}

export interface RotationTerms extends Partial<Pick<Policy, 'canaryKeys' | 'skipChecks'>> {
  readonly accept: readonly Risk[];
  /** A rotation after which the keys could not be proven is refused before it sends anything. */
  readonly requireKeyVerification: boolean;
}

export interface Turn extends ReachedStore {
  readonly secret: RotatedSecret;
  /** The version that the rotation is about. */
  readonly token: string;
  readonly rotationToken?: string;
  readonly deadline: Deadline;
  readonly hook: ProxyCredentials;
  readonly clock: Clock;
  readonly random: () => number;
  readonly terms: RotationTerms;
}

export interface StepResult {
  /** `nothingToDo`: an earlier call did it. */
  readonly outcome: 'done' | 'nothingToDo';
  /** The store as it was last seen. */
  readonly store?: KeyStore;
  /** How far the keys are proven. */
  readonly keyVerification?: RunResult['keyVerification']['status'];
  /** AccessKeyIds that the proxy accepts no more, and those that it may still accept: the next rotation retires these. */
  readonly retired?: readonly string[];
  readonly notRetired?: readonly { readonly accessKeyId: string; readonly message: string }[];
}
