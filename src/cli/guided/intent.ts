/** The questions in their order: where, which store, what to do with it, and what that needs to know. */
import { isTransient, type KeyStore, storeName } from '../../domain/key-store.ts';
import { findUnfinishedRun } from '../../library/runs.ts';
import { readConnection } from '../input/session.ts';
import { type OptionValues, readText } from '../options/option-values.ts';
import { type CommandName, flagsOf } from '../options/options.ts';
import type { Io } from '../terminal/io.ts';
import type { Ask } from './ask.ts';
import { choosePlace } from './choose-place.ts';
import { chooseStore } from './choose-store.ts';
import { fillIn } from './fill-in.ts';
import { type Goal, goalsFor } from './goals.ts';
import { hideSecrets } from './hide-secrets.ts';

/** A command with its arguments. `shown`: its options as they would be typed, without a secret. */
export interface Intent {
  readonly command: Goal['command'] | 'resume';
  readonly word: string;
  readonly optionValues: OptionValues;
  readonly shown: OptionValues;
}

/** @throws {LeftError} */
export async function findIntent(io: Io, ask: Ask, said: OptionValues): Promise<Intent> {
  ask.say('Nothing is sent before you have seen the plan and agreed to it. Ctrl-C leaves.');
  const { 'custom-key-store-id': _, profile: __, region: ___, ...rest } = said;
  let meant = readText(said, 'custom-key-store-id');
  let place = await choosePlace(ask, io.env, said);
  for (;;) {
    const store = await chooseStore(io, ask, place, meant);
    if (store === undefined) place = await choosePlace(ask, io.env, rest, true);
    else {
      const intent = await chooseGoal(ask, place, store);
      if (intent) return intent;
    }
    meant = undefined;
  }
}

/** Undefined: another store is meant. */
async function chooseGoal(ask: Ask, place: OptionValues, store: KeyStore): Promise<Intent | undefined> {
  const name = storeName(store);
  const unfinished = await findUnfinishedOf(store, place);
  const goals = goalsFor(store);
  const offers = [
    ...(unfinished ? [['resume', `resume its unfinished run ${unfinished.runId}`] as const] : []),
    ...goals.map(({ label }, at) => [`${at}`, label] as const),
    ['back', 'choose another store'] as const,
  ];
  if (isTransient(store.connectionState)) {
    ask.say(`${name} is ${store.connectionState} now: whatever you choose waits until that is over.`);
  }
  for (;;) {
    const word = await ask.pick<string>(`What do you want to do with ${name}?`, offers, offers[0]?.[0]);
    if (word === 'back') return undefined;
    if (word === 'resume' && unfinished) return intend('resume', unfinished.runId, place);
    const goal = goals[Number(word)];
    const answers = goal && (await fillIn(ask, place, store, goal));
    if (goal && answers) return intend(goal.command, store.customKeyStoreId, place, answers);
    ask.say('That would change nothing.');
  }
}

function findUnfinishedOf({ customKeyStoreId }: KeyStore, place: OptionValues) {
  const stateDirectory = readText(place, 'state-dir');
  const { endpoint } = readConnection(place);
  const where = { ...(stateDirectory ? { stateDirectory } : {}), ...(endpoint ? { endpoint } : {}) };
  return findUnfinishedRun(customKeyStoreId, where);
}

/** Of what was said, a command gets the options that it has. */
function intend(
  command: Intent['command'],
  word: string,
  said: OptionValues,
  { optionValues, shown }: Pick<Intent, 'optionValues' | 'shown'> = { optionValues: {}, shown: {} },
): Intent {
  const known = keepKnown(command, said);
  return { command, word, optionValues: { ...known, ...optionValues }, shown: { ...hideSecrets(known), ...shown } };
}

function keepKnown(command: CommandName, said: OptionValues): OptionValues {
  const flags = flagsOf(command);
  const isKnown = ([name, value]: readonly [string, unknown]) => value !== undefined && flags.includes(`--${name}`);
  return Object.fromEntries(Object.entries(said).filter(isKnown));
}
