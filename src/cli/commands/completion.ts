/** `cks completion`: prints a script that a shell reads. Calls nothing. */
import { InvalidInputError } from '../../run/errors.ts';
import { completeInBash } from '../completion/bash.ts';
import { listCommands, type Shell, shells } from '../completion/commands.ts';
import { completeInFish } from '../completion/fish.ts';
import { completeInZsh } from '../completion/zsh.ts';
import type { CommandArguments } from '../input/request.ts';
import type { Io } from '../terminal/io.ts';

const writers = { bash: completeInBash, zsh: completeInZsh, fish: completeInFish } as const satisfies Record<
  Shell,
  unknown
>;

export async function run(io: Io, { word }: CommandArguments): Promise<number> {
  const shell = shells.find((known) => known === word);
  if (shell === undefined) throw new InvalidInputError(`which shell? There are ${shells.join(', ')}`);
  io.stdout.write(writers[shell](listCommands()));
  return 0;
}
