/** A hold that another process may end too: `cks resume RUN --yes`, or `--roll-back`. */
import { takeRelease } from '../../disk/journal/release-file.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HeldStore, OperatorPrompt, Release } from '../../ports/operator-prompt.ts';

const pollMs = 1_000;

/** Where no person can be asked, only a stop ends the wait: it asks for the store back. */
export const unattended: OperatorPrompt = {
  wait: ({ rollsBackUnanswered }, signal) =>
    new Promise<Release>((resolve) => {
      const end = () => resolve({ kind: rollsBackUnanswered ? 'givenUp' : 'left' });
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    }),
};

/** `holder`: whom else to ask. */
export function listenForReleases(
  folder: string,
  runId: string,
  operatorPrompt: OperatorPrompt,
  clock: Clock,
): OperatorPrompt {
  return {
    ...operatorPrompt,
    async wait(held, signal) {
      // One that was asked for before this hold is not meant for it.
      await takeRelease(folder, runId);
      const isOver = new AbortController();
      const heard = waitForFile(held, AbortSignal.any([signal, isOver.signal]));
      const closed = new AbortController();
      const asked = operatorPrompt.wait(held, AbortSignal.any([signal, closed.signal]));
      try {
        const release = await Promise.race([heard.then((found) => found ?? asked), asked]);
        closed.abort();
        // The terminal is free again before the run continues; a prompt that ignores its signal is not waited for.
        await Promise.race([asked.catch(() => undefined), clock.sleep(pollMs, isOver.signal)]);
        return release;
      } finally {
        isOver.abort();
      }
    },
  };

  /** Null: the wait ended before one was asked for. One that lacks a risk ends no hold. */
  async function waitForFile({ missing }: HeldStore, signal: AbortSignal): Promise<Release | null> {
    while (!signal.aborted) {
      await clock.sleep(pollMs, signal);
      const release = signal.aborted ? null : await takeRelease(folder, runId);
      if (release?.kind === 'givenUp') return release;
      if (release && missing.every((risk) => release.accepted.includes(risk))) return { ...release, correction: {} };
    }
    return null;
  }
}
