/** The second step: the proxy takes the new credential beside the old one, and cks sends it to KMS. */
import type { KeyStore } from '../../domain/key-store.ts';
import type { RunResult } from '../../domain/outcome.ts';
import { createBothTakenCheck } from './both-taken.ts';
import { createKeepingVerifier } from './canaries.ts';
import { callHook } from './hook.ts';
import { acceptedLabel, beforeLabel, begunLabel, findAccepted, outageLabel } from './labels.ts';
import { retireLeftovers } from './leftovers.ts';
import { requireOtherKey } from './other-key.ts';
import { requireRoom } from './room.ts';
import { RotationError } from './rotation-error.ts';
import { referTo, type Version } from './secret.ts';
import { describeStore, findInForce, isInForce, requireConnected, requireVersion } from './store.ts';
import type { StepResult, Turn } from './turn.ts';
import { describeEnd, runUpdate } from './update.ts';

/** A live update with its checks, its canaries and a way back. */
const updateMs = 45_000;

/** About five minutes to disconnect and as many to connect (developer guide, external key stores), and something over. */
const outageMs = 12 * 60_000;

export async function setSecret(turn: Turn): Promise<StepResult> {
  const { secret, token, deadline } = turn;
  const versions = await secret.readCredentials();
  const wanted = requireVersion(secret, versions, token);
  const store = await describeStore(turn);
  const old = await findInForce(turn, store, versions);
  // Of earlier rotations; their labels would be in the way of those of this one.
  await retireLeftovers(turn, store, { forMs: 0 });
  const isInUse = isInForce(store, wanted);
  const isLeftOffline = store.connectionState !== 'CONNECTED' && mayBeOurs(turn);
  if (!isLeftOffline) requireConnected(store);
  if (isLeftOffline || !isInUse) deadline.require(updateMs, 'an update');
  if (!isInUse) return change(turn, store, old, wanted, versions);
  if (isLeftOffline) await bringBack(turn);
  if (findAccepted(secret.stagesOf(token)).length === 0) await markAccepted(turn);
  await secret.label(outageLabel(token), null);
  return { outcome: isLeftOffline ? 'done' : 'nothingToDo', store };
}

/** Only who accepted an outage may find a store that an earlier call of this rotation has left offline. */
function mayBeOurs({ secret, token, terms }: Turn): boolean {
  return terms.accept.includes('outage') && secret.versionOf(outageLabel(token)) === token;
}

async function change(
  turn: Turn,
  store: KeyStore,
  old: Version,
  wanted: Version,
  versions: readonly Version[],
): Promise<StepResult> {
  const { secret, token, deadline } = turn;
  await requireOtherKey(turn, store);
  requireRoom(turn, old);
  await secret.label(begunLabel(token), token);
  await secret.label(beforeLabel(token), secret.versionOf('AWSCURRENT') === old.id ? null : old.id);
  const problem = await callHook(turn, store, { establish: wanted.credential }, versions, deadline.leftMs() / 2);
  if (problem !== null)
    throw new RotationError('HOOK_FAILED', `${problem}. KMS uses ${old.credential.AccessKeyId} as before`);
  deadline.require(updateMs, 'an update');
  for (const stale of findAccepted(secret.stagesOf(token))) await secret.label(stale, null);
  const isLeftOffline = store.connectionState !== 'CONNECTED';
  const mayGoOffline = isLeftOffline || (turn.terms.accept.includes('outage') && deadline.leftMs() >= outageMs);
  if (mayGoOffline) await secret.label(outageLabel(token), token);
  const result = await runUpdate(turn, {
    change: { XksProxyAuthenticationCredential: referTo(secret, token) },
    previous: { XksProxyAuthenticationCredential: referTo(secret, old.id) },
    mayGoOffline,
    ...(isLeftOffline ? { finalState: 'connected' as const } : {}),
    checks: [createBothTakenCheck(turn, old, wanted)],
    keyVerifier: createKeepingVerifier(turn),
  });
  // What is still offline is for the next call, unless an operator has to look at it first.
  const isOver = result.after?.connectionState === 'CONNECTED' || result.outcome === 'stranded';
  if (isOver) await secret.label(outageLabel(token), null);
  requireUpdated(result, 'KMS does not have the new credential');
  await markAccepted(turn);
  return {
    outcome: 'done',
    ...(result.after ? { store: result.after } : {}),
    keyVerification: result.keyVerification.status,
  };
}

/** A store that an earlier call had offline when it was cut off, with the new credential already in force. */
async function bringBack(turn: Turn): Promise<void> {
  const keyVerifier = createKeepingVerifier(turn);
  const result = await runUpdate(turn, { mayGoOffline: true, finalState: 'connected', checks: [], keyVerifier });
  requireUpdated(result, 'the store was not brought back');
}

/** Later than it was is safe: the old credential is needed for as much longer. */
function markAccepted({ secret, token }: Turn): Promise<void> {
  return secret.label(acceptedLabel(secret.nowMs()), token);
}

function requireUpdated(result: RunResult, otherwise: string): void {
  if (result.outcome === 'updated' || result.outcome === 'unchanged') return;
  if (result.outcome === 'cancelled') {
    throw new RotationError(
      'TOO_LITTLE_TIME',
      `${otherwise}: the time of this call has ended. The next call continues`,
    );
  }
  throw new RotationError('UPDATE_FAILED', `${otherwise}: ${describeEnd(result)}`);
}
