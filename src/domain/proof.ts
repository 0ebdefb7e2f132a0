/** Evidence that the keys still decrypt what they encrypted before. CONNECTED and Enabled are none. */
import { effectiveWithinMs } from './cadence.ts';

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
  /** How many KMS keys the store holds; null where nobody could see that. */
  readonly keys: number | null;
  /** Why there are no canaries, or fewer than were wanted. */
  readonly detail?: string;
  /** Nobody wants a canary, or there is nothing that one could prove. */
  readonly isNeedless?: true;
  /** KMS itself could use none of the keys that were to give one: whatever holds them did not do so. */
  readonly keysFail?: true;
}

/** One round of decrypting every canary. */
export interface Trial {
  readonly passed: number;
  /** Canaries whose answer says nothing of the keys: throttling, denial, a key state that lags. */
  readonly unanswered: number;
  /** Keys that definitely do not decrypt what they encrypted: another plaintext, an invalid ciphertext, no such key. */
  readonly lost: readonly string[];
  readonly detail?: string;
  /** Where keys are lost: those that were used successfully since the new settings were in force. */
  readonly usedSince?: readonly string[];
}

/** From when to when traffic may have been encrypted under keys that are lost, and the keys that were used. */
export interface Exposure {
  readonly since: string;
  readonly seenAt: string;
  readonly keysUsed: readonly string[];
}

export interface Proof {
  /**
   * `early`: proven, but before every host of KMS uses the new settings. `partial`: some canaries gave no answer,
   * `inconclusive`: none did. `unproven`: there was nothing to decrypt.
   */
  readonly status: 'proven' | 'partial' | 'early' | 'unproven' | 'inconclusive' | 'mismatch';
  readonly detail?: string;
  /** Canaries that decrypted to what they were, of how many, and how many keys the store holds. */
  readonly passed?: number;
  readonly canaries?: number;
  readonly keys?: number | null;
  /** The caller asked for a proof: anything but `proven` falls short of that. */
  readonly isRequired?: true;
  /** As felt: from the first canary that failed to the first that decrypted again. */
  readonly outageMs?: number;
  /** Also where the right keys are back. */
  readonly exposure?: Exposure;
}

export const unprepared: Preparation = { canaries: [], keys: null };

/** Whether something can be said of the keys afterwards. */
export function isProvable({ canaries, keys }: Preparation): boolean {
  return canaries.length > 0 || keys === 0;
}

export const unproven: Proof = { status: 'unproven' };

/** How long proving goes on; instants in milliseconds since the epoch. */
export interface ProofTerms {
  readonly preparation: Preparation;
  /** Since when the settings are in force that are to be proven. */
  readonly sinceMs: number;
  /** After a live change: when canaries were repeated long enough. Null: no host of KMS can use other settings. */
  readonly dwellUntilMs: number | null;
  /** A canary that decrypts before then may do so by a host of KMS that does not know of the outage yet: it does not count. */
  readonly countsFromMs: number;
}

/** How long a canary without an answer is tried again. */
const unansweredForMs = 60_000;

const askAgainMs = 2_000;
const repeatMs = 10_000;

/** What a round means: an end, or another round at an instant. `startedAtMs`: the first round. */
export function judgeTrial(
  trial: Trial,
  { preparation, sinceMs, dwellUntilMs, countsFromMs }: ProofTerms,
  startedAtMs: number,
  nowMs: number,
  stopRequested: boolean,
): Proof | { readonly againAtMs: number } {
  const { canaries, keys } = preparation;
  const detail = trial.detail ?? preparation.detail;
  const counts = {
    passed: trial.passed,
    canaries: canaries.length,
    keys,
    ...(detail === undefined ? {} : { detail }),
  };
  if (keys === 0) return { status: 'proven', ...counts, detail: 'the store holds no KMS key' };
  if (canaries.length === 0) return { status: 'unproven', ...counts };
  if (trial.lost.length > 0) {
    const exposure = { since: toIso(sinceMs), seenAt: toIso(nowMs), keysUsed: trial.usedSince ?? [] };
    return { status: 'mismatch', ...counts, detail: describeLost(trial.lost, canaries.length), exposure };
  }
  if (trial.unanswered > 0 && nowMs < startedAtMs + unansweredForMs && !stopRequested)
    return { againAtMs: nowMs + askAgainMs };
  const countsYet = nowMs >= countsFromMs;
  if (!countsYet && trial.passed > 0 && !stopRequested) return { againAtMs: Math.min(nowMs + repeatMs, countsFromMs) };
  if (trial.passed === 0 || !countsYet) return { status: 'inconclusive', ...counts };
  const isDwelling = dwellUntilMs !== null && nowMs < dwellUntilMs;
  if (isDwelling && !stopRequested) return { againAtMs: Math.min(nowMs + repeatMs, dwellUntilMs) };
  if (trial.unanswered > 0) return { status: 'partial', ...counts };
  const isEarly = dwellUntilMs !== null && nowMs < sinceMs + effectiveWithinMs;
  return { status: isEarly ? 'early' : 'proven', ...counts };
}

const namedAtMost = 3;

/** `3 of 12 keys tried: 1234abcd-..., and 2 more` */
function describeLost(lost: readonly string[], tried: number): string {
  const named = lost.slice(0, namedAtMost).map((arn) => arn.slice(arn.lastIndexOf('/') + 1));
  const more = lost.length > namedAtMost ? [`and ${lost.length - namedAtMost} more`] : [];
  return `${lost.length} of ${tried} ${tried === 1 ? 'key' : 'keys'} tried: ${[...named, ...more].join(', ')}`;
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
