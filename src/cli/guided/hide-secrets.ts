/** Options as they may be shown: what was typed of a secret is asked for in its place. */
import { isKeptReference } from '../../domain/change.ts';
import { describeProperty, optionName, type PropertyName, propertyNames } from '../../domain/properties.ts';
import { parseCredential, writeCredential } from '../input/credential.ts';
import { previousOptions } from '../options/option-groups.ts';
import { type OptionValues, readText } from '../options/option-values.ts';
import type { OptionName } from '../options/options.ts';

/** @throws {InvalidInputError} where a credential cannot be read */
export function hideSecrets(optionValues: OptionValues): OptionValues {
  const hidden: Record<string, string> = {};
  for (const name of propertyNames) {
    for (const option of optionsOf(name)) {
      const value = readText(optionValues, option);
      const shown = value === undefined ? undefined : hide(name, option, value);
      if (shown !== undefined) hidden[option] = shown;
    }
  }
  return { ...optionValues, ...hidden };
}

function optionsOf(name: PropertyName): readonly OptionName[] {
  const previous = previousOptions[name as keyof typeof previousOptions];
  return [optionName(name), ...(previous === undefined ? [] : [previous])];
}

function hide(name: PropertyName, option: string, value: string): string | undefined {
  const { secret, secretMember } = describeProperty(name);
  if (secret) return hideText(value);
  if (!secretMember) return undefined;
  const credential = parseCredential(`--${option}`, value);
  if (typeof credential === 'string') return credential;
  return writeCredential(credential.AccessKeyId, hideText(credential.RawSecretAccessKey));
}

const hideText = (text: string) => (isKeptReference(text) ? text : 'prompt');
