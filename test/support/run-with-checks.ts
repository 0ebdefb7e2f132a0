/** A run in a world of virtual time, with the checks and the proofs that every run of the library has. Not a test. */
import type { RunResult } from '../../src/domain/outcome.ts';
import { createCanaryVerifier } from '../../src/key-verification/key-verifier.ts';
import { createChecks } from '../../src/library/checks.ts';
import type { KeptCanaries } from '../../src/ports/key-verifier.ts';
import { prepareRequest, type UpdateInput } from '../../src/run/prepare.ts';
import { createVault } from '../../src/secrets/vault.ts';
import { askInProcess } from './services-in-process.ts';
import type { World } from './world.ts';

/** Nothing listens there: no proxy is reached from here. */
const nowhere = '127.0.0.1:1';

/** `environment`: where `env:NAME` looks. `kept`: default none. */
export async function runChecked(
  world: World,
  { customKeyStoreId, ...input }: UpdateInput,
  environment: NodeJS.ProcessEnv = {},
  kept: KeptCanaries = { read: async () => [], write: async () => undefined },
): Promise<RunResult> {
  const { clock, simulator, secrets } = world;
  for (const [name, value] of Object.entries(environment)) secrets.set(`env:${name}`, value ?? '');
  const vault = createVault({ environment });
  const request = await prepareRequest({ customKeyStoreId, ...input }, vault);
  const asked = { ...askInProcess(simulator, clock), kms: world.connect() };
  const { stores } = simulator.describeWorld();
  const endpoints = [
    request.change.XksProxyUriEndpoint,
    ...stores.map((store) => store.XksProxyConfiguration?.UriEndpoint),
  ];
  const xksProxyConnectTo = Object.fromEntries(endpoints.flatMap((one) => (one ? [[one, nowhere]] : [])));
  const checked = { request, account: simulator.accountId, runId: 'run-1' };
  const checks = createChecks(checked, asked, vault, { xksProxyConnectTo }, null);
  const keyVerifier = createCanaryVerifier({ keys: asked.keys, kept, clock, random: () => 0 });
  return world.run({ store: customKeyStoreId, ...request, kms: asked.kms, checks, keyVerifier });
}
