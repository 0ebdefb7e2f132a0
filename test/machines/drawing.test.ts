import { expect, it } from 'vitest';
import { drawMachine, isIn, phases, road } from '../support/draw-machine.ts';
import { readStates } from '../support/machine-arrows.ts';

it('machines/README.md shows the machine as it is', async () => {
  await expect(drawMachine()).toMatchFileSnapshot('../../machines/README.md');
});

it('every state that can fail or succeed belongs to one phase of the page', () => {
  const shared = ['acting', 'suspended'];
  const states = readStates().filter(
    ({ path, isFinal, arrows }) =>
      !isFinal && arrows.length > 0 && !shared.includes(path) && !path.startsWith('ending.'),
  );
  const memberships = states.map(({ path }) => [path, phases.filter((phase) => isIn(phase, path)).length]);
  expect(memberships.filter(([, count]) => count !== 1)).toEqual([]);
});

it.each(road.slice(1).map(([words, state], at) => [road[at]?.[0], words, road[at]?.[1] ?? '', state] as const))(
  'the machine leads from %s to %s, as the road on the page does',
  (_, __, from, to) => {
    expect(reach(from)).toContain(to);
  },
);

/** Every state that transitions lead to from this one; a composite is entered at its first state. */
function reach(from: string): readonly string[] {
  const states = readStates();
  const found = new Set([from]);
  for (const path of found) {
    const targets = states.find((state) => state.path === path)?.arrows.map(({ target }) => target) ?? [];
    for (const target of targets) {
      found.add(target);
      if (states.some((state) => state.path === `${target}.calling`)) found.add(`${target}.calling`);
    }
  }
  return [...found];
}
