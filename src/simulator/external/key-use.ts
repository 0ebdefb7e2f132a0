/**
 * Encrypt and Decrypt of the proxy as KMS understands the reply. Whatever is wrong is a KMSInvalidStateException, or where it may
 * pass a KMSInternalException, and the message alone tells what. Source of the messages: developer guide, xks-troubleshooting.
 */

import type { Sealed } from '../crypto/seal.ts';
import { refuse } from '../fault.ts';
import { writePrincipal } from '../partition.ts';
import type { ExternalBacking } from '../store.ts';
import type { World } from '../world.ts';
import { type ProxyReply, readBody, readErrorName } from './protocol.ts';
import { mayPass } from './reliability.ts';

const rejected = 'The external key store proxy rejected the request because';
const unhealthy =
  'The external key store proxy is in an unhealthy state. If you see this message repeatedly, notify your external key store proxy administrator.';
const late =
  'AWS KMS rejected the request because the external key store proxy did not respond in time. Retry the request. If you see this error repeatedly, report it to your external key store proxy administrator.';
const unreachable =
  'AWS KMS cannot communicate with the external key store proxy. This might be a transient network issue. If you see this error repeatedly, verify that your external key store proxy is active and is connected to the network, and that its endpoint URI is correct in your external key store.';
const malformed =
  'AWS KMS cannot interpret the response from the external key store proxy. If you see this error repeatedly, consult your external key store proxy administrator.';

/** By the errorName of the answer. The guide has no text for an invalid path and for throttling: those two are ours. */
const messages: Readonly<Record<string, string>> = {
  InvalidCiphertextException: `${rejected} the specified ciphertext or additional authenticated data is corrupted, missing, or otherwise invalid.`,
  KeyNotFoundException: `${rejected} it could not find the external key.`,
  InvalidStateException: `${rejected} the external key is not enabled in the external key manager.`,
  InvalidKeyUsageException: `${rejected} the external key does not support the requested operation.`,
  UnsupportedOperationException: `${rejected} it does not support the requested cryptographic operation.`,
  AuthenticationFailedException: `${rejected} it could not authenticate AWS KMS. Verify the credentials for your external key store and update if necessary.`,
  AccessDeniedException:
    'The external key store proxy denied access to the operation. Verify that the user and the external key are both authorized for this operation, and try the request again.',
  InvalidUriPathException: `${rejected} the URI path is not valid. Verify the URI path for your external key store.`,
  ThrottlingException: `${rejected} the request rate is too high. Reduce the frequency of your calls.`,
  DependencyTimeoutException: late,
  InternalException: unhealthy,
  ValidationException: unhealthy,
};

const unreached = { unreachable, tlsFailed: unreachable, timedOut: late } as const;

export interface ExternallySealed {
  readonly sealed: Sealed;
  readonly metadata: string | undefined;
}

interface Use {
  /** As the host that was reached uses them. */
  readonly settings: ExternalBacking;
  readonly xksKeyId: string;
  readonly authenticated: Buffer;
  readonly kmsOperation: string;
  readonly kmsKeyArn: string;
  readonly requestId: string;
  readonly nowMs: number;
}

/** @throws SimulatorFault KMSInvalidStateException, KMSInternalException */
export function encryptOutside(world: World, use: Use, plaintext: Buffer): ExternallySealed {
  const answer = ask(world, use, 'encrypt', { plaintext: plaintext.toString('base64') });
  const [ciphertext, iv, tag] = [answer.ciphertext, answer.initializationVector, answer.authenticationTag].map(toBytes);
  const metadata = answer.ciphertextMetadata;
  if (!ciphertext || !iv || tag?.length !== 16) return refuse('KMSInvalidStateException', malformed);
  return { sealed: { ciphertext, iv, tag }, metadata: typeof metadata === 'string' ? metadata : undefined };
}

/** @throws SimulatorFault KMSInvalidStateException, KMSInternalException */
export function decryptOutside(world: World, use: Use, { sealed, metadata }: ExternallySealed): Buffer {
  const { plaintext } = ask(world, use, 'decrypt', {
    ciphertext: sealed.ciphertext.toString('base64'),
    initializationVector: sealed.iv.toString('base64'),
    authenticationTag: sealed.tag.toString('base64'),
    ...(metadata === undefined ? {} : { ciphertextMetadata: metadata }),
  });
  return toBytes(plaintext) ?? refuse('KMSInvalidStateException', malformed);
}

function ask(world: World, use: Use, action: 'encrypt' | 'decrypt', fields: object): Readonly<Record<string, unknown>> {
  const { settings, xksKeyId, authenticated, kmsOperation, kmsKeyArn, requestId, nowMs } = use;
  const { endpoint, serviceName, path, accessKeyId, secret } = settings;
  const reply = world.askProxy({
    endpoint,
    serviceName,
    kmsOperation,
    path,
    resource: `keys/${xksKeyId}/${action}`,
    accessKeyId,
    secret,
    body: JSON.stringify({
      requestMetadata: {
        awsPrincipalArn: writePrincipal(world.region, world.accountId, 'root'),
        kmsOperation,
        kmsKeyArn,
        kmsRequestId: requestId,
      },
      encryptionAlgorithm: 'AES_GCM',
      ...(authenticated.length > 0 ? { additionalAuthenticatedData: authenticated.toString('base64') } : {}),
      ...fields,
    }),
  });
  const isRetryable =
    world.interpretations.externalErrors === 'adaptive' && mayPass(reply) && world.reliability.isGood(endpoint, nowMs);
  world.reliability.note(endpoint, `${requestId} ${action}`, reply, nowMs);
  return (
    readSuccess(reply) ?? refuse(isRetryable ? 'KMSInternalException' : 'KMSInvalidStateException', explain(reply))
  );
}

function readSuccess(reply: ProxyReply): Readonly<Record<string, unknown>> | undefined {
  return reply.kind === 'answered' && reply.status === 200 ? readBody(reply.body) : undefined;
}

function explain(reply: ProxyReply): string {
  if (reply.kind !== 'answered') return unreached[reply.kind];
  return messages[readErrorName(reply.body) ?? ''] ?? malformed;
}

function toBytes(text: unknown): Buffer | undefined {
  return typeof text === 'string' ? Buffer.from(text, 'base64') : undefined;
}
