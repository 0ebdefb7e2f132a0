/** What an execution is started with. It is stored as it is, so it holds no secret, only where secrets are kept. */
import { isKeptReference } from '../../domain/change.ts';
import { isRoleArn, roleForm } from '../../domain/dead-mans-switch.ts';
import { isRisk } from '../../domain/policy.ts';
import { mapPolicy, type PolicyForm } from '../../domain/policy-options.ts';
import { describeProperty, type PropertyName, propertyNames } from '../../domain/properties.ts';
import { requireKnownChecks } from '../../library/options.ts';
import type { Check } from '../../ports/checks.ts';
import { InvalidInputError } from '../../run/errors.ts';
import type { UpdateInput } from '../../run/prepare.ts';

/** The options of `updateStore` that are about the change and its risks, and where the store is. */
export interface SafeUpdateEvent extends Omit<UpdateInput, 'window' | 'holdOffline' | 'holdTimeoutMs' | 'onFailure'> {
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

/** What a member must be, in words, and whether a value is that. Undefined: the preparation of the request checks it. */
type Form = readonly [words: string, holds: (value: unknown) => boolean] | undefined;

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const listOf = (holds: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(holds);
const text: Form = ['text', isText];
const texts: Form = ['a list of texts', listOf(isText)];
const properties: Form = ['an object', (value) => typeof value === 'object' && value !== null && !Array.isArray(value)];
const role: Form = [roleForm, isRoleArn];
const acceptable: Form = ['a list of risks', listOf((value) => typeof value === 'string' && isRisk(value))];

const forms: Readonly<Record<PolicyForm, Form>> = {
  word: undefined,
  flag: ['true or false', (value) => typeof value === 'boolean'],
  flagOrOnly: ['true, false or only', (value) => typeof value === 'boolean' || value === 'only'],
  duration: undefined,
  durationOrZero: undefined,
  texts,
  risks: acceptable,
  role,
  window: undefined,
};

// What waits for an operator is for the command.
const { holdOffline: _, holdTimeoutMs: __, onFailure: ___, ...policyMembers } = mapPolicy((____, form) => forms[form]);

const members: Readonly<Record<keyof SafeUpdateEvent, Form>> = {
  customKeyStoreId: undefined,
  change: properties,
  previous: properties,
  ...policyMembers,
  region: text,
  roleArn: role,
  externalId: text,
  expectAccount: text,
};

const resumeMembers: Readonly<Record<keyof ResumeEvent, Form>> = {
  resume: [
    'the ARN of the durable execution that has failed',
    (value) => isText(value) && `${value}`.startsWith('arn:'),
  ],
  change: properties,
  accept: acceptable,
};

/** Source: Lambda API, Invoke: the payload of an asynchronous invocation. */
const longestBytes = 1_024 * 1_024;

/**
 * `checks`: of the function's own.
 *
 * @throws {InvalidInputError} with one line that holds nothing of what was given as a secret.
 */
export function readEvent(event: unknown, checks?: readonly Check[]): SafeUpdateEvent | ResumeEvent {
  if (typeof event !== 'object' || event === null || Array.isArray(event))
    throw new InvalidInputError('the input is an object with customKeyStoreId and change');
  if (Buffer.byteLength(JSON.stringify(event)) > longestBytes)
    throw new InvalidInputError('the input is longer than 1 MB, which is what an asynchronous invocation can carry');
  const known: Readonly<Record<string, Form>> = 'resume' in event ? resumeMembers : members;
  const stranger = Object.keys(event).find((name) => !Object.hasOwn(known, name));
  if (stranger === 'holdOffline' || stranger === 'onFailure')
    throw new InvalidInputError(`${stranger} waits for an operator, and a function has none: use the command for that`);
  if (stranger !== undefined)
    throw new InvalidInputError(`the input has no member ${stranger}${'resume' in event ? ' beside resume' : ''}`);
  for (const [name, value] of Object.entries(event)) {
    const [words, holds] = known[name] ?? [];
    if (value !== undefined && holds?.(value) === false) throw new InvalidInputError(`${name} must be ${words}`);
  }
  const { change, previous, skipChecks } = event as Partial<SafeUpdateEvent>;
  requireKnownChecks(skipChecks, checks);
  const literal = [change, previous].flatMap((values) => propertyNames.filter((name) => isLiteral(values, name)));
  if (literal.length > 0) {
    throw new InvalidInputError(
      `${literal.join(' and ')}: the input of an execution is stored, so say where the secret is kept (secretsmanager:ARN); everyone who may read executions can read a literal secret: change it`,
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
