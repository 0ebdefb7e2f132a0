/** A field of a goal as a question: its words, what stands there at first, and what is wrong with an answer. */
import { checkText } from '../../domain/change.ts';
import { type KeyStore, shownValue } from '../../domain/key-store.ts';
import { describeProperty, type PropertyName, type TextRule } from '../../domain/properties.ts';
import type { LineRule } from '../terminal/asking/asking.ts';
import type { Field } from './goals.ts';

export interface FieldQuestion {
  readonly question: string;
  readonly rule: LineRule;
}

/** For a property that is seen; of a credential, its id. */
export function askField(store: KeyStore, { property, how }: Field): FieldQuestion {
  const { label, text, visibleMember } = describeProperty(property);
  const now = shownValue(store.settings, property);
  const judge = (value: string) => {
    if (how === 'optional' && value === '') return undefined;
    if (how === 'new' && !visibleMember && value === now) return 'That is what it has now.';
    return judgeText(property, text, value);
  };
  const word = visibleMember ? `${label}, ${visibleMember}` : label;
  const question = how === 'kept' ? capitalize(word) : `${how === 'again' ? '' : 'New '}${word}`;
  const start = how === 'kept' && now !== undefined ? { start: now } : {};
  return {
    question: how === 'optional' ? `${capitalize(word)}, or Enter for none` : capitalize(question),
    rule: { ...start, judge },
  };
}

/** For a secret, or the secret half of a credential. */
export function askSecretField(property: PropertyName, which: 'new' | 'previous'): FieldQuestion {
  const { label, secretMember, text } = describeProperty(property);
  const word = secretMember ? `${label}, ${secretMember.name}` : label;
  return {
    question: which === 'new' ? `New ${word}` : capitalize(`${word} in force now`),
    rule: { judge: (value) => judgeText(property, secretMember?.text ?? text, value) },
  };
}

/** What is only doubtful of a value, in a sentence. */
export function doubtSecret(property: PropertyName, value: string): string | undefined {
  const { secretMember, text } = describeProperty(property);
  return checkText(property, 'It', secretMember?.text ?? text, value, true)[0]?.message;
}

/** The value is not quoted: it stands where it was typed. */
function judgeText(property: PropertyName, rule: TextRule, value: string): string | undefined {
  if (value === '') return 'It is needed.';
  const error = checkText(property, 'It', rule, value, true).find(({ severity }) => severity === 'error');
  return error && `${error.message}.`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
