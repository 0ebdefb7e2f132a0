/** The way back: `choosing` asks what is left to undo, and every step returns to it. */

import * as inputs from './inputs.ts';
import { cutOff, explain, lifecycle, record } from './lifecycle.ts';

export const rollingBack = lifecycle.createStateConfig({
  description: 'Restores the old settings and the old connection state.',
  initial: 'choosing',
  entry: 'beginRollback',
  states: {
    choosing: {
      description: 'Decides what to restore, from the last observation.',
      always: [
        { guard: 'mustDisarmFromOtherKeys', target: 'disarming' },
        { guard: 'mustRestoreLive', target: 'restoringLive' },
        { guard: 'mustDisconnect', target: 'disconnecting' },
        { guard: 'mustRestore', target: 'restoring' },
        { guard: 'isConnectionUnrestored', target: '#ending.stranded' },
        { guard: 'mustReconnect', target: 'connecting' },
        { guard: 'mustEnableKeys', target: 'enablingKeys' },
        { target: 'confirmingSettings' },
      ],
    },
    disarming: {
      description: "Disarms the dead man's switch: its Connect would return to different keys.",
      invoke: {
        id: 'disarmSwitch',
        src: 'disarmSwitch',
        input: inputs.forDisarming,
        onDone: [{ guard: 'isDisarmingOver', target: 'choosing', actions: record }],
      },
    },
    restoringLive: {
      description: 'The old values, while CONNECTED.',
      invoke: {
        id: 'restoreStore',
        src: 'restoreStore',
        input: inputs.forRestore,
        onDone: [
          cutOff,
          { guard: 'isAccepted', target: 'verifyingKeys', actions: record },
          { guard: 'mustArmToGoOffline', target: 'arming', actions: record },
          { guard: 'mayGoOffline', target: 'disconnecting', actions: record },
          { guard: 'isKmsRefusal', target: 'choosing', actions: [...explain, 'leaveUnrestored'] },
          { guard: 'isWriteFailure', target: '#ending.stranded', actions: explain },
        ],
      },
    },
    arming: {
      description: "Arms the dead man's switch; the rollback continues without one.",
      invoke: {
        id: 'armSwitch',
        src: 'armSwitch',
        input: inputs.forArming,
        onDone: [{ guard: 'isArmingOver', target: 'disconnecting', actions: record }],
      },
    },
    disconnecting: {
      initial: 'calling',
      states: {
        calling: {
          invoke: {
            id: 'disconnectStore',
            src: 'disconnectStore',
            input: inputs.forDisconnect,
            onDone: [
              cutOff,
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
              { guard: 'isAstray', target: '#ending.stranded', actions: explain },
              { guard: 'isReached', target: '#rollingBack.choosing', actions: record },
            ],
          },
        },
      },
    },
    restoring: {
      description: 'The old values, while DISCONNECTED.',
      invoke: {
        id: 'restoreStore',
        src: 'restoreStore',
        input: inputs.forRestore,
        onDone: [
          cutOff,
          { guard: 'isAccepted', target: 'choosing', actions: record },
          { guard: 'isKmsRefusal', target: 'choosing', actions: [...explain, 'leaveUnrestored'] },
          { guard: 'isWriteFailure', target: '#ending.stranded', actions: explain },
        ],
      },
    },
    connecting: {
      initial: 'calling',
      states: {
        calling: {
          invoke: {
            id: 'connectStore',
            src: 'connectStore',
            input: inputs.forConnect,
            onDone: [
              cutOff,
              { guard: 'isAccepted', target: 'settling', actions: record },
              { guard: 'isConnectedBySwitch', target: 'settling', actions: record },
              { guard: 'isWriteFailure', target: '#ending.stranded', actions: explain },
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
              { guard: 'mayRetryConnect', target: '#rollingBack.disconnecting', actions: ['record', 'countRetry'] },
              { guard: 'isConnectFailure', target: '#ending.stranded', actions: explain },
              { guard: 'isReachedBehindFence', target: '#rollingBack.enablingKeys', actions: record },
              { guard: 'isReached', target: '#rollingBack.verifyingKeys', actions: record },
            ],
          },
        },
      },
    },
    enablingKeys: {
      description: 'Enables each key that the run has disabled.',
      invoke: {
        id: 'enableKeys',
        src: 'enableKeys',
        input: inputs.forEnabling,
        onDone: [
          { guard: 'hasFailedKeys', target: '#ending.stranded', actions: explain },
          { guard: 'isEnablingOver', target: 'verifyingKeys', actions: record },
        ],
      },
    },
    verifyingKeys: {
      invoke: {
        id: 'verifyKeys',
        src: 'verifyKeys',
        input: inputs.forKeyVerification,
        onDone: [
          { guard: 'hasFailedKeys', target: '#ending.stranded', actions: explain },
          { guard: 'isVerified', target: 'confirmingSettings', actions: record },
        ],
      },
    },
    confirmingSettings: {
      description: 'Describe shows the old settings and the old state.',
      invoke: {
        id: 'settleStore',
        src: 'settleStore',
        input: inputs.forRollbackConfirmation,
        onDone: [
          cutOff,
          { guard: 'isPartlyRestored', target: '#ending.stranded', actions: record },
          { guard: 'isCancelling', target: '#ending.cancelled', actions: record },
          { guard: 'isReached', target: '#ending.rolledBack', actions: record },
          { guard: 'isNotShown', target: '#ending.stranded', actions: explain },
        ],
      },
    },
  },
});
