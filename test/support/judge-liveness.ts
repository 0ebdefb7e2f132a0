/** Judges whether a run has done all that was possible: the store is online again, and no call was repeated without bound. */
import { outcomes } from '../../src/domain/outcome.ts';
import { maxConnectWaitMs } from '../../src/domain/policy.ts';
import { SimulatorFault } from '../../src/simulator/index.ts';
import { findFoundState } from './judge-requests.ts';
import { type History, isLogCut, type Life } from './play-schedule.ts';
import { isUnclear } from './wire.ts';
import type { SentRequest } from './world.ts';

/** After this all that was ordered for a schedule has passed. */
const longMs = 24 * 3_600_000;

/**
 * What only KMS or the operator can change: what KMS has said of a connect, a definite rejection, what the operator chose or
 * has to allow, and what makes a store that is online worse than one that is offline.
 */
const excuses: readonly RegExp[] = [
  /^(NETWORK_ERRORS|INTERNAL_ERROR|INVALID_CREDENTIALS|USER_\w+|CLUSTER_NOT_FOUND|SUBNET_NOT_FOUND)$/,
  /^(INSUFFICIENT_\w+|XKS_\w+)$/,
  /^(CloudHsmCluster|CustomKeyStoreName|XksProxy)\w+Exception$/,
  /^AccessDenied/,
  /^(OLD_SETTINGS_UNUSABLE|KEY_MISMATCH|CANARIES_LOST|SECRET_UNAVAILABLE|NOT_ARMED|NOT_RESTORABLE|LOCKED)$/,
  /^(CONSENT_MISSING|DECLINED)$/,
];

/** A store that a run has taken offline is online again where KMS would connect it. */
export function leaveNoStoreOffline(history: History): string[] {
  const { lives, truth, world, store, handAt } = history;
  const end = lives.at(-1)?.end;
  if (end?.kind !== 'result' || handAt !== null || isLogCut(history)) return [];
  const { outcome, reason } = end.result;
  const wasTaken = world.sent.some(({ operation, isDone }) => operation === 'DisconnectCustomKeyStore' && isDone);
  if (findFoundState(history) !== 'CONNECTED' || !wasTaken || !truth || truth.ConnectionState === 'CONNECTED')
    return [];
  if (lives.some(({ request: { policy } }) => policy.finalState === 'disconnected')) return [];
  if (lives.some(({ beginning }) => beginning === 'undoing')) return [];
  const code = reason?.code ?? 'no reason';
  // A run that rolls back names why it did, and in its message what ended that.
  const last = world.sent.findLast(({ operation }) => operation !== 'DescribeCustomKeyStores');
  const words = [code, ...(reason?.message.match(/\w+/g) ?? []), ...(last?.error === undefined ? [] : [last.error])];
  const isLimit = reason?.message.includes('kmsuser may be locked out') ?? false;
  if (outcomes[outcome].exitCode === 0) return [];
  if ([...words, ...(isLimit ? ['LOGIN_LIMIT'] : [])].some((word) => isExcused(history, word))) return [];
  if (isShortOfTime(history) || isUndecided(history) || wasNeverAnswered(history)) return [];
  return wouldConnect(history) ? [`${outcome} because of ${code}, and KMS connects ${store}`] : [];
}

function isExcused(history: History, code: string): boolean {
  const { world, lives } = history;
  if (excuses.some((excuse) => excuse.test(code))) return true;
  if (lives.some(({ end }) => end.kind === 'result' && end.result.keyVerification.status === 'mismatch')) return true;
  if (code === 'LOGIN_LIMIT') return countLogins(world.sent) >= 3 || wasLoginRefused(world.sent);
  return code === 'CustomKeyStoreInvalidStateException' && !history.isStale;
}

/** A resume to which KMS has shown nothing of the store decides nothing, and names the command that tries again. */
function isUndecided({ lives }: History): boolean {
  const end = (lives.at(-1) as Life).end;
  if (end?.kind !== 'result' || end.result.resumedFrom === undefined || end.result.after !== null) return false;
  return end.result.nextCommands?.some((command) => command.startsWith('cks resume')) === true;
}

function isShortOfTime({ lives }: History): boolean {
  // KMS is still at it, or the time that the caller gave was too short for it.
  const { maxDisconnectWaitMs, maxConnectWaitMs } = (lives.at(-1) as Life).request.policy;
  return maxDisconnectWaitMs < 60_000 || (maxConnectWaitMs ?? Number.POSITIVE_INFINITY) < 60_000;
}

/** A call without an answer is given up after so long, in milliseconds. */
const callAtMostMs = 30_000;

/** Updates are tried for so long, there and back, in milliseconds. */
const updatesAtMostMs = 2 * 2 * 60_000;

/** KMS gave no definite answer to the last call, a Connect or an Update, for as long as a run tries that. */
function wasNeverAnswered({ world, lives, truth }: History): boolean {
  const { policy } = (lives.at(-1) as Life).request;
  const limits: Readonly<Record<string, number>> = {
    ConnectCustomKeyStore: maxConnectWaitMs(policy, truth?.CustomKeyStoreType ?? 'AWS_CLOUDHSM'),
    UpdateCustomKeyStore: updatesAtMostMs,
  };
  const writes = world.sent.filter(({ operation }) => operation !== 'DescribeCustomKeyStores');
  const last = writes.at(-1);
  const isOther = ({ operation, error }: SentRequest) => operation !== last?.operation || error === undefined;
  const first = writes[writes.findLastIndex(isOther) + 1];
  const limitMs = limits[last?.operation ?? ''] ?? Number.POSITIVE_INFINITY;
  return first !== undefined && last !== undefined && last.atMs + callAtMostMs - first.atMs >= limitMs;
}

/** The Connect of a dead man's switch counts from the moment it is armed. */
const countLogins = (sent: readonly SentRequest[]) =>
  sent.filter(
    ({ operation, isDone, error }) =>
      operation === 'ConnectCustomKeyStore' && (isDone || (error !== undefined && isUnclear(error))),
  ).length + (sent.some(({ isSwitchArmed }) => isSwitchArmed) ? 1 : 0);

const wasLoginRefused = (sent: readonly SentRequest[]) =>
  sent.some(({ shown }) => /^(INVALID_CREDENTIALS|USER_)/.test(shown?.ConnectionErrorCode ?? ''));

/** Whether the store connects with the settings in force, when all troubles have passed. The world is spent afterwards. */
function wouldConnect({ world: { simulator, clock }, store }: History): boolean {
  simulator.clearFaults();
  simulator.staleReads = {};
  clock.advance(longMs);
  if (stateOf() === 'CONNECTED') return true;
  if (stateOf() === 'FAILED') call('DisconnectCustomKeyStore');
  call('ConnectCustomKeyStore');
  return stateOf() === 'CONNECTED';

  function stateOf(): string {
    return simulator.store(store).ConnectionState;
  }

  function call(operation: string): void {
    try {
      simulator.call(operation, { CustomKeyStoreId: store }, 'somebody else');
    } catch (error) {
      if (!(error instanceof SimulatorFault)) throw error;
    }
    clock.advance(longMs);
  }
}

/** No call is repeated faster than a person would call it a backoff. What the operator asks for begins anew. */
const mutationsAMinute = 20;
const readsAMinute = 62;

export function repeatWithinBounds({ world }: History): string[] {
  const broken = new Set<string>();
  const latest = new Map<string, number[]>();
  const heldAtMs = world.events.flatMap((event) =>
    event.type === 'state.entered' && event.state === 'acting.holding' ? [Date.parse(event.at)] : [],
  );
  for (const { operation, process, atMs } of world.sent) {
    const key = `${process} ${operation}`;
    const sinceMs = Math.max(atMs - 60_000, ...heldAtMs.filter((one) => one <= atMs));
    const times = [...(latest.get(key) ?? []), atMs].filter((one) => one > sinceMs);
    latest.set(key, times);
    const isRead = operation === 'DescribeCustomKeyStores';
    if (times.length > (isRead ? readsAMinute : mutationsAMinute)) broken.add(`${operation} more often in a minute`);
  }
  return [...broken];
}

/** Bad logins as the cluster counts them: five lock kmsuser out. Each acceptance of `login` allows one more. */
export function spareKmsuserTruly({ world, grants, handAt }: History): string[] {
  if (handAt !== null) return [];
  const granted = grants.flatMap(({ accepted }) => accepted).filter((risk) => risk === 'login').length;
  let before = 0;
  let worst = 0;
  for (const { operation, input, isDone, badLogins } of world.sent) {
    before = Math.min(before, badLogins);
    worst = Math.max(worst, badLogins - before);
    // Whether the operator gives the same password again, cks cannot know: it keeps none.
    if (operation === 'UpdateCustomKeyStore' && isDone && input.KeyStorePassword) before = badLogins;
  }
  return worst > 3 + granted ? [`${worst} bad logins in a row, and ${granted} were allowed`] : [];
}
