/** What an execution is started with. It is stored as it is, so it holds no secret, only where secrets are kept. */
import { isKeptReference } from '../../domain/change.ts';
import { describeProperty, type PropertyName, propertyNames } from '../../domain/properties.ts';
import { InvalidInputError } from '../../run/errors.ts';
import type { OrderInput } from '../../run/prepare.ts';

/** The options of `safeUpdate` that are about the change and its risks, and where the store is. */
export interface SafeUpdateEvent extends Omit<OrderInput, 'window' | 'holdOffline' | 'onFailure'> {
  /** Default: the function's own. */
  readonly region?: string;
  /** The role in whose name KMS is asked: custom key store calls never cross accounts. Default: the function's own. */
  readonly roleArn?: string;
  readonly externalId?: string;
  /** Refuses the run where the credentials are not those of this account. */
  readonly expectAccount?: string;
  /** Begin in this maintenance window, such as `Sun 02:00-04:00 Europe/Berlin`. The execution sleeps until it opens. */
  readonly window?: string;
}

/** Goes on with an execution that has failed, from what it has left. */
export interface ResumeEvent extends Pick<SafeUpdateEvent, 'change' | 'accept'> {
  /** The ARN of the execution. `change`: values in the place of those that were wrong. */
  readonly resume: string;
}

const known: Readonly<Record<keyof SafeUpdateEvent, true>> = {
  customKeyStoreId: true,
  change: true,
  previous: true,
  intent: true,
  path: true,
  finalState: true,
  rehearse: true,
  accept: true,
  skipChecks: true,
  canaryKeys: true,
  requireProof: true,
  proofDwellMs: true,
  disconnectDeadlineMs: true,
  connectDeadlineMs: true,
  outageBudgetMs: true,
  deadMansSwitch: true,
  window: true,
  region: true,
  roleArn: true,
  externalId: true,
  expectAccount: true,
};

/** @throws {InvalidInputError} with one line that holds nothing of what was given as a secret. */
export function readEvent(event: unknown): SafeUpdateEvent | ResumeEvent {
  if (typeof event !== 'object' || event === null || Array.isArray(event))
    throw new InvalidInputError('the input is an object with customKeyStoreId and change');
  const members = 'resume' in event ? { resume: true, change: true, accept: true } : known;
  const stranger = Object.keys(event).find((name) => !Object.hasOwn(members, name));
  if (stranger === 'holdOffline' || stranger === 'onFailure')
    throw new InvalidInputError(`${stranger} waits for an operator, and nobody is there: use the command for that`);
  if (stranger !== undefined)
    throw new InvalidInputError(`the input has no member ${stranger}${'resume' in event ? ' beside resume' : ''}`);
  const { change, previous } = event as Partial<SafeUpdateEvent>;
  const literal = [change, previous].flatMap((values) => propertyNames.filter((name) => isLiteral(values, name)));
  if ('resume' in event && !(typeof event.resume === 'string' && event.resume.startsWith('arn:')))
    throw new InvalidInputError('resume is the ARN of the durable execution that has failed');
  if (literal.length > 0) {
    throw new InvalidInputError(
      `${literal.join(' and ')}: the input of an execution is stored, so say where the secret is kept (secretsmanager:ARN); one that was given is known to whoever may read executions: change it`,
    );
  }
  return event as SafeUpdateEvent | ResumeEvent;
}

function isLiteral(values: SafeUpdateEvent['change'] | SafeUpdateEvent['previous'], name: PropertyName): boolean {
  const { secret, secretMember } = describeProperty(name);
  const value: unknown = (values as Readonly<Record<string, unknown>> | undefined)?.[name];
  if (value === undefined || !(secret || secretMember)) return false;
  const isMember = secretMember && typeof value === 'object' && value !== null;
  const told = isMember ? (value as Readonly<Record<string, unknown>>)[secretMember.name] : value;
  return typeof told !== 'string' || !isKeptReference(told);
}
