/**
 * The last things before an outcome of a run that has acted: the dead man's switch is disarmed, where one is armed, and a run
 * that leaves a key disabled is stranded. It never ends so before it has tried to enable the key, where it may.
 */

import * as inputs from './inputs.ts';
import { explainDisabledKeys, lifecycle, record } from './lifecycle.ts';

const disarming = (outcome: string) =>
  ({
    invoke: {
      id: 'disarmSwitch',
      src: 'disarmSwitch',
      input: inputs.forDisarming,
      onDone: [{ guard: 'isDisarmingOver', target: `#${outcome}`, actions: record }],
    },
  }) as const;

function endAs<O extends string>(outcome: O) {
  return lifecycle.createStateConfig({
    initial: 'choosing',
    states: {
      choosing: {
        always: [
          { guard: 'mustDisarm', target: 'disarming' },
          { guard: 'leavesKeysDisabled', target: '#stranded', actions: 'explainDisabledKeys' },
          { target: `#${outcome}` },
        ],
      },
      disarming: disarming(outcome),
    },
  });
}

export const ending = lifecycle.createStateConfig({
  description: "Disarms the dead man's switch, unless its Connect would help a store that is left offline.",
  initial: 'stranded',
  states: {
    updated: endAs('updated'),
    // Nothing was changed, so no key is disabled.
    refused: {
      initial: 'choosing',
      states: {
        choosing: { always: [{ guard: 'mustDisarm', target: 'disarming' }, { target: '#refused' }] },
        disarming: disarming('refused'),
      },
    },
    rolledBack: endAs('rolledBack'),
    stranded: {
      initial: 'choosing',
      states: {
        choosing: {
          always: [
            { guard: 'mustDisarm', target: 'disarming' },
            { guard: 'mustEnableKeys', target: 'enablingKeys' },
            { target: '#stranded', actions: 'explainDisabledKeys' },
          ],
        },
        disarming: disarming('stranded'),
        enablingKeys: {
          description: 'The store is online: keys that the run has disabled need not stay so.',
          invoke: {
            id: 'enableKeys',
            src: 'enableKeys',
            input: inputs.forEnabling,
            onDone: [{ guard: 'isEnablingOver', target: '#stranded', actions: explainDisabledKeys }],
          },
        },
      },
    },
    unsettled: endAs('unsettled'),
    cancelled: endAs('cancelled'),
  },
});
