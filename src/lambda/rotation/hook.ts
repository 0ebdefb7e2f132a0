/** Calls the user's hook, for as long as there is time, and tells what went wrong without a secret. */
import type { KeyStore } from '../../domain/key-store.ts';
import { toPrintable } from '../../domain/printable.ts';
import { hideSecrets } from '../../domain/redaction.ts';
import { messageOf } from '../../run/errors.ts';
import type { Version } from './secret.ts';
import type { Turn } from './turn.ts';

const longestText = 300;

/** Null: it is done. Otherwise why it is not. `secrets`: of all versions, as what is thrown may hold any of them. */
export async function callHook(
  { hook, customKeyStoreId, clock }: Pick<Turn, 'hook' | 'customKeyStoreId' | 'clock'>,
  action: keyof Turn['hook'],
  store: KeyStore,
  { credential }: Version,
  known: readonly Version[],
  forMs: number,
): Promise<string | null> {
  const { XksProxyUriEndpoint: endpoint = '', XksProxyUriPath: path = '' } = store.settings;
  const [late, over] = [new AbortController(), new AbortController()];
  const terms = { customKeyStoreId, endpoint, path, signal: late.signal };
  const { AccessKeyId } = credential;
  const work = async () => {
    await (action === 'establish' ? hook.establish(credential, terms) : hook.retire({ AccessKeyId }, terms));
    return null;
  };
  const end = clock.sleep(Math.max(forMs, 0), over.signal).then(() => {
    late.abort();
    return `the hook did not ${action} ${AccessKeyId} within ${Math.round(forMs / 1_000)} s`;
  });
  const done = work().catch((error: unknown) => {
    return `the hook could not ${action} ${AccessKeyId}: ${clean(messageOf(error), known)}`;
  });
  const told = await Promise.race([done, end]);
  over.abort();
  return told;
}

/** However the secrets were written by whoever threw it. */
function clean(text: string, known: readonly Version[]): string {
  const secrets = known.map(({ credential }) => credential.RawSecretAccessKey);
  return toPrintable(hideSecrets(text, secrets)).slice(0, longestText);
}
