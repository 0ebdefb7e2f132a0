/** `cks describe`: one store, or all of the account and Region. */
import { explainFailure } from '../../domain/failure.ts';
import { otherExitCodes } from '../../domain/outcome.ts';
import { explainUnreadable } from '../../domain/reasons.ts';
import { type CommandArguments, readStore } from '../input/request.ts';
import { findEndpoint, keepStack, loadVerb, openLog, readConnection } from '../input/session.ts';
import { openOutput } from '../output/output.ts';
import { renderStores } from '../output/render/stores.ts';
import { renderWhere } from '../output/render/where.ts';
import { sayError } from '../output/say-error.ts';
import type { DescribedStores } from '../output/schemas.ts';
import type { Io } from '../terminal/io.ts';

export async function run(io: Io, args: CommandArguments): Promise<number> {
  const store = readStore(args);
  const connection = readConnection(args.optionValues);
  const output = openOutput(io, args.optionValues);
  const log = await openLog(io, args.optionValues);
  const { describeStores } = await loadVerb(() => import('../../library/describe-stores.ts'));
  const asked = store === undefined ? {} : { customKeyStoreId: store };
  const { place, reply } = await keepStack(log, () => describeStores({ ...connection, ...log, ...asked }));
  if (reply.ok) {
    const where = renderWhere({ ...place, endpoint: findEndpoint(connection) });
    output.write({ ...place, stores: reply.value } satisfies DescribedStores, () => renderStores(reply.value, where));
    return 0;
  }
  const reason =
    store === undefined
      ? explainFailure(reply.failure, 'the stores could not be described')
      : explainUnreadable(reply.failure, store, place);
  sayError(io, reason);
  output.write({ ...place, stores: [], reason } satisfies DescribedStores, () => '');
  return otherExitCodes.no;
}
