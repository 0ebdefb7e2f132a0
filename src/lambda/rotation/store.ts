/** The store whose credential is rotated, and which version of the secret it uses now. */
import { type KeyStore, nameStore } from '../../domain/key-store.ts';
import { graceUntilMs as findGraceUntilMs } from '../../domain/stale-reads.ts';
import { readCredential } from './credential.ts';
import { acceptedAtMs } from './labels.ts';
import { readLeftovers } from './leftovers.ts';
import { RotationError } from './rotation-error.ts';
import type { Version } from './secret.ts';
import type { Turn } from './turn.ts';

const pollMs = 2_000;

/** @throws {RotationError} where it cannot be seen, or has no proxy. */
export async function describeStore({ kms, customKeyStoreId, deadline }: Turn): Promise<KeyStore> {
  const reply = await kms.describe(customKeyStoreId, deadline.signal);
  if (!reply.ok) {
    const { code, message } = reply.failure;
    throw new RotationError('STORE_UNREADABLE', `"${customKeyStoreId}" could not be described: ${code}, ${message}`);
  }
  const store = reply.value;
  if (store.customKeyStoreType === 'EXTERNAL_KEY_STORE') return store;
  const message = `${nameStore(store)} is a CloudHSM key store, which has no proxy credential; a reconnect rotates the password of kmsuser`;
  throw new RotationError('WRONG_STORE_TYPE', message);
}

/**
 * The store, when KMS shows that it uses the version: reads may lag behind the accepted update for a while.
 *
 * @throws {RotationError} when it does not.
 */
export async function describeInForce(turn: Turn, wanted: Version): Promise<KeyStore> {
  const { secret, token, clock, deadline } = turn;
  const graceUntilMs = findGraceUntilMs(acceptedAtMs(secret.stagesOf(wanted.id)) ?? 0);
  for (;;) {
    const store = await describeStore(turn);
    if (isInForce(store, wanted)) return store;
    if (secret.nowMs() >= graceUntilMs || deadline.signal.aborted) {
      return refuseOther(store, wanted, secret.stagesOf(token).includes('AWSCURRENT') ? secret.arn : null);
    }
    await clock.sleep(pollMs, deadline.signal);
  }
}

/** `currentOf`: the secret whose AWSCURRENT it is already. */
function refuseOther(store: KeyStore, { credential }: Version, currentOf: string | null): never {
  const shown = store.settings.proxyCredentialAccessKeyId ?? 'none';
  const remedy =
    currentOf === null
      ? 'setSecret has to come first'
      : `this version is AWSCURRENT already, so nothing is retired until KMS uses it. If no other rotation is in progress: ${updateCommand(store, currentOf)}`;
  const message = `${nameStore(store)} uses the AccessKeyId ${shown}, not the new one (${credential.AccessKeyId}): ${remedy}`;
  throw new RotationError('NOT_IN_FORCE', message);
}

function updateCommand({ customKeyStoreId }: KeyStore, arn: string): string {
  return `cks update ${customKeyStoreId} --xks-proxy-authentication-credential secretsmanager:${arn}`;
}

/** @throws {RotationError} */
export function requireConnected(store: KeyStore): void {
  const { connectionState: state, connectionErrorCode: code } = store;
  if (state === 'CONNECTED') return;
  const message = `${nameStore(store)} is ${state}${code === undefined ? '' : ` (${code})`}: its credential is rotated while it is CONNECTED`;
  throw new RotationError('STORE_NOT_CONNECTED', message);
}

/**
 * The version that KMS shows, whatever its labels; also one that has none any more and is on the list of leftovers.
 *
 * @throws {RotationError} where no version is it.
 */
export async function findInForce({ secret }: Turn, store: KeyStore, versions: readonly Version[]): Promise<Version> {
  const { arn } = secret;
  const found = versions.find((version) => isInForce(store, version)) ?? (await findLeftover(secret, store));
  if (found) return requireAlone(arn, versions, found);
  const shown = store.settings.proxyCredentialAccessKeyId ?? 'none';
  const message = `${nameStore(store)} uses the AccessKeyId ${shown}, and no version of ${arn} holds it: this is the secret of another store, or someone sent KMS a credential that it does not hold. To send the one of AWSCURRENT: ${updateCommand(store, arn)}`;
  throw new RotationError('NOT_IN_FORCE', message);
}

async function findLeftover(secret: Turn['secret'], { settings }: KeyStore): Promise<Version | undefined> {
  const shown = settings.proxyCredentialAccessKeyId;
  const leftover = (await readLeftovers(secret)).find(({ accessKeyId }) => accessKeyId === shown);
  const credential = leftover && readCredential((await secret.read(leftover.versionId)) ?? '');
  return leftover && credential ? { id: leftover.versionId, credential } : undefined;
}

export function isInForce({ settings }: KeyStore, { credential }: Version): boolean {
  return settings.proxyCredentialAccessKeyId === credential.AccessKeyId;
}

/** @throws {RotationError} where the version holds no credential, or one that cannot be distinguished from another. */
export function requireVersion({ arn }: Turn['secret'], versions: readonly Version[], id: string | null): Version {
  const found = versions.find((version) => version.id === id);
  if (found) return requireAlone(arn, versions, found);
  const message = `version ${id ?? 'AWSCURRENT'} of ${arn} is not JSON with an AccessKeyId and a RawSecretAccessKey that KMS would accept`;
  throw new RotationError('NO_CREDENTIAL', message);
}

/** KMS and the proxy show an AccessKeyId: of two secrets with the same one it is not known which is in use. */
function requireAlone(arn: string, versions: readonly Version[], version: Version): Version {
  const { AccessKeyId, RawSecretAccessKey } = version.credential;
  const other = versions.find(
    ({ credential }) => credential.AccessKeyId === AccessKeyId && credential.RawSecretAccessKey !== RawSecretAccessKey,
  );
  if (other === undefined) return version;
  const message = `versions ${version.id} and ${other.id} of ${arn} hold the AccessKeyId ${AccessKeyId} with different secrets, and KMS does not show which of these it uses: take every label from the version that is out of use`;
  throw new RotationError('AMBIGUOUS_CREDENTIAL', message);
}
