/**
 * The promises, each as sentences that an observer can judge: by the requests that were sent, by what is so in the world,
 * by the logs, the events and the results, and by nothing from inside the machine.
 */

import * as ends from './judge-ends.ts';
import * as fence from './judge-fence.ts';
import * as keys from './judge-keys.ts';
import * as liveness from './judge-liveness.ts';
import * as requests from './judge-requests.ts';
import * as switches from './judge-switches.ts';
import * as times from './judge-times.ts';
import * as rehearsals from './judge-trial-stores.ts';
import * as words from './judge-words.ts';
import type { History } from './play-schedule.ts';

/** What speaks against a promise; empty when it was kept. */
export type Judge = (history: History) => readonly string[];

const promises: readonly (readonly [promise: string, Judge])[] = [
  ['0: one request at a time', requests.areSentOneByOne],
  ['1: an offline property is sent only when the store was seen DISCONNECTED', requests.keepOfflineProperties],
  ['2: a store is disconnected only after an outage was consented to', requests.wantConsent],
  ['2: nothing is sent before the checks have passed and the plan was approved', words.comeAfterApproval],
  ['2: nothing is sent before its window opens, or after it has closed', times.waitForTheWindow],
  ['2: no outage is begun that may not end in its window', times.fitIntoTheWindow],
  ['2: no outage is begun that may be longer than its budget', times.keepTheBudget],
  ["11: an outage begins only when its dead man's switch is armed, where one is wanted", switches.areArmedFirst],
  ["11: a dead man's switch is taken away at the end, or the end tells of it", switches.areTakenAway],
  ["8: no dead man's switch stands over another password of kmsuser", switches.spareNewPasswords],
  ['3: every process ends in one named outcome, in a hold, or before it acts', ends.areNamed],
  ['3: exit 0 means that the store is as it was wanted', ends.areTrueAtExit0],
  [
    '3: a store that was taken offline is online again, or a reason says why not and what is left to do',
    ends.leadOnline,
  ],
  ['3: a trial store is gone at the end, or the end names the command that deletes it', rehearsals.leaveNothing],
  ['3: keys that are seen to be others are called so', ends.describeOfOtherKeys],
  ['3: a way back that is closed is not taken, and it is said', requests.shunDeadWayBack],
  ['2: nothing is sent to the store before the throw-away one was seen to be gone', rehearsals.comeFirst],
  ['4: a DISCONNECTED store is not connected as a side effect', requests.leaveDisconnectedAlone],
  ['4: a rollback or a stop ends in the connection state of the start', ends.restoreTheState],
  ['7: a way back that was left half-way is gone on with', ends.stayTurnedBack],
  ['5: no secret is in anything that is written', words.holdNoSecret],
  ['6: nobody is accused who was not there', ends.accuseNobody],
  ['6: nothing is sent to a store that shows settings of somebody else', requests.stopAtForeignSettings],
  ['7: time in a log never goes back', words.describeTimeForward],
  ['8: three connects for a cluster and a password, and none after a refused login', requests.spareKmsuser],
  ['9: a store in transition is never interrupted', requests.interruptNothing],
  ['9: no stale read makes us interrupt a connect', requests.outwaitStaleReads],
  ['9: unsettled means that KMS was last seen moving, or not at all', ends.areUnsettledWhileMoving],
  ['10: a refused or cancelled run has changed nothing', ends.haveChangedNothing],
  ['10: the settings in force are told truly', ends.describeSettings],
  ['10: what Describe cannot show is sent before it is called new', ends.haveSentSecrets],
  ['11: what passes by itself ends no run that has acted', ends.outlastWhatPasses],
  ['12: keys are verified only by what was decrypted after the change', keys.restOnDecryption],
  ['12: other keys are never called verified', keys.affirmNoOtherKeys],
  ['12: updated means that old ciphertext decrypts, where there is any', keys.endWellWithWorkingKeys],
  ['12: keys are not blamed for what only our own side explains', keys.blameNoKeysForOurs],
  ['13: nothing that was typed before a question answers it', requests.takeNoKeyTypedAhead],
  ['8: never a fourth bad login in a row', liveness.spareKmsuserTruly],
  ['11: no call is repeated without bound', liveness.repeatWithinBounds],
  ['14: no ciphertext under different key material but in a named exposure', fence.exposeOnlyWhatIsNamed],
  ['14: no key is left disabled by a run that is not stranded', fence.leaveNoKeyDisabled],
  // It comes last: it asks the simulated KMS to connect the store.
  ['11: no store is left offline that KMS would connect', liveness.leaveNoStoreOffline],
];

/** Each broken promise with what speaks against it; empty when all were kept. */
export function findBrokenPromises(history: History): string[] {
  return promises.flatMap(([promise, judge]) => [...new Set(judge(history))].map((fact) => `${promise}: ${fact}`));
}
