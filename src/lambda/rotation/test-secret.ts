/** The third step: KMS uses the new credential, and the keys work with it. Otherwise the old one is put back first. */
import { checkNames } from '../../checks/rights.ts';
import { type KeyStore, nameStore } from '../../domain/key-store.ts';
import { verifyKeys } from './canaries.ts';
import { beforeLabel, findAccepted, findOurs } from './labels.ts';
import { RotationError } from './rotation-error.ts';
import { referTo, type Version } from './secret.ts';
import { describeInForce, describeStore, findInForce, requireVersion } from './store.ts';
import type { StepResult, Turn } from './turn.ts';
import { describeEnd, runUpdate } from './update.ts';

/** As long as an answer that says nothing may be asked again, and something over. */
const keyVerificationMs = 60_000;

/** A way back. */
const setBackMs = 45_000;

export async function testSecret(turn: Turn): Promise<StepResult> {
  const { secret, token } = turn;
  const versions = await secret.readCredentials();
  if (await isTrial(turn, versions)) {
    const store = await describeStore(turn);
    await findInForce(turn, store, versions);
    return { outcome: 'nothingToDo', store };
  }
  const wanted = requireVersion(secret, versions, token);
  // Where it is not in force there is nothing to roll back.
  const store = await describeInForce(turn, wanted);
  const keyVerification = await requireKeyVerification(turn, store, wanted, versions);
  return { outcome: 'done', store, ...(keyVerification === undefined ? {} : { keyVerification }) };
}

/**
 * Secrets Manager's own test, where rotation is set up with `RotateImmediately: false`: this step alone, with a version that is
 * empty or a copy of AWSCURRENT. KMS was never sent it. Source: API reference, RotateSecret.
 */
async function isTrial({ secret, token }: Turn, versions: readonly Version[]): Promise<boolean> {
  if ((await secret.read(token)) === null) return true;
  const wanted = requireVersion(secret, versions, token);
  return findOurs(secret.stagesOf(token)).length === 0 || isSame(wanted, findOld({ secret, token }, versions));
}

/**
 * How far the keys are verified; undefined where KMS used this very credential before.
 *
 * @throws {RotationError} when KMS has been sent the old credential again, or could not be.
 */
export async function requireKeyVerification(
  turn: Turn,
  store: KeyStore,
  wanted: Version,
  versions: readonly Version[],
) {
  const { deadline, terms } = turn;
  if (isSame(wanted, findOld(turn, versions))) return undefined;
  deadline.require(setBackMs, 'a test and its rollback');
  if (store.connectionState !== 'CONNECTED')
    return setBack(turn, wanted, versions, `${nameStore(store)} is ${store.connectionState}`);
  const keyVerification = await verifyKeys(turn, Math.min(keyVerificationMs, deadline.leftMs() - setBackMs));
  const { status, detail } = keyVerification;
  // A store without a usable key has nothing to verify, unless the options require it.
  if (status === 'verified' || (status === 'unverified' && !terms.requireKeyVerification)) return status;
  return setBack(
    turn,
    wanted,
    versions,
    `its keys are not verified with the new credential: ${status}${detail === undefined ? '' : `, ${detail}`}`,
  );
}

/** Live, to what KMS used before. The credential differs from the new one, or there would be nothing to send. */
async function setBack(turn: Turn, wanted: Version, versions: readonly Version[], why: string): Promise<never> {
  const { secret, token } = turn;
  const old = requireVersion(secret, versions, findOldId(turn));
  // The test took its time: what an operator has set meanwhile stays.
  await describeInForce(turn, wanted);
  for (const accepted of findAccepted(secret.stagesOf(token))) await secret.label(accepted, null);
  const result = await runUpdate(turn, {
    change: { XksProxyAuthenticationCredential: referTo(secret, old.id) },
    previous: { XksProxyAuthenticationCredential: referTo(secret, token) },
    mayGoOffline: false,
    checks: [],
    // Nothing stands between KMS and the credential that is known to work, but what KMS itself finds.
    skipChecks: checkNames,
    canaryKeys: ['none'],
    requireKeyVerification: false,
  });
  const { AccessKeyId } = old.credential;
  const told =
    result.outcome === 'updated'
      ? `KMS uses the old credential again (${AccessKeyId})`
      : `KMS could not be set back to the old credential (${AccessKeyId}): ${describeEnd(result)}`;
  throw new RotationError('TEST_FAILED', `${why}. ${told}`);
}

/** What KMS used before the rotation. */
function findOldId({ secret, token }: Pick<Turn, 'secret' | 'token'>): string | null {
  return secret.versionOf(beforeLabel(token)) ?? secret.versionOf('AWSCURRENT');
}

function findOld(turn: Pick<Turn, 'secret' | 'token'>, versions: readonly Version[]): Version | undefined {
  return versions.find(({ id }) => id === findOldId(turn));
}

function isSame(wanted: Version, old: Version | undefined): boolean {
  return wanted.credential.AccessKeyId === old?.credential.AccessKeyId;
}
