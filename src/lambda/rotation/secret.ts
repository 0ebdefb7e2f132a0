/** The secret that is rotated, as one call of the function sees and changes it. */
import type { Answer } from '../../ports/answer.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CredentialValue } from '../../ports/kms.ts';
import type { DescribedSecret, NewVersion, SecretVersions } from '../../ports/secret-versions.ts';
import { readCredential } from './credential.ts';
import { RotationError } from './rotation-error.ts';

export interface Version {
  readonly id: string;
  readonly credential: CredentialValue;
}

/** Every method may throw {RotationError}, with what Secrets Manager answered. */
export interface RotatedSecret {
  readonly arn: string;
  readonly tags: DescribedSecret['tags'];
  /** Id, ARN or alias of the KMS key that it is encrypted with; null: that of Secrets Manager itself. */
  readonly kmsKeyId: string | null;
  stagesOf(versionId: string): readonly string[];
  /** All that are attached, to whichever version. */
  labels(): readonly string[];
  /** Null: no version has the label. */
  versionOf(stage: string): string | null;
  /** Null: there is no such version, or it is empty. */
  read(versionId: string): Promise<string | null>;
  /** Those with a label that hold a credential. */
  readCredentials(): Promise<readonly Version[]>;
  /** False: another caller has created this version meanwhile. */
  put(version: NewVersion): Promise<boolean>;
  /** Puts the label on the version and takes it from any other; null takes it away. Does nothing where that is so. */
  label(stage: string, versionId: string | null): Promise<void>;
  /** Describes it anew. */
  refresh(): Promise<void>;
  /**
   * Now, in milliseconds since the epoch, by the clock of Secrets Manager where its answers have a Date: the clocks of two
   * calls of the function may differ by minutes.
   */
  nowMs(): number;
}

/** `clock`: that of the function. @throws {RotationError} if it has no version that could be rotated. */
export async function openSecret(
  secrets: SecretVersions,
  secretId: string,
  clock: Pick<Clock, 'now'>,
): Promise<RotatedSecret> {
  let aheadMs = 0;
  /** The value of a version never changes. */
  const values = new Map<string, string>();
  let described = await describe();
  const { arn, tags, isDeleted, rotates } = described;
  if (isDeleted) throw new RotationError('NOT_ROTATING', `the secret ${arn} is marked for deletion`);
  if (!rotates) throw new RotationError('NOT_ROTATING', `rotation is not enabled for the secret ${arn}`);

  async function describe(): Promise<DescribedSecret> {
    const answer = expect(await secrets.describe(secretId), `the secret ${secretId} could not be described`);
    if (answer.answeredAtMs !== undefined) aheadMs = answer.answeredAtMs - clock.now();
    return answer;
  }

  /** As Secrets Manager does; what it would tell just after may lag behind. */
  function move(stage: string, to: string | null): void {
    const from = secret.versionOf(stage);
    const versions = Object.fromEntries(
      Object.entries(described.versions).map(([id, stages]) => [id, stages.filter((one) => one !== stage)]),
    );
    if (to !== null) versions[to] = [...(versions[to] ?? []), stage];
    described = { ...described, versions };
    if (stage === 'AWSCURRENT') move('AWSPREVIOUS', from);
  }

  const secret: RotatedSecret = {
    arn,
    tags,
    kmsKeyId: described.kmsKeyId ?? null,
    stagesOf: (versionId) => described.versions[versionId] ?? [],
    versionOf: (stage) => Object.entries(described.versions).find(([, stages]) => stages.includes(stage))?.[0] ?? null,
    labels: () => [...new Set(Object.values(described.versions).flat())],
    async read(versionId) {
      const known = values.get(versionId);
      if (known !== undefined) return known;
      const value = expect(await secrets.read(arn, versionId), `version ${versionId} of ${arn} could not be read`);
      if (value !== null) values.set(versionId, value);
      return value;
    },
    async readCredentials() {
      const ids = Object.keys(described.versions).filter((id) => secret.stagesOf(id).length > 0);
      const texts = await Promise.all(ids.map((id) => secret.read(id)));
      return ids.flatMap((id, nth) => {
        const credential = readCredential(texts[nth] ?? '');
        return credential === null ? [] : [{ id, credential }];
      });
    },
    async put(version) {
      const answer = await secrets.put(arn, version);
      if (!answer.ok && answer.failure.code === 'ResourceExistsException') {
        await secret.refresh();
        return false;
      }
      expect(answer, `a version could not be added to ${arn}`);
      for (const stage of version.stages) move(stage, version.versionId);
      return true;
    },
    async label(stage, to) {
      const from = secret.versionOf(stage);
      if (from === to) return;
      const answer = await secrets.move(arn, stage, from, to);
      if (answer.ok) return move(stage, to);
      // The answer to a first request may have been lost, or another caller did the same: the label shows that.
      await secret.refresh();
      if (secret.versionOf(stage) !== to) expect(answer, `the label ${stage} of ${arn} could not be moved`);
    },
    async refresh() {
      described = await describe();
    },
    nowMs: () => clock.now() + aheadMs,
  };
  return secret;
}

function expect<T>(answer: Answer<T>, otherwise: string): T {
  if (answer.ok) return answer.value;
  const { code, message } = answer.failure;
  throw new RotationError('SECRET_UNAVAILABLE', `${otherwise}: ${code}, ${message}`);
}

/** How an order names the credential of a version. */
export function referTo({ arn }: Pick<RotatedSecret, 'arn'>, versionId: string): `secretsmanager:${string}` {
  return `secretsmanager:${arn}##${versionId}`;
}
