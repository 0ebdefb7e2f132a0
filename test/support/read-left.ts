/** What the log of a run in a world tells. */
import type { Input } from '../../machines/safe-update/index.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import type { LogRecord } from '../../src/ports/log.ts';
import { readResumeState } from '../../src/run/read-resume-state.ts';
import { findLastSeen, recall } from '../../src/run/recall.ts';
import type { RunOrder, World } from './world.ts';

export function inputOf({ simulator }: World, request: RunOrder): Input {
  const { store, change = {}, previous = {}, policy, resumedFrom, startedAtMs = 0, runId = 'run-1' } = request;
  return {
    runId,
    store,
    place: { region: simulator.region, account: simulator.accountId },
    request: { change, previous, policy: { ...defaultPolicy, ...policy } },
    startedAtMs,
    ...(resumedFrom ? { resumedFrom } : {}),
  };
}

/** What the run has left, and what another process knows of it. */
export function readLeft(world: World, request: RunOrder, records: readonly LogRecord[]) {
  const input = inputOf(world, request);
  const left = readResumeState(input, records, world.clock.now());
  return { input, left, context: recall(input, left, findLastSeen(records, input.runId)) };
}
