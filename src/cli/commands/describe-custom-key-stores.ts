/** `cks describe-custom-key-stores`: what KMS answers, taken and written as `aws kms` does. */
import { explainFailure } from '../../domain/failure.ts';
import { otherExitCodes } from '../../domain/outcome.ts';
import { explainUnreadable } from '../../domain/reasons.ts';
import { readCall } from '../aws/call.ts';
import { turnPages } from '../aws/pages.ts';
import { readPaging } from '../aws/paging.ts';
import { createPageReader } from '../aws/read-page.ts';
import type { Io } from '../io.ts';
import { readText } from '../option-values.ts';
import type { CommandArguments } from '../order.ts';
import { sayError } from '../say-error.ts';
import { keepStack, loadVerb, openLog, readConnection } from '../session.ts';

export async function run(io: Io, args: CommandArguments): Promise<number> {
  const call = await readCall(io, 'DescribeCustomKeyStores', args.optionValues);
  if (call === undefined) return 0;
  const { optionValues, print } = call;
  const paging = readPaging(optionValues);
  const readPage = createPageReader(readText(optionValues, 'cli-timestamp-format'));
  const connection = readConnection(optionValues);
  const log = await openLog(io, optionValues);
  const { describePages } = await loadVerb(() => import('../../library/describe-pages.ts'));
  const { place, answer } = await keepStack(log, () =>
    describePages({ ...connection, ...log }, (describePage) => turnPages(describePage, paging, readPage)),
  );
  if ('whole' in answer) {
    await print(answer);
    return 0;
  }
  const store = readText(optionValues, 'custom-key-store-id') ?? readText(optionValues, 'custom-key-store-name');
  const reason =
    store === undefined
      ? explainFailure(answer, 'the stores could not be described')
      : explainUnreadable(answer, store, place);
  sayError(io, reason);
  return otherExitCodes.no;
}
