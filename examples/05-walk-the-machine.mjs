// The lifecycle is data: walk it, draw it, or provide its actors and embed it. Nothing here has an effect.
import { safeUpdateMachine } from 'cks-safe-update/machine';

for (const [name, state] of Object.entries(safeUpdateMachine.states)) {
  const arrows = [...state.transitions.values(), state.always ?? []].flat();
  const targets = arrows.map(({ guard, target }) => `${guard ?? 'else'} -> ${target?.map(({ key }) => key)}`);
  console.log(`${name}${state.type === 'final' ? ' (outcome)' : ''}: ${targets.join(', ')}`);
}
