/** Asks for a secret: typed unseen, or where it is kept. */
import type { KeptReference } from '../../domain/change.ts';
import { describeProperty, type PropertyName } from '../../domain/properties.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { createVault } from '../../secrets/vault.ts';
import type { Ask } from './ask.ts';
import { askSecretField, doubtSecret } from './fields.ts';

export interface Secret {
  /** The secret, or the reference to it. */
  readonly value: string;
  /** What stands for it in a command line. */
  readonly shown: string;
}

const places = [
  ['type', 'type it here (hidden)'],
  ['env', 'in an environment variable'],
  ['file', 'in a file'],
  ['secretsmanager', 'in AWS Secrets Manager'],
] as const;

const placeQuestions = { env: 'Name of the variable', file: 'Path of the file', secretsmanager: 'ARN of the secret' };

export async function askSecret(ask: Ask, property: PropertyName, which: 'new' | 'previous'): Promise<Secret> {
  const { question, rule } = askSecretField(property, which);
  for (;;) {
    const place = await ask.pick(`${question}: where is it?`, places, 'type');
    if (place === 'type') {
      const value = await ask.unseen(question, rule);
      const doubt = doubtSecret(property, value);
      if (doubt !== undefined) ask.say(`warning: ${doubt}`);
      return { value, shown: 'prompt' };
    }
    const where = await ask.line(placeQuestions[place], {
      judge: (text) => (text === '' ? 'It is needed.' : undefined),
    });
    const reference = `${place}:${where}` as const;
    const problem = await judgeKept(property, reference);
    if (problem === undefined) return { value: reference, shown: reference };
    ask.say(problem);
  }
}

/** What is wrong with what is kept there, if anything is, as the run would say it. Secrets Manager is asked by the run. */
async function judgeKept(property: PropertyName, reference: KeptReference): Promise<string | undefined> {
  if (reference.startsWith('secretsmanager:')) return undefined;
  const { secretMember, visibleMember, text } = describeProperty(property);
  const value = secretMember
    ? { [`${visibleMember}`]: 'A'.repeat(text.min), [secretMember.name]: reference }
    : reference;
  const { prepareCorrection } = await import('../../run/prepare.ts');
  try {
    await prepareCorrection({ [property]: value }, createVault());
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return `${error.message}.`;
  }
}
