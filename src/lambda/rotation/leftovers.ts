/**
 * Credentials of earlier rotations that the proxy may still accept. A label for each of them would use up the 20 that a secret
 * may have, so they are kept as a list in the value of one version. It holds no secret.
 */
import { randomUUID } from 'node:crypto';
import { effectiveWithinMs } from '../../domain/cadence.ts';
import { type KeyStore, nameStore } from '../../domain/key-store.ts';
import { callHook } from './hook.ts';
import { beforeLabel, findOurs, findOutdated, isMarked, leftoversLabel, mostLabels } from './labels.ts';
import type { RotatedSecret, Version } from './secret.ts';
import type { StepResult, Turn } from './turn.ts';
import { findUsers } from './users.ts';

export interface Leftover {
  readonly accessKeyId: string;
  readonly versionId: string;
  /** No store was seen to use it since then, by the clock of Secrets Manager. */
  readonly unusedSinceMs: number;
}

export interface RetireTerms {
  /** How long the hook may take for all of them; 0: it is not called. */
  readonly forMs: number;
  /** A version that is a leftover though no rotation has marked it. */
  readonly alsoVersion?: string | null;
  /** Since when no marked version is in use. Default now. */
  readonly unusedSinceMs?: number;
}

/** Some hundred bytes each, of the 64 KB of a secret. */
const mostLeftovers = 400;

/** A Date is cut to the second, and takes a while to arrive. Who waits waits for twice as long. */
const dateMarginMs = 5_000;

/** From when KMS accepts another credential until no host of KMS uses the one before. */
export const hostsMs = effectiveWithinMs + 2 * dateMarginMs;

/** Less is not worth a call of the hook. */
const leastHookMs = 5_000;

export async function readLeftovers(secret: RotatedSecret): Promise<readonly Leftover[]> {
  const id = secret.versionOf(leftoversLabel);
  return id === null ? [] : parse((await secret.read(id)) ?? '');
}

/**
 * Moves the marks of earlier rotations into the list, and retires what has been unused for long enough. What cannot be
 * retired stays on the list.
 */
export async function retireLeftovers(
  turn: Turn,
  store: KeyStore,
  { forMs, alsoVersion = null, unusedSinceMs = turn.secret.nowMs() }: RetireTerms,
): Promise<Pick<StepResult, 'retired' | 'notRetired'>> {
  const { secret, token, clock } = turn;
  const versions = await secret.readCredentials();
  const isLeft = ({ id }: Version) => isMarked(secret.stagesOf(id)) || id === alsoVersion;
  const isKept = (version: Version) => isNeeded(turn, version) || usesIt(store, version.credential.AccessKeyId);
  const marked = versions.filter((version) => isLeft(version) && !isKept(version));
  const listed = await readLeftovers(secret);
  const known = new Set(listed.map(({ accessKeyId }) => accessKeyId));
  // Two versions may hold the same credential.
  const added = new Map<string, Leftover>();
  for (const { id: versionId, credential } of marked) {
    const { AccessKeyId: accessKeyId } = credential;
    if (!known.has(accessKeyId)) added.set(accessKeyId, { accessKeyId, versionId, unusedSinceMs });
  }

  const endsAtMs = clock.now() + forMs;
  const nextCommands: Leftover[] = [];
  const retired: string[] = [];
  const notRetired: { accessKeyId: string; message: string }[] = [];
  for (const leftover of [...listed, ...added.values()]) {
    const { accessKeyId } = leftover;
    const end = await retire(turn, store, leftover, endsAtMs - clock.now());
    if (end === 'retired') retired.push(accessKeyId);
    else nextCommands.push(end.leftover);
    if (end !== 'retired' && end.message !== undefined) notRetired.push({ accessKeyId, message: end.message });
  }

  for (const { accessKeyId } of nextCommands.splice(0, Math.max(0, nextCommands.length - mostLeftovers))) {
    notRetired.push({ accessKeyId, message: 'the list is full and holds it no more: retire it at the proxy by hand' });
  }
  if (JSON.stringify(nextCommands) !== JSON.stringify(listed)) await write(turn, known, nextCommands, marked);
  for (const { id } of marked) await forget(secret, id);
  for (const { id } of versions) {
    for (const label of findOutdated(secret.stagesOf(id), token)) await secret.label(label, null);
  }
  return { ...(retired.length > 0 ? { retired } : {}), ...(notRetired.length > 0 ? { notRetired } : {}) };
}

type End = 'retired' | { readonly leftover: Leftover; readonly message?: string };

/** Whether it is needed is seen right before: an operator may have put it back. */
async function retire(turn: Turn, store: KeyStore, leftover: Leftover, leftMs: number): Promise<End> {
  const { secret, deadline } = turn;
  const { accessKeyId, unusedSinceMs } = leftover;
  const isDue = secret.nowMs() >= unusedSinceMs + effectiveWithinMs + dateMarginMs;
  const hookMs = Math.min(leftMs, deadline.leftMs() / 2);
  if (!isDue || hookMs < leastHookMs) return { leftover };
  await secret.refresh();
  const versions = await secret.readCredentials();
  const isHeld = versions.some((version) => version.credential.AccessKeyId === accessKeyId && isNeeded(turn, version));
  if (isHeld) return { leftover };
  const users = await findUsers(turn, accessKeyId);
  if ('problem' in users) return { leftover, message: users.problem };
  const [user] = users.stores;
  if (user) {
    const message = `${users.stores.map(nameStore).join(', ')} uses it`;
    return { leftover: { ...leftover, unusedSinceMs: secret.nowMs() }, message };
  }
  const message = await callHook(turn, store, { retire: { AccessKeyId: accessKeyId } }, versions, hookMs);
  return message === null ? 'retired' : { leftover, message };
}

/** Whether a reader of the secret may use the version, or this rotation may send it. */
function isNeeded({ secret, token }: Turn, { id }: Version): boolean {
  const stages = secret.stagesOf(id);
  return id === token || stages.includes('AWSCURRENT') || stages.includes('AWSPENDING') || isBefore();

  /** What KMS can be set back to. */
  function isBefore(): boolean {
    const isOver = secret.stagesOf(token).includes('AWSCURRENT');
    return !isOver && secret.versionOf(beforeLabel(token)) === id;
  }
}

function usesIt({ settings }: KeyStore, accessKeyId: string): boolean {
  return settings.proxyCredentialAccessKeyId === accessKeyId;
}

/** `known`: what this call has read; what another call has added since then stays. */
async function write(
  { secret, rotationToken }: Turn,
  known: ReadonlySet<string>,
  nextCommands: readonly Leftover[],
  marked: readonly Version[],
): Promise<void> {
  await secret.refresh();
  const ids = new Set([...known, ...nextCommands.map(({ accessKeyId }) => accessKeyId)]);
  const others = (await readLeftovers(secret)).filter(({ accessKeyId }) => !ids.has(accessKeyId));
  const leftovers = [...nextCommands, ...others];
  const isFull = secret.versionOf(leftoversLabel) === null && secret.labels().length >= mostLabels;
  // Its own marks make room for the list that names it with the next call.
  if (isFull && marked[0]) await forget(secret, marked[0].id);
  if (leftovers.length === 0) return secret.label(leftoversLabel, null);
  await secret.put({
    versionId: randomUUID(),
    value: JSON.stringify({ leftovers }),
    stages: [leftoversLabel],
    ...(rotationToken === undefined ? {} : { rotationToken }),
  });
}

/** Takes from a version every label by which rotations remember. */
export async function forget(secret: RotatedSecret, id: string): Promise<void> {
  for (const label of findOurs(secret.stagesOf(id))) await secret.label(label, null);
}

function parse(text: string): readonly Leftover[] {
  try {
    const { leftovers } = JSON.parse(text) as { readonly leftovers?: unknown };
    return Array.isArray(leftovers) ? leftovers.filter(isLeftover) : [];
  } catch {
    return [];
  }
}

function isLeftover(value: unknown): value is Leftover {
  const { accessKeyId, versionId, unusedSinceMs } = { ...(value as object) } as Partial<
    Record<keyof Leftover, unknown>
  >;
  return typeof accessKeyId === 'string' && typeof versionId === 'string' && Number.isFinite(unusedSinceMs);
}
