/** The context of a run at its beginning, with the facts of the run that it resumes. */
import { untested } from '../../src/domain/key-test.ts';
import { noLogins } from '../../src/domain/logins.ts';
import { unprepared, unproven } from '../../src/domain/proof.ts';
import { limitStaleReads, noStaleReads } from '../../src/domain/stale-reads.ts';
import type { Context, Input } from './types.ts';

/** What an earlier run has left counts as this one's own. */
export function begin(input: Input): Context {
  const { takenUp } = input;
  return {
    ...input,
    nowMs: input.startedAtMs,
    stopRequested: false,
    calls: {},
    seen: null,
    holdsLock: false,
    before: takenUp?.before ?? null,
    plan: null,
    findings: [],
    checkedAtMs: null,
    isApproved: false,
    accepted: input.order.policy.accept,
    update: takenUp?.pending ? 'unclear' : (takenUp?.update ?? 'none'),
    isUnsent: false,
    sent: takenUp?.sent ?? {},
    inForce: {},
    stale: takenUp ? limitStaleReads(takenUp.stale, input.startedAtMs) : noStaleReads,
    hasSeenStaleRead: false,
    lastAcceptedAtMs: takenUp?.lastAcceptedAtMs ?? null,
    updateAcceptedAtMs: takenUp?.updateAcceptedAtMs ?? null,
    hasWritten: takenUp?.isUnfinished ?? false,
    isLiveRefused: false,
    hasConnectFailed: false,
    isConnectUndecided: false,
    isUnsure: false,
    hadWritten: false,
    tries: null,
    undecided: {},
    unrestored: [],
    isLoginAccepted: false,
    isHeld: false,
    offlineSinceMs: takenUp?.offlineSinceMs ?? null,
    offlineMs: null,
    hasDisconnected: takenUp?.hasDisconnected ?? false,
    externalConnectAtMs: null,
    connectedSince: takenUp?.connectedSince ?? false,
    armed: takenUp?.armed ?? null,
    hasSwitchStruck: false,
    isSwitchStuck: false,
    logins: takenUp?.logins ?? noLogins,
    goal: takenUp?.goal ?? 'forward',
    retries: 0,
    preparation: takenUp?.preparation ?? unprepared,
    keysFailedAtMs: null,
    proof: takenUp?.exposure ? { ...unproven, exposure: takenUp.exposure } : unproven,
    keyTest: untested,
    reason: takenUp?.goal === 'back' ? (takenUp.reason ?? null) : null,
    obstacle: null,
  };
}
