/** Turns whatever the SDK throws into a failure record. Text from outside is scrubbed of the secrets that were sent. */
import { explainError } from '../domain/errors.ts';
import type { Failure } from '../domain/failure.ts';
import type { UpdateValues } from '../ports/kms.ts';

interface SdkError {
  readonly name?: string;
  readonly code?: string | number;
  readonly message?: string;
  readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number };
}

/** What the SDK throws as a plain Error before it sends anything, told apart by its text alone. */
const setupErrors: readonly (readonly [RegExp, string])[] = [
  [/^Region is missing/, 'RegionMissing'],
  [/^Region not accepted/, 'RegionInvalid'],
  [/^Invalid URL/, 'EndpointInvalid'],
];

/** The SDK's HTTP handler begins its messages with its own name. */
const handlerName = /^@smithy\/[\w-]+ - (\[ERROR\] )?/;

export function classify(error: unknown, sent: UpdateValues = {}): Failure {
  const { name = 'Error', code, message = '', $metadata } = error as SdkError;
  const requestId = $metadata?.requestId;
  const httpStatusCode = $metadata?.httpStatusCode;
  // Network errors are called "Error" or "TimeoutError"; what happened stands in their code. That of an abort is a number.
  const setup = setupErrors.find(([text]) => text.test(message))?.[1];
  const local = setup ?? (typeof code === 'string' ? code : name);
  const word = requestId === undefined ? local : name;
  return {
    code: word,
    message: scrub(message.replace(handlerName, '') || word, sent),
    class: explainError(word, httpStatusCode).class,
    ...(requestId === undefined ? {} : { requestId }),
    ...(httpStatusCode === undefined ? {} : { httpStatusCode }),
  };
}

function scrub(text: string, sent: UpdateValues): string {
  const { KeyStorePassword: password, XksProxyAuthenticationCredential: credential } = sent;
  const secrets = [password, typeof credential === 'object' ? credential.RawSecretAccessKey : undefined];
  return secrets.reduce<string>((clean, secret) => {
    return typeof secret === 'string' && secret !== '' ? clean.replaceAll(secret, '(secret)') : clean;
  }, text);
}
