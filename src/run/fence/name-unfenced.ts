/** Keys of the store that were created since its keys were listed: they have no fence, so a result names them. */
import type { Fence } from '../../domain/fence.ts';
import type { StoreKey } from '../../ports/keys.ts';
import type { Run } from '../run.ts';
import { askUntilAnswered } from './ask.ts';

const listedWithinMs = 60_000;

/** The fence as it was where KMS rejects the question, or a stop ends it. */
export async function nameUnfenced(
  run: Run,
  customKeyStoreId: string,
  fence: Fence,
  signal?: AbortSignal,
): Promise<Fence> {
  const listed = await askUntilAnswered(run, () => run.keys.listNew(customKeyStoreId, signal), {
    signal,
    withinMs: listedWithinMs,
  });
  if (!listed.ok) return fence;
  const known = new Set([...fence.keys, ...fence.unfenced].map(({ keyId }) => keyId));
  const isNew = ({ arn, keyState, createdAtMs }: StoreKey) =>
    !known.has(arn) && keyState === 'Enabled' && createdAtMs >= fence.listedAtMs;
  const created = listed.value.keys.filter(isNew).map(({ arn }) => ({ keyId: arn, why: 'created during the run' }));
  return { ...fence, unfenced: [...fence.unfenced, ...created] };
}
