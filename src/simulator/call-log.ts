/** What was called, in order, for tests to judge. A secret never enters it, whatever the caller sent. */

export interface CallRecord {
  readonly atMs: number;
  readonly operation: string;
  readonly input: unknown;
  readonly requestId: string;
  /** The name of the fault that was answered; absent: the call succeeded and its reply arrived. */
  readonly error?: string;
  readonly caller?: string;
}

const secretMembers = new Set([
  'keystorepassword',
  'rawsecretaccesskey',
  'plaintext',
  'secretstring',
  'secretbinary',
  'rotationtoken',
]);
const credential = 'xksproxyauthenticationcredential';

/** No input of KMS is half as deep or as large; more would only fill the memory of a simulator that runs for long. */
const deepest = 8;
const largestCharacters = 16_384;

/** A copy of what the caller sent, with '(secret)' in place of secrets; anything but a structure is not kept at all. */
export function recordInput(input: unknown): unknown {
  if (typeof input !== 'object') return `(${typeof input})`;
  const record = hideSecrets(input, 0);
  return JSON.stringify(record).length > largestCharacters ? '(too large)' : record;
}

function hideSecrets(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > deepest) return '(too deep)';
  if (Array.isArray(value)) return value.map((inner) => hideSecrets(inner, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      isSecret(key, inner) ? '(secret)' : hideSecrets(inner, depth + 1),
    ]),
  );
}

/** A credential that is no structure is a caller's mistake, and holds the secret all the same. */
function isSecret(key: string, value: unknown): boolean {
  const member = key.toLowerCase();
  return secretMembers.has(member) || (member === credential && typeof value !== 'object');
}
