/** `cks describe-custom-key-stores`: what KMS answers, taken and written as `aws kms` does. */
import { explainFailure } from '../../domain/failure.ts';
import { otherExitCodes } from '../../domain/outcome.ts';
import { explainUnreadable } from '../../domain/reasons.ts';
import type { RunCommand } from '../commands.ts';
import { keepStack, loadVerb, openLog, readConnection } from '../input/session.ts';
import { readText } from '../options/option-values.ts';
import { sayError } from '../output/say-error.ts';
import { readCall } from './call.ts';
import { turnPages } from './pages.ts';
import { readPaging } from './paging.ts';
import { createPageReader } from './read-page.ts';

export const describe: RunCommand = async (io, args) => {
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
};
