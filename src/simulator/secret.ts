/** A secret of Secrets Manager and its versions. Source: its user guide, "Version staging labels". */

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  lastChangedAtMs: number;
  readonly versions: SecretVersion[];
  /** Id, ARN or alias of the KMS key that it is encrypted with; undefined: one that always works. */
  keyId: string | undefined;
  /** Marked for deletion: no caller can read it. */
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

export interface Tag {
  readonly Key: string;
  readonly Value: string;
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
