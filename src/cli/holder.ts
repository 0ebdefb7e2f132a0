/** Waits for the person at the terminal while a store is held offline. */
import { nameStore } from '../domain/key-store.ts';
import type { Risk } from '../domain/policy.ts';
import { explainRisk } from '../domain/policy.ts';
import type { HeldStore, Holder, Release } from '../ports/holder.ts';
import type { Io } from './io.ts';
import { createQuestions } from './questions.ts';
import { wrap } from './render/lines.ts';
import { renderReason } from './render/reason.ts';
import { operatorsTask } from './unfinished.ts';

export function createTerminalHolder(io: Io, onAccepted: (risk: Risk) => void): Holder {
  return {
    async wait(held, signal): Promise<Release> {
      io.stderr.write(`${describeHold(held)}\n`);
      const { choose, confirm } = createQuestions(io, signal);
      const choice = await choose('What now?', [
        ['go on', held.reason ? 'it is mended: try again' : 'it is done: go on'],
        ['leave', 'leave it held; cks resume goes on, also with corrected values'],
        ...(held.canRollBack ? [['give up', 'put the store back as it was'] as const] : []),
      ]);
      // A stop is heard as the wish to have the store back; without a way back it stays held.
      if (choice === undefined) return held.canRollBack ? { kind: 'givenUp' } : { kind: 'left' };
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

function describeHold({ store, reason }: HeldStore): string {
  const head = wrap(`${nameStore(store)} is held: it is ${store.connectionState}, and no key in it can be used.`);
  if (reason) return [head, ...renderReason(reason)].join('\n');
  return `${head}\n${wrap(operatorsTask)}`;
}
