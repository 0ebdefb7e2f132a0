/** The last thing before an outcome of a run that has acted: the dead man's switch is taken away, where one is armed. */

import * as inputs from './inputs.ts';
import { lifecycle, record } from './lifecycle.ts';

function endAs<O extends string>(outcome: O) {
  return lifecycle.createStateConfig({
    initial: 'choosing',
    states: {
      choosing: { always: [{ guard: 'mustDisarm', target: 'disarming' }, { target: `#${outcome}` }] },
      disarming: {
        invoke: {
          id: 'disarmSwitch',
          src: 'disarmSwitch',
          input: inputs.forDisarming,
          onDone: [{ guard: 'isDisarmingOver', target: `#${outcome}`, actions: record }],
        },
      },
    },
  });
}

export const ending = lifecycle.createStateConfig({
  description: "Disarms the dead man's switch, unless its Connect would help a store that is left offline.",
  initial: 'stranded',
  states: {
    updated: endAs('updated'),
    refused: endAs('refused'),
    rolledBack: endAs('rolledBack'),
    stranded: endAs('stranded'),
    unsettled: endAs('unsettled'),
    cancelled: endAs('cancelled'),
  },
});
