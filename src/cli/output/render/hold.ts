/** A store that is held, in words: why, what can be done with it now, and what each of that would do. */
import { usualDuration } from '../../../domain/cadence.ts';
import { formatDuration, formatInstant } from '../../../domain/duration.ts';
import { nameStore } from '../../../domain/key-store.ts';
import { explainTask } from '../../../domain/kmsuser-password.ts';
import { optionName } from '../../../domain/properties.ts';
import type { HeldStore } from '../../../ports/operator-prompt.ts';
import { columnsOf, rowsOf, wrap } from './lines.ts';
import { reasonRows } from './reason.ts';

export function renderHold(held: HeldStore): string {
  const { store, changes, reason, obstacle } = held;
  const head = wrap(`${nameStore(store)} is on hold: it is ${store.connectionState}, and no key works.`);
  if (reason === null) {
    const { task, commands, note } = explainTask(store, changes);
    const notes = note === undefined ? [] : [wrap(note)];
    return [head, wrap(task), ...commands.map((command) => `  ${command}`), ...notes].join('\n');
  }
  const notBack = obstacle ? [wrap(`The old settings may not help: ${obstacle.message}.`)] : [];
  return [head, ...rowsOf(reasonRows(reason)), ...notBack].join('\n');
}

export interface Choice {
  readonly word: 'wait' | 'continue' | 'roll back' | 'leave';
  /** As it is offered. */
  readonly label: string;
  readonly name: string;
  /** What it would do. */
  readonly meaning: string;
}

/** Says how long the store has been offline, and what the run does without an answer. */
export function renderClock({ offlineSince, until, rollsBackUnanswered }: HeldStore, nowMs: number): string {
  const offline =
    offlineSince === null ? 'On hold' : `Offline for ${formatDuration(Math.max(0, nowMs - Date.parse(offlineSince)))}`;
  if (until === null) return `${offline}.`;
  const end = endUnanswered(rollsBackUnanswered);
  const left = formatDuration(Math.max(0, Date.parse(until) - nowMs));
  return wrap(`${offline}; without an answer ${end} at ${formatInstant(until)}, in ${left}.`);
}

/** What the run does where no answer comes in time. */
export function endUnanswered(rollsBack: boolean): string {
  return rollsBack ? 'the run rolls back' : 'the run ends, and the store stays offline';
}

/** First the one that changes nothing and ends nothing, which Enter alone takes. Without a journal no run is resumed. */
export function choicesFor(held: HeldStore, hasJournal: boolean): readonly Choice[] {
  return [wait(held), goOn(held), ...(held.canRollBack ? [giveUp(held)] : []), leave(held, hasJournal)];
}

export function renderChoices(choices: readonly Choice[]): string {
  return ['What each choice does:', ...columnsOf(choices.map(({ name, meaning }) => [name, meaning]))].join('\n');
}

function goOn({ store, reason, missing }: HeldStore): Choice {
  const connects = `connects the store with the new settings, usually ${usualDuration('CONNECTED', store.customKeyStoreType)}`;
  if (reason === null) {
    return {
      word: 'continue',
      label: 'continue (my part is done)',
      name: 'continue',
      meaning: `sends the update and ${connects}.`,
    };
  }
  const first = store.connectionState === 'DISCONNECTED' ? '' : 'disconnects it, then ';
  const login = missing.includes('login') ? ' That is one more login of kmsuser, which cks asks you to accept.' : '';
  const meaning = `${first}${connects}.${login} Fix the cause first.`;
  return { word: 'continue', label: 'retry (I have fixed the cause)', name: 'retry', meaning };
}

function wait({ store }: HeldStore): Choice {
  const meaning = `keeps waiting for you. The store stays ${store.connectionState}.`;
  return { word: 'wait', label: 'wait: keep the hold', name: 'wait', meaning };
}

function leave({ store, reason, changes }: HeldStore, hasJournal: boolean): Choice {
  const [change] = changes;
  const correct =
    reason && change ? `, and takes another value too, such as --${optionName(change.property)} VALUE` : '';
  const until = hasJournal
    ? `until cks resume continues the run${correct}`
    : `until you connect it with cks reconnect ${store.customKeyStoreId}: without a journal the run cannot be resumed`;
  const meaning = `ends this command, and the run does not roll back by itself. The store stays ${store.connectionState} ${until}.`;
  return { word: 'leave', label: 'leave: end this command, the store stays offline', name: 'leave', meaning };
}

function giveUp({ store }: HeldStore): Choice {
  const usually = usualDuration('CONNECTED', store.customKeyStoreType);
  const meaning = `restores the old settings, and connects the store if it was CONNECTED: usually ${usually}.`;
  return { word: 'roll back', label: 'roll back: restore the old settings', name: 'roll back', meaning };
}
