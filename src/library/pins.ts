/**
 * Whether a secret is still the one that a run read: a reference may lead to another one later, when its file was
 * overwritten or AWSCURRENT has moved. The journal holds a salted digest, never the secret.
 */
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { type Change, changedNames, secretReference } from '../domain/change.ts';
import type { Pin } from '../journal/format.ts';
import { type Secrets, SecretUnavailableError } from '../ports/secrets.ts';
import { InvalidInputError } from '../run/errors.ts';

export type Pins = Readonly<Record<string, Pin>>;

const digestBytes = 32;

/** A password may be short, so a digest that is slow to compute. */
const digest = (secret: string, salt: string) => scryptSync(secret, Buffer.from(salt, 'base64'), digestBytes);

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
    const pin = reference === undefined ? undefined : pins[reference];
    if (reference === undefined || pin === undefined) continue;
    const expected = Buffer.from(pin.digest, 'base64');
    const found = digest(await secrets.resolve(reference), pin.salt);
    if (expected.length === digestBytes && timingSafeEqual(expected, found)) continue;
    throw new InvalidInputError(
      `run ${runId} cannot be rolled back: ${reference}, the old secret of ${name}, now holds another secret than it did for that run. Nothing was changed. Put the old secret back there, or roll back with cks update and a reference to the old version`,
    );
  }
}

function ignoreUnavailable(error: unknown): undefined {
  if (!(error instanceof SecretUnavailableError)) throw error;
}
