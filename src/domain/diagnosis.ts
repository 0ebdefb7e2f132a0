/** What is wrong with a store as it is, and what to type next. */
import { type CheckFinding, isUndecided } from './checks.ts';
import { explainConnectionError } from './connection-errors.ts';
import { findUnknownWord, isTransient, type KeyStore } from './key-store.ts';
import type { Outcome } from './outcome.ts';
import type { Risk } from './policy.ts';
import { describeProperty, optionName, type PropertyName } from './properties.ts';
import { describeLockOwner } from './reasons.ts';
import type { ReportedLockOwner } from './safeguards.ts';
import type { StoreKeyTest } from './store-key-test.ts';

export interface Symptoms {
  readonly store: KeyStore;
  readonly findings: readonly CheckFinding[];
  readonly keyTest: StoreKeyTest;
  /** The run that works on the store now, and the one that has left it as it is; null: none is known. */
  readonly atWork: ReportedLockOwner | null;
  readonly unfinished: UnfinishedRun | null;
  /** Keys that the fence of a run has left disabled; null: none is known. */
  readonly disabled: DisabledKeys | null;
  /** Keys that the fence of a run had disabled, and that KMS shows as Enabled; null: none is known. */
  readonly enabledMeanwhile: EnabledKeys | null;
  /** The latest run that did not end well, or not at all; null: none is known. */
  readonly openRun: OpenRun | null;
  /** Whether canaries from before that run decrypted. */
  readonly openRunCanaries: 'none' | 'decrypted' | 'noAnswer';
  /** Risks that a reconnect takes, beyond the outage. */
  readonly reconnectRisks: readonly Risk[];
  /** Why it is not known whether a run works on the store. */
  readonly problems: readonly string[];
  /** Why evidence on this machine cannot be read: a journal that may be of this store, or its kept canaries. */
  readonly unreadable: readonly string[];
}

export interface UnfinishedRun {
  readonly runId: string;
  /** Where its journal is; absent: on this machine. */
  readonly host?: string;
}

export interface DisabledKeys {
  readonly runId: string;
  /** ARNs. */
  readonly keys: readonly string[];
}

export interface EnabledKeys extends DisabledKeys {
  /** ARNs of those among them of which no canary decrypted. */
  readonly unverified: readonly string[];
  /** The key source held different keys when the run ended. */
  readonly isWithheld: boolean;
}

/** A run that ended neither with the settings and the state that were wanted nor with the old ones. */
export interface OpenRun {
  readonly runId: string;
  /** Null: it has not ended. */
  readonly outcome: Outcome | null;
  /** No later run has taken its place, so `cks resume` continues it. */
  readonly isResumable: boolean;
}

export interface Diagnosis {
  /** Keys work, no check failed, and no run is unfinished. Null: cks could not tell. */
  readonly isWell: boolean | null;
  /** In a sentence. */
  readonly verdict: string;
  /** Of a FAILED store. */
  readonly error?: { readonly code: string; readonly cause: string; readonly fault: string; readonly remedy: string };
  /** Commands, the best first. */
  readonly next: readonly string[];
}

export function diagnose(symptoms: Symptoms): Diagnosis {
  const { store, findings, keyTest, atWork, unfinished, disabled, enabledMeanwhile, reconnectRisks, unreadable } =
    symptoms;
  const { customKeyStoreId: id, connectionState, connectionErrorCode: code, customKeyStoreType: type } = store;
  const failed = findings.filter(({ status }) => status === 'failed');
  const names = failed.map(({ check }) => check).join(' and ');
  const amiss = failed.length > 0 ? `; what ${names} found must be fixed first` : '';
  const error = code === undefined ? {} : { error: explainCode(code, type) };
  const unseen = countUnseen(symptoms);
  const earlier = describeEarlier(symptoms);
  const ofRun = nameNextOfRun(symptoms);
  const lost = keyTest.status === 'failed' ? `; ${keyTest.message}` : '';
  const ill = (verdict: string, ...next: string[]): Diagnosis => ({ isWell: false, verdict, ...error, next });
  const unsure = (verdict: string, ...next: string[]): Diagnosis => ({ isWell: null, verdict, ...error, next });
  const cure = failed.find(({ curedBy }) => curedBy !== undefined)?.curedBy;
  const reconnect = cure === undefined ? nameReconnectCommand(id, reconnectRisks) : nameUpdateCommand(id, cure);

  if (atWork !== null) {
    const verdict = `${describeLockOwner(atWork)} works on it now; it is ${connectionState}`;
    return ill(verdict, `cks runs show ${atWork.runId}`, `cks stop ${atWork.runId}`);
  }
  if (unfinished !== null) {
    const where = unfinished.host === undefined ? '' : ` on ${unfinished.host}`;
    const verdict = `run ${unfinished.runId}${where} has not ended, and left it ${connectionState}${lost}${describeEnabled(symptoms)}`;
    return ill(verdict, `cks resume ${unfinished.runId}`);
  }
  if (disabled !== null) {
    const { runId, keys } = disabled;
    const verdict = `run ${runId} has left ${keys.length} of its keys disabled, and it is ${connectionState}${lost}${describeEnabled(symptoms)}`;
    return ill(verdict, `cks resume ${runId}`);
  }
  const unknownWord = findUnknownWord(store);
  if (unknownWord !== undefined) {
    const verdict = `this version of cks does not know what it is: ${unknownWord}; ${keyTest.message}`;
    return keyTest.status === 'failed' ? ill(verdict, 'cks describe') : unsure(verdict, 'cks describe');
  }
  if (isTransient(connectionState))
    return ill(`it is ${connectionState}: wait until KMS has finished`, `cks doctor ${id}`);
  if (connectionState === 'CONNECTED') {
    const next = cure === undefined ? `cks check ${id}` : nameUpdateCommand(id, cure);
    if (keyTest.status === 'failed') {
      const also = failed.length > 0 ? `; ${names} found why another connect would fail too` : '';
      const isOfRun = keyTest.keys.some(({ result, runId }) => /^(lost|unusable)$/.test(result) && runId !== undefined);
      const first = keyTest.kind === 'canaries' && !isOfRun ? [`cks canary check ${id}`] : [];
      return ill(`it is CONNECTED, but ${keyTest.message}${earlier}${also}`, ...ofRun, ...first, next);
    }
    if (failed.length > 0) {
      const keys = keyTest.status === 'passed' ? '; its keys work now' : '';
      return ill(`it is CONNECTED, but another connect would fail: ${names}${keys}${earlier}`, next, ...ofRun);
    }
    const doubt = findDoubt(symptoms);
    if (doubt === 'different keys') return ill(`it is CONNECTED, but cks cannot trust its keys${earlier}`, ...ofRun);
    if (keyTest.status === 'passed' && doubt === undefined && unreadable.length === 0)
      return {
        isWell: true,
        verdict: `${keyTest.message}${earlier}${unseen}`,
        next: enabledMeanwhile === null ? [] : ofRun,
      };
    const what =
      keyTest.status === 'passed'
        ? 'cks cannot tell whether it is well'
        : 'it is CONNECTED, which says nothing of its keys';
    return unsure(`${what}; ${keyTest.message}${earlier}${unseen}`, ...ofRun);
  }
  if (code === undefined)
    return ill(`it is ${connectionState}, and no key in it can be used${amiss}${earlier}`, ...ofRun, reconnect);
  const mend = cure === undefined ? prescribe(id, code, type, reconnect) : reconnect;
  return ill(`its last connect failed, and no key in it can be used${amiss}${earlier}`, ...ofRun, mend);
}

/** Why keys that work now may still be different ones; undefined: nothing says so. */
function findDoubt({ enabledMeanwhile, openRunCanaries }: Symptoms): 'different keys' | 'unverified' | undefined {
  const isUnverified = enabledMeanwhile !== null && enabledMeanwhile.unverified.length > 0;
  if (isUnverified && enabledMeanwhile.isWithheld) return 'different keys';
  return isUnverified || openRunCanaries === 'noAnswer' ? 'unverified' : undefined;
}

/** `; run 20261128-020000-1a2b ended stranded; canaries from before it decrypt` */
function describeEarlier({ openRun, openRunCanaries, ...symptoms }: Symptoms): string {
  const enabled = describeEnabled(symptoms);
  if (openRun === null) return enabled;
  const canaries = {
    none: '',
    decrypted: '; canaries from before it decrypt',
    noAnswer: '; canaries from before it gave no answer',
  }[openRunCanaries];
  const { runId, outcome } = openRun;
  return `; run ${runId} ${outcome === null ? 'has not ended' : `ended ${outcome}`}${canaries}${enabled}`;
}

/** `; run 20261128-020000-1a2b disabled 2 keys and did not finish: they were enabled since without a test, 1 of them ...` */
function describeEnabled({ enabledMeanwhile }: Pick<Symptoms, 'enabledMeanwhile'>): string {
  if (enabledMeanwhile === null) return '';
  const { runId, keys, unverified } = enabledMeanwhile;
  const count = keys.length === 1 ? '1 key' : `${keys.length} keys`;
  const verified =
    unverified.length === 0 ? 'canaries from before decrypt with each' : `${unverified.length} unverified`;
  return `; run ${runId} left ${count} disabled and did not finish, and another principal enabled them without a test (${verified})`;
}

/** What settles the run, where it is not settled. */
function nameNextOfRun({ openRun, enabledMeanwhile }: Symptoms): readonly string[] {
  if (openRun === null) return enabledMeanwhile === null ? [] : [`cks resume ${enabledMeanwhile.runId}`];
  return [openRun.isResumable ? `cks resume ${openRun.runId}` : `cks runs show ${openRun.runId}`];
}

/** `; 2 checks could not run: xks-proxy, external-keys` */
function countUnseen({ findings, problems, unreadable }: Symptoms): string {
  const checks = findings.filter(isUndecided).map(({ check }) => check);
  const { length } = checks;
  const told = length > 0 ? [`${length} ${length === 1 ? 'check' : 'checks'} could not run: ${checks.join(', ')}`] : [];
  return [...told, ...problems, ...unreadable.map((why) => `cks could not read all evidence: ${why}`)]
    .map((text) => `; ${text}`)
    .join('');
}

function explainCode(code: string, type: KeyStore['customKeyStoreType']) {
  const { cause, fault, remedy } = explainConnectionError(code, type);
  return { code, cause, fault, remedy };
}

function prescribe(id: string, code: string, type: KeyStore['customKeyStoreType'], reconnect: string): string {
  const { curedBy } = explainConnectionError(code, type);
  return curedBy === undefined ? reconnect : nameUpdateCommand(id, curedBy);
}

function nameReconnectCommand(id: string, risks: readonly Risk[]): string {
  return risks.length === 0 ? `cks reconnect ${id}` : `cks reconnect ${id} --accept ${risks.join(',')}`;
}

function nameUpdateCommand(id: string, name: PropertyName): string {
  return `cks update ${id} --${optionName(name)} ${standIn(name)}`;
}

function standIn(name: PropertyName): string {
  const { secret, visibleMember, secretMember } = describeProperty(name);
  if (secretMember) return `${visibleMember}=ID,${secretMember.name}=env:NAME`;
  return secret ? 'env:NAME' : 'VALUE';
}
