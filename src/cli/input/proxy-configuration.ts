/**
 * `--xks-proxy-configuration-file`: the JSON that external key managers hand out, which only the console of AWS takes. Its
 * members are those of UpdateCustomKeyStore (KMS developer guide, "Edit external key store properties").
 */
import { InvalidInputError } from '../../run/errors.ts';
import type { ChangeInput } from '../../run/prepare.ts';
import { type OptionValues, readText } from '../options/option-values.ts';
import { parseCredential } from './credential.ts';
import { readTextFile } from './read-file.ts';

const option = '--xks-proxy-configuration-file';

/** @throws {InvalidInputError} whose message holds nothing of the file: there is a secret in it */
export function readProxyConfiguration(optionValues: OptionValues): Pick<ChangeInput, (typeof members)[number]> {
  const file = readText(optionValues, 'xks-proxy-configuration-file');
  if (file === undefined) return {};
  const document = parse(readTextFile(option, file));
  const names = Object.keys(document);
  const isKnown = names.every((name) => members.some((member) => member === name));
  const { XksProxyUriPath: path, XksProxyAuthenticationCredential: credential } = document;
  if (!isKnown || names.length === 0 || (path !== undefined && typeof path !== 'string')) {
    throw new InvalidInputError(`${option} wants JSON with ${members.join(' and ')}, and nothing else`);
  }
  return {
    ...(path === undefined ? {} : { XksProxyUriPath: path }),
    ...(credential === undefined
      ? {}
      : { XksProxyAuthenticationCredential: parseCredential(option, JSON.stringify(credential)) }),
  };
}

const members = ['XksProxyUriPath', 'XksProxyAuthenticationCredential'] as const;

function parse(text: string): Readonly<Record<string, unknown>> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new InvalidInputError(`${option} holds no JSON`);
  }
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) return { ...document };
  throw new InvalidInputError(`${option} holds no JSON object`);
}
