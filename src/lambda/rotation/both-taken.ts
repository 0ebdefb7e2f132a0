/** A check of the run that rotates: the proxy takes the credential in force and the new one, by its own word. */
import { randomUUID } from 'node:crypto';
import { conclude, failed, type Note, passed } from '../../checks/conclude.ts';
import { isObstacle, readReply } from '../../checks/xks-proxy/obstacles.ts';
import type { KeyStore } from '../../domain/key-store.ts';
import type { Check } from '../../ports/checks.ts';
import type { Version } from './secret.ts';
import type { Turn } from './turn.ts';

/** Some hosts of KMS sign with the old one for up to five minutes. Source: developer guide, update-xks-keystore. */
export function createBothTakenCheck(
  { proxy, secret, token }: Pick<Turn, 'proxy' | 'secret' | 'token'>,
  old: Version,
  wanted: Version,
): Check {
  return {
    name: 'both-credentials',
    async run({ settings }, _plan, signal) {
      const isTaken = (version: Version, word: string) => ask(settings, version, word, signal);
      const notes = [...(await isTaken(wanted, 'new')), ...(await isTaken(old, 'old'))];
      await secret.refresh();
      if (!secret.stagesOf(token).includes('AWSPENDING')) {
        notes.push(failed('another rotation of this secret has begun meanwhile'));
      }
      return conclude(notes);
    },
  };

  async function ask(
    { XksProxyUriEndpoint: endpoint = '', XksProxyUriPath: path = '' }: KeyStore['settings'],
    { credential }: Version,
    word: string,
    signal: AbortSignal,
  ): Promise<Note[]> {
    const body = { requestMetadata: { kmsRequestId: randomUUID(), kmsOperation: 'KmsHealthCheck' } };
    const request = { endpoint, path, resource: 'health', method: 'POST', credential, body } as const;
    const readout = readReply(await proxy.ask(request, signal));
    const told = `the ${word} credential (${credential.AccessKeyId})`;
    if (!isObstacle(readout)) return [passed(`it takes ${told}`)];
    return [{ status: readout.status, text: `${endpoint}, with ${told}: ${readout.text}` }];
  }
}
