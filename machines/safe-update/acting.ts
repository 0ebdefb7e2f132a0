/**
 * From the first write on: the way forward, and where it turns. Every state that asks KMS can be cut off from it;
 * `whereItWas` leads back into the state that was left then.
 */
import { cutOff, explain, explainLateness, explainStop, lifecycle, record } from './lifecycle.ts';
import * as ask from './questions.ts';
import { rollingBack } from './rolling-back.ts';

export const acting = lifecycle.createStateConfig({
  description: 'From the first write on: every way leads to an outcome.',
  initial: 'tryingLive',
  states: {
    tryingLive: {
      id: 'tryingLive',
      description: 'The update while CONNECTED: KMS is the judge, and a yes means no outage.',
      invoke: {
        id: 'updateStore',
        src: 'updateStore',
        input: ask.askUpdate,
        onDone: [
          cutOff,
          { guard: 'isAccepted', target: 'proving', actions: record },
          { guard: 'isStoppedAtInvalidState', target: '#ending.cancelled', actions: explainStop },
          { guard: 'isTooLateToGoOffline', target: '#ending.refused', actions: explainLateness },
          { guard: 'mustArmToGoOffline', target: 'arming', actions: record },
          { guard: 'mayGoOffline', target: 'disconnecting', actions: record },
          { guard: 'isUntouched', target: '#ending.refused', actions: explain },
          { target: '#ending.stranded', actions: explain },
        ],
      },
    },
    arming: {
      id: 'arming',
      description:
        "Arms the dead man's switch: AWS connects the store at the deadline, whatever has become of the run.",
      invoke: {
        id: 'armSwitch',
        src: 'armSwitch',
        input: ask.askArm,
        onDone: [
          { guard: 'isStopped', target: '#ending.cancelled', actions: explainStop },
          { guard: 'isUnarmed', target: '#ending.refused', actions: explain },
          { guard: 'isStillOnline', target: 'disconnecting', actions: record },
          { guard: 'mustHold', target: 'holding', actions: record },
          { guard: 'hasUnsentUpdate', target: 'updating', actions: record },
          { target: 'connecting', actions: record },
        ],
      },
    },
    disarming: {
      id: 'disarming',
      description: 'Takes it away, before its Connect could log kmsuser in with a password that is not in force.',
      invoke: {
        id: 'disarmSwitch',
        src: 'disarmSwitch',
        input: ask.askDisarm,
        onDone: [
          { guard: 'holdsAfterFailure', target: 'holding', actions: record },
          { guard: 'mustHold', target: 'holding', actions: record },
          { target: 'updating', actions: record },
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
              cutOff,
              { guard: 'isUntouched', target: '#ending.refused', actions: explain },
              { guard: 'isAccepted', target: 'settling', actions: record },
              { target: '#ending.stranded', actions: explain },
            ],
          },
        },
        settling: {
          invoke: {
            id: 'settleStore',
            src: 'settleStore',
            input: ask.askDisconnected,
            onDone: [
              cutOff,
              { guard: 'isOverdue', target: '#ending.unsettled', actions: explain },
              { guard: 'isConnectedBySwitch', target: '#rollingBack', actions: explain },
              { guard: 'isAstray', target: '#ending.stranded', actions: explain },
              { guard: 'isStoppedBeforeUpdate', target: '#rollingBack', actions: explainStop },
              { guard: 'mustDisarmFirst', target: '#disarming', actions: record },
              { guard: 'mustHold', target: '#holding', actions: record },
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
          cutOff,
          { guard: 'isUntouched', target: '#ending.refused', actions: explain },
          { guard: 'isConnectedBySwitch', target: 'rollingBack', actions: explain },
          { guard: 'isLost', target: '#ending.stranded', actions: explain },
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
            input: ask.askConnect,
            onDone: [
              cutOff,
              { guard: 'isUntouched', target: '#ending.refused', actions: explain },
              { guard: 'isConnectedBySwitch', target: 'settling', actions: record },
              { guard: 'isLost', target: '#ending.stranded', actions: explain },
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
              cutOff,
              { guard: 'isOverdue', target: '#ending.unsettled', actions: explain },
              { guard: 'isAstray', target: '#ending.stranded', actions: explain },
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
          cutOff,
          { guard: 'isUnmoved', target: 'recovering', actions: explain },
          { guard: 'isReached', target: '#ending.updated', actions: record },
          { target: '#ending.stranded', actions: explain },
        ],
      },
    },
    holding: {
      id: 'holding',
      description: 'The operator acts while the store is offline: mends what failed, or sets what only they can set.',
      invoke: {
        id: 'hold',
        src: 'hold',
        input: ask.askHold,
        onDone: [
          cutOff,
          { guard: 'isGivenUpWithAWayBack', target: 'rollingBack', actions: explainStop },
          { guard: 'isGivenUp', target: '#ending.stranded', actions: ['record', 'explainStop', 'explainNoWayBack'] },
          { guard: 'isReleasedTooLate', target: '#ending.refused', actions: explainLateness },
          { guard: 'isFailed', target: 'disconnecting', actions: record },
          { guard: 'isConnectedBySwitch', target: 'rollingBack', actions: explain },
          { guard: 'isForeignAfterHold', target: '#ending.stranded', actions: explain },
          { guard: 'hasUnsentUpdate', target: 'updating', actions: record },
          { guard: 'wantsConnection', target: 'connecting', actions: record },
          { target: 'verifying', actions: record },
        ],
      },
    },
    recovering: {
      id: 'recovering',
      description: 'Something failed: shall the operator mend it, is there a way back?',
      always: [
        { guard: 'mustDisarmToHold', target: 'disarming' },
        { guard: 'mayHold', target: 'holding' },
        { guard: 'canRollBack', target: 'checkingWayBack' },
        { target: '#ending.stranded', actions: 'explainNoWayBack' },
      ],
    },
    checkingWayBack: {
      description: 'Can the old settings still work? A way back to a dead proxy is none.',
      invoke: {
        id: 'checkWayBack',
        src: 'checkWayBack',
        input: ask.askWayBack,
        onDone: [
          { guard: 'isWayBackDead', target: 'holding', actions: explain },
          { target: 'rollingBack', actions: record },
        ],
      },
    },
    rollingBack: { id: 'rollingBack', ...rollingBack },
    whereItWas: { type: 'history', history: 'deep' },
  },
});
