/** A version with other steps resumes what a run has left: from its facts, as its own chart cannot walk the log. */
import { describe, expect, it } from 'vitest';
import { outcomes } from '../../src/domain/outcome.ts';
import type { LogRecord } from '../../src/ports/log.ts';
import type { ProgressEvent } from '../../src/ports/progress.ts';
import {
  type CrashPoint,
  crash,
  crashPoints,
  describeEnd,
  findLies,
  observe,
  resumeFromFacts,
  runThrough,
} from '../support/crash-and-resume.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { chooseRewriting, type Rewriting, rewriteLog } from '../support/other-version.ts';
import type { History, Life } from '../support/play-schedule.ts';
import { findBrokenPromises } from '../support/promises.ts';
import { samplePoints } from '../support/sampling.ts';
import type { Scenario } from '../support/scenario.ts';
import { createWorld, findStore } from '../support/world.ts';
import { sampleScenarios } from './scenarios/index.ts';

const writes = ['DisconnectCustomKeyStore', 'UpdateCustomKeyStore', 'ConnectCustomKeyStore'];

/** Dies at the point; then a version with another chart resumes from the log as that one would have written it. */
async function crashAndResume(scenario: Scenario, point: CrashPoint, how: Rewriting) {
  const world = createWorld(scenario.simulator);
  const request = { ...scenario.arrange(world), startedAtMs: world.clock.now() };
  const kept: LogRecord[] = [];
  await crash(world, request, createMemoryLog(kept), point);
  const records = rewriteLog(kept, how);
  const hasWritten = world.sent.some(({ operation, error }) => writes.includes(operation) && error === undefined);
  const died = { requests: world.sent.length, events: world.events.length, records: kept };
  const log = createMemoryLog();
  const { result, left, next } = await resumeFromFacts(world, request, records, { runId: 'run-2', log });
  return { end: { result, records: next ? log.past : kept, world }, left, hasWritten, request, died, next };
}

type Resumed = Awaited<ReturnType<typeof crashAndResume>>;

/** Both processes as the judges see them; they read the log as it was written. */
function describeLives({ end, request, died, next, left }: Resumed, isVolatile: boolean): History {
  const history = observe(end, request, isVolatile);
  const [whole] = history.lives;
  if (!whole || !next) return history;
  const { requests: at, events, records } = died;
  const first: Life = {
    ...whole,
    runId: 'run-1',
    end: { kind: 'died' },
    records,
    events: whole.events.slice(0, events).filter((event) => !isUnrecordedTurn(event, records)),
    requests: { from: 0, until: at },
  };
  const second: Life = {
    ...whole,
    runId: 'run-2',
    beginning: left ? 'resumedFrom' : 'new',
    request: { ...whole.request, policy: { ...whole.request.policy, ...next.policy } },
    resumedFrom: next.resumedFrom,
    events: whole.events.slice(events),
    requests: { ...whole.requests, from: at },
  };
  const { grants } = observe({ ...end, records }, request, isVolatile);
  return { ...history, lives: [first, second], grants: [...grants, { at, accepted: ['login'] }, ...history.grants] };
}

const hasTurnedBack = (records: readonly LogRecord[]) =>
  records.some(
    (record) =>
      record.kind === 'intent' && /"goal":"back","reason":\{"code":"KEY_MISMATCH"/.test(JSON.stringify(record.sending)),
  );

/** A turn back that no call has recorded is unknown to a version that goes by the facts alone. */
const isUnrecordedTurn = (event: ProgressEvent, records: readonly LogRecord[]) =>
  event.type === 'state.entered' &&
  event.state.includes('rollingBack') &&
  !records.some((record) => record.kind === 'intent' && JSON.stringify(record.sending).includes('"goal":"back"'));

function isOfflineAtExit0({ end: { result, world }, request }: Resumed): boolean {
  const isMeant = request.policy?.finalState === 'disconnected';
  const store = findStore(world, result.customKeyStoreId);
  const wasOnline = result.before?.connectionState === 'CONNECTED';
  return outcomes[result.outcome].exitCode === 0 && wasOnline && !isMeant && store?.ConnectionState !== 'CONNECTED';
}

describe('a run that dies at any record of its log, and is resumed by a version with other steps', () => {
  for (const scenario of sampleScenarios('changed chart', 6)) {
    const { name, outcome, isVolatile = false, hasTriedConnect } = scenario;
    const isForward = outcome === 'updated' && !isVolatile && !hasTriedConnect && !name.includes('a stop');
    it(`${isForward ? 'ends as an uninterrupted one' : 'ends in a named outcome, reported truthfully'}: ${name}`, async () => {
      const uninterrupted = await runThrough(scenario);
      for (const point of samplePoints(name, crashPoints(uninterrupted.records), 16)) {
        const how = chooseRewriting(`${name} ${JSON.stringify(point)}`);
        const resumed = await crashAndResume(scenario, point, how);
        const where = `${JSON.stringify(point)} ${how}`;
        expect(findLies(resumed.end), where).toEqual([]);
        // A store that somebody else disconnects is theirs.
        if (!isVolatile) expect(isOfflineAtExit0(resumed), where).toBe(false);
        if (resumed.hasWritten) expect(resumed.left, where).not.toBeNull();
        if (hasTurnedBack(resumed.died.records)) expect(resumed.end.result.outcome, where).not.toBe('updated');
        // A run that has sent nothing begins anew, and KMS may not be asked then.
        const isRefusedAnew = resumed.left === null && resumed.end.result.outcome === 'refused';
        if (isForward && !isRefusedAnew) expect(describeEnd(resumed.end), where).toBe(describeEnd(uninterrupted));
        if (!isVolatile) expect(findBrokenPromises(describeLives(resumed, isVolatile)), where).toEqual([]);
      }
    });
  }
});
