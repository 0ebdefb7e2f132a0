/** `cks impact`: who uses the keys of a store, and who may. Changes nothing, and uses no key. */
import { otherExitCodes } from '../../domain/outcome.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { type CommandArguments, readStore } from '../input/request.ts';
import { keepStack, loadVerb, openLog, readConnection } from '../input/session.ts';
import { readWord } from '../options/option-values.ts';
import { optionWords } from '../options/option-words.ts';
import { openOutput } from '../output/output.ts';
import { renderImpact } from '../output/render/impact.ts';
import { renderImpactInMarkdown } from '../output/render/impact-markdown.ts';
import { sayError } from '../output/say-error.ts';
import type { Io } from '../terminal/io.ts';

export async function run(io: Io, args: CommandArguments): Promise<number> {
  const { optionValues } = args;
  const customKeyStoreId = readStore(args);
  if (customKeyStoreId === undefined) throw new InvalidInputError('which custom key store? Give its id or name');
  const format = readWord(optionValues, 'format', optionWords.format);
  const isText = format === 'text' || format === 'markdown';
  const output = openOutput(
    io,
    format === undefined ? optionValues : { ...optionValues, output: isText ? 'text' : format },
  );
  const connection = readConnection(optionValues);
  const log = await openLog(io, optionValues);
  const { findImpact } = await loadVerb(() => import('../../library/impact.ts'));
  const found = await keepStack(log, () => findImpact({ customKeyStoreId, ...connection, ...log }));
  if (found.reason) sayError(io, found.reason);
  output.write(found, () => (format === 'markdown' ? renderImpactInMarkdown(found) : renderImpact(found)));
  return found.reason ? otherExitCodes.no : 0;
}
