/** The verb that undoes a run. */
import { changedNames } from '../domain/change.ts';
import type { RunResult } from '../domain/outcome.ts';
import { explainLost } from '../domain/restorability.ts';
import { InvalidInputError } from '../run/errors.ts';
import { requestRollback } from '../run/resume.ts';
import { begin } from './update-store.ts';
import { findUnknownOption, openEarlier, type ResumeOptions, reach, requireSecrets } from './wiring/earlier-run.ts';
import { keepPinned, requirePinned } from './wiring/pins.ts';
import { openVault } from './wiring/secrets.ts';

/** As its public name says. @throws {JournalError} */
export async function rollBackRun(options: ResumeOptions): Promise<RunResult> {
  const { contents, input, left, context } = await openEarlier(options);
  const { runId } = options;
  if (contents.end?.outcome !== 'updated') {
    const how = contents.end
      ? `has ended ${contents.end.outcome ?? 'with a wrong input'}`
      : `is unfinished; cks resume ${runId}`;
    throw new InvalidInputError(`run ${runId} ${how}: only a run that ended updated can be rolled back`);
  }
  if (left === null) throw new InvalidInputError(`run ${runId} changed no setting`);
  const vault = openVault(() => reach(contents, options));
  const sequel = requestRollback(left, input.request, options.accept ?? []);
  if ('lost' in sequel) {
    throw new InvalidInputError(`run ${runId} cannot be rolled back: ${explainLost(sequel.lost)}`);
  }
  if (changedNames(sequel.request.change).length === 0) throw new InvalidInputError(`run ${runId} changed no setting`);
  await requireSecrets(sequel.request.change, vault, options);
  const { pins = {} } = contents.header;
  await requirePinned(runId, sequel.request.change, pins, vault);
  const previous = await keepPinned(sequel.request.previous, pins, vault);
  const connection = await reach(contents, options);
  return (
    (await findUnknownOption(connection, context)) ??
    begin(connection, vault, options, { ...sequel, request: { ...sequel.request, previous } })
  );
}
