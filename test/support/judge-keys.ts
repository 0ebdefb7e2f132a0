/** Judges what is said of keys by what was truly decrypted: CONNECTED, Enabled and new ciphertexts are no evidence. */
import type { RunResult } from '../../src/domain/outcome.ts';
import { readStore } from '../../src/kms/kms.ts';
import { type History, isLogCut } from './history.ts';

const affirms = ({ proof }: RunResult) => ['proven', 'partial', 'early'].includes(proof.status);

/** `verified` rests on a ciphertext from before the change that was decrypted after it, through the settings in force. */
export function restOnDecryption(history: History): string[] {
  const { keyUses, lives, world, truth, handAt } = history;
  const end = lives.at(-1)?.end;
  if (keyUses === null || end?.kind !== 'result' || !truth || handAt !== null || isLogCut(history)) return [];
  const { result } = end;
  if (!affirms(result) || result.proof.keys === 0) return [];
  const lastConnect = world.sent.findLastIndex(
    ({ operation, isDone }) => operation === 'ConnectCustomKeyStore' && isDone,
  );
  const lastUpdate = world.sent.findLastIndex(
    ({ operation, isDone }) => operation === 'UpdateCustomKeyStore' && isDone,
  );
  const since = Math.max(lastConnect, lastUpdate);
  const firstWrite = world.sent.findIndex(({ operation, isDone }) => operation !== 'DescribeCustomKeyStores' && isDone);
  const after = keyUses.filter(({ at }) => at > since);
  const isDecrypted = after.some(
    ({ operation, isDone, trueState }) => operation === 'Decrypt' && isDone && trueState === 'CONNECTED',
  );
  const beganAnew = lives.slice(1).some(({ beginning }) => beginning === 'new' || beginning === 'undoing');
  const isFresh =
    !beganAnew &&
    firstWrite !== -1 &&
    keyUses.some(({ operation, isDone, at }) => operation === 'Encrypt' && isDone && at > firstWrite);
  return [
    ...(isDecrypted ? [] : [`${result.proof.status}, and nothing was decrypted since the last change`]),
    ...(isFresh ? [`${result.proof.status}, and a canary was encrypted after the change`] : []),
  ];
}

/** Of keys that are others nobody is told that they were verified. */
export function affirmNoOtherKeys(history: History): string[] {
  const { keyUses, lives, truth, handAt, areRealKeysOthers } = history;
  const end = lives.at(-1)?.end;
  if (keyUses === null || end?.kind !== 'result' || !truth || handAt !== null || isLogCut(history)) return [];
  if (truth.ConnectionState !== 'CONNECTED' || !areRealKeysOthers(readStore({ ...truth }))) return [];
  return affirms(end.result) ? [`${end.result.proof.status}, and its keys are others`] : [];
}
