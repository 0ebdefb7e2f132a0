/** Reads a resume state that comes from outside, and refuses what a resume would have to guess. */

import { isKeptReference } from './change.ts';
import type { Fence } from './fence.ts';
import type { Canary } from './key-verification.ts';
import { isRisk } from './policy.ts';
import { describeProperty, type PropertyName, propertyNames } from './properties.ts';
import { type ResumeState, resumeSchema } from './resume-state.ts';

/** A resume state cannot be used. The message says which run, why, and what to do; it quotes no value. */
export class ResumeStateError extends Error {
  override readonly name = 'ResumeStateError';
  /** A newer version wrote it; otherwise it is damaged, or an older version wrote none. */
  readonly isNewer: boolean;

  constructor(message: string, isNewer: boolean) {
    super(message);
    this.isNewer = isNewer;
  }
}

/**
 * Reads a resume state that comes from outside: from a journal, or from the history of an execution.
 *
 * @throws {ResumeStateError} for another schema, or if a member is missing or wrong: a resume never guesses.
 */
export function parseResumeState(value: unknown, runId: string): ResumeState {
  const refuse = (what: string, remedy: string, isNewer = false) =>
    new ResumeStateError(`run ${runId} cannot be resumed by this version: ${what}. ${remedy}`, isNewer);
  const elsewhere = 'Resume it with the version that wrote it, or describe the store and decide.';
  if (!isObject(value)) throw refuse('its log has no resume state', elsewhere);
  const { schema } = value;
  if (typeof schema === 'number' && schema > resumeSchema)
    throw refuse(`a newer version wrote ${nameSchema(schema)}`, 'Resume it with that version.', true);
  if (typeof schema === 'number' && schema < resumeSchema)
    throw refuse(`an older version wrote ${nameSchema(schema)}`, elsewhere);
  const members = Object.keys(forms) as (keyof ResumeState)[];
  const wrong = members.find((name) => !forms[name](value[name]));
  if (wrong !== undefined) throw refuse(`${wrong} is missing or wrong in its resume state`, elsewhere);
  // Members that this version does not know are dropped: nothing that it writes must depend on them.
  const known = members.filter((name) => value[name] !== undefined).map((name) => [name, value[name]]);
  return Object.fromEntries(known) as unknown as ResumeState;
}

const nameSchema = (schema: number) => `its resume state (schema ${schema}; this version knows ${resumeSchema})`;

type Form = (value: unknown) => boolean;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText: Form = (value) => typeof value === 'string';
const isNumber: Form = (value) => typeof value === 'number' && Number.isFinite(value);
const isBoolean: Form = (value) => typeof value === 'boolean';
const isNull: Form = (value) => value === null;
const oneOf =
  (...words: readonly unknown[]): Form =>
  (value) =>
    words.includes(value);
const either =
  (...of: readonly Form[]): Form =>
  (value) =>
    of.some((form) => form(value));
const maybe = (form: Form) => either(form, oneOf(undefined));
const listOf =
  (form: Form): Form =>
  (value) =>
    Array.isArray(value) && value.every(form);
const withMembers =
  (all: Readonly<Record<string, Form>>): Form =>
  (value) =>
    isObject(value) && Object.entries(all).every(([name, form]) => form(value[name]));
const withProperties =
  (form: (name: string, value: unknown) => boolean): Form =>
  (value) =>
    isObject(value) && Object.entries(value).every(([name, one]) => form(name, one));

const isSettings = withProperties((_, value) => isText(value));

/** A secret must be a reference: a value in its place is refused, and not passed on. */
const isChange = withProperties((name, value) => {
  if (!propertyNames.includes(name as PropertyName)) return false;
  const { secret, secretMember, visibleMember } = describeProperty(name as PropertyName);
  if (secretMember === undefined) return secret ? isReference(value) : isText(value);
  return isObject(value) && isText(value[visibleMember ?? '']) && isReference(value[secretMember.name]);
});
const isReference: Form = (value) => typeof value === 'string' && (isKeptReference(value) || /^given:/.test(value));

const isKeyStore = withMembers({
  customKeyStoreId: isText,
  customKeyStoreType: isText,
  connectionState: isText,
  connectionErrorCode: maybe(isText),
  settings: isSettings,
});

const canaryForm: Form = withMembers({
  keyId: isText,
  ciphertext: isText,
  sha256: isText,
  encryptionContext: withProperties((_, value) => isText(value)),
  encryptedAtMs: isNumber,
});

/** Also of a canary that another version has recorded. */
export function isCanary(value: unknown): value is Canary {
  return canaryForm(value);
}

const fenceForm: Form = withMembers({
  keys: listOf(
    withMembers({
      keyId: isText,
      state: oneOf('enabled', 'disabled', 'withheld', 'left'),
      disabledAtMs: maybe(isNumber),
      enabledAtMs: maybe(isNumber),
      triedSinceMs: maybe(isNumber),
      evidence: maybe(oneOf('proxy', 'canary key', 'canary', 'none')),
      exposure: maybe(withMembers({ fromMs: isNumber, untilMs: isNumber })),
      detail: maybe(isText),
    }),
  ),
  canaryKeyId: maybe(isText),
  unfenced: listOf(withMembers({ keyId: isText, why: isText })),
  listedAtMs: isNumber,
  hidden: isNumber,
});

/** Also of a fence that another version has recorded. */
export function isFence(value: unknown): value is Fence {
  return fenceForm(value);
}

const forms: Readonly<Record<keyof ResumeState, Form>> = {
  schema: oneOf(resumeSchema),
  runId: isText,
  before: isKeyStore,
  sent: isChange,
  inForce: isSettings,
  update: oneOf('none', 'accepted', 'restored'),
  pending: either(isNull, isChange),
  send: isChange,
  isUnsent: isBoolean,
  wantedState: oneOf('CONNECTED', 'DISCONNECTED'),
  goal: oneOf('forward', 'back'),
  reason: maybe(withMembers({ code: isText, message: isText, cause: isText, remedy: isText })),
  isUnfinished: isBoolean,
  offlineSinceMs: either(isNull, isNumber),
  outageSinceMs: maybe(isNumber),
  hasDisconnected: isBoolean,
  connectedSince: isBoolean,
  hasConnected: isBoolean,
  isHeld: isBoolean,
  accepted: listOf((value) => typeof value === 'string' && isRisk(value)),
  logins: withMembers({ count: isNumber, refusedWith: either(isNull, isText) }),
  preparation: maybe(
    withMembers({
      canaries: listOf(canaryForm),
      keys: either(isNull, isNumber),
      failedBefore: maybe(withMembers({ lost: listOf(isText), unusable: listOf(isText) })),
      chosen: maybe(listOf(isText)),
    }),
  ),
  exposure: maybe(withMembers({ since: isText, seenAt: isText, keysUsed: listOf(isText) })),
  fence: maybe(fenceForm),
  armed: maybe(withMembers({ name: isText, deadlineAtMs: isNumber })),
  stale: withMembers({
    states: withProperties((_, value) => isNumber(value)),
    settings: listOf(withMembers({ values: isSettings, untilMs: isNumber })),
  }),
  lastAcceptedAtMs: either(isNull, isNumber),
  updateAcceptedAtMs: either(isNull, isNumber),
};
