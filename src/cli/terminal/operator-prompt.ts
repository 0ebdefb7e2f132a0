/** Waits for the person at the terminal while a store is held offline. */
import type { Risk } from '../../domain/policy.ts';
import { explainRisk } from '../../domain/policy.ts';
import type { HeldStore, OperatorPrompt, Release } from '../../ports/operator-prompt.ts';
import { choicesFor, renderChoices, renderClock, renderHold } from '../output/render/hold.ts';
import type { Io } from './io.ts';
import { createQuestions } from './questions.ts';

const bell = '\u0007';

interface TerminalPromptOptions {
  /** Whether `cks resume` can continue the run. */
  readonly hasJournal: boolean;
  /** How often the bell rings and the clock of the outage is shown again, in milliseconds. */
  readonly remindAfterMs?: number;
  readonly now?: () => number;
}

/** A person who looks at the terminal answers within that; the store must not stay offline for longer. */
const timeoutMs = 60 * 60_000;

export function createTerminalPrompt(
  io: Io,
  onAccepted: (risk: Risk) => void,
  { hasJournal, remindAfterMs = 5 * 60_000, now = Date.now }: TerminalPromptOptions,
): OperatorPrompt {
  return {
    timeoutMs,
    async wait(held, signal): Promise<Release> {
      io.stderr.write(`${renderHold(held)}\n${renderChoices(choicesFor(held, hasJournal))}\n`);
      for (;;) {
        const release = await askOnce(held, signal);
        if (release) {
          if (release.kind === 'released') release.accepted.forEach(onAccepted);
          return release;
        }
      }
    },
  };

  /** Null: the menu is shown again. */
  async function askOnce(held: HeldStore, signal: AbortSignal): Promise<Release | null> {
    io.unguarded.stderr.write(bell);
    io.stderr.write(`${renderClock(held, now())}\n`);
    const remind = new AbortController();
    const timer = setTimeout(() => remind.abort(), remindAfterMs);
    try {
      const { choose, confirm } = createQuestions(io, AbortSignal.any([signal, remind.signal]));
      const choice = await choose(
        'What now?',
        choicesFor(held, hasJournal).map(({ word, label }) => [word, label] as const),
      );
      clearTimeout(timer);
      // A stop, and the end of the hold, ask for the store back. Ctrl-C only leaves the question: the run is suspended.
      if (signal.aborted) return { kind: held.rollsBackUnanswered ? 'givenUp' : 'left' };
      if (choice === undefined) return remind.signal.aborted ? null : { kind: 'left' };
      if (choice === 'wait') return null;
      if (choice === 'roll back') return { kind: 'givenUp' };
      if (choice === 'leave') return { kind: 'left' };
      const accepted: Risk[] = [];
      for (const risk of held.missing) {
        if (!(await confirm(`Accept the risk ${risk}?`, `${explainRisk(risk)}.`))) return null;
        accepted.push(risk);
      }
      return { kind: 'released', correction: {}, accepted };
    } finally {
      clearTimeout(timer);
    }
  }
}
