/** Judges when a run has acted, by what its log says was about to be sent: the clock of its machine is what it goes by. */
import { isTrialConnectStep } from '../../src/domain/trial-connect.ts';
import type { LogRecord } from '../../src/ports/log.ts';
import { findFoundState } from './judge-requests.ts';
import { type History, type Life, readTruth } from './play-schedule.ts';

type Intent = Extract<LogRecord, { kind: 'intent' }>;

/** AWS's own numbers, written down once more: a connect takes so many minutes at most, and a disconnect five. */
const connectMinutes = { AWS_CLOUDHSM: 20, EXTERNAL_KEY_STORE: 5 } as const;
const disconnectMinutes = 5;

/** What a run was about to send first to its store; that of one that goes on from another is bound to no time. */
function firstIntent({ resumedFrom, records }: Life): Intent | undefined {
  if (resumedFrom) return undefined;
  return records.find(
    (record): record is Intent =>
      record.kind === 'intent' && !isTrialConnectStep(record.step) && !wasNotSent(record, records),
  );
}

/** By its answer: another actor was noticed before, or the window. */
function wasNotSent({ step }: Intent, records: readonly LogRecord[]): boolean {
  const answer = records.find((record) => record.kind === 'result' && record.step === step) as Answered | undefined;
  const { kind, mayBeDone, failure } = answer?.value ?? {};
  return (kind === 'foreign' && mayBeDone === false) || failure?.code === 'OUTSIDE_WINDOW';
}

interface Answered {
  readonly value?: {
    readonly kind?: string;
    readonly mayBeDone?: boolean;
    readonly failure?: { readonly code?: string };
  } | null;
}

/** The first Disconnect that a run was about to send before KMS had accepted anything of it. */
function firstDisconnect({ resumedFrom, records }: Life): Intent | undefined {
  if (resumedFrom) return undefined;
  const accepted = records.findIndex(
    (record) => record.kind === 'result' && (record.value as { kind?: string } | null)?.kind === 'accepted',
  );
  const before = accepted === -1 ? records : records.slice(0, accepted);
  return before.find(
    (record): record is Intent =>
      record.kind === 'intent' && /\.disconnectStore$/.test(record.step) && !wasNotSent(record, records),
  );
}

function neededMs(history: History, { request }: Life): number {
  const type = readTruth(history)?.CustomKeyStoreType ?? 'EXTERNAL_KEY_STORE';
  const { finalState, intent } = request.policy;
  const isRestored = finalState === 'restore' && findFoundState(history) === 'CONNECTED';
  const comesBack = finalState === 'connected' || intent === 'reconnect' || isRestored;
  return (disconnectMinutes + (comesBack ? connectMinutes[type] : 0)) * 60_000;
}

export function waitForTheWindow({ lives }: History): string[] {
  return lives.flatMap((life) => {
    const { window } = life.request.policy;
    const first = firstIntent(life);
    if (!window || !first) return [];
    if (first.atMs < window.opensAtMs) return [`${first.step} before it opens`];
    return first.atMs > window.closesAtMs ? [`${first.step} after it has closed`] : [];
  });
}

export function fitIntoTheWindow(history: History): string[] {
  return history.lives.flatMap((life) => {
    const { window } = life.request.policy;
    const first = firstDisconnect(life);
    const isLate = window && first && first.atMs + neededMs(history, life) > window.closesAtMs;
    return isLate ? [`${first.step} ${window.closesAtMs - first.atMs} ms before it closes`] : [];
  });
}

export function keepTheBudget(history: History): string[] {
  return history.lives.flatMap((life) => {
    const { outageBudgetMs, finalState } = life.request.policy;
    const first = firstDisconnect(life);
    const sent = history.world.sent.slice(life.requests.from, life.requests.until);
    const shownState = sent.find(({ operation }) => operation === 'DisconnectCustomKeyStore')?.shownState;
    // A store that is FAILED is offline already.
    if (outageBudgetMs === undefined || !first || shownState !== 'CONNECTED') return [];
    const isOver = finalState === 'disconnected' || neededMs(history, life) > outageBudgetMs;
    return isOver ? [`${first.step} with a budget of ${outageBudgetMs} ms`] : [];
  });
}
