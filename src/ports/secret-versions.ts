/** What a rotation needs of AWS Secrets Manager: a secret by its versions. Answers are data, as those of KMS are. */
import type { Answer } from './answer.ts';

export interface DescribedSecret {
  readonly arn: string;
  /** A function rotates it. */
  readonly rotates: boolean;
  readonly isDeleted: boolean;
  /** Of the KMS key that it is encrypted with; absent: the one of the account's own for Secrets Manager. */
  readonly kmsKeyId?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Staging labels by version id; a version without one is not told. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  /** When Secrets Manager answered, by its own clock; absent where it did not say. */
  readonly answeredAtMs?: number;
}

export interface NewVersion {
  readonly versionId: string;
  readonly value: string;
  readonly stages: readonly string[];
  /** What Secrets Manager handed to the rotation, where that acts in another account. */
  readonly rotationToken?: string;
}

export interface SecretVersions {
  describe(secretId: string): Promise<Answer<DescribedSecret>>;
  /** Null: there is no such version, or an empty one. A value that is no text is the empty string. */
  read(secretId: string, versionId: string): Promise<Answer<string | null>>;
  /** Each label is taken from the version that has it. The same again changes nothing. */
  put(secretId: string, version: NewVersion): Promise<Answer<null>>;
  /** `from`: the version that has the label now, null: none. `to`: null takes it away. */
  move(secretId: string, stage: string, from: string | null, to: string | null): Promise<Answer<null>>;
}
