/** `cks help`: the help of a command, or of a topic. Calls nothing. */
import { InvalidInputError } from '../../run/errors.ts';
import { commandGroups, commands } from '../commands.ts';
import type { CommandArguments } from '../input/request.ts';
import { quoteWord } from '../options/option-values.ts';
import { suggest } from '../options/suggest.ts';
import { explainExitCodes } from '../output/exit-codes.ts';
import { createProgram } from '../program.ts';
import type { Io } from '../terminal/io.ts';

export async function run(io: Io, { word: topic = '' }: CommandArguments): Promise<number> {
  if (topic === 'exit-codes') {
    io.stdout.write(explainExitCodes());
    return 0;
  }
  const known = [...Object.keys(commands), ...Object.keys(commandGroups), 'exit-codes'];
  if (topic !== '' && !known.includes(topic)) {
    const near = suggest(topic, known);
    const hint = near ? `did you mean cks help ${near}?` : 'cks help lists the commands';
    throw new InvalidInputError(`unknown topic ${quoteWord(topic)}; ${hint}`);
  }
  const words = topic === '' ? [] : topic.split(' ');
  await createProgram(io, async () => undefined).parseAsync([...words, '--help'], { from: 'user' });
  return 0;
}
