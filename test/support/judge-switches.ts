/** Judges dead man's switches: armed before an outage, gone at its end, and never in the way of another password. */

import { findFoundState } from './judge-requests.ts';
import { type History, isLogCut, readTruth } from './play-schedule.ts';

const isStuck = ({ lives }: History) =>
  lives.some(({ records }) => records.some((record) => JSON.stringify(record).includes('"kind":"stillArmed"')));

export function areArmedFirst(history: History): string[] {
  const { world, lives } = history;
  // A store that was found offline goes back there.
  if (isLogCut(history) || findFoundState(history) !== 'CONNECTED') return [];
  return lives.flatMap(({ request: { policy }, requests, runId, resumedFrom, records, isLogCut: lacksRecords }) => {
    // A way back goes on without one, and from keys that are others it has none.
    const isWithout = (record: object) => /"kind":"unarmed"|"status":"mismatch"/.test(JSON.stringify(record));
    if (resumedFrom || lacksRecords || records.some(isWithout)) return [];
    const wantsOne = policy.deadMansSwitch !== undefined && policy.finalState !== 'disconnected';
    if (!wantsOne) return [];
    return world.sent
      .slice(requests.from, requests.until)
      .filter(({ operation, shownState }) => operation === 'DisconnectCustomKeyStore' && shownState === 'CONNECTED')
      .filter(({ isSwitchArmed, error }) => !isSwitchArmed && error === undefined)
      .map(() => `an outage of ${runId} without one`);
  });
}

/** Where a run begins anew it does not know what one before it may have armed, before its process died. */
export function areTakenAway(history: History): string[] {
  const { world, lives } = history;
  const last = lives.at(-1);
  if (last?.end.kind !== 'result' || isLogCut(history)) return [];
  if (lives.slice(1).some(({ beginning }) => beginning === 'new')) return [];
  const { deadMansSwitch, outcome } = last.end.result;
  return world.simulator
    .describeWorld()
    .schedules.filter(({ name }) => deadMansSwitch?.schedule !== name)
    .map(({ name }) => `${outcome}, and ${name} is armed`);
}

/** A Connect of a switch would log kmsuser in with the password that KMS was told. */
export function spareNewPasswords(history: History): string[] {
  if (isLogCut(history) || isStuck(history)) return [];
  if (readTruth(history)?.CustomKeyStoreType !== 'AWS_CLOUDHSM') return [];
  return history.world.sent
    .filter(
      ({ operation, input }) =>
        operation === 'UpdateCustomKeyStore' && (input.KeyStorePassword || input.CloudHsmClusterId),
    )
    .filter(({ isSwitchArmed }) => isSwitchArmed)
    .map(() => 'an update while one was armed');
}
