/** Turns what a caller gave into an order: secrets go into the vault, and what is wrong by itself is said at once. */
import {
  type Change,
  type CredentialReference,
  changedNames,
  checkText,
  type Finding,
  isKeptReference,
  type SecretReference,
  secretReference,
  validateChange,
} from '../domain/change.ts';
import type { UpdateRequest } from '../domain/plan.ts';
import { defaultPolicy, type Policy } from '../domain/policy.ts';
import { findPolicyMistake, policyNames } from '../domain/policy-options.ts';
import {
  customKeyStoreId,
  describeProperty,
  type PropertyName,
  properties,
  propertyNames,
} from '../domain/properties.ts';
import { SecretUnavailableError, type Vault } from '../ports/secrets.ts';
import { InvalidInputError } from './errors.ts';

/** The credential by which KMS signs its requests to an external key store proxy. */
export interface CredentialInput {
  /** Its public part. It is shown in plans and results. */
  readonly AccessKeyId: string;
  /** The secret, or where it is: `env:NAME`, `file:PATH`, `secretsmanager:ARN#STAGE` (the stage may be left out), `secretsmanager:ARN##VERSION-ID`. */
  readonly RawSecretAccessKey: string;
}

/** The new values, spelled as UpdateCustomKeyStore spells them; `null` empties a setting as the empty string does. */
export type ChangeInput = {
  readonly [P in PropertyName]?: P extends 'XksProxyAuthenticationCredential'
    ? CredentialInput | `secretsmanager:${string}`
    : P extends 'XksProxyVpcEndpointServiceName'
      ? string | null
      : string;
};

export interface UpdateInput extends Partial<Policy> {
  /** Id (`cks-...`) or name of the custom key store. */
  readonly customKeyStoreId: string;
  /**
   * The new values, by the names of UpdateCustomKeyStore.
   *
   * @default {}
   * @example { XksProxyUriEndpoint: 'https://xks.new.example.com' }
   */
  readonly change?: ChangeInput;
  /**
   * Old values that KMS does not show, so that a rollback can restore them.
   *
   * @default {}
   * @example { KeyStorePassword: 'env:OLD_PASSWORD' }
   */
  readonly previous?: Pick<ChangeInput, 'XksProxyAuthenticationCredential' | 'KeyStorePassword'>;
}

/** @throws {InvalidInputError} with one clear line that holds no secret. */
export async function prepareRequest(input: UpdateInput, vault: Vault): Promise<UpdateRequest> {
  const policy = takePolicy(input);
  requireStore(input.customKeyStoreId);
  requirePolicy(policy);
  const change = await takeChange(input.change ?? {}, vault, '');
  const previous = await takeChange(input.previous ?? {}, vault, 'previous ');
  if (changedNames(change).length === 0 && policy.intent === 'update' && policy.finalState === 'restore') {
    throw new InvalidInputError('nothing to change: name a property to update, or a final state');
  }
  const ofSecrets = [...(await checkSecrets(change, vault)), ...(await checkSecrets(previous, vault))];
  const findings = [...validateChange(change), ...validateChange(previous), ...ofSecrets];
  const error = findings.find(({ severity }) => severity === 'error');
  if (error) throw new InvalidInputError(error.message);
  return { change, previous, policy, ...(ofSecrets.length > 0 ? { secretWarnings: ofSecrets } : {}) };
}

/** New values for a run that is continued. @throws {InvalidInputError} */
export async function prepareCorrection(input: ChangeInput, vault: Vault): Promise<Change> {
  const change = await takeChange(input, vault, 'corrected ');
  const error = [...validateChange(change), ...(await checkSecrets(change, vault))].find(
    ({ severity }) => severity === 'error',
  );
  if (error) throw new InvalidInputError(error.message);
  return change;
}

/** The policy's members of the input; one that is undefined means the default. */
function takePolicy(input: UpdateInput): Policy {
  const given = policyNames.filter((name) => input[name] !== undefined).map((name) => [name, input[name]]);
  return { ...defaultPolicy, ...Object.fromEntries(given) };
}

function requireStore(store: unknown): void {
  const { min, max } = customKeyStoreId.text;
  if (typeof store !== 'string' || store === '')
    throw new InvalidInputError('which custom key store? Give its id or name');
  if (store.startsWith('arn:'))
    throw new InvalidInputError(`"${store}" is an ARN; a custom key store is named by its id (cks-...) or its name`);
  const longest = Math.max(max, properties.NewCustomKeyStoreName.text.max);
  if (store.length < min || store.length > longest) {
    throw new InvalidInputError(`a store's id or name has ${min} to ${longest} characters, not ${store.length}`);
  }
}

/** Callers in plain JavaScript have no compiler: a word that is misspelled must not pass for another one. */
function requirePolicy(policy: Policy): void {
  for (const name of policyNames) {
    const mistake = policy[name] === undefined ? undefined : findPolicyMistake(name, policy[name]);
    if (mistake !== undefined) throw new InvalidInputError(mistake);
  }
  if (policy.fence !== 'never' && policy.deadMansSwitch !== undefined)
    throw new InvalidInputError(
      "a fence and a dead man's switch exclude each other: the switch would connect the store, and could not verify keys before it enables them",
    );
  if (policy.requireKeyVerification && policy.canaryKeys.includes('none'))
    throw new InvalidInputError(
      'key verification needs a canary: remove --canary-key none, or do not require key verification',
    );
}

/** Copies a change with its secrets taken out. `where` tells the slots of old and new values apart. */
async function takeChange(input: ChangeInput, vault: Vault, where: string): Promise<Change> {
  const change: Record<string, string | CredentialReference> = {};
  for (const [key, value] of Object.entries(input)) {
    const name = requireProperty(key);
    if (value === undefined) continue;
    const { secret, secretMember, mayBeEmptied } = describeProperty(name);
    if (secretMember) change[name] = await takeCredential(value, vault, `${where}${name}.${secretMember.name}`);
    else if (value === null && mayBeEmptied) change[name] = '';
    else if (typeof value !== 'string') throw new InvalidInputError(`${name} must be a string`);
    else change[name] = secret ? takeSecret(value, vault, `${where}${name}`) : value;
  }
  return change;
}

function requireProperty(key: string): PropertyName {
  const name = propertyNames.find((known) => known === key);
  if (name === undefined) throw new InvalidInputError(`${key} is not a property of UpdateCustomKeyStore`);
  return name;
}

/** Both halves, or where Secrets Manager keeps both. */
async function takeCredential(value: unknown, vault: Vault, slot: string): Promise<CredentialReference> {
  const isKept = typeof value === 'string' && isKeptReference(value);
  const given = isKept ? { RawSecretAccessKey: value } : value;
  const { AccessKeyId, RawSecretAccessKey, ...others } = (given ?? {}) as Record<string, unknown>;
  if ((!isKept && typeof AccessKeyId !== 'string') || typeof RawSecretAccessKey !== 'string') {
    throw new InvalidInputError('XksProxyAuthenticationCredential needs both AccessKeyId and RawSecretAccessKey');
  }
  // What stands where a name should may be the secret: it is not repeated.
  if (Object.keys(others).length > 0)
    throw new InvalidInputError('XksProxyAuthenticationCredential takes AccessKeyId and RawSecretAccessKey only');
  const reference = takeSecret(RawSecretAccessKey, vault, slot);
  const kept = await readFrom(slot, () => vault.findAccessKeyId(reference));
  const id = AccessKeyId ?? kept;
  if (typeof id !== 'string') throw new InvalidInputError(`${reference} holds no AccessKeyId: give that beside it`);
  if (kept !== undefined && id !== kept)
    throw new InvalidInputError(`${reference} is the secret of another AccessKeyId`);
  return { AccessKeyId: id, RawSecretAccessKey: reference };
}

function takeSecret(value: string, vault: Vault, slot: string): SecretReference {
  return isKeptReference(value) ? value : vault.keep(slot, value);
}

/** @throws {InvalidInputError} when the secret is not where it should be */
async function readFrom<T>(word: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SecretUnavailableError)) throw error;
    throw new InvalidInputError(`${word}: ${error.message}`);
  }
}

/** Reads each secret once, so that a wrong one is found before anything is touched. */
async function checkSecrets(change: Change, vault: Vault): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of changedNames(change)) {
    const reference = secretReference(change, name);
    if (reference === undefined) continue;
    const { secretMember, text } = describeProperty(name);
    const word = secretMember ? `${name}.${secretMember.name}` : name;
    const secret = await readFrom(word, () => vault.resolve(reference));
    findings.push(...checkText(name, word, secretMember?.text ?? text, secret, true));
  }
  return findings;
}
