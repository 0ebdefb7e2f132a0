/**
 * One call of a rotation function: which secret, which step, and whether it is its turn. Source: user guide of Secrets
 * Manager, "Lambda rotation functions".
 */
import type { Clock } from '../../ports/clock.ts';
import type { ProxyCredentials } from '../../ports/proxy-credentials.ts';
import type { SecretVersions } from '../../ports/secret-versions.ts';
import { createSecret } from './create-secret.ts';
import { createDeadline } from './deadline.ts';
import { finishRetiring, finishSecret } from './finish-secret.ts';
import { RotationError } from './rotation-error.ts';
import { openSecret, type RotatedSecret } from './secret.ts';
import { setSecret } from './set-secret.ts';
import { describeInForce, requireVersion } from './store.ts';
import { testSecret } from './test-secret.ts';
import {
  type ReachedStore,
  type RotationStep,
  type RotationTerms,
  rotationSteps,
  type StepResult,
  type Turn,
} from './turn.ts';

/** What Secrets Manager sends. */
export interface RotationEvent {
  readonly Step: string;
  /** ARN of the secret. */
  readonly SecretId: string;
  /** Id of the version that becomes AWSCURRENT. */
  readonly ClientRequestToken: string;
  /** Where the rotation acts in another account. */
  readonly RotationToken?: string;
}

/** The part of the context of a Lambda function that is asked for. */
export interface RotationContext {
  getRemainingTimeInMillis(): number;
}

/** No secret is in it. */
export interface RotationResult extends StepResult {
  readonly step: RotationStep;
  readonly secretId: string;
  readonly versionId: string;
}

export interface RotationPorts {
  readonly secrets: SecretVersions;
  readonly hook: ProxyCredentials;
  readonly clock: Clock;
  readonly random: () => number;
  readonly terms: RotationTerms;
  /** @throws {RotationError} if the store is not named. */
  reachStore(secret: Pick<RotatedSecret, 'arn' | 'tags'>): Promise<ReachedStore>;
}

/** Some calls that only look. */
const leastMs = 5_000;

const steps: Readonly<Record<RotationStep, (turn: Turn) => Promise<StepResult>>> = {
  createSecret,
  setSecret,
  testSecret,
  finishSecret,
};

/** Where the version is AWSCURRENT already: by this rotation, or because an operator has moved the label. */
const stepsOfCurrent: typeof steps = {
  createSecret: async () => ({ outcome: 'nothingToDo' }),
  setSecret: requireUse,
  testSecret: requireUse,
  finishSecret: finishRetiring,
};

async function requireUse(turn: Turn): Promise<StepResult> {
  const { secret, token } = turn;
  const wanted = requireVersion(secret, await secret.readCredentials(), token);
  return { outcome: 'nothingToDo', store: await describeInForce(turn, wanted) };
}

/** @throws {RotationError} and nothing else that is no bug: then Secrets Manager calls again. */
export async function rotate(
  { secrets, reachStore, hook, clock, random, terms }: RotationPorts,
  event: RotationEvent,
  context: RotationContext,
): Promise<RotationResult> {
  const step = readStep(event);
  const { ClientRequestToken: token, RotationToken: rotationToken } = event;
  const deadline = createDeadline(context.getRemainingTimeInMillis(), clock);
  try {
    deadline.require(leastMs, 'any step');
    const secret = await openSecret(secrets, event.SecretId, clock);
    const isCurrent = requireTurn(secret, step, token);
    const told = { step, secretId: secret.arn, versionId: token };
    const store = await reachStore(secret);
    const ours = { secret, token, deadline, hook, clock, random, terms };
    const turn: Turn = { ...store, ...ours, ...(rotationToken === undefined ? {} : { rotationToken }) };
    const carryOut = (isCurrent ? stepsOfCurrent : steps)[step];
    return { ...told, ...(await carryOut(turn)) };
  } finally {
    deadline.close();
  }
}

function readStep({ Step, SecretId, ClientRequestToken }: RotationEvent): RotationStep {
  const step = rotationSteps.find((known) => known === Step);
  if (step === undefined) throw new RotationError('WRONG_EVENT', `Step is one of ${rotationSteps.join(', ')}`);
  for (const [name, value] of Object.entries({ SecretId, ClientRequestToken })) {
    if (typeof value !== 'string' || value === '') throw new RotationError('WRONG_EVENT', `${name} is missing`);
  }
  return step;
}

/** Whether the rotation is over already. @throws {RotationError} where it never came to this step. */
function requireTurn(secret: RotatedSecret, step: RotationStep, token: string): boolean {
  const stages = secret.stagesOf(token);
  if (stages.includes('AWSCURRENT')) return true;
  // A person who calls the function has no version yet, where Secrets Manager has made an empty one.
  if (stages.includes('AWSPENDING') || step === 'createSecret') return false;
  throw new RotationError(
    'NOT_PENDING',
    `version ${token} of ${secret.arn} is not AWSPENDING: it is not being rotated to`,
  );
}
