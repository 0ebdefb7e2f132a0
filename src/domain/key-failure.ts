/**
 * Whose failure it is when KMS does not encrypt or decrypt with a key of a store: that of the new settings, or only ours.
 *
 * Sources: the KMS Developer Guide, xks-troubleshooting and key-state; the KMS API reference, Decrypt. That a CloudHSM cluster
 * lacks the material is in no document.
 */
import type { FailureClass } from './errors.ts';
import type { Failure } from './failure.ts';

/**
 * `lost`: the key certainly does not decrypt this ciphertext. `unusable`: KMS cannot use the key at the proxy, the external key
 * manager or the cluster. `unknown`: the answer says nothing about the settings of the store, because our credentials, our
 * rights, our network or the KMS key itself explain it.
 */
export type KeyFailure = 'lost' | 'unusable' | 'unknown';

/** KMSInvalidStateException has many meanings, which only the message tells apart. The first row that fits decides. */
const invalidStates: readonly (readonly [message: RegExp, KeyFailure])[] = [
  [/ciphertext.*(corrupted|invalid)/is, 'lost'],
  [/could not find the external key/i, 'lost'],
  [/could not find the key material/i, 'lost'],
  // A state of the KMS key, which no setting of the store changes.
  [/pending (deletion|import|replica deletion)/i, 'unknown'],
];

const names: Readonly<Record<string, KeyFailure>> = {
  InvalidCiphertextException: 'lost',
  KeyUnavailableException: 'unusable',
  // Our own name for a fresh ciphertext that decrypts to something else.
  BASELINE_FAILED: 'unusable',
  // Our own name for an answer without the member that was asked for: KMS gives none such.
  INCOMPLETE_ANSWER: 'unknown',
  // The answer is not JSON, so a captive portal or another device between this machine and KMS gave it.
  SyntaxError: 'unknown',
};

/** What KMS answers about us, and about the KMS key: disabled, deleted, or another one than the ciphertext names. */
const ours: ReadonlySet<FailureClass> = new Set([
  'credentials',
  'unreachable',
  'denied',
  'throttled',
  'notFound',
  'refused',
]);

/** Decides it for one failed Encrypt or Decrypt. */
export function judgeKeyFailure({ code, message, class: failureClass, requestId }: Failure): KeyFailure {
  if (code === 'KMSInvalidStateException') return invalidStates.find(([text]) => text.test(message))?.[1] ?? 'unusable';
  const named = names[code];
  if (named !== undefined) return named;
  // An answer without a request id is not from KMS, so the network on our side is to blame.
  return ours.has(failureClass) || requestId === undefined ? 'unknown' : 'unusable';
}

/** The proxy refuses the credential with which KMS signs. */
export function refusesCredential({ code, message }: Failure): boolean {
  return code === 'KMSInvalidStateException' && /could not authenticate AWS KMS/i.test(message);
}
