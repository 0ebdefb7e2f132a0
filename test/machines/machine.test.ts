import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { safeUpdateMachine } from '../../machines/safe-update/index.ts';
import { outcomes } from '../../src/domain/outcome.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { readStates } from '../support/machine-arrows.ts';

const input = {
  runId: 'run-1',
  store: 'cks-1',
  place: { region: 'us-east-1', account: 'unknown' },
  request: { change: {}, previous: {}, policy: defaultPolicy },
  startedAtMs: 0,
};

describe('the machine', () => {
  it('ends in the seven outcomes and nowhere else', () => {
    const finals = readStates().filter(({ isFinal }) => isFinal);
    expect(finals.map(({ path }) => path).sort()).toEqual(Object.keys(outcomes).sort());
  });

  it('guards each transition of a state that invokes an actor, so that success is always matched', () => {
    for (const { path, arrows } of readStates().filter(({ invokes }) => invokes !== undefined))
      for (const { guard } of arrows) expect(guard, path).toMatch(/^\w+$/);
  });

  it('gives each state that only chooses a last transition without a guard', () => {
    const choosing = readStates().filter(({ invokes, arrows }) => invokes === undefined && arrows.length > 0);
    for (const { path, arrows } of choosing) expect(arrows.at(-1)?.guard, path).toBe('');
  });

  it('says which actor was not provided', async () => {
    const actor = createActor(safeUpdateMachine, { input });
    const error = new Promise((resolve) => actor.subscribe({ error: resolve }));
    actor.start();
    expect(String(await error)).toBe('Error: the actor describeStore was not provided');
  });
});
