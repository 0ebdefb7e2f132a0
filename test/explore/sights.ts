/** What an exploration has come by: outcomes, states, and turns of a run. One that never sees some of them explores little. */
import type { CheckFinding } from '../../src/domain/checks.ts';
import { outcomes } from '../../src/domain/outcome.ts';
import { readArrows, readStates } from '../support/machine-arrows.ts';
import type { History, Life } from '../support/play-schedule.ts';

/** How many processes each thing was seen in. */
export type Sights = Readonly<Record<string, number>>;

const turns = {
  'a process that died': ({ end }) => end.kind === 'died',
  'a replay': ({ beginning }) => beginning === 'replayed',
  'a take-up': ({ beginning }) => beginning === 'resumedFrom',
  'an undoing': ({ beginning }) => beginning === 'undoing',
  'a run that holds': ({ end }) => end.kind === 'unfinished' && end.error.held !== null,
  'a hold that was corrected': ({ records }) =>
    records.some((record) => /"correction":\{"/.test(JSON.stringify(record))),
  'a suspended run': ({ events }) => events.some(({ type }) => type === 'run.suspended'),
  'a stop': ({ events }) => events.some(({ type }) => type === 'stop.requested'),
  'a disk that failed after the first write': ({ isLogCut, end }) => isLogCut && end.kind === 'result',
  'a trial store that KMS connected': ({ records }) => found(records, 'trialConnect', 'passed'),
  'a trial store that KMS did not connect': ({ records }) => found(records, 'trialConnect', 'failed'),
  'a trial store that was left': ({ end }) =>
    end.kind === 'result' && end.result.checks.some(({ leaves }) => leaves !== undefined),
  'a trial store that was cleared away': ({ beginning, end }) => beginning === 'clearing' && end.kind === 'result',
  'a way back that is closed': ({ records }) => found(records, 'checkRollback', 'failed'),
  'keys that are others': ({ end }) => end.kind === 'result' && end.result.keyVerification.status === 'mismatch',
  'somebody who declined': ({ end }) => end.kind === 'result' && end.result.reason?.code === 'DECLINED',
  'somebody who holds the lock': ({ end }) => end.kind === 'result' && end.result.reason?.code === 'LOCKED',
  'a rollback that was resumed': ({ beginning, end, events }) =>
    (beginning === 'replayed' || beginning === 'resumedFrom') &&
    end.kind === 'result' &&
    end.result.outcome === 'rolledBack' &&
    events.some((event) => event.type === 'state.entered' && event.state.includes('rollingBack')),
} satisfies Record<string, (life: Life) => boolean>;

/** KMS has to take a change live and refuse to have it back live: chance comes by that too seldom. */
const rareState = 'acting.rollingBack.arming';

/** All that a long exploration must have seen: the states in which a run asks somebody, the outcomes, the turns. */
export const expectedSights: readonly string[] = [
  ...readStates()
    .filter(({ invokes, path }) => invokes !== undefined && path !== rareState)
    .map(({ path }) => `state ${path}`),
  ...Object.keys(outcomes).map((outcome) => `outcome ${outcome}`),
  ...Object.keys(turns),
];

/** The arrows of the machine, each as it is counted: chance need not walk them all. */
export const arrowSights: readonly string[] = readArrows().map((arrow) => `arrow ${arrow}`);

export function countSights({ lives, world }: History, sights: Record<string, number>): void {
  const count = (sight: string) => {
    sights[sight] = (sights[sight] ?? 0) + 1;
  };
  for (const life of lives) seeIn(life).forEach(count);
  for (const arrow of world.trace.edges) count(`arrow ${arrow}`);
}

function seeIn(life: Life): ReadonlySet<string> {
  const states = life.events.flatMap((event) => (event.type === 'state.entered' ? [`state ${event.state}`] : []));
  const outcome = life.end.kind === 'result' ? [`outcome ${life.end.result.outcome}`] : [];
  const turned = Object.entries(turns).filter(([, isIn]) => isIn(life));
  return new Set([
    ...states.filter((state) => expectedSights.includes(state)),
    ...outcome,
    ...turned.map(([turn]) => turn),
  ]);
}

export function addSights(all: readonly Sights[]): Sights {
  const sum: Record<string, number> = {};
  for (const sights of all) for (const [sight, times] of Object.entries(sights)) sum[sight] = (sum[sight] ?? 0) + times;
  return sum;
}

type Records = Life['records'];

/** Whether a step found this. */
function found(records: Records, step: string, status: CheckFinding['status']): boolean {
  return records.some((record) => {
    if (record.kind !== 'result' || !record.step.endsWith(`.${step}`)) return false;
    const { findings = [] } = record.value as { readonly findings?: readonly CheckFinding[] };
    return findings.some((finding) => finding.status === status);
  });
}
