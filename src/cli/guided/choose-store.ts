/** Shows the stores of a place and asks which one is meant. */
import { explainFailure } from '../../domain/failure.ts';
import { type KeyStore, storeName } from '../../domain/key-store.ts';
import { loadVerb, readConnection } from '../input/session.ts';
import type { OptionValues } from '../options/option-values.ts';
import { sayError } from '../output/say-error.ts';
import type { Io } from '../terminal/io.ts';
import type { Ask } from './ask.ts';
import { explainFailures, rowsOf } from './store-rows.ts';

const elsewhere = 'elsewhere';

/** `place`: with profile and Region. `meant`: its id or name, where it was said. Undefined: look in another place. */
export async function chooseStore(
  io: Io,
  ask: Ask,
  place: OptionValues,
  meant: string | undefined,
): Promise<KeyStore | undefined> {
  const { surveyStores } = await loadVerb(() => import('../../library/survey-stores.ts'));
  const { place: found, reply } = await ask.wait(surveyStores(readConnection(place)));
  const where = `${found.region}${found.account === 'unknown' ? '' : ` of account ${found.account}`}`;
  if (!reply.ok) {
    sayError(io, explainFailure(reply.failure, 'the stores could not be described'));
    return undefined;
  }
  const stores = reply.value;
  const known = stores.find(({ store }) => [store.customKeyStoreId, storeName(store)].some((name) => name === meant));
  if (known) return known.store;
  if (meant !== undefined) ask.say(`No custom key store has that id or name in ${where}.`);
  if (stores.length === 0) {
    ask.say(`0 custom key stores in ${where}.`);
    return undefined;
  }
  io.stderr.write(explainFailures(stores));
  const offers = [...rowsOf(stores, Date.now()), [elsewhere, 'other Region or account', []] as const];
  const id = await ask.search(`Which custom key store in ${where}?`, offers);
  return stores.find(({ store }) => store.customKeyStoreId === id)?.store;
}
