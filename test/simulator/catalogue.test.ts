import { beforeAll, describe, expect, it } from 'vitest';
import { outcomes } from '../../src/domain/outcome.ts';
import { createKeys } from '../../src/kms/keys.ts';
import { createCanaryProver } from '../../src/proof/prover.ts';
import { prepareOrder } from '../../src/run/prepare.ts';
import { createVault } from '../../src/secrets/vault.ts';
import {
  listScenarioNames,
  type OpenedScenario,
  openScenario,
  type SimulatorOptions,
} from '../../src/simulator/index.ts';
import { readCommand } from '../support/command-order.ts';
import { createKeySend } from '../support/key-send.ts';
import { createWorldOf } from '../support/world.ts';

const names = await listScenarioNames();

/** Carries out the scenario's command, in process and in virtual time, with proofs and without checks. */
async function rehearse({ start, scenario: { expect: promised } }: OpenedScenario, options: SimulatorOptions = {}) {
  if (!promised) throw new Error('every scenario of the catalogue has a command to try');
  const world = createWorldOf((now) => start({ now, ...options }));
  for (const [name, value] of Object.entries(promised.environment ?? {})) world.secrets.set(`env:${name}`, value);
  const { customKeyStoreId, ...input } = readCommand(promised.command);
  const order = await prepareOrder({ customKeyStoreId, ...input }, createVault(promised.environment));
  const { clock } = world;
  const keys = createKeys(createKeySend(world.simulator), clock);
  const kept = { read: async () => [], write: async () => undefined };
  const prover = createCanaryProver({ keys, kept, clock, random: () => 0 });
  const result = await world.run({ store: customKeyStoreId, ...order, prover });
  return { result, world, promised };
}

describe('the catalogue', () => {
  it('has at least twenty scenarios', () => {
    expect(names.length).toBeGreaterThanOrEqual(20);
  });

  describe.each(names)('%s', (name) => {
    let opened: OpenedScenario;
    beforeAll(async () => {
      opened = await openScenario(name);
    });

    it('stands as it is described', () => {
      const { scenario, start } = opened;
      const now = () => Date.UTC(2026, 0, 1);
      const world = start({ now }).describeWorld();

      expect(world.stores).toMatchObject(
        (scenario.stores ?? []).map(({ CustomKeyStoreName, ConnectionState }) => ({
          CustomKeyStoreName,
          ConnectionState,
        })),
      );
      expect(world.clusters).toHaveLength(scenario.clusters?.length ?? 3);
      expect(world.proxies.map(({ endpoint }) => endpoint)).toEqual(
        (scenario.proxies ?? []).map(({ endpoint }) => endpoint),
      );
      expect(start({ now }).describeWorld()).toEqual(world);
    });

    it('ends as it promises', async () => {
      const { result, world, promised } = await rehearse(opened);

      expect(Object.keys(outcomes)).toContain(promised.outcome);
      expect({
        outcome: result.outcome,
        state: world.simulator.store(result.customKeyStoreId).ConnectionState,
      }).toEqual({ outcome: promised.outcome, state: promised.state });
      expect(
        [
          ...world.trace.lines,
          `settings ${result.settings}, path ${result.path}`,
          ...(result.reason ? [`${result.reason.code}: ${result.reason.message}`] : []),
          ...(result.remaining ?? []).map((command) => `$ ${command}`),
        ]
          .join('\n')
          .replace(/cks-[0-9a-f]{17}/g, 'cks-ID'),
      ).toMatchSnapshot();
    });
  });

  it.each([
    ['other-keys', { XksProxyUriEndpoint: 'https://xks-b.example.com' }, []],
    ['missing-keys', { CloudHsmClusterId: 'cluster-greengreeng' }, ['alias/ledger']],
  ])('%s: of the keys only some still decrypt', async (name, change, kept) => {
    let nowMs = Date.UTC(2026, 0, 1);
    const simulator = (await openScenario(name)).start({ now: () => nowMs });
    const { CustomKeyStoreId = '' } = simulator.describeWorld().stores[0] ?? {};
    const { Aliases } = simulator.call('ListAliases', {}) as { Aliases: { AliasName: string }[] };
    const sealed = Aliases.map(({ AliasName: KeyId }) => simulator.call('Encrypt', { KeyId, Plaintext: 'YWFh' }));
    for (const [operation, values] of [['Disconnect'], ['Update', change], ['Connect']] as const) {
      simulator.call(`${operation}CustomKeyStore`, { CustomKeyStoreId, ...values });
      nowMs += 1_800_000;
    }
    const opened = Aliases.filter((_, at) => simulator.receive('Decrypt', sealed[at]).output);

    expect(simulator.store(CustomKeyStoreId).ConnectionState).toBe('CONNECTED');
    expect(opened.map(({ AliasName }) => AliasName)).toEqual(kept);
  });

  it.each(['stale-reads', 'stormy-kms', 'silent-kms', 'overloaded-proxy'])(
    '%s ends so whatever the dice say',
    async (name) => {
      const opened = await openScenario(name);
      for (let seed = 1; seed <= 10; seed += 1) {
        const { result, promised } = await rehearse(opened, { seed });
        expect(result.outcome, `seed ${seed}`).toBe(promised.outcome);
      }
    },
  );
});
