/** The third step: KMS uses the new credential, and the keys work with it. Otherwise the old one is put back first. */
import { checkNames } from '../../checks/rights.ts';
import { type KeyStore, nameStore } from '../../domain/key-store.ts';
import { proveKeys } from './canaries.ts';
import { beforeLabel, findAccepted } from './labels.ts';
import { RotationError } from './rotation-error.ts';
import { referTo, type Version } from './secret.ts';
import { describeInForce, requireVersion } from './store.ts';
import type { StepResult, Turn } from './turn.ts';
import { describeEnd, runUpdate } from './update.ts';

/** As long as an answer that says nothing may be asked again, and something over. */
const proofMs = 60_000;

/** A way back. */
const setBackMs = 45_000;

export async function testSecret(turn: Turn): Promise<StepResult> {
  const { secret, token } = turn;
  const versions = await secret.readCredentials();
  const wanted = requireVersion(secret, versions, token);
  // Where it is not in force nothing is to be put back.
  const store = await describeInForce(turn, wanted);
  return { outcome: 'done', store, proof: await requireProof(turn, store, versions) };
}

/** @throws {RotationError} when KMS has been set back, or could not be. */
export async function requireProof(turn: Turn, store: KeyStore, versions: readonly Version[]) {
  const { deadline, terms } = turn;
  deadline.require(setBackMs, 'a test and its way back');
  if (store.connectionState !== 'CONNECTED')
    return setBack(turn, versions, `${nameStore(store)} is ${store.connectionState}`);
  const proof = await proveKeys(turn, Math.min(proofMs, deadline.leftMs() - setBackMs));
  const { status, detail } = proof;
  // A store that holds no key that could be asked has nothing to be proven; whoever wants more says so.
  if (status === 'proven' || (status === 'unproven' && !terms.requireProof)) return status;
  return setBack(
    turn,
    versions,
    `its keys are not proven with the new credential: ${status}${detail === undefined ? '' : `, ${detail}`}`,
  );
}

/** Live, to what KMS used before. */
async function setBack(turn: Turn, versions: readonly Version[], why: string): Promise<never> {
  const { secret, token } = turn;
  const oldId = secret.holderOf(beforeLabel(token)) ?? secret.holderOf('AWSCURRENT');
  const old = requireVersion(secret, versions, oldId);
  for (const accepted of findAccepted(secret.stagesOf(token))) await secret.label(accepted, null);
  const result = await runUpdate(turn, {
    change: { XksProxyAuthenticationCredential: referTo(secret, old.id) },
    previous: { XksProxyAuthenticationCredential: referTo(secret, token) },
    mayGoOffline: false,
    checks: [],
    // Nothing stands between KMS and the credential that is known to work, but what KMS itself finds.
    skipChecks: checkNames,
    canaryKeys: ['none'],
    requireProof: false,
  });
  const { AccessKeyId } = old.credential;
  const told =
    result.outcome === 'updated'
      ? `KMS uses the old credential again (${AccessKeyId})`
      : `KMS could not be set back to the old credential (${AccessKeyId}): ${describeEnd(result)}`;
  throw new RotationError('TEST_FAILED', `${why}. ${told}`);
}
