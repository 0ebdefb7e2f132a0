/** `cks apply`: carries out a saved plan, with the questions and the end of an update. */
import { unsealPlan } from '../../library/saved-plan.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { readPlan } from '../input/plan-file.ts';
import { type CommandArguments, readRisks } from '../input/request.ts';
import { loadVerb } from '../input/session.ts';
import { describeOrigin } from '../output/render/saved-plan.ts';
import type { Io } from '../terminal/io.ts';
import { offerUnfinished } from '../terminal/offer-unfinished.ts';
import { follow, openRun } from './carry-run.ts';
import { goOnFrom } from './resume.ts';
import { requireHoldable } from './update.ts';

export async function run(io: Io, { word, optionValues }: CommandArguments): Promise<number> {
  if (word === undefined) throw new InvalidInputError('which plan? Give the file that cks plan --out has written');
  const plan = unsealPlan(readPlan(word));
  const { customKeyStoreId } = plan.store;
  const accept = readRisks(optionValues);
  const opened = await openRun(io, optionValues, { accept, notes: describeOrigin(plan) });
  requireHoldable(opened, plan.request.policy);
  const earlier = opened.asks ? await offerUnfinished(io, customKeyStoreId, opened.options) : undefined;
  if (earlier !== undefined) return goOnFrom(io, opened, earlier, 'resumeRun', { accept });
  const { applyPlan } = await loadVerb(() => import('../../library/apply-plan.ts'));
  return follow(io, opened, { store: customKeyStoreId }, (options) => applyPlan(plan, { ...options, accept }));
}
