/** Judges how each process ended, against what is so then in the world. Only the last end can be held against the world. */

import { readStore } from '../../src/aws/kms/kms.ts';
import { applyChange, type Change, changedNames, secretReference, visibleValue } from '../../src/domain/change.ts';
import { type KeyStore, matchesSettings, shownValue } from '../../src/domain/key-store.ts';
import { outcomes, type RunResult } from '../../src/domain/outcome.ts';
import { LogError, type LogRecord } from '../../src/ports/log.ts';
import { findFoundState } from './judge-requests.ts';
import { tellsWhatIsLeft } from './judge-trial-stores.ts';
import { type History, isLogCut, type Life, readTruth } from './play-schedule.ts';

interface LastEnd {
  readonly life: Life;
  readonly result: RunResult;
  readonly store: KeyStore;
}

/** The result of the last process beside the store as it truly is; undefined where there is none. */
function readLast(history: History): LastEnd | undefined {
  const life = history.lives.at(-1);
  const entry = readTruth(history);
  if (life?.end.kind !== 'result' || !entry) return undefined;
  return { life, result: life.end.result, store: readStore({ ...entry }) };
}

const resultsOf = ({ lives }: History) => lives.flatMap(({ end }) => (end.kind === 'result' ? [end.result] : []));

const hasSent = ({ world }: History, { requests, requestsBeside }: Life) =>
  [
    ...world.sent.slice(requests.from, requests.until),
    ...world.sentBeside.slice(requestsBeside.from, requestsBeside.until),
  ].some(({ operation }) => operation !== 'DescribeCustomKeyStores');

const hasActed = ({ world }: History, { requests: { from, until } }: Life) =>
  world.sent.slice(from, until).some(({ operation, error }) => operation !== 'DescribeCustomKeyStores' && !error);

export function areNamed(history: History): string[] {
  return history.lives.flatMap((life) => findNamelessEnd(history, life));
}

function findNamelessEnd(history: History, life: Life): string[] {
  const { end } = life;
  switch (end.kind) {
    case 'died':
      return [];
    case 'result':
      return end.result.outcome in outcomes ? [] : [String(end.result.outcome)];
    case 'invalid':
      return hasSent(history, life) ? ['an input that is wrong, and something was sent'] : [];
    case 'unfinished': {
      const isHeld = end.error.held !== null;
      const isUnlogged = end.error.cause instanceof LogError && !hasSent(history, life);
      return isHeld || isUnlogged || tellsWhatIsLeft(life) ? [] : [String(end.error.stack)];
    }
    case 'broken':
      return [end.error instanceof Error ? String(end.error.stack) : String(end.error)];
  }
}

export function areTrueAtExit0(history: History): string[] {
  const last = readLast(history);
  if (!last || history.handAt !== null || outcomes[last.result.outcome].exitCode !== 0) return [];
  // A correction may be in the part of a log that is lost.
  if (history.lives.some((life) => life.isLogCut)) return [];
  const { result, store } = last;
  const broken: string[] = [];
  const wantedStates = findWantedStates(history);
  if (!wantedStates.includes(store.connectionState))
    broken.push(`${result.outcome}, and it is ${store.connectionState}`);
  const wanted = readWanted(history);
  const wrong = changedNames(wanted).filter((name) => {
    const value = visibleValue(wanted, name);
    return value !== undefined && spell(name, shownValue(store.settings, name)) !== spell(name, value);
  });
  return [...broken, ...wrong.map((name) => `${result.outcome}, and ${name} is ${shownValue(store.settings, name)}`)];
}

/** A host name is the same in either case. */
const spell = (name: string, value = '') => (name === 'XksProxyUriEndpoint' ? value.toLowerCase() : value);

function findWantedStates(history: History): readonly string[] {
  const found = findFoundState(history);
  const { finalState, intent, trialConnect } = (history.lives[0] as Life).request.policy;
  if (history.lives.some(({ beginning }) => beginning === 'undoing') || found === undefined)
    return ['CONNECTED', 'DISCONNECTED'];
  if (trialConnect === 'only') return [found];
  if (finalState !== 'restore') return [finalState.toUpperCase()];
  if (intent === 'reconnect') return ['CONNECTED'];
  return found === 'FAILED' ? ['CONNECTED', 'DISCONNECTED'] : [found];
}

/** What was asked for, the operator's corrections over it, as far as a log has kept them. Rehearsed alone, it is nothing. */
function readWanted({ lives }: History) {
  let wanted: Change = {};
  for (const { request, records, beginning, correction } of lives) {
    const isOwnOrder = beginning === 'new' || beginning === 'undoing';
    const own = request.policy.trialConnect === 'only' ? {} : request.change;
    wanted = isOwnOrder ? own : { ...wanted, ...correction };
    for (const record of records) wanted = { ...wanted, ...readCorrection(record) };
  }
  return wanted;
}

function readCorrection(record: LogRecord) {
  const value = record.kind === 'result' ? (record.value as { kind: string; correction?: object } | null) : undefined;
  return value?.kind === 'released' ? value.correction : {};
}

export function leadOnline(history: History): string[] {
  const last = readLast(history);
  const broken = resultsOf(history)
    .filter(({ outcome, reason }) => outcomes[outcome].exitCode !== 0 && !(reason?.message && reason.remedy))
    .map(({ outcome }) => `${outcome} without a reason`);
  if (!last || history.handAt !== null || isLogCut(history) || findFoundState(history) !== 'CONNECTED') return broken;
  const { result, store, life } = last;
  // What an undoing finds was left so on purpose.
  if (history.lives.some(({ beginning }) => beginning === 'undoing') && result.outcome === 'cancelled') return broken;
  const isOnline = store.connectionState === 'CONNECTED';
  const isAsWanted = outcomes[result.outcome].exitCode === 0 && life.request.policy.finalState === 'disconnected';
  if (isOnline || isAsWanted || (result.nextCommands?.length ?? 0) > 0) return broken;
  const isMeantToBeOffline = history.lives[0]?.request.policy.finalState === 'disconnected';
  if (isMeantToBeOffline && result.outcome !== 'rolledBack' && result.outcome !== 'cancelled') return broken;
  return [...broken, `${result.outcome}, it is ${store.connectionState}, and nothing is left to do`];
}

/** A run that goes on from one that had turned back turns back too, unless the operator gave it better values. */
export function stayTurnedBack(history: History): string[] {
  if (isLogCut(history)) return [];
  // A run that had sent nothing leaves nothing, and the next one begins anew.
  const lives = history.lives.slice(history.lives.findLastIndex(({ beginning }) => beginning === 'new'));
  const turned = lives.findIndex(({ events }) =>
    events.some((event) => event.type === 'state.entered' && event.state.includes('rollingBack')),
  );
  if (turned === -1) return [];
  return lives
    .slice(turned + 1)
    .filter(
      ({ beginning, end }) => beginning === 'resumedFrom' && end.kind === 'result' && end.result.outcome === 'updated',
    )
    .map(({ runId }) => `${runId} has updated it`);
}

export function restoreTheState(history: History): string[] {
  const last = readLast(history);
  if (!last || history.handAt !== null || !['rolledBack', 'cancelled'].includes(last.result.outcome)) return [];
  const { result, store, life } = last;
  // What an earlier run has left is as it was found, whatever that was.
  if (result.outcome === 'cancelled' && life.resumedFrom) return [];
  const before = result.before?.connectionState;
  const wanted =
    before === 'CONNECTED' ? ['CONNECTED'] : ['DISCONNECTED', ...(before && result.mode === 'none' ? [before] : [])];
  if (before === undefined || before.endsWith('ING')) return [];
  return wanted.includes(store.connectionState) ? [] : [`${result.outcome}, and it is ${store.connectionState}`];
}

export function accuseNobody(history: History): string[] {
  if (history.handAt !== null || isLogCut(history)) return [];
  return resultsOf(history)
    .map(({ reason }) => reason?.code ?? '')
    .filter((code) => ['EXTERNAL_CHANGE', 'DRIFTED', 'STORE_CHANGED', 'NO_EFFECT'].includes(code));
}

const isUnreadable = /could not be described/;

export function areUnsettledWhileMoving(history: History): string[] {
  if (history.isStale || history.handAt !== null || isLogCut(history)) return [];
  return resultsOf(history)
    .filter(
      ({ outcome, after, reason }) => outcome === 'unsettled' && !isUnreadable.test(reason?.message ?? '') && after,
    )
    .filter(({ after }) => !after?.connectionState.match(/ING$|^FAILED$/))
    .map(({ after }) => `it was seen ${after?.connectionState}`);
}

export function haveChangedNothing(history: History): string[] {
  const last = readLast(history);
  if (!last?.result.before || history.handAt !== null || last.life.resumedFrom || isLogCut(history)) return [];
  const { result, store } = last;
  const { before } = result;
  if (!before || !['refused', 'cancelled', 'unchanged'].includes(result.outcome)) return [];
  const broken: string[] = [];
  if (!matchesSettings(before.settings, store.settings)) broken.push(`${result.outcome}, and its settings are others`);
  const isBack = result.outcome === 'cancelled' && result.mode !== 'none';
  const isMoved = !before.connectionState.endsWith('ING') && before.connectionState !== store.connectionState;
  if (!isBack && isMoved)
    broken.push(`${result.outcome}, and it went from ${before.connectionState} to ${store.connectionState}`);
  return broken;
}

export function describeSettings(history: History): string[] {
  const last = readLast(history);
  if (!last?.result.before || history.handAt !== null || isLogCut(history)) return [];
  const { result, store } = last;
  const { before, reason } = result;
  if (reason?.code === 'STORE_CHANGED') return [];
  const wanted = applyChange(before?.settings ?? {}, readWanted(history));
  const isOld = matchesSettings(before?.settings ?? {}, store.settings);
  if (result.settings === 'old' && !isOld) return ['called old, and they are not'];
  if (result.settings !== 'new' || matchesSettings(before?.settings ?? {}, wanted)) return [];
  return isOld ? ['called new, and they are the old ones'] : [];
}

/** Of a store whose keys are seen to be others nobody is told that all is well. */
export function describeOfOtherKeys(history: History): string[] {
  const last = readLast(history);
  if (last?.result.outcome !== 'updated' || history.handAt !== null || isLogCut(history)) return [];
  const { result, store } = last;
  if (store.connectionState !== 'CONNECTED' || !history.areKeysOthers(store)) return [];
  return [`its keys are others, and the proof is ${result.keyVerification.status}`];
}

export function haveSentSecrets(history: History): string[] {
  const { lives, world } = history;
  const last = lives.at(-1);
  if (last?.end.kind !== 'result' || last.isLogCut) return [];
  const { outcome } = last.end.result;
  if (outcome !== 'updated' && outcome !== 'unchanged') return [];
  return changedNames(readWanted(history))
    .filter((name) => secretReference(readWanted(history), name) !== undefined)
    .filter(
      (name) =>
        !world.sent.some(
          ({ operation, isDone, input }) => operation === 'UpdateCustomKeyStore' && input[name] && isDone,
        ),
    )
    .map((name) => `${outcome}, and KMS never took ${name}`);
}

const passing = /ExpiredToken|ECONNREFUSED|ThrottlingException/;

export function outlastWhatPasses(history: History): string[] {
  return history.lives.flatMap((life) => {
    if (life.end.kind !== 'result') return [];
    const { outcome, reason } = life.end.result;
    if (!hasActed(history, life) || !passing.test(reason?.code ?? '')) return [];
    return [`${outcome} because of ${reason?.code}`];
  });
}
