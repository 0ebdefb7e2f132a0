/** A person at a terminal who types before any question is shown, and then leaves each question that is. */
import { PassThrough } from 'node:stream';
import { createTerminalApprover } from '../../src/cli/terminal/approver.ts';
import type { Io } from '../../src/cli/terminal/io.ts';
import type { Approver } from '../../src/ports/approver.ts';
// Loaded before time is virtual: the approver imports them when it asks.
import '../../src/cli/terminal/asking/plain.ts';
import '../../src/cli/terminal/questions.ts';
import type { World } from './world.ts';

const answers = { cancels: '\u0003', declines: '\n', ends: null } as const;

/** How the person leaves a question. */
export type Leaving = keyof typeof answers;

export const leavings = Object.keys(answers) as readonly Leaving[];

/** Long after the question was shown, and never before. */
const readsForMs = 5_000;

/** `names`: what is typed ahead beside `y`: the names that a question may ask for. */
export function createTypingApprover({ clock }: World, leaving: Leaving, names: readonly string[]): Approver {
  return {
    async ask(assessment, signal) {
      const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
      const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 40 });
      let isAboutToLeave = false;
      stderr.on('data', () => {
        if (isAboutToLeave) return;
        isAboutToLeave = true;
        clock.at(clock.now() + readsForMs, () => {
          isAboutToLeave = false;
          const answer = answers[leaving];
          if (answer === null) stdin.end();
          else if (!stdin.writableEnded) stdin.write(answer);
        });
      });
      for (const line of ['y', ...names, 'yes', ...names, 'y', 'y', 'y']) stdin.write(`${line}\n`);
      const io = { argv: [], env: { TERM: 'dumb' }, stdin, stdout: stderr, stderr, onSignal: () => () => undefined };
      const accept = { accept: [], onAccepted: () => undefined };
      const approver = createTerminalApprover(io as unknown as Io, accept, { journal: 'file', lock: 'user' }, null);
      try {
        return await approver.ask(assessment, signal);
      } catch (error) {
        // The command ends here.
        if ((error as Error).name === 'LeftError') return { kind: 'declined' };
        throw error;
      }
    },
  };
}
