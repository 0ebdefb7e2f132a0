/** A secret of Secrets Manager and its versions. Source: its user guide, "Version staging labels". */
import { writeArn } from './partition.ts';
import { alphabets, makeUuid } from './random.ts';
import type { World } from './world.ts';

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  lastChangedAtMs: number;
  readonly versions: SecretVersion[];
  /** Id, ARN or alias of the KMS key that it is encrypted with; undefined: one that always works. */
  keyId: string | undefined;
  /** Marked for deletion, so that nobody reads it. */
  isDeleted: boolean;
  rotates: boolean;
  tags: readonly Tag[];
}

export interface SecretVersion {
  readonly id: string;
  readonly createdAtMs: number;
  /** Undefined: empty, as a rotation finds the version that it is to fill. */
  value: SecretValue | undefined;
  stages: readonly string[];
}

export type SecretValue = { readonly SecretString: string } | { readonly SecretBinary: string };

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

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

/** Adds a version, or fills the empty one with this id. */
export function addVersion(
  secret: Secret,
  id: string,
  value: SecretValue | undefined,
  stages: readonly string[],
  nowMs: number,
): SecretVersion {
  const known = secret.versions.find((version) => version.id === id);
  const version = known ?? { id, value, createdAtMs: nowMs, stages: [] };
  if (!known) secret.versions.push(version);
  version.value = value;
  secret.lastChangedAtMs = nowMs;
  for (const stage of stages) moveStage(secret, stage, version);
  return version;
}

/** Each stage is with one version at most. Whatever was AWSCURRENT until now is AWSPREVIOUS. */
export function moveStage(secret: Secret, stage: string, to: SecretVersion | undefined): void {
  const from = versionOf(secret, stage);
  if (from === to) return;
  if (from) from.stages = from.stages.filter((one) => one !== stage);
  if (to) to.stages = [...to.stages, stage];
  if (from && stage === 'AWSCURRENT') moveStage(secret, 'AWSPREVIOUS', from);
}

export function versionOf({ versions }: Secret, stage: string): SecretVersion | undefined {
  return versions.find(({ stages }) => stages.includes(stage));
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
