/**
 * Keeps to the secrets that a run read: a reference may lead to another one later, when its file was overwritten or
 * AWSCURRENT has moved. A reference to AWS Secrets Manager is replaced by one to the version that was read. Of each old
 * secret the journal holds a salted digest, never the secret.
 */
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { Pin } from '../../disk/journal/format.ts';
import { type Change, changedNames, pickChange, secretReference, withSecretReference } from '../../domain/change.ts';
import type { UpdateRequest } from '../../domain/plan.ts';
import type { PropertyName } from '../../domain/properties.ts';
import { type Secrets, SecretUnavailableError, type Vault } from '../../ports/secrets.ts';
import { InvalidInputError } from '../../run/errors.ts';

export type Pins = Readonly<Record<string, Pin>>;

const digestBytes = 32;

/** A password may be short, so a digest that is slow to compute. */
const digest = (secret: string, salt: string) => scryptSync(secret, Buffer.from(salt, 'base64'), digestBytes);

/** The same order with references to the versions that they lead to now. A secret that cannot be read is not pinned. */
export async function pinVersions(request: UpdateRequest, vault: Pick<Vault, 'pinVersion'>): Promise<UpdateRequest> {
  const pin = (change: Change) => pinChange(change, vault);
  return { ...request, change: await pin(request.change), previous: await pin(request.previous) };
}

/** The same for one change. */
export async function pinChange(change: Change, vault: Pick<Vault, 'pinVersion'>): Promise<Change> {
  let pinned = change;
  for (const name of changedNames(change)) {
    const reference = secretReference(change, name);
    if (reference === undefined) continue;
    const version = await vault.pinVersion(reference).catch(ignoreUnavailable);
    if (version !== undefined) pinned = withSecretReference(pinned, name, version);
  }
  return pinned;
}

/** The pins of an earlier run that concern the old secrets of a later one. */
export function inheritPins(earlier: Pins, change: Change): Pins {
  const references = changedNames(change).flatMap((name) => secretReference(change, name) ?? []);
  return Object.fromEntries(
    Object.entries(earlier).filter(([reference]) => references.some((one) => one === reference)),
  );
}

/** By reference. A secret that cannot be read is not pinned. */
export async function pinSecrets(change: Change, secrets: Secrets): Promise<Pins> {
  const pins: Record<string, Pin> = {};
  for (const name of changedNames(change)) {
    const reference = secretReference(change, name);
    if (reference === undefined) continue;
    const secret = await secrets.resolve(reference).catch(ignoreUnavailable);
    if (secret === undefined) continue;
    const salt = randomBytes(16).toString('base64');
    pins[reference] = { salt, digest: digest(secret, salt).toString('base64') };
  }
  return pins;
}

/** @throws {InvalidInputError} when a reference leads to another secret than it did for the run. */
export async function requirePinned(runId: string, change: Change, pins: Pins, secrets: Secrets): Promise<void> {
  for (const name of changedNames(change)) {
    const reference = secretReference(change, name);
    if (reference === undefined || pins[reference] === undefined) continue;
    if (isPinned(pins[reference], await secrets.resolve(reference))) continue;
    throw new InvalidInputError(
      `run ${runId} cannot be rolled back: ${reference}, the old secret of ${name}, now holds another secret than it did for that run. Nothing was changed. Restore the old secret there, or roll back with cks update and a reference to the old version`,
    );
  }
}

/** Without the secrets whose reference leads nowhere, or to another secret than it did for the run. */
export async function keepPinned(change: Change, pins: Pins, secrets: Secrets): Promise<Change> {
  const kept: PropertyName[] = [];
  for (const name of changedNames(change)) {
    const reference = secretReference(change, name);
    if (reference === undefined) continue;
    const secret = await secrets.resolve(reference).catch(ignoreUnavailable);
    if (secret !== undefined && isPinned(pins[reference], secret)) kept.push(name);
  }
  return pickChange(change, (name) => kept.includes(name));
}

/** Also true without a pin, because nothing shows that the secret has changed. */
function isPinned(pin: Pin | undefined, secret: string): boolean {
  if (pin === undefined) return true;
  const expected = Buffer.from(pin.digest, 'base64');
  return expected.length === digestBytes && timingSafeEqual(expected, digest(secret, pin.salt));
}

function ignoreUnavailable(error: unknown): undefined {
  if (!(error instanceof SecretUnavailableError)) throw error;
}
