/** Judges what is said of keys by what was truly decrypted: CONNECTED, Enabled and new ciphertexts are no evidence. */

import { readStore } from '../../src/aws/kms/kms.ts';
import { exitCodeOf, type RunResult } from '../../src/domain/outcome.ts';
import { type History, isLogCut } from './play-schedule.ts';
import type { KeyUse } from './schedule-keys.ts';

const affirms = ({ keyVerification }: RunResult) => ['verified', 'partial', 'early'].includes(keyVerification.status);

interface Told {
  readonly result: RunResult;
  readonly uses: readonly KeyUse[];
  /** How many requests had been sent at the last call that changed the store. */
  readonly lastChange: number;
  /** The first call of the last run that changed the store; -1: there was none. */
  readonly firstWrite: number;
}

/** What the last process has told, beside what was done with real keys; undefined where nothing can be held against it. */
function readTold({ keyUses, lives, world, truth, handAt, ...history }: History): Told | undefined {
  const end = lives.at(-1)?.end;
  const isCut = isLogCut({ lives, ...history } as History);
  if (keyUses === null || end?.kind !== 'result' || !truth || handAt !== null || isCut) return undefined;
  const lastDone = (name: string) => world.sent.findLastIndex(({ operation, isDone }) => operation === name && isDone);
  // Canaries that an undoing takes over are from before the run that it undoes.
  const anew = lives.findLast(({ beginning }) => beginning === 'new' || beginning === 'undoing');
  const from = anew?.requests.from ?? 0;
  return {
    result: end.result,
    uses: keyUses,
    lastChange: Math.max(lastDone('ConnectCustomKeyStore'), lastDone('UpdateCustomKeyStore')),
    firstWrite: world.sent.findIndex(
      ({ operation, isDone }, at) => at >= from && operation !== 'DescribeCustomKeyStores' && isDone,
    ),
  };
}

/** Ciphertexts from before the change. */
const listOld = ({ uses, firstWrite }: Told) =>
  uses
    .filter(({ operation, isDone, at }) => operation === 'Encrypt' && isDone && (firstWrite === -1 || at <= firstWrite))
    .map(({ ciphertext }) => ciphertext);

/** `verified` rests on a ciphertext from before the change that was decrypted after it, through the settings in force. */
export function restOnDecryption(history: History): string[] {
  const told = readTold(history);
  if (!told || !affirms(told.result) || told.result.keyVerification.keys === 0) return [];
  const old = listOld(told);
  const isDecrypted = told.uses.some(
    ({ operation, isDone, trueState, at, ciphertext }) =>
      operation === 'Decrypt' &&
      isDone &&
      trueState === 'CONNECTED' &&
      at > told.lastChange &&
      old.includes(ciphertext),
  );
  return isDecrypted
    ? []
    : [`${told.result.keyVerification.status}, and nothing from before was decrypted since the last change`];
}

/** Of keys that are others nobody is told that they were verified. */
export function affirmNoOtherKeys(history: History): string[] {
  const told = readTold(history);
  const { truth, areRealKeysOthers } = history;
  if (!told || truth?.ConnectionState !== 'CONNECTED' || !areRealKeysOthers(readStore({ ...truth }))) return [];
  return affirms(told.result) ? [`${told.result.keyVerification.status}, and its keys are others`] : [];
}

/** What says nothing of the settings: our own side, and a KMS key that another principal has disabled. */
const ours = ['AccessDeniedException', 'ExpiredTokenException', 'ConnectionReset', 'ECONNRESET', 'DisabledException'];

/**
 * No run ends `updated` that could not decrypt an old ciphertext in the end. Where only our own side explains that, or a stop
 * left no time, it does so without exit 0.
 */
export function endWellWithWorkingKeys(history: History): string[] {
  const told = readTold(history);
  if (told?.result.outcome !== 'updated' || history.truth?.ConnectionState !== 'CONNECTED') return [];
  const isStopped = history.lives.some(({ events }) => events.some(({ type }) => type === 'stop.requested'));
  const isExcused = (error = '') => exitCodeOf(told.result) !== 0 && (isStopped || ours.includes(error));
  const old = listOld(told);
  const tries = told.uses.filter(
    ({ operation, at, trueState, ciphertext }) =>
      operation === 'Decrypt' && at > told.lastChange && trueState === 'CONNECTED' && old.includes(ciphertext),
  );
  const last = new Map(tries.map((use) => [use.ciphertext, use]));
  return [...last.values()]
    .filter(({ isDone, error }) => !isDone && !isExcused(error))
    .map(({ error }) => `updated, and the last Decrypt ended ${error}`);
}

/** A store is not rolled back for what only our credentials, rights or network explain. */
export function blameNoKeysForOurs(history: History): string[] {
  const told = readTold(history);
  if (told?.result.reason?.code !== 'KEYS_FAILED') return [];
  const errors = told.uses.flatMap(({ error, at }) => (error && at > told.firstWrite ? [error] : []));
  return errors.every((error) => ours.includes(error)) ? ['the keys are blamed, and only our own side failed'] : [];
}
