/**
 * The runbook of a safe update, as a statechart: states and transitions, nothing else. What is asked of an actor stands in
 * questions.ts, the guards in guards.ts, what is remembered in actions.ts and explain.ts.
 *
 * The transitions of a state are tried in order: failures are tested first, and success has a guard of its own. What no
 * transition of a state expects is caught by `on`: before the first write it refuses the run. A stop is a flag on every
 * result, not an event; it is tested in named places only (guards `isStopped...`).
 */
import { acting } from './acting.ts';
import { begin } from './begin.ts';
import { ending } from './ending.ts';
import * as inputs from './inputs.ts';
import { cutOff, explain, explainLateness, explainStop, explainUnexpected, lifecycle, record } from './lifecycle.ts';

export const safeUpdateMachine = lifecycle.createMachine({
  id: 'safeUpdate.v1',
  context: ({ input }) => begin(input),
  output: ({ context }) => context,
  initial: 'describing',
  on: {
    'xstate.done.actor.*': [
      { guard: 'hasWritten', target: '.ending.stranded', actions: explainUnexpected },
      { target: '.ending.refused', actions: explainUnexpected },
    ],
  },
  states: {
    describing: {
      description: 'Finds the store and its settings.',
      invoke: {
        id: 'describeStore',
        src: 'describeStore',
        input: inputs.forDescribe,
        onDone: [
          { guard: 'isStopped', target: 'cancelled', actions: explainStop },
          { guard: 'isUnreadable', target: 'refused', actions: explain },
          { guard: 'isLocked', target: 'refused', actions: explain },
          { guard: 'isMoving', target: 'settlingFirst', actions: record },
          { guard: 'isInDoubt', target: 'settlingFirst', actions: record },
          { guard: 'isFound', target: 'planning', actions: record },
        ],
      },
    },
    settlingFirst: {
      description:
        'Waits until the store has settled, and until what Describe shows cannot be older than the calls of an earlier run.',
      invoke: {
        id: 'settleStore',
        src: 'settleStore',
        input: inputs.forFirstSettling,
        onDone: [
          { guard: 'isStopped', target: 'cancelled', actions: explainStop },
          { guard: 'isOverdueAfterResume', target: 'unsettled', actions: explain },
          { guard: 'isOverdue', target: 'refused', actions: explain },
          cutOff,
          { guard: 'isUnreadable', target: 'refused', actions: explain },
          { guard: 'isReached', target: 'describing', actions: record },
        ],
      },
    },
    planning: {
      id: 'planning',
      description: 'Decides what would happen; sends nothing.',
      entry: 'plan',
      always: [
        { guard: 'isRefusedBehindFence', target: '#ending.stranded' },
        { guard: 'isRefused', target: 'refused' },
        { guard: 'goesBack', target: '#rollingBack' },
        { guard: 'isLeftOffline', target: '#confirmingSettings' },
        { guard: 'isLeftFenced', target: '#enablingKeys' },
        { guard: 'isLeftFinished', target: '#verifyingKeys' },
        { guard: 'isUnchanged', target: 'unchanged' },
        { guard: 'isTrialConnectOnly', target: 'connectingTrialStore' },
        { target: 'checking' },
      ],
    },
    checking: {
      description: 'Checks everything that could make the change fail.',
      invoke: {
        id: 'runChecks',
        src: 'runChecks',
        input: inputs.forChecks,
        onDone: [
          { guard: 'hasFailedCheck', target: 'refused', actions: explain },
          { guard: 'isChecked', target: 'preparing', actions: record },
        ],
      },
    },
    preparing: {
      description: 'Encrypts canaries, to verify after the change that the keys are the same.',
      invoke: {
        id: 'prepareKeyVerification',
        src: 'prepareKeyVerification',
        input: inputs.forPreparation,
        onDone: [
          { guard: 'isStopped', target: 'cancelled', actions: explainStop },
          { guard: 'lacksKeyVerification', target: 'refused', actions: explain },
          { guard: 'mustTryConnect', target: 'connectingTrialStore', actions: record },
          { guard: 'isPrepared', target: 'approving', actions: record },
        ],
      },
    },
    connectingTrialStore: {
      description: 'Has KMS connect a trial store with the new settings, and deletes it again.',
      invoke: {
        id: 'trialConnect',
        src: 'trialConnect',
        input: inputs.forChecks,
        onDone: [
          { guard: 'hasFailedCheck', target: 'refused', actions: explain },
          { guard: 'isStopped', target: 'cancelled', actions: explainStop },
          { guard: 'isTrialConnectOnly', target: 'unchanged', actions: record },
          { guard: 'isChecked', target: 'approving', actions: record },
        ],
      },
    },
    approving: {
      description: 'Asks for consent; every risk has its own word.',
      invoke: {
        id: 'approve',
        src: 'approve',
        input: inputs.forApproval,
        onDone: [
          { guard: 'isStopped', target: 'cancelled', actions: explainStop },
          { guard: 'isDeclined', target: 'cancelled', actions: explain },
          { guard: 'lacksConsent', target: 'refused', actions: explain },
          { guard: 'isWindowAhead', target: 'waiting', actions: record },
          { guard: 'areChecksStale', target: 'checking', actions: record },
          { guard: 'isTooLate', target: 'refused', actions: explainLateness },
          { guard: 'mustArm', target: '#arming', actions: record },
          { guard: 'isApproved', target: '#choosing', actions: record },
        ],
      },
    },
    waiting: {
      description: 'Waits without the lock until the window opens, then checks everything again.',
      invoke: {
        id: 'awaitWindow',
        src: 'awaitWindow',
        input: inputs.forWindow,
        onDone: [
          { guard: 'isStopped', target: 'cancelled', actions: explainStop },
          { guard: 'isWindowOpen', target: 'describing', actions: record },
        ],
      },
    },
    acting: { id: 'acting', ...acting },
    suspended: {
      id: 'suspended',
      description: 'KMS cannot be asked, and the run has acted already: waits, and comes back.',
      invoke: {
        id: 'awaitKms',
        src: 'awaitKms',
        input: inputs.forAnswer,
        onDone: [
          { guard: 'isStoppedUntouched', target: '#ending.cancelled', actions: explainStop },
          { guard: 'isGone', target: '#ending.stranded', actions: explain },
          { guard: 'isAnsweredBeforePlan', target: 'describing', actions: record },
          { guard: 'isAnswered', target: '#acting.whereItWas', actions: record },
        ],
      },
    },

    ending: { id: 'ending', ...ending },

    updated: { id: 'updated', type: 'final', description: 'Settings verified, connection state as wanted.' },
    unchanged: {
      type: 'final',
      description: 'Settings and state were as wanted, or were only tried.',
    },
    refused: { id: 'refused', type: 'final', description: 'Stopped before anything changed.' },
    rolledBack: { id: 'rolledBack', type: 'final', description: 'Something failed; the old settings are in force.' },
    stranded: { id: 'stranded', type: 'final', description: 'Needs the operator.' },
    unsettled: {
      id: 'unsettled',
      type: 'final',
      description: 'KMS is still CONNECTING or DISCONNECTING after the longest wait.',
    },
    cancelled: {
      id: 'cancelled',
      type: 'final',
      description: 'Stopped by the operator; the store is as it was found.',
    },
  },
});
