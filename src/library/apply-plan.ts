/** The verb that carries out a saved plan. */
import { isDeepStrictEqual } from 'node:util';
import { findConfiguredEndpoint } from '../aws/endpoints.ts';
import type { RunResult } from '../domain/outcome.ts';
import type { Risk } from '../domain/policy.ts';
import { InvalidInputError } from '../run/errors.ts';
import { prepareRequest } from '../run/prepare.ts';
import { type RunOptions, requireKnownChecks, resolveOnFailure, runOptions } from './options.ts';
import { foresee, requireEndpoint, unsealPlan } from './saved-plan.ts';
import { begin } from './update-store.ts';
import { connect } from './wiring/connection.ts';
import { requireOptions, texts } from './wiring/expected.ts';
import { openVault } from './wiring/secrets.ts';
import { resolveWindow } from './wiring/window.ts';

export interface ApplyOptions extends Omit<RunOptions, 'region' | 'expectAccount'> {
  /**
   * Accepted risks, by name.
   *
   * @default []
   * @example ['outage']
   */
  readonly accept?: readonly Risk[];
}

/**
 * Applies a plan of `savePlan`, in its account and Region. It refuses if the store has changed since.
 *
 * @throws {InvalidInputError} if it is no plan, was edited, is for an endpoint of KMS that is neither AWS's own nor this
 * machine's and that the caller does not name, or this version would do something else.
 * @throws {UnfinishedRunError} if the run broke off.
 * @example
 * const plan = JSON.parse(readFileSync('plan.json', 'utf8'));
 * const { outcome } = await applyPlan(plan, { accept: ['outage'] });
 */
export async function applyPlan(plan: unknown, options: ApplyOptions = {}): Promise<RunResult> {
  requireOptions(options, { ...runOptions, accept: texts });
  const { store, foreseen, request, account, region, endpoint, version: madeBy } = unsealPlan(plan);
  const { change, previous, policy } = request;
  const { onFailure } = policy;
  const { accept = [], operatorPrompt } = options;
  requireKnownChecks(policy.skipChecks, options.checks);
  const own = await findConfiguredEndpoint('KMS', options.profile);
  requireEndpoint(endpoint, options.endpoint ?? (own === endpoint ? own : undefined));
  const reach = () => connect({ region, ...(endpoint ? { endpoint } : {}), ...options });
  const vault = openVault(reach);
  const resolved = resolveOnFailure({ onFailure, ...(operatorPrompt ? { operatorPrompt } : {}) });
  const window = await resolveWindow(policy.window);
  const { window: _, ...words } = { ...policy, change, previous, accept, onFailure: resolved };
  const prepared = await prepareRequest({ ...words, customKeyStoreId: store.customKeyStoreId, ...window }, vault);
  if (!isDeepStrictEqual(foresee(store, prepared), foreseen)) {
    throw new InvalidInputError(
      `the plan was made by version ${madeBy}, and this version would do it differently: plan again with cks plan --out`,
    );
  }
  const connection = await reach();
  const whose = account === 'unknown' ? {} : { expectAccount: account };
  return begin(
    connection,
    vault,
    { ...options, ...whose },
    { store: store.customKeyStoreId, request: { ...prepared, plannedFor: store } },
  );
}
