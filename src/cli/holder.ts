/** Waits for the person at the terminal while a store is held offline. */
import type { Risk } from '../domain/policy.ts';
import { explainRisk } from '../domain/policy.ts';
import type { Holder, Release } from '../ports/holder.ts';
import type { Io } from './io.ts';
import { createQuestions } from './questions.ts';
import { choicesFor, renderChoices, renderHold } from './render/hold.ts';

export function createTerminalHolder(io: Io, onAccepted: (risk: Risk) => void): Holder {
  return {
    async wait(held, signal): Promise<Release> {
      io.stderr.write(`${renderHold(held)}\n`);
      const { choose, confirm } = createQuestions(io, signal);
      const choices = choicesFor(held);
      io.stderr.write(`${renderChoices(choices)}\n`);
      const choice = await choose(
        'What now?',
        choices.map(({ word, label }) => [word, label] as const),
      );
      // A stop asks for the store back. Ctrl-C only leaves the question: the run is suspended, and the store stays as it is.
      if (choice === undefined) return signal.aborted && held.canRollBack ? { kind: 'givenUp' } : { kind: 'left' };
      if (choice === 'give up') return { kind: 'givenUp' };
      if (choice === 'leave') return { kind: 'left' };
      const accepted: Risk[] = [];
      for (const risk of held.missing) {
        if (!(await confirm(`Accept ${risk}?`, `${explainRisk(risk)}.`))) return { kind: 'left' };
        accepted.push(risk);
      }
      accepted.forEach(onAccepted);
      return { kind: 'released', correction: {}, accepted };
    },
  };
}
