/** A secret may have 20 staging labels. A rotation that finds no room for its own has to stop before it tells KMS anything. */
import { findAccepted, findOurs, labelsOfRotation, mostLabels } from './labels.ts';
import { RotationError } from './rotation-error.ts';
import type { Version } from './secret.ts';
import type { Turn } from './turn.ts';

/** `old`: the version that KMS uses. @throws {RotationError} */
export function requireRoom({ secret, token, terms }: Turn, old: Version): void {
  const attached = secret.labels();
  const currentId = secret.versionOf('AWSCURRENT') ?? token;
  const mayGoOffline = terms.accept.includes('outage');
  const needed = labelsOfRotation(token, currentId, { isOld: old.id !== currentId, mayGoOffline });
  // When KMS has accepted the credential is known only then.
  const accepted = findAccepted(secret.stagesOf(token)).length > 0 ? 0 : 1;
  const missing = needed.filter((label) => !attached.includes(label)).length + accepted;
  if (attached.length + missing <= mostLabels) return;
  const others = attached.filter((label) => !label.startsWith('AWS') && findOurs([label]).length === 0);
  const message = `${secret.arn} has ${attached.length} staging labels, and a rotation attaches ${missing} more; Secrets Manager allows ${mostLabels}. Nothing was sent to KMS. Remove ${attached.length + missing - mostLabels} or more that you no longer need: ${others.join(', ')}`;
  throw new RotationError('TOO_MANY_LABELS', message);
}
