/** The verb that goes on from an earlier run, to finish it. */
import type { Input } from '../../machines/safe-update/index.ts';
import { findSuccessor } from '../checks/unfinished-runs.ts';
import { type Digest, digestJournal } from '../disk/journal/digest.ts';
import type { JournalContents } from '../disk/journal/parse.ts';
import { listJournals } from '../disk/journal/shelf.ts';
import { type Change, changedNames } from '../domain/change.ts';
import { leavesAsWanted } from '../domain/lease.ts';
import type { RunResult } from '../domain/outcome.ts';
import type { UpdateRequest } from '../domain/plan.ts';
import { explainLost } from '../domain/restorability.ts';
import type { ResumeState } from '../domain/resume-state.ts';
import { mayLeaveStore } from '../domain/trial-connect.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { DivergenceError } from '../ports/host.ts';
import type { OperatorPrompt } from '../ports/operator-prompt.ts';
import type { Vault } from '../ports/secrets.ts';
import { InvalidInputError, UnfinishedRunError } from '../run/errors.ts';
import { type Past, readPast } from '../run/past.ts';
import { prepareCorrection } from '../run/prepare.ts';
import { mayBeConnectedMeanwhile, requestResume, turnToRollback } from '../run/resume.ts';
import { begin } from './update-store.ts';
import type { Connection } from './wiring/connection.ts';
import {
  type Earlier,
  findUnknownOption,
  openEarlier,
  type ResumeOptions,
  reach,
  requireSecrets,
} from './wiring/earlier-run.ts';
import { unattended } from './wiring/listen-for-releases.ts';
import { clearTrialStore, isReplayable, replay } from './wiring/replay.ts';
import { openVault } from './wiring/secrets.ts';

/** As its public name says. @throws {JournalError} */
export async function resumeRun(options: ResumeOptions): Promise<RunResult> {
  const earlier = await openEarlier(options);
  const { folder, contents, input, left } = earlier;
  await requireLatest(folder, contents);
  const vault = openVault(() => reach(contents, options));
  const correction = await prepareCorrection(options.change ?? {}, vault);
  const { header, end, records } = contents;
  const isStoreLeft = mayLeaveStore(records);
  if (end && !isStoreLeft && !(left && (end.outcome === 'unsettled' || end.outcome === 'stranded'))) {
    const rollBack = end.outcome === 'updated' ? `; cks rollback ${options.runId} reverts it` : '';
    throw new InvalidInputError(
      `run ${options.runId} has ended ${end.outcome ?? 'with a wrong input'}: nothing is left${rollBack}`,
    );
  }
  const past = !end && isReplayable(header) ? readPast(input, records) : null;
  const isHeld = past?.state === 'acting.holding' && past.pending === null;
  const hasCorrection = changedNames(correction).length > 0;
  const { rollBack = false } = options;
  if (rollBack && hasCorrection)
    throw new InvalidInputError('--roll-back restores the old settings: remove the new values');
  const isReplayed = past?.isWhole && !((hasCorrection || rollBack) && !isHeld);
  const goal = left && rollBack && !isHeld ? turnBack(left, input.request) : left;
  const sequel = goal && requestResume(goal, input.request, correction, options.accept ?? []);
  if (isReplayed) await findSecrets(past, correction, vault, options);
  else if (sequel && !isStoreLeft) await requireSecrets(sequel.request.change, vault, options);
  const connection = await reach(contents, options);
  const stranger = await findUnknownOption(connection, earlier.context);
  if (stranger) return stranger;

  const resumeEarlier = () => {
    if (isStoreLeft) return clearTrialStore(earlier, connection, vault, options);
    if (sequel === null) throw new InvalidInputError(`run ${options.runId} has sent nothing: start it again`);
    return begin(connection, vault, options, sequel, header.pins);
  };
  if (!isReplayed || (await wasConnectedMeanwhile(earlier, past, connection, options))) return resumeEarlier();
  try {
    return await replay(earlier, connection, vault, {
      ...options,
      ...(isHeld ? { operatorPrompt: releaseWith(correction, input, options) } : {}),
    });
  } catch (error) {
    // Another way than the log tells of: what it knows is true all the same.
    if (error instanceof UnfinishedRunError && error.cause instanceof DivergenceError) return resumeEarlier();
    throw error;
  }
}

/** Asked only where the log says that the store is offline. Where KMS cannot be asked, the run itself waits for it. */
async function wasConnectedMeanwhile(
  { left }: Earlier,
  { pending }: Past,
  { kms }: Connection,
  { signal }: ResumeOptions,
): Promise<boolean> {
  // A Disconnect without a known answer is sent again, also if another actor has connected the store since.
  if (!left?.hasDisconnected || pending === 'disconnectStore') return false;
  const reply = await kms.describe(left.before.customKeyStoreId, signal);
  return reply.ok && mayBeConnectedMeanwhile(left, reply.value.connectionState, systemClock.now());
}

/** What a later run has settled or continued is not what the journal of this one tells any more. */
async function requireLatest(folder: string, contents: JournalContents): Promise<void> {
  const run = digestJournal(contents);
  // No later run deletes the trial store of a trial connect.
  if (run.mayLeaveStore) return;
  const runs = (await listJournals(folder)).flatMap((one) => ('digest' in one ? [one.digest] : []));
  const isSamePlace = (one: Digest) => one.region === run.region && one.endpoint === run.endpoint;
  const later = findSuccessor(run, runs.filter(isSamePlace));
  if (later === undefined) return;
  const isOver = later.outcome !== null && leavesAsWanted(later.outcome);
  const next = isOver
    ? `show it with cks runs show ${later.runId}`
    : `continue that one with cks resume ${later.runId}`;
  throw new InvalidInputError(
    `run ${run.runId} cannot be resumed: the later run ${later.runId} on the same store has taken its place (${later.outcome ?? 'unfinished'}). Nothing was changed; ${next}`,
  );
}

/** @throws {InvalidInputError} where an old value cannot be restored. */
function turnBack(left: ResumeState, request: UpdateRequest): ResumeState {
  const turned = turnToRollback(left, request);
  if (!('lost' in turned)) return turned;
  throw new InvalidInputError(
    `run ${left.runId} cannot be rolled back: ${explainLost(turned.lost)}. Nothing was sent; to continue it with the new settings: cks resume ${left.runId}`,
  );
}

/** A hold ends at once with what the resume was given; without anything the operator is asked. */
function releaseWith(
  correction: Change,
  { request }: Input,
  { accept = [], operatorPrompt, isDone = false, rollBack = false }: ResumeOptions,
): OperatorPrompt {
  let isFirst = changedNames(correction).length > 0 || isDone || rollBack;
  const others = operatorPrompt ?? (request.policy.holdTimeoutMs === undefined ? undefined : unattended);
  return {
    ...others,
    async wait(held, signal) {
      if (!isFirst) return others?.wait(held, signal) ?? { kind: 'left' };
      isFirst = false;
      if (rollBack) return { kind: 'givenUp' };
      return { kind: 'released', correction, accepted: accept };
    },
  };
}

/** The secrets that are still needed: found where the run had them, given again, or asked for. */
async function findSecrets(past: Past, correction: Change, vault: Vault, options: ResumeOptions): Promise<void> {
  const { request, isUnsent, plan } = past.context;
  const isNeeded = plan === null || isUnsent || past.pending === 'updateStore';
  if (isNeeded) await requireSecrets({ ...request.change, ...plan?.send, ...correction }, vault, options);
}
