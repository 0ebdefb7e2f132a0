/** What an exploration has come by: outcomes, states, and turns of a run. One that never sees some of them explores little. */
import { outcomes } from '../../src/domain/outcome.ts';
import type { History, Life } from '../support/history.ts';
import { readStates } from '../support/machine-arrows.ts';

/** How many processes each thing was seen in. */
export type Sights = Readonly<Record<string, number>>;

const turns = {
  'a process that died': ({ end }) => end.kind === 'died',
  'a replay': ({ beginning }) => beginning === 'replayed',
  'a take-up': ({ beginning }) => beginning === 'takenUp',
  'an undoing': ({ beginning }) => beginning === 'undoing',
  'a run that holds': ({ end }) => end.kind === 'unfinished' && end.error.held !== null,
  'a hold that was corrected': ({ records }) =>
    records.some((record) => /"correction":\{"/.test(JSON.stringify(record))),
  'a suspended run': ({ events }) => events.some(({ type }) => type === 'run.suspended'),
  'a stop': ({ events }) => events.some(({ type }) => type === 'stop.requested'),
  'a disk that failed after the first write': ({ isLogCut, end }) => isLogCut && end.kind === 'result',
  'a rollback that was resumed': ({ beginning, end, events }) =>
    (beginning === 'replayed' || beginning === 'takenUp') &&
    end.kind === 'result' &&
    end.result.outcome === 'rolledBack' &&
    events.some((event) => event.type === 'state.entered' && event.state.includes('rollingBack')),
} satisfies Record<string, (life: Life) => boolean>;

/** All that a long exploration must have seen: the states in which a run asks somebody, the outcomes, the turns. */
export const expectedSights: readonly string[] = [
  ...readStates()
    .filter(({ invokes }) => invokes !== undefined)
    .map(({ path }) => `state ${path}`),
  ...Object.keys(outcomes).map((outcome) => `outcome ${outcome}`),
  ...Object.keys(turns),
];

export function countSights({ lives }: History, sights: Record<string, number>): void {
  for (const life of lives) for (const sight of seeIn(life)) sights[sight] = (sights[sight] ?? 0) + 1;
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
