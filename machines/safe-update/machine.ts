/**
 * The runbook of a safe update, as a statechart: states and arrows, nothing else. What is asked of an actor stands in
 * questions.ts, what an arrow asks in guards.ts, what is remembered in actions.ts and explain.ts.
 *
 * Arrows of a state are tried in order; bad news come first, so the last arrow is the good road. A stop is no event: it
 * is stamped on every answer and looked at in named places only (guards `isStopped...`).
 */
import * as actions from './actions.ts';
import { explain, explainStop, lifecycle, record } from './lifecycle.ts';
import * as ask from './questions.ts';
import { rollingBack } from './rolling-back.ts';

export const safeUpdateMachine = lifecycle.createMachine({
  id: 'safeUpdate.v1',
  context: ({ input }) => actions.begin(input),
  output: ({ context }) => context,
  initial: 'describing',
  states: {
    describing: {
      description: 'Finds the store and its settings.',
      invoke: {
        id: 'describeStore',
        src: 'describeStore',
        input: ask.askDescribe,
        onDone: [
          { guard: 'isStopped', target: 'cancelled', actions: explainStop },
          { guard: 'isUnreadable', target: 'refused', actions: explain },
          { guard: 'isMoving', target: 'settlingFirst', actions: record },
          { target: 'planning', actions: record },
        ],
      },
    },
    settlingFirst: {
      description: "Waits out somebody else's connect or disconnect.",
      invoke: {
        id: 'settleStore',
        src: 'settleStore',
        input: ask.askSettledFirst,
        onDone: [
          { guard: 'isStopped', target: 'cancelled', actions: explainStop },
          { guard: 'isOverdue', target: 'refused', actions: explain },
          { target: 'describing', actions: record },
        ],
      },
    },
    planning: {
      description: 'Decides what would happen; sends nothing.',
      entry: 'plan',
      always: [
        { guard: 'isUnchanged', target: 'unchanged' },
        { guard: 'isRefused', target: 'refused' },
        { target: 'checking' },
      ],
    },
    checking: {
      description: 'Looks at everything that could make the change fail.',
      invoke: {
        id: 'runChecks',
        src: 'runChecks',
        input: ask.askChecks,
        onDone: [
          { guard: 'hasFailedCheck', target: 'refused', actions: explain },
          { target: 'approving', actions: record },
        ],
      },
    },
    approving: {
      description: 'Asks for consent; every risk has its own word.',
      invoke: {
        id: 'approve',
        src: 'approve',
        input: ask.askApproval,
        onDone: [
          { guard: 'isStopped', target: 'cancelled', actions: explainStop },
          { guard: 'isDeclined', target: 'cancelled', actions: explain },
          { guard: 'lacksConsent', target: 'refused', actions: explain },
          { guard: 'goesLive', target: 'tryingLive', actions: record },
          { guard: 'goesOffline', target: 'disconnecting', actions: record },
          { guard: 'hasUnsentUpdate', target: 'updating', actions: record },
          { target: 'connecting', actions: record },
        ],
      },
    },
    tryingLive: {
      description: 'The update while CONNECTED: KMS is the judge, and a yes means no outage.',
      invoke: {
        id: 'updateStore',
        src: 'updateStore',
        input: ask.askUpdate,
        onDone: [
          { guard: 'isAccepted', target: 'proving', actions: record },
          { guard: 'isStoppedAtInvalidState', target: 'cancelled', actions: explainStop },
          { guard: 'mayGoOffline', target: 'disconnecting', actions: record },
          { guard: 'isUntouched', target: 'refused', actions: explain },
          { target: 'stranded', actions: explain },
        ],
      },
    },
    disconnecting: {
      id: 'disconnecting',
      description: 'The outage begins.',
      initial: 'calling',
      states: {
        calling: {
          invoke: {
            id: 'disconnectStore',
            src: 'disconnectStore',
            input: ask.askWrite,
            onDone: [
              { guard: 'isUntouched', target: '#refused', actions: explain },
              { guard: 'isAccepted', target: 'settling', actions: record },
              { target: '#stranded', actions: explain },
            ],
          },
        },
        settling: {
          invoke: {
            id: 'settleStore',
            src: 'settleStore',
            input: ask.askDisconnected,
            onDone: [
              { guard: 'isOverdue', target: '#unsettled', actions: explain },
              { guard: 'isAstray', target: '#stranded', actions: explain },
              { guard: 'isStoppedBeforeUpdate', target: '#rollingBack', actions: explainStop },
              { guard: 'hasUnsentUpdate', target: '#updating', actions: record },
              { guard: 'wantsConnection', target: '#connecting', actions: record },
              { target: '#verifying', actions: record },
            ],
          },
        },
      },
    },
    updating: {
      id: 'updating',
      description: 'The update while DISCONNECTED.',
      invoke: {
        id: 'updateStore',
        src: 'updateStore',
        input: ask.askUpdate,
        onDone: [
          { guard: 'isUntouched', target: 'refused', actions: explain },
          { guard: 'isLost', target: 'stranded', actions: explain },
          { guard: 'isKmsRefusal', target: 'recovering', actions: explain },
          { guard: 'wantsConnection', target: 'connecting', actions: record },
          { target: 'verifying', actions: record },
        ],
      },
    },
    connecting: {
      id: 'connecting',
      description: 'The way back online.',
      initial: 'calling',
      states: {
        calling: {
          invoke: {
            id: 'connectStore',
            src: 'connectStore',
            input: ask.askWrite,
            onDone: [
              { guard: 'isUntouched', target: '#refused', actions: explain },
              { guard: 'isLost', target: '#stranded', actions: explain },
              { guard: 'isKmsRefusal', target: '#recovering', actions: explain },
              { target: 'settling', actions: record },
            ],
          },
        },
        settling: {
          invoke: {
            id: 'settleStore',
            src: 'settleStore',
            input: ask.askConnected,
            onDone: [
              { guard: 'isOverdue', target: '#unsettled', actions: explain },
              { guard: 'isAstray', target: '#stranded', actions: explain },
              { guard: 'mayRetryConnect', target: '#disconnecting', actions: ['record', 'countRetry'] },
              { guard: 'isConnectFailure', target: '#recovering', actions: explain },
              { target: '#proving', actions: record },
            ],
          },
        },
      },
    },
    proving: {
      id: 'proving',
      description: 'Do the keys still decrypt what they encrypted before?',
      invoke: {
        id: 'proveKeys',
        src: 'proveKeys',
        input: ask.askProof,
        onDone: [
          { guard: 'isMismatch', target: 'recovering', actions: explain },
          { target: 'verifying', actions: record },
        ],
      },
    },
    verifying: {
      id: 'verifying',
      description: 'Describe shows the settings and the state that were wanted.',
      invoke: {
        id: 'settleStore',
        src: 'settleStore',
        input: ask.askShown,
        onDone: [
          { guard: 'isUnmoved', target: 'recovering', actions: explain },
          { guard: 'isReached', target: 'updated', actions: record },
          { target: 'stranded', actions: explain },
        ],
      },
    },
    recovering: {
      id: 'recovering',
      description: 'Something failed: is there a way back?',
      always: [
        { guard: 'canRollBack', target: 'rollingBack' },
        { target: 'stranded', actions: 'explainNoWayBack' },
      ],
    },
    rollingBack: { id: 'rollingBack', ...rollingBack },

    updated: { type: 'final', description: 'Settings verified, connection state as wanted.' },
    unchanged: { type: 'final', description: 'Settings and state were already as wanted; nothing was sent.' },
    refused: { id: 'refused', type: 'final', description: 'Stopped before anything changed.' },
    rolledBack: { id: 'rolledBack', type: 'final', description: 'Something failed; the old settings are in force.' },
    stranded: { id: 'stranded', type: 'final', description: 'Needs the operator.' },
    unsettled: { id: 'unsettled', type: 'final', description: 'KMS is still moving at the deadline.' },
    cancelled: {
      id: 'cancelled',
      type: 'final',
      description: 'Stopped by the operator; the store is as it was found.',
    },
  },
});
