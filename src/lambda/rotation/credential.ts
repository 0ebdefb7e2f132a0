/** A proxy credential as a version of a secret keeps it: JSON with both halves. */
import { randomBytes } from 'node:crypto';
import { checkText } from '../../domain/change.ts';
import { properties } from '../../domain/properties.ts';
import type { CredentialValue } from '../../ports/kms.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const name = 'XksProxyAuthenticationCredential';
const { text: idRule, secretMember } = properties[name];

/** The bytes of one: 100 bits of an id, and 264 of a secret, which are 44 characters in base64. */
export type Chance = (bytes: number) => Uint8Array;

/** A new credential, whose AccessKeyId is not in use. */
export function makeCredential(taken: readonly string[], chance: Chance = randomBytes): CredentialValue {
  for (;;) {
    // Each of the 32 characters comes from as many of the 256 bytes.
    const AccessKeyId = [...chance(idRule.min)].map((byte) => alphabet.charAt(byte % alphabet.length)).join('');
    if (!taken.includes(AccessKeyId)) {
      return { AccessKeyId, RawSecretAccessKey: Buffer.from(chance(33)).toString('base64') };
    }
  }
}

/** Null if KMS would reject it. */
export function readCredential(text: string): CredentialValue | null {
  const { AccessKeyId: id, RawSecretAccessKey: secret } = parseObject(text);
  if (typeof id !== 'string' || typeof secret !== 'string') return null;
  const findings = [
    ...checkText(name, 'id', idRule, id, true),
    ...checkText(name, 'it', secretMember.text, secret, true),
  ];
  return findings.some(({ severity }) => severity === 'error') ? null : { AccessKeyId: id, RawSecretAccessKey: secret };
}

/** The JSON of a version with another credential; every other member stays as it is. */
export function replaceCredential(text: string, credential: CredentialValue): string {
  return JSON.stringify({ ...parseObject(text), ...credential });
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(text) as object) } as Record<string, unknown>;
  } catch {
    return {};
  }
}
