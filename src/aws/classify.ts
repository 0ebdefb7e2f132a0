/** Turns whatever the SDK throws into a failure record, without the secrets that its name, text or request id may repeat. */
import { errors, explainError } from '../domain/errors.ts';
import type { Failure } from '../domain/failure.ts';
import { listSecrets } from '../domain/redaction.ts';
import type { UpdateValues } from '../ports/kms.ts';
import { hideKnownSecrets } from './known-secrets.ts';

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
  const hide = (text: string) => hideKnownSecrets(text, listSecrets(sent));
  // KMS gives an id with each answer, so an empty one comes from something between this machine and KMS.
  const requestId = $metadata?.requestId ? hide($metadata.requestId) : undefined;
  const httpStatusCode = $metadata?.httpStatusCode;
  const answer = {
    ...(requestId === undefined ? {} : { requestId }),
    ...(httpStatusCode === undefined ? {} : { httpStatusCode }),
  };
  // Network errors are called "Error" or "TimeoutError"; what happened stands in their code. That of an abort is a number.
  const setup = setupErrors.find(([text]) => text.test(message))?.[1];
  const local = setup ?? (typeof code === 'string' ? code : name);
  const word = hideInName(requestId === undefined ? local : readName(name), hide);
  return {
    code: word,
    message: word === 'SyntaxError' ? 'the answer is not JSON' : hide(message.replace(handlerName, '')) || word,
    class: explainError(word, answer).class,
    ...answer,
  };
}

/**
 * The name of the error alone: a service may write a namespace before it and a URL behind it. Source: Smithy, AWS JSON 1.1
 * protocol, "Operation error serialization".
 */
function readName(name: string): string {
  const [, alone = name] = /^(?:[^#]*#)?(\w+)(?::.*)?$/s.exec(name) ?? [];
  return Object.hasOwn(errors, alone) ? alone : name;
}

/** A name of the catalogue says nothing of a secret, even of one that is a word of it. */
export function hideInName(name: string, hide: (text: string) => string): string {
  return Object.hasOwn(errors, name) ? name : hide(name);
}
