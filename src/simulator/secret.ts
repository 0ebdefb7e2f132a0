/** A secret of Secrets Manager and its versions. Source: its user guide, "Version staging labels". */
import { alphabets, makeUuid } from './random.ts';
import type { World } from './world.ts';

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly versions: SecretVersion[];
  /** Id, ARN or alias of the KMS key that it is encrypted with; undefined: one that always works. */
  keyId: string | undefined;
  /** Marked for deletion, so that nobody reads it. */
  isDeleted: boolean;
}

interface SecretVersion {
  readonly id: string;
  readonly text: string;
  readonly createdAtMs: number;
  stages: readonly string[];
}

export interface SecretDescription {
  readonly Name: string;
  readonly SecretString: string;
  /** Default AWSCURRENT; each is taken from the version that has it, which is AWSPREVIOUS after AWSCURRENT. */
  readonly VersionStages?: readonly string[];
  /** Default a new one. */
  readonly VersionId?: string;
  /** Id, ARN or alias of the KMS key; while it cannot be used neither can the secret. */
  readonly KmsKeyId?: string;
  /** Marked for deletion. */
  readonly isDeleted?: boolean;
}

/** Adds a version to the secret of this name, or a new secret, and gives the secret. */
export function putSecret(world: World, description: SecretDescription, nowMs: number): Secret {
  const { Name: name, SecretString: text, VersionStages: stages = ['AWSCURRENT'] } = description;
  const secret = world.secrets.get(name) ?? createSecret(world, name);
  world.secrets.set(name, secret);
  const previous = stages.includes('AWSCURRENT')
    ? secret.versions.find((version) => version.stages.includes('AWSCURRENT'))
    : undefined;
  const moved = previous ? [...stages, 'AWSPREVIOUS'] : stages;
  for (const version of secret.versions) version.stages = version.stages.filter((stage) => !moved.includes(stage));
  if (previous) previous.stages = [...previous.stages, 'AWSPREVIOUS'];
  const { VersionId: id = makeUuid(world.chance.secretIds), KmsKeyId: keyId = secret.keyId } = description;
  secret.versions.push({ id, text, createdAtMs: nowMs, stages });
  secret.keyId = keyId;
  secret.isDeleted = description.isDeleted ?? false;
  return secret;
}

function createSecret({ region, accountId, chance }: World, name: string): Secret {
  const suffix = chance.secretIds.text(alphabets.alphanumeric, 6);
  const arn = `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`;
  return { name, arn, versions: [], keyId: undefined, isDeleted: false };
}
