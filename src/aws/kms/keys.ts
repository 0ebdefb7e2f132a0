/**
 * The port to the keys of KMS, made of a sender. Requests are paced, and few of them are in flight at a time, however many
 * keys are asked about.
 */
import type { GrantListEntry } from '@aws-sdk/client-kms';
import { createGate } from '../../domain/gate.ts';
import type { KeyGrant } from '../../domain/impact/users.ts';
import { isOptional, isRecord, isShaped, isText } from '../../domain/shape.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Keys, LastUse } from '../../ports/keys.ts';
import type { Reply } from '../../ports/kms.ts';
import { sendWithRetry } from '../retry.ts';
import { readReply, UnreadableAnswerError } from '../unreadable-answer.ts';
import { createFindLastUses, readLastUse } from './last-uses.ts';
import { type Ask, createListing, readKey, readPages, readPlacedKey } from './list-keys.ts';
import { createPace, type Pace } from './pace.ts';
import type { Send } from './send.ts';

const inFlightAtMost = 20;

/** In the place of an answer, where the request was not needed any more. */
const notSent: Record<string, unknown> = {};

/** `pace`: shared with whatever else this process asks of the same account and Region. */
export function createKeys(send: Send, clock: Clock, pace: Pace = createPace(clock), maxTries?: number): Keys {
  const inTurn = createGate(inFlightAtMost);
  const askIfNeeded = (isNeeded: () => boolean, ...[operation, input, signal]: Parameters<Ask>): ReturnType<Ask> =>
    sendWithRetry(
      'read',
      async () => {
        await pace(operation, signal);
        signal?.throwIfAborted();
        if (!isNeeded()) return { value: notSent };
        return { value: (await inTurn(() => send(operation, input))).output };
      },
      { signal, maxTries },
    );

  const ask: Ask = (...question) => askIfNeeded(() => true, ...question);

  async function findLastUse(KeyId: string, signal: AbortSignal): Promise<Reply<LastUse>> {
    const reply = await ask('GetKeyLastUsage', { KeyId }, signal);
    return readReply(reply, readLastUse);
  }

  /** DryRun is answered by an error where all is well. */
  async function mayDo(operation: 'Encrypt' | 'Decrypt', input: object, signal?: AbortSignal): Promise<Reply<null>> {
    const reply = await ask(operation, { ...input, DryRun: true }, signal);
    if (reply.ok || reply.failure.code === 'DryRunOperationException') return done(reply);
    return reply;
  }

  return {
    ...createListing(ask, clock),

    async describe(KeyId, signal) {
      const reply = await ask('DescribeKey', { KeyId }, signal);
      return readReply(reply, readKey);
    },

    // Both may be repeated, so they are retried as reads are.
    async setEnabled(KeyId, isEnabled, isNeeded = () => true) {
      const reply = await askIfNeeded(isNeeded, isEnabled ? 'EnableKey' : 'DisableKey', { KeyId });
      if (!reply.ok) return reply;
      if (reply.value !== notSent) return done(reply);
      // An earlier try may have been carried out.
      const failureClass = reply.calls > 1 ? 'unclear' : 'refused';
      const failure = { code: 'NOT_SENT', message: 'it is not needed any more', class: failureClass } as const;
      return { ok: false, calls: reply.calls - 1, failure };
    },

    async findStore(KeyId, signal) {
      const reply = await ask('DescribeKey', { KeyId }, signal);
      if (!reply.ok && reply.failure.code === 'NotFoundException') return done(reply);
      return readReply(reply, (output) => readPlacedKey(output).store ?? null);
    },

    async listAliases(signal) {
      const reply = await readPages((page) => ask('ListAliases', { Limit: 100, ...page }, signal), 'Aliases', isAlias);
      if (!reply.ok) return reply;
      const aliases = reply.value.flatMap(({ AliasName, TargetKeyId }) =>
        TargetKeyId === undefined ? [] : [{ name: AliasName, keyId: TargetKeyId }],
      );
      return { ...reply, value: aliases };
    },

    findLastUses: createFindLastUses(findLastUse, clock),

    async listGrants(KeyId, signal) {
      const read = (page: object) => ask('ListGrants', { KeyId, Limit: 100, ...page }, signal);
      const reply = await readPages(read, 'Grants', isGrant);
      return reply.ok ? { ...reply, value: reply.value.map(readGrant) } : reply;
    },

    async readPolicy(KeyId, signal) {
      const reply = await ask('GetKeyPolicy', { KeyId }, signal);
      return readReply(reply, ({ Policy: policy }) => {
        if (typeof policy !== 'string') throw new UnreadableAnswerError('Policy');
        return policy;
      });
    },

    async requireRights(KeyId, EncryptionContext, signal) {
      const words = { KeyId, EncryptionContext };
      const encrypts = await mayDo('Encrypt', { ...words, Plaintext: new Uint8Array(1) }, signal);
      if (!encrypts.ok) return encrypts;
      const decrypts = await mayDo('Decrypt', { ...words, DryRunModifiers: ['IGNORE_CIPHERTEXT'] }, signal);
      return { ...decrypts, calls: encrypts.calls + decrypts.calls };
    },

    async encrypt(KeyId, Plaintext, EncryptionContext, signal) {
      const reply = await ask('Encrypt', { KeyId, Plaintext, EncryptionContext }, signal);
      return readReply(reply, (output) => Buffer.from(readBytes(output, 'CiphertextBlob')).toString('base64'));
    },

    async decrypt(KeyId, ciphertext, EncryptionContext, signal) {
      const CiphertextBlob = Buffer.from(ciphertext, 'base64');
      const reply = await ask('Decrypt', { KeyId, CiphertextBlob, EncryptionContext }, signal);
      return readReply(reply, (output) => readBytes(output, 'Plaintext'));
    },

    async probeCluster(CustomKeyStoreId, signal) {
      const reply = await ask('GenerateRandom', { CustomKeyStoreId, NumberOfBytes: 1 }, signal);
      return reply.ok ? done(reply) : reply;
    },
  };
}

const isAlias = isShaped<{ readonly AliasName: string; readonly TargetKeyId?: string }>({
  AliasName: isText,
  TargetKeyId: isOptional(isText),
});

const isGrant = (value: unknown): value is GrantListEntry => isRecord(value);

function readBytes(output: Readonly<Record<string, unknown>>, member: 'CiphertextBlob' | 'Plaintext'): Uint8Array {
  const bytes = output[member];
  if (bytes instanceof Uint8Array) return bytes;
  throw new UnreadableAnswerError(member);
}

/** A grant for an AWS service may name it as a principal of either kind. */
function readGrant(entry: GrantListEntry): KeyGrant {
  const { GranteePrincipal, GranteeServicePrincipal, RetiringPrincipal, RetiringServicePrincipal, Constraints } = entry;
  const grantee = GranteePrincipal ?? GranteeServicePrincipal;
  const retiring = RetiringPrincipal ?? RetiringServicePrincipal;
  return {
    ...(grantee === undefined ? {} : { granteePrincipal: grantee }),
    ...(retiring === undefined ? {} : { retiringPrincipal: retiring }),
    context: { ...Constraints?.EncryptionContextSubset, ...Constraints?.EncryptionContextEquals },
  };
}

function done({ calls }: { readonly calls: number }): Reply<null> {
  return { ok: true, value: null, calls };
}
