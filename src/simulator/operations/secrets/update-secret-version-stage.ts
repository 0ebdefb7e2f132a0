/** UpdateSecretVersionStage of Secrets Manager. Source: its API reference. */
import { refuse } from '../../fault.ts';
import { moveStage, type Secret, type SecretVersion, versionOf } from '../../secret.ts';
import type { Input, Output } from '../../shapes.ts';
import type { World } from '../../world.ts';
import { requireSecret, requireUndeleted } from './find-secret.ts';
import { requireRoom } from './stages.ts';

export function updateSecretVersionStage(
  world: World,
  input: Input<'UpdateSecretVersionStage'>,
  nowMs: number,
): Output<'UpdateSecretVersionStage'> {
  const { SecretId, VersionStage: stage, RemoveFromVersionId: fromId, MoveToVersionId: toId } = input;
  const secret = requireSecret(world, SecretId);
  requireUndeleted(secret);
  if (fromId === undefined && toId === undefined) {
    refuse('InvalidParameterException', 'You must specify MoveToVersionId, RemoveFromVersionId, or both.');
  }
  const to = toId === undefined ? undefined : requireVersion(secret, toId);
  if (fromId !== undefined) requireVersion(secret, fromId);
  if (to === undefined && stage === 'AWSCURRENT') {
    const message =
      "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.";
    refuse('InvalidParameterException', message);
  }
  requireVersionWithLabel(secret, stage, fromId, to);
  requireRoom(secret, to ? [stage] : []);
  moveStage(secret, stage, to);
  secret.lastChangedAtMs = nowMs;
  return { ARN: secret.arn, Name: secret.name };
}

/** @throws SimulatorFault ResourceNotFoundException */
function requireVersion({ versions }: Secret, id: string): SecretVersion {
  return (
    versions.find((version) => version.id === id) ??
    refuse('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for VersionId: ${id}`)
  );
}

/** Who moves a label has to say where it is now. @throws SimulatorFault InvalidParameterException */
function requireVersionWithLabel(
  secret: Secret,
  stage: string,
  fromId: string | undefined,
  to: SecretVersion | undefined,
): void {
  const holder = versionOf(secret, stage);
  if (fromId !== undefined && holder?.id !== fromId) {
    refuse('InvalidParameterException', `The staging label ${stage} is not attached to version ${fromId}.`);
  }
  if (fromId === undefined && holder && holder !== to) {
    const message = `The parameter RemoveFromVersionId must be specified. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`;
    refuse('InvalidParameterException', message);
  }
}
