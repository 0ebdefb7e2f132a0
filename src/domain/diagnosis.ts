/** What is wrong with a store as it is, and what to type next. */
import type { CheckFinding } from './checks.ts';
import { explainConnectionError } from './connection-errors.ts';
import { isTransient, type KeyStore } from './key-store.ts';
import { describeProperty, optionName, type PropertyName } from './properties.ts';

export interface Symptoms {
  readonly store: KeyStore;
  readonly findings: readonly CheckFinding[];
  /** The run that has left the store as it is. */
  readonly unfinishedRunId: string | null;
}

export interface Diagnosis {
  /** CONNECTED, no check failed, and nothing is left to go on with. */
  readonly isWell: boolean;
  /** In a sentence. */
  readonly verdict: string;
  /** Of a FAILED store. */
  readonly error?: { readonly code: string; readonly cause: string; readonly fault: string; readonly remedy: string };
  /** Commands, the best first. */
  readonly next: readonly string[];
}

export function diagnose({ store, findings, unfinishedRunId }: Symptoms): Diagnosis {
  const { customKeyStoreId: id, connectionState, connectionErrorCode: code, customKeyStoreType } = store;
  const failed = findings.filter(({ status }) => status === 'failed').map(({ check }) => check);
  const amiss = failed.length > 0 ? `; what ${failed.join(' and ')} found has to be mended first` : '';
  const error = code === undefined ? {} : { error: explainCode(code, customKeyStoreType) };
  const ill = (verdict: string, ...next: string[]): Diagnosis => ({ isWell: false, verdict, ...error, next });

  if (unfinishedRunId !== null)
    return ill(`run ${unfinishedRunId} has not ended, and left it ${connectionState}`, `cks resume ${unfinishedRunId}`);
  if (isTransient(connectionState))
    return ill(`it is ${connectionState}: wait until KMS has finished`, `cks doctor ${id}`);
  if (connectionState === 'CONNECTED') {
    if (failed.length === 0) return { isWell: true, verdict: 'nothing is amiss', next: [] };
    return ill(`it is CONNECTED, but another connect would fail: ${failed.join(' and ')}`, `cks check ${id}`);
  }
  if (code === undefined)
    return ill(`it is ${connectionState}, and no key in it can be used${amiss}`, `cks reconnect ${id}`);
  return ill(`its last connect failed, and no key in it can be used${amiss}`, prescribe(id, code, customKeyStoreType));
}

function explainCode(code: string, type: KeyStore['customKeyStoreType']) {
  const { cause, fault, remedy } = explainConnectionError(code, type);
  return { code, cause, fault, remedy };
}

function prescribe(id: string, code: string, type: KeyStore['customKeyStoreType']): string {
  const { curedBy, login } = explainConnectionError(code, type);
  if (curedBy !== undefined) return `cks update ${id} --${optionName(curedBy)} ${standIn(curedBy)}`;
  return login === 'refused' ? `cks reconnect ${id} --accept login` : `cks reconnect ${id}`;
}

function standIn(name: PropertyName): string {
  const { secret, visibleMember, secretMember } = describeProperty(name);
  if (secretMember) return `${visibleMember}=ID,${secretMember.name}=env:NAME`;
  return secret ? 'env:NAME' : 'VALUE';
}
