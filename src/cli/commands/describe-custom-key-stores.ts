/** `cks describe-custom-key-stores`: what KMS answers, taken and written as `aws kms` does. */
import { explainFailure } from '../../domain/failure.ts';
import { otherExitCodes } from '../../domain/outcome.ts';
import { explainUnreadable } from '../../domain/reasons.ts';
import { readCall } from '../aws/call.ts';
import { turnPages } from '../aws/pages.ts';
import { readPaging } from '../aws/paging.ts';
import { createPageReader } from '../aws/read-page.ts';
import { readText } from '../given.ts';
import type { Io } from '../io.ts';
import type { CommandArguments } from '../order.ts';
import { sayError } from '../say-error.ts';
import { keepStack, loadVerb, openLog, readConnection } from '../session.ts';

export async function run(io: Io, args: CommandArguments): Promise<number> {
  const call = await readCall(io, 'DescribeCustomKeyStores', args.given);
  if (call === undefined) return 0;
  const { given, print } = call;
  const paging = readPaging(given);
  const readPage = createPageReader(readText(given, 'cli-timestamp-format'));
  const connection = readConnection(given);
  const log = await openLog(io, given);
  const { describePages } = await loadVerb(() => import('../../library/describe-pages.ts'));
  const { place, answer } = await keepStack(log, () =>
    describePages({ ...connection, ...log }, (describePage) => turnPages(describePage, paging, readPage)),
  );
  if ('whole' in answer) {
    await print(answer);
    return 0;
  }
  const store = readText(given, 'custom-key-store-id') ?? readText(given, 'custom-key-store-name');
  const reason =
    store === undefined
      ? explainFailure(answer, 'the stores could not be described')
      : explainUnreadable(answer, store, place);
  sayError(io, reason);
  return otherExitCodes.no;
}
