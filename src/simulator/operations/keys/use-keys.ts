/** Encrypt, Decrypt, ReEncrypt, GenerateDataKey and GenerateDataKeyWithoutPlaintext, for symmetric keys: no custom key store holds others. */
import { writeContext } from '../../crypto/ciphertext-blob.ts';
import { refuse, refuseValues } from '../../fault.ts';
import type { Key } from '../../key.ts';
import type { Input, KeyUse, Output } from '../../shapes.ts';
import type { World } from '../../world.ts';
import { decryptWith, encryptWith, openBlob, requireUsable, type Use } from './backing-key.ts';
import { requireNamedKey } from './find-key.ts';

const algorithm = 'SYMMETRIC_DEFAULT';

export function encrypt(world: World, input: Input<'Encrypt'>, nowMs: number, requestId: string): Output<'Encrypt'> {
  const use = beginUse(world, requireNamedKey(world, input.KeyId), 'Encrypt', input, nowMs, requestId);
  const CiphertextBlob = encryptWith(world, use, Buffer.from(input.Plaintext, 'base64'));
  recordUse(use);
  return { CiphertextBlob, KeyId: use.key.arn, EncryptionAlgorithm: algorithm };
}

export function decrypt(world: World, input: Input<'Decrypt'>, nowMs: number, requestId: string): Output<'Decrypt'> {
  requireNoEnclave(input);
  const named = input.KeyId === undefined ? undefined : requireNamedKey(world, input.KeyId);
  if (ignoresCiphertext(input)) {
    if (!named) return refuseValues('IGNORE_CIPHERTEXT needs a KeyId');
    beginUse(world, named, 'Decrypt', input, nowMs, requestId);
  }
  const { blob, key } = readCiphertext(world, input.CiphertextBlob, named);
  const use = beginUse(world, key, 'Decrypt', input, nowMs, requestId);
  const Plaintext = decryptWith(world, use, blob).toString('base64');
  recordUse(use);
  return { KeyId: key.arn, Plaintext, EncryptionAlgorithm: algorithm };
}

/** The data is in the clear inside KMS alone. */
export function reEncrypt(
  world: World,
  input: Input<'ReEncrypt'>,
  nowMs: number,
  requestId: string,
): Output<'ReEncrypt'> {
  const { SourceKeyId, DestinationKeyId, DryRun } = input;
  const named = SourceKeyId === undefined ? undefined : requireNamedKey(world, SourceKeyId);
  const target = requireNamedKey(world, DestinationKeyId);
  const from = {
    EncryptionContext: input.SourceEncryptionContext,
    EncryptionAlgorithm: input.SourceEncryptionAlgorithm,
  };
  const to = {
    EncryptionContext: input.DestinationEncryptionContext,
    EncryptionAlgorithm: input.DestinationEncryptionAlgorithm,
  };
  const begin = (key: Key, words: UseInput) => beginUse(world, key, 'ReEncrypt', words, nowMs, requestId);
  if (ignoresCiphertext(input)) {
    begin(named ?? refuseValues('IGNORE_CIPHERTEXT needs a SourceKeyId'), from);
    begin(target, { ...to, DryRun: true });
  }
  const { blob, key } = readCiphertext(world, input.CiphertextBlob, named);
  const source = begin(key, from);
  const destination = begin(target, { ...to, ...(DryRun === undefined ? {} : { DryRun }) });
  const CiphertextBlob = encryptWith(world, destination, decryptWith(world, source, blob));
  recordUse(source);
  recordUse(destination);
  return {
    CiphertextBlob,
    SourceKeyId: key.arn,
    KeyId: target.arn,
    SourceEncryptionAlgorithm: algorithm,
    DestinationEncryptionAlgorithm: algorithm,
  };
}

function ignoresCiphertext({ DryRun, DryRunModifiers }: Pick<Input<'Decrypt'>, 'DryRun' | 'DryRunModifiers'>): boolean {
  return DryRun === true && DryRunModifiers?.includes('IGNORE_CIPHERTEXT') === true;
}

/** `named`: the key that the caller says it is of. @throws SimulatorFault */
function readCiphertext(world: World, text: string | undefined, named: Key | undefined) {
  const blob = openBlob(text ?? refuseValues('CiphertextBlob must not be null'));
  const key = world.keys.get(blob.keyId) ?? refuse('InvalidCiphertextException', 'The ciphertext is of no key here');
  if (named && named !== key) {
    refuse(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    );
  }
  return { blob, key };
}

export function generateDataKey(
  world: World,
  input: Input<'GenerateDataKey'>,
  nowMs: number,
  requestId: string,
): Output<'GenerateDataKey'> {
  requireNoEnclave(input);
  return makeDataKey(world, 'GenerateDataKey', input, nowMs, requestId);
}

export function generateDataKeyWithoutPlaintext(
  world: World,
  input: Input<'GenerateDataKeyWithoutPlaintext'>,
  nowMs: number,
  requestId: string,
): Output<'GenerateDataKeyWithoutPlaintext'> {
  const { Plaintext: _, ...output } = makeDataKey(world, 'GenerateDataKeyWithoutPlaintext', input, nowMs, requestId);
  return output;
}

function makeDataKey(
  world: World,
  operation: 'GenerateDataKey' | 'GenerateDataKeyWithoutPlaintext',
  input: Input<'GenerateDataKeyWithoutPlaintext'>,
  nowMs: number,
  requestId: string,
) {
  const { KeySpec, NumberOfBytes } = input;
  if ((KeySpec === undefined) === (NumberOfBytes === undefined)) {
    refuseValues('Please specify either number of bytes or key spec.');
  }
  const use = beginUse(world, requireNamedKey(world, input.KeyId), operation, input, nowMs, requestId);
  const plaintext = world.chance.ciphers.bytes(NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32));
  const CiphertextBlob = encryptWith(world, use, plaintext);
  recordUse(use);
  return { CiphertextBlob, Plaintext: plaintext.toString('base64'), KeyId: use.key.arn };
}

interface UseInput {
  readonly EncryptionContext?: Readonly<Record<string, string>> | undefined;
  readonly EncryptionAlgorithm?: string | undefined;
  readonly DryRun?: boolean;
}

/** Ends here for a DryRun. @throws SimulatorFault */
function beginUse(
  world: World,
  key: Key,
  operation: KeyUse,
  { EncryptionContext, EncryptionAlgorithm = algorithm, DryRun }: UseInput,
  nowMs: number,
  requestId: string,
): Use {
  if (EncryptionAlgorithm !== algorithm) {
    refuse('InvalidKeyUsageException', `Algorithm ${EncryptionAlgorithm} and key spec SYMMETRIC_DEFAULT do not fit.`);
  }
  const judgesState = world.interpretations.dryRunState === 'judged';
  if (!DryRun || judgesState) requireUsable(world, key, nowMs);
  if (DryRun) refuse('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.');
  return { key, operation, authenticated: writeContext(EncryptionContext), nowMs, requestId };
}

function recordUse({ key, operation, nowMs, requestId }: Use): void {
  key.lastUsage = { operation, atMs: nowMs, requestId };
}

export function requireNoEnclave({ Recipient }: { readonly Recipient?: object }): void {
  if (Recipient !== undefined) refuseValues('The simulator attests no enclave: leave Recipient out');
}
