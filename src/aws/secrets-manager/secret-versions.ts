/** The versions of a secret, as AWS Secrets Manager keeps them. */
import { listSecrets } from '../../domain/redaction.ts';
import type { Answer } from '../../ports/answer.ts';
import type { SecretVersions } from '../../ports/secret-versions.ts';
import { createKnownSecrets } from '../known-secrets.ts';
import { readDate } from '../service-date.ts';
import type { AskAbout } from './client.ts';
import { parseObject } from './secrets-manager.ts';

export function createSecretVersions(askAbout: AskAbout): SecretVersions {
  return {
    describe: (SecretId) =>
      askAbout(SecretId)(async (client, options) => {
        const told = await client.describeSecret({ SecretId }, options);
        const answeredAtMs = readDate(told.$metadata ?? {});
        return {
          arn: told.ARN ?? SecretId,
          rotates: told.RotationEnabled ?? false,
          isDeleted: told.DeletedDate !== undefined,
          ...(told.KmsKeyId ? { kmsKeyId: told.KmsKeyId } : {}),
          tags: Object.fromEntries((told.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
          versions: told.VersionIdsToStages ?? {},
          ...(answeredAtMs === undefined ? {} : { answeredAtMs }),
        };
      }),

    async read(SecretId, VersionId) {
      const answer = await askAbout(SecretId)((client, options) =>
        client.getSecretValue({ SecretId, VersionId }, options),
      );
      if (answer.ok) return { ok: true, value: answer.value.SecretString ?? '' };
      return answer.failure.code === 'ResourceNotFoundException' ? { ok: true, value: null } : answer;
    },

    put: (SecretId, { versionId, value, stages, rotationToken }) =>
      send(askAbout, SecretId, (client, options) =>
        client.putSecretValue(
          {
            SecretId,
            ClientRequestToken: versionId,
            SecretString: value,
            VersionStages: [...stages],
            ...(rotationToken === undefined ? {} : { RotationToken: rotationToken }),
          },
          options,
        ),
      ),

    move: (SecretId, VersionStage, from, to) =>
      send(askAbout, SecretId, (client, options) =>
        client.updateSecretVersionStage(
          {
            SecretId,
            VersionStage,
            ...(from === null ? {} : { RemoveFromVersionId: from }),
            ...(to === null ? {} : { MoveToVersionId: to }),
          },
          options,
        ),
      ),
  };
}

/**
 * The same for one rotation: as long as it lives, what it reads and writes is taken out of whatever AWS answers to it, in
 * this call and in later ones.
 */
export function hideVersions(versions: SecretVersions): SecretVersions {
  const known = createKnownSecrets();
  const learn = (text: string) => {
    for (const secret of listSecrets(parseObject(text) ?? text)) known.add(secret);
  };
  return {
    ...versions,
    async read(secretId, versionId) {
      const answer = await versions.read(secretId, versionId);
      if (answer.ok && answer.value) learn(answer.value);
      return answer;
    },
    put(secretId, version) {
      learn(version.value);
      return versions.put(secretId, version);
    },
  };
}

async function send(
  askAbout: AskAbout,
  secretId: string,
  question: Parameters<ReturnType<AskAbout>>[0],
): Promise<Answer<null>> {
  const answer = await askAbout(secretId)(question);
  return answer.ok ? { ok: true, value: null } : answer;
}
