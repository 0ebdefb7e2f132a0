/** Secrets of AWS Secrets Manager: the credential as JSON with both halves, a password as JSON, or the secret alone. */
import { SecretUnavailableError } from '../../ports/secrets.ts';
import type { AskAbout } from './client.ts';

export interface KeptSecret {
  readonly secret: string;
  /** Kept beside it, where it is the secret of a proxy credential in JSON. */
  readonly accessKeyId?: string;
  /** Of the version of the secret that was read. */
  readonly versionId?: string;
}

/** `where`: the ARN or the name of the secret, `#STAGE` where it is not AWSCURRENT, and `##VERSION-ID` for one version. */
export type ReadSecret = (where: string) => Promise<KeptSecret>;

export function createSecretsManager(askAbout: AskAbout): ReadSecret {
  return async (where) => {
    const [SecretId = '', VersionStage, VersionId] = where.split('#');
    const which = { ...(VersionStage ? { VersionStage } : {}), ...(VersionId ? { VersionId } : {}) };
    const answer = await askAbout(SecretId)((client, options) =>
      client.getSecretValue({ SecretId, ...which }, options),
    );
    if (answer.ok) {
      const { SecretString, VersionId: versionId } = answer.value;
      return { ...readSecret(where, SecretString), ...(versionId ? { versionId } : {}) };
    }
    // What is no ARN may be the secret itself.
    const name = where.startsWith('arn:') ? `secretsmanager:${where}` : 'the secret that secretsmanager: names';
    throw new SecretUnavailableError(`${name} cannot be read (${answer.failure.code})`);
  };
}

function readSecret(where: string, text: string | undefined): KeptSecret {
  const document = text === undefined ? undefined : parseObject(text);
  if (text !== undefined && document === undefined) return { secret: text.replace(/\r?\n$/, '') };
  const { AccessKeyId: id, RawSecretAccessKey, KeyStorePassword } = document ?? {};
  const secret = RawSecretAccessKey ?? KeyStorePassword;
  if (typeof secret === 'string') return { secret, ...(typeof id === 'string' ? { accessKeyId: id } : {}) };
  throw new SecretUnavailableError(
    `secretsmanager:${where} holds neither a secret alone nor JSON with RawSecretAccessKey or KeyStorePassword`,
  );
}

/** Undefined: the text is no JSON object. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
