/** The rotation over the default adapters of the library. */

import { hideVersions } from '../../aws/secrets-manager/secret-versions.ts';
import { systemClock } from '../../hosts/system-clock.ts';
import { requireKnownOptions } from '../../library/options.ts';
import { updateStore } from '../../library/update-store.ts';
import { connect } from '../../library/wiring/connection.ts';
import { openXksProxy } from '../../library/wiring/xks-proxy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProxyCredentials } from '../../ports/proxy-credentials.ts';
import { writeMetrics } from '../write-metrics.ts';
import type { RotationHandler, RotationOptions, StoreOfSecret } from './options.ts';
import { rotate } from './rotate.ts';
import { RotationError } from './rotation-error.ts';
import type { RotatedSecret } from './secret.ts';

/** The tag of a secret that tells its store. */
const storeTag = 'cks:customKeyStoreId';

export interface OpenedOptions extends RotationOptions {
  readonly proxyCredentials: ProxyCredentials;
}

/** `clock`: by which a rotation waits. @throws {InvalidInputError} for an option that there is not. */
export function openRotation(options: OpenedOptions, clock: Clock = systemClock): RotationHandler {
  const {
    proxyCredentials: hook,
    customKeyStoreId,
    otherPlaces = [],
    accept = [],
    canaryKeys = [],
    requireKeyVerification,
    skipChecks,
    ...run
  } = options;
  requireKnownOptions(run);
  // A client of the caller's own leads to one place.
  const { client: _, ...elsewhere } = run;
  const terms = {
    accept,
    canaryKeys,
    requireKeyVerification: requireKeyVerification ?? !canaryKeys.includes('none'),
    ...(skipChecks ? { skipChecks } : {}),
  };
  return async (event, context) => {
    const { secretVersions } = await connect(run);
    const secrets = hideVersions(secretVersions);
    const reachStore = async (secret: Pick<RotatedSecret, 'arn' | 'tags'>) => {
      const { customKeyStoreId: id, ...place } = await findStore(secret, customKeyStoreId);
      const there = { ...run, ...place };
      const { kms, keys, place: known } = await connect(there);
      const others = await Promise.all(otherPlaces.map((other) => connect({ ...elsewhere, ...other })));
      return {
        customKeyStoreId: id,
        kms,
        otherPlaces: others.map((other) => other.kms),
        keys,
        proxy: openXksProxy(there, known.region),
        update: (request: Parameters<typeof updateStore>[0]) =>
          updateStore({
            onMetrics: writeMetrics,
            ...there,
            ...request,
            checks: [...(run.checks ?? []), ...(request.checks ?? [])],
            journal: false,
          }),
      };
    };
    try {
      const result = await rotate({ secrets, reachStore, hook, clock, random: Math.random, terms }, event, context);
      const { step, versionId, outcome, notRetired = [] } = result;
      run.logger?.info({ step, versionId, outcome }, 'rotation.step');
      for (const one of notRetired) run.logger?.error({ step, versionId, ...one }, 'rotation.notRetired');
      return result;
    } catch (error) {
      if (error instanceof RotationError)
        run.logger?.error({ code: error.code, text: error.message }, 'rotation.failed');
      throw error;
    }
  };
}

async function findStore(
  secret: Pick<RotatedSecret, 'arn' | 'tags'>,
  said: RotationOptions['customKeyStoreId'],
): Promise<Exclude<StoreOfSecret, string>> {
  const told = typeof said === 'function' ? await said(secret) : (said ?? secret.tags[storeTag]);
  if (typeof told === 'object') return told;
  if (told) return { customKeyStoreId: told };
  const message = `which store does ${secret.arn} belong to? Say so with customKeyStoreId, or with its tag ${storeTag}`;
  throw new RotationError('STORE_UNNAMED', message);
}
