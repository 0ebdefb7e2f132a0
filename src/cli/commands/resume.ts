/** `cks resume`: goes on with a run, the latest unfinished one where none is named. */
import { InvalidInputError } from '../../run/errors.ts';
import { isGiven } from '../given.ts';
import type { Io } from '../io.ts';
import { type CommandArguments, readChange, readRisks } from '../order.ts';
import { createSecretQuestion } from '../questions.ts';
import { follow, type OpenedRun, openRun } from '../run.ts';
import { loadVerb } from '../session.ts';

export function run(io: Io, args: CommandArguments): Promise<number> {
  return goOn(io, args, 'resumeRun', findLatest);
}

/** Finishes or undoes an earlier run. */
export async function goOn(
  io: Io,
  { word, given }: CommandArguments,
  verb: 'resumeRun' | 'undoRun',
  findRun: (stateDirectory: string | undefined) => Promise<string>,
): Promise<number> {
  const change = readChange(given);
  const accept = readRisks(given);
  const opened = await openRun(io, given, { change, accept });
  const runId = word ?? (await findRun(opened.options.stateDirectory));
  const library = await loadVerb(() => import('../../library/resume.ts'));
  const asking = askingFor(io, opened);
  return follow(io, opened, runId, (options) =>
    library[verb]({ ...options, ...asking, runId, change, accept, isDone: isGiven(given, 'yes') }),
  );
}

function askingFor(io: Io, { asks }: OpenedRun) {
  return asks ? { askSecret: createSecretQuestion(io) } : {};
}

async function findLatest(stateDirectory: string | undefined): Promise<string> {
  const { listRuns } = await import('../../library/runs.ts');
  const { runs } = await listRuns(stateDirectory === undefined ? {} : { stateDirectory });
  const [latest, ...others] = runs.filter(({ isUnfinished }) => isUnfinished);
  if (latest === undefined) throw new InvalidInputError('no run is unfinished; cks runs lists those that have ended');
  if (others.length > 0) {
    const names = [latest, ...others].map(({ runId }) => runId).join(', ');
    throw new InvalidInputError(`which run? These are unfinished: ${names}`);
  }
  return latest.runId;
}
