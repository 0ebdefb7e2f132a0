/** Asks for what a goal needs to know, and nothing more. */
import { type KeyStore, shownValue } from '../../domain/key-store.ts';
import { describeProperty, optionName } from '../../domain/properties.ts';
import { writeCredential } from '../input/credential.ts';
import { previousOptions } from '../options/option-groups.ts';
import type { OptionValues } from '../options/option-values.ts';
import type { Ask } from './ask.ts';
import { askSecret, type Secret } from './ask-secret.ts';
import { chooseCluster } from './choose-cluster.ts';
import { askField } from './fields.ts';
import type { Field, Goal } from './goals.ts';

/** The options that carry the answers. `shown`: those of a command line, in which no typed secret stands. */
export interface ActorOutputs {
  readonly optionValues: OptionValues;
  readonly shown: OptionValues;
}

/** Undefined where nothing would be changed. */
export async function fillIn(
  ask: Ask,
  place: OptionValues,
  store: KeyStore,
  goal: Goal,
): Promise<ActorOutputs | undefined> {
  if (goal.note !== undefined) ask.say(goal.note);
  const fixed: OptionValues =
    goal.connectivity === undefined ? {} : { [optionName('XksProxyConnectivity')]: goal.connectivity };
  let answers: ActorOutputs = { optionValues: fixed, shown: fixed };
  for (const field of goal.fields) {
    const more = await askOne(ask, place, store, field);
    answers = {
      optionValues: { ...answers.optionValues, ...more.optionValues },
      shown: { ...answers.shown, ...more.shown },
    };
  }
  if (goal.fields.length > 0 && Object.keys(answers.optionValues).length === 0) return undefined;
  return { optionValues: { ...answers.optionValues, ...goal.options }, shown: { ...answers.shown, ...goal.options } };
}

const none: ActorOutputs = { optionValues: {}, shown: {} };

async function askOne(ask: Ask, place: OptionValues, store: KeyStore, field: Field): Promise<ActorOutputs> {
  const { property, how } = field;
  if (typeof how === 'object') {
    if (how.because !== undefined) ask.say(how.because);
    if (!(await ask.yesNo(how.perhaps))) return none;
  }
  const { help, secret, secretMember } = describeProperty(property);
  ask.say(help);
  if (secret) return carry(optionName(property), await askSecret(ask, property, 'new'));
  const { question, rule } = askField(store, field);
  const chosen = property === 'CloudHsmClusterId' ? await chooseCluster(ask, place, store) : undefined;
  const value = chosen ?? (await ask.line(question, rule));
  if (secretMember) return askBothHalves(ask, store, field, value);
  const isLeft =
    (how === 'kept' && value === shownValue(store.settings, property)) || (how === 'optional' && value === '');
  return isLeft ? none : carry(optionName(property), { value, shown: value });
}

async function askBothHalves(
  ask: Ask,
  store: KeyStore,
  { property, andPrevious }: Field,
  id: string,
): Promise<ActorOutputs> {
  const next = carry(optionName(property), joinHalves(id, await askSecret(ask, property, 'new')));
  const oldId = shownValue(store.settings, property);
  if (!andPrevious || oldId === undefined) return next;
  ask.say(
    'KMS never shows the secret in force now. If you still have it, cks can restore the old credential if the new one fails.',
  );
  if (!(await ask.yesNo(`Do you have the secret key for ${oldId}?`))) return next;
  const option = previousOptions[property as keyof typeof previousOptions];
  const old = carry(option, joinHalves(oldId, await askSecret(ask, property, 'previous')));
  return { optionValues: { ...next.optionValues, ...old.optionValues }, shown: { ...next.shown, ...old.shown } };
}

function joinHalves(id: string, { value, shown }: Secret): Secret {
  return { value: writeCredential(id, value), shown: writeCredential(id, shown) };
}

function carry(option: string, { value, shown }: Secret): ActorOutputs {
  return { optionValues: { [option]: value }, shown: { [option]: shown } };
}
