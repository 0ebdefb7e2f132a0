/** Secrets as a test sets them up. */
import { writeArn } from './partition.ts';
import { alphabets, makeUuid } from './random.ts';
import { addVersion, type Secret, type Tag } from './secret.ts';
import type { World } from './world.ts';

export interface SecretDescription {
  readonly Name: string;
  /** Absent: the version is empty, as RotateSecret makes the one that is AWSPENDING. */
  readonly SecretString?: string;
  /** Default AWSCURRENT; each is taken from the version that has it, which is AWSPREVIOUS after AWSCURRENT. */
  readonly VersionStages?: readonly string[];
  /** Default a new one. */
  readonly VersionId?: string;
  /** Id, ARN or alias of the KMS key; while it cannot be used neither can the secret. */
  readonly KmsKeyId?: string;
  /** Marked for deletion. */
  readonly isDeleted?: boolean;
  /** Default as it was, at first false. */
  readonly RotationEnabled?: boolean;
  /** Default as they were, at first none. */
  readonly Tags?: readonly Tag[];
}

/** Adds a version to the secret of this name, or a new secret, and gives the secret. */
export function putSecret(world: World, description: SecretDescription, nowMs: number): Secret {
  const { Name: name, SecretString: text, VersionStages: stages = ['AWSCURRENT'] } = description;
  const secret = world.secrets.get(name) ?? createSecret(world, name, nowMs);
  world.secrets.set(name, secret);
  const { VersionId: id = makeUuid(world.chance.secretIds), KmsKeyId: keyId = secret.keyId } = description;
  addVersion(secret, id, text === undefined ? undefined : { SecretString: text }, stages, nowMs);
  secret.keyId = keyId;
  secret.isDeleted = description.isDeleted ?? false;
  secret.rotates = description.RotationEnabled ?? secret.rotates;
  secret.tags = description.Tags ?? secret.tags;
  return secret;
}

function createSecret({ region, accountId, chance }: World, name: string, nowMs: number): Secret {
  const suffix = chance.secretIds.text(alphabets.alphanumeric, 6);
  const arn = writeArn('secretsmanager', { region, accountId }, `secret:${name}-${suffix}`);
  return {
    name,
    arn,
    createdAtMs: nowMs,
    lastChangedAtMs: nowMs,
    versions: [],
    keyId: undefined,
    isDeleted: false,
    rotates: false,
    tags: [],
  };
}
