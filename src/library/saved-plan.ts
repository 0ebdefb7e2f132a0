/**
 * A saved plan: the request with references instead of secrets, the store that it was made for, and what is foreseen. Its
 * checksum detects an accidental edit, as that of a journal does.
 */
import { createHash } from 'node:crypto';
import { isLoopback } from '../aws/endpoints.ts';
import { isAwsKmsEndpoint } from '../domain/aws-endpoint.ts';
import { type Change, changedNames, secretReference } from '../domain/change.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { makePlan, type Plan, type UpdateRequest } from '../domain/plan.ts';
import { defaultPolicy, type Policy } from '../domain/policy.ts';
import { mapPolicy, type PolicyForm } from '../domain/policy-options.ts';
import type { PropertyName } from '../domain/properties.ts';
import { type Check, isFlag, isListOf, isNumber, isOptional, isRecordOf, isShaped, isText } from '../domain/shape.ts';
import { InvalidInputError } from '../run/errors.ts';
import type { OnFailure } from './options.ts';

const kind = 'cks-plan';
const schema = 2;

export interface SavedPlan {
  readonly kind: typeof kind;
  readonly schema: typeof schema;
  /** Of the package that made it. */
  readonly version: string;
  readonly madeAt: string;
  /** The account of the store; `unknown` if it is not known. */
  readonly account: string;
  readonly region: string;
  /** Of KMS, where it is not AWS's own. */
  readonly endpoint?: string;
  /** As it was seen: what the plan holds for. */
  readonly store: KeyStore;
  readonly foreseen: Foreseen;
  /** It accepts no risk: `cks apply` does. */
  readonly request: Omit<UpdateRequest, 'policy' | 'plannedFor'> & { readonly policy: SavedPolicy };
  /** SHA-256 of everything else. */
  readonly sum: string;
}

/** The window stands in it as it was asked for: which opening it is shows when the plan is applied. */
export type SavedPolicy = Omit<Policy, 'accept' | 'onFailure' | 'window'> & {
  readonly onFailure: OnFailure;
  readonly window?: string;
};

/** What a reviewer of the plan reads. */
export type Foreseen = Pick<Plan, 'changes' | 'mode' | 'wantedState' | 'holdsOffline' | 'risks'>;

export function foresee(store: KeyStore, request: UpdateRequest): Foreseen {
  const { changes, mode, wantedState, holdsOffline, risks } = makePlan(store, request);
  return { changes, mode: mode, wantedState, holdsOffline, risks };
}

/** @throws {InvalidInputError} where a secret was given as a value: that must not be kept. */
export function requireReferences({ change, previous }: UpdateRequest): void {
  const isGiven = (values: Change, name: PropertyName) => secretReference(values, name)?.startsWith('given:');
  const names = [change, previous].flatMap((values) => changedNames(values).filter((name) => isGiven(values, name)));
  if (names.length === 0) return;
  throw new InvalidInputError(
    `a saved plan holds no secret: say where that of ${names.join(' and ')} is, as in env:NAME or file:PATH`,
  );
}

export function sealPlan(facts: Omit<SavedPlan, 'kind' | 'schema' | 'sum'>): SavedPlan {
  const plan = { kind, schema, ...facts } as const;
  return { ...plan, sum: sumOf(plan) };
}

/** @throws {InvalidInputError} when it is no plan, was changed, or is of a newer format. */
export function unsealPlan(plan: unknown): SavedPlan {
  const { sum, ...rest } = (isObject(plan) ? plan : {}) as Partial<Record<keyof SavedPlan, unknown>>;
  if (rest.kind !== kind || !Number.isInteger(rest.schema) || Number(rest.schema) < 1)
    throw new InvalidInputError('not a plan: expected a file that cks plan --out writes');
  if (rest.schema !== schema) {
    throw new InvalidInputError(
      `the plan was made by version ${rest.version} in another format (${rest.schema}; this version knows ${schema}): plan again with cks plan --out, or apply it with that version`,
    );
  }
  if (sum !== sumOf(rest)) {
    throw new InvalidInputError('the plan was changed after it was made: plan again with cks plan --out');
  }
  if (!hasMembers(plan))
    throw new InvalidInputError('not a plan: its members are not those that cks plan --out writes');
  return plan as SavedPlan;
}

const isAnything = (value: unknown): value is unknown => value !== undefined;
const isObject = isRecordOf(isAnything);
const isTexts = isListOf(isText);

const isStore = isShaped({
  customKeyStoreId: isText,
  customKeyStoreType: isText,
  connectionState: isText,
  settings: isRecordOf(isText),
});

const shapes: Readonly<Record<PolicyForm, Check<unknown>>> = {
  word: isText,
  flag: isFlag,
  flagOrOnly: (value): value is unknown => isFlag(value) || value === 'only',
  duration: isNumber,
  durationOrZero: isNumber,
  texts: isTexts,
  risks: isTexts,
  role: isText,
  window: isText,
};

/** Only the form. `prepareOrder` validates the values. */
const { accept: _, ...policyShape } = mapPolicy((name, form) =>
  Object.hasOwn(defaultPolicy, name) ? shapes[form] : isOptional(shapes[form]),
);
const isPolicy = isShaped<Record<keyof typeof policyShape, unknown>>(policyShape);

const hasMembers = isShaped({
  version: isText,
  madeAt: isText,
  account: isText,
  region: isText,
  endpoint: isOptional(isText),
  store: isStore,
  foreseen: isObject,
  request: isShaped({ change: isObject, previous: isObject, policy: isPolicy }),
});

/**
 * Checks the endpoint at which a plan is applied: the one that the caller names, else the one in the plan, which is not trusted.
 *
 * @throws {InvalidInputError} if only the plan names the endpoint, and it is not AWS's, or if it would be reached without TLS.
 */
export function requireEndpoint(planned: string | undefined, named: string | undefined): void {
  const endpoint = named ?? planned;
  if (endpoint === undefined || isLoopback(endpoint)) return;
  if (!URL.canParse(endpoint) || new URL(endpoint).protocol !== 'https:')
    throw new InvalidInputError(
      `${endpoint} cannot be used to apply a plan: without TLS the secret can be read on the network. Expected https://, or http:// to this machine. Nothing was sent`,
    );
  if (named !== undefined || isAwsKmsEndpoint(endpoint)) return;
  throw new InvalidInputError(
    `the plan sends its calls, with the secrets in them, to ${endpoint}, which is neither an endpoint of AWS nor this machine. Nothing was sent. If you trust that endpoint, name it yourself with --endpoint-url`,
  );
}

/** Of the values in their order, however they are laid out in the file. */
function sumOf(plan: object): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}
