/** Calls the user's hook, for as long as there is time, and tells what went wrong without a secret. */
import type { KeyStore } from '../../domain/key-store.ts';
import { toPrintable } from '../../domain/printable.ts';
import { hideSecrets } from '../../domain/redaction.ts';
import type { CredentialValue } from '../../ports/kms.ts';
import { messageOf } from '../../run/errors.ts';
import type { Version } from './secret.ts';
import type { Turn } from './turn.ts';

const longestText = 300;

/** What the hook is to do, and for which credential. */
export type HookCall =
  | { readonly establish: CredentialValue }
  | { readonly retire: Pick<CredentialValue, 'AccessKeyId'> };

/** Null: it is done. Otherwise why it is not. `known`: all versions, as what is thrown may hold the secret of any. */
export async function callHook(
  { hook, customKeyStoreId, clock }: Pick<Turn, 'hook' | 'customKeyStoreId' | 'clock'>,
  store: KeyStore,
  call: HookCall,
  known: readonly Version[],
  forMs: number,
): Promise<string | null> {
  const { XksProxyUriEndpoint: endpoint = '', XksProxyUriPath: path = '' } = store.settings;
  const [late, over] = [new AbortController(), new AbortController()];
  const terms = { customKeyStoreId, endpoint, path, signal: late.signal };
  const what = 'establish' in call ? `establish ${call.establish.AccessKeyId}` : `retire ${call.retire.AccessKeyId}`;
  const work = async () => {
    await ('establish' in call ? hook.establish(call.establish, terms) : hook.retire(call.retire, terms));
    return null;
  };
  const end = clock.sleep(Math.max(forMs, 0), over.signal).then(() => {
    late.abort();
    return `the hook did not ${what} within ${Math.round(forMs / 1_000)} s`;
  });
  const done = work().catch((error: unknown) => {
    return `the hook could not ${what}: ${clean(messageOf(error), known)}`;
  });
  const told = await Promise.race([done, end]);
  over.abort();
  return told;
}

/** In whatever form the error holds the secrets. */
function clean(text: string, known: readonly Version[]): string {
  const secrets = known.map(({ credential }) => credential.RawSecretAccessKey);
  return toPrintable(hideSecrets(text, secrets)).slice(0, longestText);
}
