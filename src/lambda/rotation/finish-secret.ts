/** The last step: once every host of KMS uses the new credential it becomes AWSCURRENT, and only then the old one is retired. */
import { effectiveWithinMs } from '../../domain/cadence.ts';
import type { KeyStore } from '../../domain/key-store.ts';
import { callHook } from './hook.ts';
import { acceptedAtMs, acceptedLabel, begunLabel, findOurs, isLeft } from './labels.ts';
import { RotationError } from './rotation-error.ts';
import type { Version } from './secret.ts';
import { describeInForce, describeStore, isInForce, requireConnected, requireVersion } from './store.ts';
import { requireProof } from './test-secret.ts';
import type { StepResult, Turn } from './turn.ts';

/** The proof, its way back, and the labels. */
const afterWaitMs = 120_000;

export async function finishSecret(turn: Turn): Promise<StepResult> {
  const { secret, token } = turn;
  const versions = await secret.readCredentials();
  const wanted = requireVersion(secret, versions, token);
  const found = await describeInForce(turn, wanted);
  requireConnected(found);
  const store = (await waitForHosts(turn)) ? await describeInForce(turn, wanted) : found;
  const proof = await requireProof(turn, store, versions);
  await secret.label('AWSCURRENT', token);
  return { outcome: 'done', store, proof, ...(await retireOthers(turn, store)) };
}

/** The step again, when AWSCURRENT has been moved: what is left is to retire. Who else moved it may not have waited. */
export async function finishRetiring(turn: Turn): Promise<StepResult> {
  if (acceptedAtMs(turn.secret.stagesOf(turn.token)) !== null) await waitForHosts(turn);
  const store = await describeStore(turn);
  return { outcome: 'nothingToDo', store, ...(await retireOthers(turn, store)) };
}

/** Until then some hosts of KMS may use the old credential. Gives whether that took time. */
async function waitForHosts({ secret, token, clock, deadline }: Turn): Promise<boolean> {
  // Nobody knows since when, so it is from now on.
  if (acceptedAtMs(secret.stagesOf(token)) === null) await secret.label(acceptedLabel(clock.now()), token);
  // A label that is ahead was written by a clock that was wrong.
  const sinceMs = Math.min(acceptedAtMs(secret.stagesOf(token)) ?? clock.now(), clock.now());
  const untilMs = sinceMs + effectiveWithinMs;
  const waitMs = untilMs - clock.now();
  if (waitMs <= 0) return false;
  if (deadline.leftMs() < waitMs + afterWaitMs) {
    const message = `some hosts of KMS may use the old credential until ${new Date(untilMs).toISOString()}, which this call cannot wait for: call again after that`;
    throw new RotationError('NOT_EFFECTIVE_YET', message);
  }
  await clock.sleep(waitMs, deadline.signal);
  return true;
}

/** The credential before this one, and those of rotations that came to nothing. None that KMS or anybody else may use. */
async function retireOthers(turn: Turn, store: KeyStore): Promise<Pick<StepResult, 'retired' | 'notRetired'>> {
  const { secret, token } = turn;
  await forget(turn, token);
  const retired: string[] = [];
  const notRetired: { accessKeyId: string; message: string }[] = [];
  const versions = await secret.readCredentials();
  const kept = versions.filter(({ id }) => id === token || secret.stagesOf(id).includes('AWSPENDING'));
  const others = versions.filter((version) => isLeft(secret.stagesOf(version.id)) && !isUsed(version, store, kept));
  for (const version of others) {
    const accessKeyId = version.credential.AccessKeyId;
    const message = await callHook(turn, 'retire', store, version, versions, turn.deadline.leftMs() / 2);
    if (message === null) {
      await forget(turn, version.id);
      retired.push(accessKeyId);
    } else {
      // The label keeps it for the next rotation.
      await secret.label(begunLabel(version.id), version.id);
      notRetired.push({ accessKeyId, message });
    }
  }
  return { retired, ...(notRetired.length > 0 ? { notRetired } : {}) };
}

function isUsed(version: Version, store: KeyStore, kept: readonly Version[]): boolean {
  return (
    isInForce(store, version) ||
    kept.some(({ credential }) => credential.AccessKeyId === version.credential.AccessKeyId)
  );
}

/** Nothing is left to be remembered of a version. */
async function forget({ secret }: Turn, id: string): Promise<void> {
  for (const label of findOurs(secret.stagesOf(id))) await secret.label(label, null);
}
