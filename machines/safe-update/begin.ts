/** The context of a run at its beginning, with the facts of the run that it resumes. */
import { untested } from '../../src/domain/key-test.ts';
import { unprepared, unverified } from '../../src/domain/key-verification.ts';
import { noLogins } from '../../src/domain/logins.ts';
import { limitStaleReads, noStaleReads } from '../../src/domain/stale-reads.ts';
import type { Context, Input } from './context.ts';

/** What an earlier run has left counts as this one's own. */
export function begin(input: Input): Context {
  const { resumedFrom } = input;
  return {
    ...input,
    nowMs: input.startedAtMs,
    stopRequested: false,
    calls: {},
    lastObserved: null,
    holdsLock: false,
    before: resumedFrom?.before ?? null,
    plan: null,
    findings: [],
    checkedAtMs: null,
    isApproved: false,
    accepted: input.request.policy.accept,
    update: resumedFrom?.pending ? 'unclear' : (resumedFrom?.update ?? 'none'),
    isUnsent: false,
    sent: resumedFrom?.sent ?? {},
    inForce: {},
    stale: resumedFrom ? limitStaleReads(resumedFrom.stale, input.startedAtMs) : noStaleReads,
    hasSeenStaleRead: false,
    lastAcceptedAtMs: resumedFrom?.lastAcceptedAtMs ?? null,
    updateAcceptedAtMs: resumedFrom?.updateAcceptedAtMs ?? null,
    hasWritten: resumedFrom?.isUnfinished ?? false,
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
    offlineSinceMs: resumedFrom?.offlineSinceMs ?? null,
    offlineMs: null,
    outageSinceMs: resumedFrom?.outageSinceMs ?? resumedFrom?.offlineSinceMs ?? null,
    pastOfflineMs: 0,
    hasDisconnected: resumedFrom?.hasDisconnected ?? false,
    externalConnectAtMs: null,
    connectedSince: resumedFrom?.connectedSince ?? false,
    fence: resumedFrom?.fence ?? null,
    isFenced: false,
    armed: resumedFrom?.armed ?? null,
    hasSwitchFired: false,
    isSwitchStuck: false,
    logins: resumedFrom?.logins ?? noLogins,
    goal: resumedFrom?.goal ?? 'forward',
    retries: 0,
    preparation: resumedFrom?.preparation ?? unprepared,
    keysFailedAtMs: null,
    keyVerification: resumedFrom?.exposure ? { ...unverified, exposure: resumedFrom.exposure } : unverified,
    keyTest: untested,
    reason: resumedFrom?.goal === 'back' ? (resumedFrom.reason ?? null) : null,
    obstacle: null,
  };
}
