/** The proxy credential as one argument: shorthand or JSON, as the AWS CLI takes it. No message repeats any part of it. */
import { describeProperty } from '../../domain/properties.ts';
import { InvalidInputError } from '../../run/errors.ts';
import type { CredentialInput } from '../../run/prepare.ts';
import { parseShorthand } from '../aws/shorthand.ts';

const members = ['AccessKeyId', 'RawSecretAccessKey'] as const;

/** @throws {InvalidInputError} */
export function parseCredential(option: string, text: string): CredentialInput | `secretsmanager:${string}` {
  if (isInSecretsManager(text)) return text;
  const parsed = text.trimStart().startsWith('{') ? parseJson(text) : parseShorthand(text);
  const isKnown = parsed !== undefined && Object.keys(parsed).every((key) => members.some((member) => member === key));
  const { AccessKeyId, RawSecretAccessKey } = parsed ?? {};
  if (!isKnown || typeof AccessKeyId !== 'string' || typeof RawSecretAccessKey !== 'string') {
    throw new InvalidInputError(
      `${option}: expected AccessKeyId=ID,RawSecretAccessKey=SECRET or {"AccessKeyId":"...","RawSecretAccessKey":"..."}; SECRET may be env:NAME, file:PATH, stdin, prompt or secretsmanager:ARN, which may also hold both`,
    );
  }
  requireLength(option, AccessKeyId);
  return { AccessKeyId, RawSecretAccessKey };
}

/** One argument again: as JSON where it might not be read as shorthand. */
export function writeCredential(AccessKeyId: string, RawSecretAccessKey: string): string {
  return /^[\w:/+=.#-]+$/.test(RawSecretAccessKey)
    ? `AccessKeyId=${AccessKeyId},RawSecretAccessKey=${RawSecretAccessKey}`
    : JSON.stringify({ AccessKeyId, RawSecretAccessKey });
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // The parser's own message quotes the text, and so the secret.
    return undefined;
  }
}

function isInSecretsManager(text: string): text is `secretsmanager:${string}` {
  return text.startsWith('secretsmanager:');
}

/** An id of the wrong length may be the secret in the wrong place; every other finding of the domain quotes its value. */
function requireLength(option: string, accessKeyId: string): void {
  const { min, max } = describeProperty('XksProxyAuthenticationCredential').text;
  if (accessKeyId.length < min || accessKeyId.length > max) {
    throw new InvalidInputError(
      `${option}: AccessKeyId must have ${min} to ${max} characters, not ${accessKeyId.length}`,
    );
  }
}
