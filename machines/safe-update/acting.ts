/**
 * From the first write on: the change itself, and what follows when it fails. `choosing` decides what comes next, and every
 * step that succeeds returns to it. An answer that a state does not expect never counts as success: see `on`.
 */

import * as inputs from './inputs.ts';
import {
  cutOff,
  explain,
  explainExpiry,
  explainLateness,
  explainStop,
  explainUnexpected,
  lifecycle,
  record,
} from './lifecycle.ts';
import { rollingBack } from './rolling-back.ts';

export const acting = lifecycle.createStateConfig({
  description: 'From the first write on: every path leads to an outcome.',
  initial: 'choosing',
  on: {
    'xstate.done.actor.*': { target: '#ending.stranded', actions: explainUnexpected },
  },
  states: {
    choosing: {
      id: 'choosing',
      description: 'Decides what comes next, from the last observation.',
      always: [
        { guard: 'mustRollBack', target: 'rollingBack', actions: 'explainStop' },
        { guard: 'goesLive', target: 'tryingLive' },
        { guard: 'mustPrepareFence', target: 'fencing' },
        { guard: 'mustFence', target: 'fencing.disablingKeys' },
        { guard: 'mustGoOffline', target: 'disconnecting' },
        { guard: 'mustDisarmFirst', target: 'disarming' },
        { guard: 'mustHold', target: 'holding' },
        { guard: 'isUnsent', target: 'updating' },
        { guard: 'mustConnect', target: 'connecting' },
        { target: 'confirmingSettings' },
      ],
    },
    tryingLive: {
      id: 'tryingLive',
      description: 'Sends the update while CONNECTED: if KMS accepts it, there is no outage.',
      invoke: {
        id: 'updateStore',
        src: 'updateStore',
        input: inputs.forUpdate,
        onDone: [
          cutOff,
          { guard: 'isAccepted', target: 'verifyingKeys', actions: record },
          { guard: 'isStoppedAtInvalidState', target: '#ending.cancelled', actions: explainStop },
          { guard: 'mayBecomeOutage', target: '#planning', actions: ['record', 'refuseLive'] },
          { guard: 'isUntouched', target: '#ending.refused', actions: explain },
          { guard: 'isWriteFailure', target: '#ending.stranded', actions: explain },
        ],
      },
    },
    arming: {
      id: 'arming',
      description: "Arms the dead man's switch: AWS reconnects the store if the run never finishes.",
      invoke: {
        id: 'armSwitch',
        src: 'armSwitch',
        input: inputs.forArming,
        onDone: [
          { guard: 'isStoppedUntouched', target: '#ending.cancelled', actions: explainStop },
          { guard: 'isUnarmed', target: '#ending.refused', actions: explain },
          { guard: 'isTooLate', target: '#ending.refused', actions: explainLateness },
          { guard: 'isArmingOver', target: 'choosing', actions: record },
        ],
      },
    },
    disarming: {
      id: 'disarming',
      description: 'Disarms it before its Connect could log kmsuser in with a wrong password.',
      invoke: {
        id: 'disarmSwitch',
        src: 'disarmSwitch',
        input: inputs.forDisarming,
        onDone: [{ guard: 'isDisarmingOver', target: 'choosing', actions: record }],
      },
    },
    fencing: {
      description: 'Disables the keys, so that no application encrypts before they are verified to be the same.',
      initial: 'preparing',
      states: {
        preparing: {
          description: 'Lists the keys that are enabled, and shows the right to enable each.',
          invoke: {
            id: 'prepareFence',
            src: 'prepareFence',
            input: inputs.forFence,
            onDone: [
              { guard: 'isStopped', target: '#ending.cancelled', actions: explainStop },
              { guard: 'isFenceImpossible', target: '#ending.refused', actions: explain },
              { guard: 'isTooLate', target: '#ending.refused', actions: explainLateness },
              { guard: 'isFencePrepared', target: 'disablingKeys', actions: record },
            ],
          },
        },
        disablingKeys: {
          description: 'No key works from here on: the outage of the keys starts before that of the store.',
          invoke: {
            id: 'disableKeys',
            src: 'disableKeys',
            input: inputs.forDisabling,
            onDone: [
              { guard: 'isFenceUntouched', target: '#ending.refused', actions: explain },
              { guard: 'isFenceBroken', target: '#rollingBack', actions: explain },
              { guard: 'isTooLate', target: '#rollingBack', actions: explainLateness },
              { guard: 'isFenced', target: '#choosing', actions: record },
            ],
          },
        },
      },
    },
    disconnecting: {
      id: 'disconnecting',
      description: 'The outage starts.',
      initial: 'calling',
      states: {
        calling: {
          invoke: {
            id: 'disconnectStore',
            src: 'disconnectStore',
            input: inputs.forDisconnect,
            onDone: [
              cutOff,
              { guard: 'isOnlineBehindFence', target: '#rollingBack', actions: explain },
              { guard: 'isUntouched', target: '#ending.refused', actions: explain },
              { guard: 'isAccepted', target: 'settling', actions: record },
              { guard: 'isWriteFailure', target: '#ending.stranded', actions: explain },
            ],
          },
        },
        settling: {
          invoke: {
            id: 'settleStore',
            src: 'settleStore',
            input: inputs.forDisconnected,
            onDone: [
              cutOff,
              { guard: 'isOverdue', target: '#ending.unsettled', actions: explain },
              { guard: 'isConnectedBySwitch', target: '#rollingBack', actions: explain },
              { guard: 'isAstray', target: '#ending.stranded', actions: explain },
              { guard: 'isReached', target: '#choosing', actions: record },
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
        input: inputs.forUpdate,
        onDone: [
          cutOff,
          { guard: 'isUntouched', target: '#ending.refused', actions: explain },
          { guard: 'isConnectedBySwitch', target: 'rollingBack', actions: explain },
          { guard: 'isExternal', target: '#ending.stranded', actions: explain },
          { guard: 'isUnaccepted', target: 'recovering', actions: explain },
          { guard: 'isAccepted', target: 'choosing', actions: record },
        ],
      },
    },
    connecting: {
      id: 'connecting',
      description: 'Connects the store again.',
      initial: 'calling',
      states: {
        calling: {
          invoke: {
            id: 'connectStore',
            src: 'connectStore',
            input: inputs.forConnect,
            onDone: [
              cutOff,
              { guard: 'isUntouched', target: '#ending.refused', actions: explain },
              { guard: 'isConnectedBySwitch', target: 'settling', actions: record },
              { guard: 'isExternal', target: '#ending.stranded', actions: explain },
              { guard: 'isUnaccepted', target: '#recovering', actions: explain },
              { guard: 'isAccepted', target: 'settling', actions: record },
            ],
          },
        },
        settling: {
          invoke: {
            id: 'settleStore',
            src: 'settleStore',
            input: inputs.forConnected,
            onDone: [
              cutOff,
              { guard: 'isOverdue', target: '#ending.unsettled', actions: explain },
              { guard: 'isAstray', target: '#ending.stranded', actions: explain },
              { guard: 'mayRetryConnect', target: '#disconnecting', actions: ['record', 'countRetry'] },
              { guard: 'isConnectFailure', target: '#recovering', actions: explain },
              { guard: 'isReachedBehindFence', target: '#enablingKeys', actions: record },
              { guard: 'isReached', target: '#verifyingKeys', actions: record },
            ],
          },
        },
      },
    },
    enablingKeys: {
      id: 'enablingKeys',
      description: 'Enables each key on evidence that it is the same, and disables again one that is not.',
      invoke: {
        id: 'enableKeys',
        src: 'enableKeys',
        input: inputs.forEnabling,
        onDone: [
          { guard: 'hasFailedKeys', target: 'recovering', actions: explain },
          { guard: 'isEnablingOver', target: 'verifyingKeys', actions: record },
        ],
      },
    },
    verifyingKeys: {
      id: 'verifyingKeys',
      description: 'Do the keys still decrypt what they encrypted before?',
      invoke: {
        id: 'verifyKeys',
        src: 'verifyKeys',
        input: inputs.forKeyVerification,
        onDone: [
          { guard: 'hasFailedKeys', target: 'recovering', actions: explain },
          { guard: 'isVerified', target: 'confirmingSettings', actions: record },
        ],
      },
    },
    confirmingSettings: {
      id: 'confirmingSettings',
      description: 'Describe shows the settings and the state that were wanted.',
      invoke: {
        id: 'settleStore',
        src: 'settleStore',
        input: inputs.forConfirmation,
        onDone: [
          cutOff,
          { guard: 'isUnmoved', target: 'recovering', actions: explain },
          { guard: 'isUndecided', target: '#ending.stranded', actions: record },
          { guard: 'isReached', target: '#ending.updated', actions: record },
          { guard: 'isNotShown', target: '#ending.stranded', actions: explain },
        ],
      },
    },
    holding: {
      id: 'holding',
      description:
        'The operator acts while the store is offline: fixes the cause of a failure, or sets what only they can set.',
      invoke: {
        id: 'hold',
        src: 'hold',
        input: inputs.forHold,
        onDone: [
          { guard: 'isGivenUpAndRestorable', target: 'rollingBack', actions: explainStop },
          { guard: 'isGivenUp', target: '#ending.stranded', actions: ['record', 'explainStop', 'explainNoRollback'] },
          { guard: 'isExpiredAndRestorable', target: 'rollingBack', actions: explainExpiry },
          { guard: 'isExpired', target: '#ending.stranded', actions: [...explainExpiry, 'explainNoRollback'] },
          { guard: 'isReleasedTooLate', target: '#ending.refused', actions: explainLateness },
          { guard: 'isConnectedAsWanted', target: '#connecting.settling', actions: record },
          { guard: 'isConnectedBySwitch', target: 'rollingBack', actions: explain },
          { guard: 'isForeignAfterHold', target: '#ending.stranded', actions: explain },
          { guard: 'isReleased', target: 'choosing', actions: record },
        ],
      },
    },
    recovering: {
      id: 'recovering',
      description: 'Something failed: hold for the operator, roll back, or end.',
      initial: 'choosing',
      states: {
        choosing: {
          always: [
            { guard: 'mustDisarmToHold', target: 'disarming' },
            { guard: 'mayHold', target: '#holding' },
            { guard: 'canRollBack', target: '#checkingWayBack' },
            { guard: 'mayConnectUndecided', target: '#connecting', actions: 'explainNoRollback' },
            { target: '#ending.stranded', actions: 'explainNoRollback' },
          ],
        },
        disarming: {
          description:
            "Disarms the dead man's switch: its Connect could come while the operator sets another password.",
          invoke: {
            id: 'disarmSwitch',
            src: 'disarmSwitch',
            input: inputs.forDisarming,
            onDone: [{ guard: 'isDisarmingOver', target: 'choosing', actions: record }],
          },
        },
      },
    },
    checkingWayBack: {
      id: 'checkingWayBack',
      description: 'Checks whether the old settings can still work, before a rollback to them.',
      invoke: {
        id: 'checkRollback',
        src: 'checkRollback',
        input: inputs.forRollbackCheck,
        onDone: [
          { guard: 'isWayBackDead', target: 'holding', actions: explain },
          { guard: 'isChecked', target: 'rollingBack', actions: record },
        ],
      },
    },
    rollingBack: { id: 'rollingBack', ...rollingBack },
    whereItWas: { type: 'history', history: 'deep' },
  },
});
