/** `cks resume` continues a run, without an id the one that is unfinished; `cks rollback` reverts a completed update, as a new run. */

import { formatAge } from '../../domain/duration.ts';
import { otherExitCodes } from '../../domain/outcome.ts';
import { nameStep } from '../../domain/steps.ts';
import { releaseRun } from '../../library/release-run.ts';
import { listRuns, type RunFacts, summarizeRun } from '../../library/runs.ts';
import type { ResumeOptions } from '../../library/wiring/earlier-run.ts';
import { InvalidInputError } from '../../run/errors.ts';
import type { RunCommand } from '../commands.ts';
import { type CommandArguments, readChange, readRisks } from '../input/request.ts';
import { takeSecrets } from '../input/secret-words.ts';
import { findEndpoint, loadVerb } from '../input/session.ts';
import { hasFlag, readText } from '../options/option-values.ts';
import { openOutput } from '../output/output.ts';
import { describeRunning, nameRunStore } from '../output/render/runs.ts';
import { sayError } from '../output/say-error.ts';
import type { StopResult } from '../output/schemas.ts';
import { explainUnfinished } from '../output/unfinished.ts';
import { createTerminalApprover } from '../terminal/approver.ts';
import { LeftError } from '../terminal/asking/asking.ts';
import type { Io } from '../terminal/io.ts';
import { createSecretQuestion } from '../terminal/questions.ts';
import { follow, type Manner, type OpenedRun, openRun, readSafeguards } from './carry-run.ts';

export function resume(io: Io, args: CommandArguments, manner: Manner = {}): Promise<number> {
  return goOn(io, args, 'resumeRun', findUnfinished, manner);
}

export const rollBack: RunCommand = (io, args) =>
  goOn(io, args, 'rollBackRun', async () => {
    throw new InvalidInputError('which run? Give its id, as cks runs lists it');
  });

const verbs = {
  resumeRun: () => import('../../library/resume.ts').then(({ resumeRun }) => resumeRun),
  rollBackRun: () => import('../../library/roll-back-run.ts').then(({ rollBackRun }) => rollBackRun),
} as const;

/** Continues or reverts an earlier run. */
async function goOn(
  io: Io,
  { word, optionValues }: CommandArguments,
  verb: keyof typeof verbs,
  findRun: (stateDirectory: string | undefined) => Promise<string>,
  manner: Manner = {},
): Promise<number> {
  const said = { change: readChange(optionValues) };
  const accept = readRisks(optionValues);
  const isRollback = hasFlag(optionValues, 'roll-back');
  const isDone = hasFlag(optionValues, 'yes');
  const stateFolder = readText(optionValues, 'state-dir');
  const runId = word ?? (await findRun(stateFolder));
  if (verb === 'resumeRun' && (isDone || isRollback) && Object.keys(said.change).length === 0) {
    const where = stateFolder === undefined ? {} : { stateDirectory: stateFolder };
    const told = await releaseRun({ runId, ...where, rollBack: isRollback, accept });
    if (told) {
      openOutput(io, optionValues).write({ runId, ...told } satisfies StopResult, () => `${told.message}\n`);
      return 0;
    }
  }
  const opened = await openRun(io, optionValues, { accept }, { mustGoOn: verb === 'resumeRun', ...manner });
  const { change } = await takeSecrets(io, said);
  const { stateDirectory } = opened.options;
  const earlier = await summarizeRun(runId, stateDirectory);
  return goOnFrom(io, opened, earlier, verb, { change, accept, isDone, rollBack: isRollback });
}

export async function goOnFrom(
  io: Io,
  opened: OpenedRun,
  earlier: RunFacts,
  verb: keyof typeof verbs,
  words: Partial<ResumeOptions>,
): Promise<number> {
  const { runId, hasEnded, lastStep, lastAt } = earlier;
  const store = nameRunStore(earlier);
  if (!hasEnded) {
    opened.display.say(
      `resuming ${runId} (interrupted ${formatAge(Date.now() - Date.parse(lastAt))} ago${during(lastStep)})`,
    );
  }
  const goOnWith = await loadVerb(verbs[verb]);
  const asked = { store: earlier.customKeyStoreId ?? store, earlier };
  try {
    return await follow(io, keepTable(io, opened, earlier, words), asked, (options) => {
      const asking = opened.asks ? { askSecret: createSecretQuestion(io, options.signal) } : {};
      return goOnWith({ ...options, ...asking, ...words, runId });
    });
  } catch (error) {
    const isStillUnfinished = !hasEnded && (earlier.hasWritten || earlier.mayLeaveStore);
    if (!(error instanceof LeftError && isStillUnfinished)) throw error;
    return endUnfinished(io, opened, earlier, asked.store);
  }
}

/** `5.disconnectStore` as `, while disconnecting`. */
function during(step: string | null): string {
  const name = step?.split('.')[1];
  return name === undefined ? '' : `, while ${nameStep(name)}`;
}

/** The operator left a question, so the earlier run is as unfinished as before. */
function endUnfinished(io: Io, { output }: OpenedRun, earlier: RunFacts, customKeyStoreId: string): number {
  const { runId, lastState: lastSeen, hasWritten, mayLeaveStore } = earlier;
  const facts = { runId, customKeyStoreId, lastSeen, hasWritten, mayLeaveStore };
  const unfinished = explainUnfinished({ ...facts, hasJournal: true, message: 'the question was not answered' });
  sayError(io, unfinished.reason);
  output.write(unfinished, () => '');
  return otherExitCodes.unfinished;
}

/** The table that the run has its lock in, where no other is named now. */
function keepTable(
  io: Io,
  opened: OpenedRun,
  { lockTable }: RunFacts,
  { accept = [] }: Partial<ResumeOptions>,
): OpenedRun {
  const { options, asks } = opened;
  if (lockTable === undefined || options.lockTable !== undefined) return opened;
  const known = { ...options, lockTable };
  if (!asks) return { ...opened, options: known };
  const approver = createTerminalApprover(
    io,
    { accept, onAccepted: () => undefined },
    readSafeguards(known),
    findEndpoint(known),
  );
  return { ...opened, options: { ...known, approver } };
}

async function findUnfinished(stateDirectory: string | undefined): Promise<string> {
  const { runs } = await listRuns(stateDirectory === undefined ? {} : { stateDirectory });
  const [latest, ...others] = runs.filter(({ isUnfinished }) => isUnfinished);
  if (latest === undefined) {
    const running = runs.find((run) => run.running !== null);
    if (running?.running?.step === 'hold') return running.runId;
    if (running?.running) {
      const at = describeRunning(running.running, Date.now());
      throw new InvalidInputError(`run ${running.runId} is ${at}: to stop it: cks stop ${running.runId}`);
    }
    const left = runs.find(({ outcome }) => outcome === 'stranded' || outcome === 'unsettled');
    const hint = left ? `; the latest run that ended ${left.outcome} can be continued: cks resume ${left.runId}` : '';
    throw new InvalidInputError(`no run is unfinished${hint || '; cks runs lists those that have ended'}`);
  }
  if (others.length > 0) {
    const names = [latest, ...others].map(({ runId }) => runId).join(', ');
    throw new InvalidInputError(`which run? These are unfinished: ${names}`);
  }
  return latest.runId;
}
