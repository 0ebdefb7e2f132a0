/** Evidence that the keys still decrypt what they encrypted before. CONNECTED and Enabled are none. */
import { keyIdOf } from './arn.ts';
import { effectiveWithinMs } from './cadence.ts';
import { toIso } from './duration.ts';
import { type KeyTest, type KeyUse, untested } from './key-test.ts';

/** A ciphertext from before, and the hash of what it decrypts to. It protects nothing, so it may be kept and shown. */
export interface Canary {
  /** ARN of the KMS key. */
  readonly keyId: string;
  /** Base64, as KMS gave it. */
  readonly ciphertext: string;
  /** Of the plaintext, in hexadecimal. */
  readonly sha256: string;
  readonly encryptionContext: Readonly<Record<string, string>>;
  readonly encryptedAtMs: number;
}

/** What was made ready for a proof before the first write. */
export interface Preparation {
  readonly canaries: readonly Canary[];
  /** How many KMS keys the store holds; null if that is not known. */
  readonly keys: number | null;
  /** Why there are no canaries, or fewer than were wanted. */
  readonly detail?: string;
  /** No canary was requested, or none could show anything. */
  readonly isNeedless?: true;
  /** With the settings in force before the change, KMS could use none of the keys that were tried. */
  readonly keysFail?: true;
  /** The proxy refused the credential in force before the change: nothing needs it any more. */
  readonly isCredentialRefused?: true;
  /** ARNs of the keys that did not work before the change, so that the change is not to blame for them. */
  readonly failedBefore?: FailedKeys;
  /** ARNs of the keys that are tested after the change: each encrypts and decrypts anew. */
  readonly chosen?: readonly string[];
}

/** `lost`: the key did not decrypt an older ciphertext. `unusable`: KMS could not use the key. */
export interface FailedKeys {
  readonly lost: readonly string[];
  readonly unusable: readonly string[];
}

/** One round of decrypting every canary. It counts keys: a key passes if it decrypts all of its canaries. */
export interface CanaryRound {
  readonly passed: number;
  /** Keys whose answer says nothing about the store: our rights, our credentials, our network, throttling. */
  readonly unanswered: number;
  /** ARNs of keys that definitely do not decrypt what they encrypted: another plaintext, an invalid ciphertext, no such key. */
  readonly lost: readonly string[];
  /** ARNs of keys that KMS cannot use: a denial of the proxy, a disabled external key, a key state that lags. */
  readonly unusable: readonly string[];
  readonly detail?: string;
  /** When the oldest ciphertext that decrypted was encrypted. */
  readonly oldestPassedAtMs?: number;
  /** Where keys are lost: those that were used successfully since the new settings were in force. */
  readonly usedSince?: readonly string[];
}

/** What one round after the change found: old ciphertext (`trial`), and a fresh Encrypt and Decrypt (`use`). */
export interface Round {
  readonly canaryRound: CanaryRound;
  readonly use: KeyUse;
}

/** From when to when traffic may have been encrypted under keys that are lost, and the keys that were used. */
export interface Exposure {
  readonly since: string;
  readonly seenAt: string;
  readonly keysUsed: readonly string[];
}

export interface KeyVerification {
  /**
   * `early`: proven, but before every host of KMS uses the new settings. `partial`: some canaries gave no answer,
   * `inconclusive`: none did. `unproven`: there was nothing to decrypt.
   */
  readonly status: 'verified' | 'partial' | 'early' | 'unverified' | 'inconclusive' | 'mismatch';
  readonly detail?: string;
  /** Keys that decrypted all of their canaries, of how many with canaries, and how many keys the store holds. */
  readonly passed?: number;
  readonly canaries?: number;
  readonly keys?: number | null;
  /** The caller asked for a proof: anything but `proven` falls short of that. */
  readonly isRequired?: true;
  /** As felt: from the first canary that failed to the first that decrypted again. */
  readonly outageMs?: number;
  /** When the oldest verified ciphertext was encrypted, in ISO 8601. Older material of the same key was not looked at. */
  readonly oldestVerifiedAt?: string;
  /** Also where the right keys are back. */
  readonly exposure?: Exposure;
}

export const unprepared: Preparation = { canaries: [], keys: null };

/** Whether something can be said of the keys afterwards. */
export function isVerifiable({ canaries, keys }: Preparation): boolean {
  return canaries.length > 0 || keys === 0;
}

/** Whether the keys of the store do not work, or are not the same: a failure of the change. */
export function hasFailedKeys({
  keyVerification,
  keyTest,
}: Pick<KeyVerdict, 'keyVerification'> & Partial<KeyVerdict>): boolean {
  // The log of an older version has no key test.
  return keyVerification.status === 'mismatch' || keyTest?.status === 'failing';
}

export const unverified: KeyVerification = { status: 'unverified' };

/** How long proving goes on; instants in milliseconds since the epoch. */
export interface KeyVerificationTerms {
  readonly preparation: Preparation;
  /** Since when the settings are in force that are to be proven. */
  readonly sinceMs: number;
  /** After a live change: when canaries were repeated long enough. Null: no host of KMS can use other settings. */
  readonly bakesUntilMs: number | null;
  /** A canary that decrypts before then may do so by a host of KMS that does not know of the outage yet: it does not count. */
  readonly countsFromMs: number;
}

/** How long keys without an answer, or with a failure, are tried again. */
const triedAgainForMs = 60_000;

const askAgainMs = 2_000;
const repeatMs = 10_000;

/** Since when each round has found it, in milliseconds since the epoch; null: the last round did not. */
export interface Spells {
  readonly failingSinceMs: number | null;
  readonly silentSinceMs: number | null;
}

export const noSpells: Spells = { failingSinceMs: null, silentSinceMs: null };

/** The spells after one more round. */
export function followSpells({ failingSinceMs, silentSinceMs }: Spells, round: Round, nowMs: number): Spells {
  return {
    failingSinceMs: isFailing(round) ? (failingSinceMs ?? nowMs) : null,
    silentSinceMs: isSilent(round) ? (silentSinceMs ?? nowMs) : null,
  };
}

const isFailing = ({ canaryRound, use }: Round) =>
  canaryRound.lost.length + canaryRound.unusable.length + use.unusable.length > 0;
const isSilent = ({ canaryRound, use }: Round) => canaryRound.unanswered + use.unanswered > 0;

/** What is said of the keys in the end: whether they are the same (`proof`), and whether they work now (`keyTest`). */
export interface KeyVerdict {
  readonly keyVerification: KeyVerification;
  readonly keyTest: KeyTest;
}

/**
 * What a round means: an end, or another round at an instant. KMS may use the old settings for minutes after a change, so a key
 * that fails is held against the new ones only afterwards. `spells`: with this round.
 */
export function judgeRound(
  round: Round,
  { preparation, sinceMs, bakesUntilMs, countsFromMs }: KeyVerificationTerms,
  { failingSinceMs, silentSinceMs }: Spells,
  nowMs: number,
  stopRequested: boolean,
): KeyVerdict | { readonly againAtMs: number } {
  const { canaryRound, use } = round;
  const { keys, keysFail = false } = preparation;
  const detail = canaryRound.detail ?? preparation.detail;
  const tried = new Set(preparation.canaries.map(({ keyId }) => keyId)).size;
  const counts = { passed: canaryRound.passed, canaries: tried, keys, ...(detail === undefined ? {} : { detail }) };
  if (keys === 0) {
    const none = 'the store holds no KMS key';
    return { keyVerification: { status: 'verified', ...counts, detail: none }, keyTest: { ...untested, detail: none } };
  }

  const blamedAtMs = Math.max(sinceMs + effectiveWithinMs, (failingSinceMs ?? nowMs) + triedAgainForMs);
  const isBlamed = failingSinceMs !== null && nowMs >= blamedAtMs;
  // What was lost before the change is perhaps still shown by a host of KMS that uses the old settings.
  const lostBefore = preparation.failedBefore?.lost ?? [];
  const lost = isBlamed ? canaryRound.lost : canaryRound.lost.filter((keyId) => !lostBefore.includes(keyId));
  if (lost.length > 0) {
    const exposure = { since: toIso(sinceMs), seenAt: toIso(nowMs), keysUsed: canaryRound.usedSince ?? [] };
    const keyVerification = { status: 'mismatch', ...counts, detail: describeLost(lost, tried), exposure } as const;
    return { keyVerification, keyTest: { ...untested, detail: 'the store has other key material' } };
  }

  const passes = canaryRound.passed + use.passed > 0;
  // Keys that failed with the old settings can work with the new ones only.
  const countsYet = keysFail || nowMs >= countsFromMs;
  if (!stopRequested) {
    if (failingSinceMs !== null && !isBlamed) {
      const isRecent = nowMs < failingSinceMs + triedAgainForMs;
      return { againAtMs: Math.min(nowMs + (isRecent ? askAgainMs : repeatMs), blamedAtMs) };
    }
    if (silentSinceMs !== null && nowMs < silentSinceMs + triedAgainForMs) return { againAtMs: nowMs + askAgainMs };
    if (passes && !countsYet) return { againAtMs: Math.min(nowMs + repeatMs, countsFromMs) };
    const isBaking = bakesUntilMs !== null && nowMs < bakesUntilMs;
    if (canaryRound.passed > 0 && isBaking && !isBlamed) return { againAtMs: Math.min(nowMs + repeatMs, bakesUntilMs) };
  }
  const isEarly = bakesUntilMs !== null && nowMs < sinceMs + effectiveWithinMs;
  const status = judgeTrial(canaryRound, tried, { countsYet, isEarly });
  const isVerified = status === 'verified' || status === 'early' || status === 'partial';
  const { oldestPassedAtMs } = canaryRound;
  const age = isVerified && oldestPassedAtMs !== undefined ? { oldestVerifiedAt: toIso(oldestPassedAtMs) } : {};
  return {
    keyVerification: { status, ...counts, ...age },
    keyTest: judgeKeyTest(canaryRound, use, preparation, { isBlamed, countsYet }),
  };
}

/** Whether the keys are the same, by the last round. */
function judgeTrial(
  canaryRound: CanaryRound,
  tried: number,
  { countsYet, isEarly }: { readonly countsYet: boolean; readonly isEarly: boolean },
): KeyVerification['status'] {
  if (tried === 0) return 'unverified';
  if (canaryRound.passed === 0 || !countsYet) return 'inconclusive';
  if (canaryRound.passed < tried) return 'partial';
  return isEarly ? 'early' : 'verified';
}

const namedAtMost = 3;

/** `3 of 12 keys tried: 1234abcd-..., and 2 more` */
function describeLost(lost: readonly string[], tried: number): string {
  const named = lost.slice(0, namedAtMost).map(keyIdOf);
  const more = lost.length > namedAtMost ? [`and ${lost.length - namedAtMost} more`] : [];
  return `${lost.length} of ${tried} ${tried === 1 ? 'key' : 'keys'} tried: ${[...named, ...more].join(', ')}`;
}

/** `isBlamed`: the failures have lasted so long that they count. `countsYet`: a success can only be due to the new settings. */
function judgeKeyTest(
  canaryRound: CanaryRound,
  use: KeyUse,
  { canaries, failedBefore }: Pick<Preparation, 'canaries' | 'failedBefore'>,
  { isBlamed, countsYet }: { readonly isBlamed: boolean; readonly countsYet: boolean },
): KeyTest {
  const { keys, passed } = use;
  const unusable = [...new Set([...canaryRound.unusable, ...use.unusable])];
  const failed = [...(failedBefore?.lost ?? []), ...(failedBefore?.unusable ?? [])];
  // A canary of the key shows that it worked once.
  const workedBefore = (keyId: string) => !failed.includes(keyId) && canaries.some((canary) => canary.keyId === keyId);
  const noneWorks = unusable.length > 0 && canaryRound.passed + passed === 0;
  const isUnknown = use.unanswered > 0 || !countsYet || (unusable.length > 0 && !isBlamed);
  const detail = use.detail ?? (unusable.length > 0 ? canaryRound.detail : undefined);
  const told = { keys, passed, ...(detail === undefined ? {} : { detail }) };
  if (isBlamed && (noneWorks || unusable.some(workedBefore))) return { status: 'failing', ...told };
  if (keys.length === 0 && unusable.length === 0 && use.unanswered === 0) return { ...untested, ...told };
  return { status: isUnknown ? 'unknown' : 'working', ...told };
}
