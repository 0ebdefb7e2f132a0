import { expect, it } from 'vitest';
import { safeUpdateMachine } from '../machines/safe-update/index.ts';
import { chartHash, hashChart } from '../src/library/wiring/chart.ts';

const { config } = safeUpdateMachine;
type Definition = { states: Record<string, { invoke: { onDone: { guard?: string; target: string }[] } }> };

/** The same definition, with one thing changed in it. */
function changed(change: (definition: Definition) => void): string {
  const copy = JSON.parse(JSON.stringify(config, (_, value) => (typeof value === 'function' ? value.name : value)));
  const before = hashChart(copy);
  change(copy);
  expect(hashChart(copy)).not.toBe(before);
  return hashChart(copy);
}

it('a chart has one hash, which changes with a state, a transition or a guard', () => {
  expect(hashChart(config)).toBe(chartHash());
  expect(chartHash()).toMatch(/^[0-9a-f]{16}$/);
  const hashes = [
    changed(({ states }) => {
      states.another = { invoke: { onDone: [] } };
    }),
    changed(({ states }) => void states.checking?.invoke.onDone.reverse()),
    changed(({ states }) => {
      const [arrow] = states.checking?.invoke.onDone ?? [];
      if (arrow) arrow.guard = 'isStopped';
    }),
  ];
  expect(new Set(hashes).size).toBe(3);
});

it('the hash of a chart tells an actor that is asked something else', () => {
  const ask = (input: () => object) => hashChart({ states: { checking: { invoke: { input } } } });
  expect(
    ask(function forChecks() {
      return {};
    }),
  ).not.toBe(
    ask(function forRollbackCheck() {
      return {};
    }),
  );
});
