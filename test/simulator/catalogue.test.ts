import { beforeAll, describe, expect, it } from 'vitest';
import { outcomes } from '../../src/domain/outcome.ts';
import {
  createScaledClock,
  listScenarioNames,
  type OpenedScenario,
  openScenario,
  type SimulatorOptions,
} from '../../src/simulator/index.ts';
import { readCommand } from '../support/parse-command.ts';
import { runChecked } from '../support/run-with-checks.ts';
import { inDepth, sample } from '../support/sampling.ts';
import { writeTranscript } from '../support/transcript.ts';
import { createWorldOf } from '../support/world.ts';

const names = await listScenarioNames();

type Promised = NonNullable<OpenedScenario['scenario']['expect']>;

function promisedBy({ scenario: { expect: promised } }: OpenedScenario): Promised {
  if (!promised) throw new Error('every scenario of the catalogue has a command to try');
  return promised;
}

/** Carries out the scenario's command, in process and in virtual time, by one who reaches none of its proxies. */
async function trialConnect(
  opened: OpenedScenario,
  {
    command,
    timeScale,
    ...options
  }: SimulatorOptions & { readonly command?: string; readonly timeScale?: number } = {},
) {
  const promised = promisedBy(opened);
  const scaled = (now: () => number) => (timeScale === undefined ? now : createScaledClock(timeScale, now));
  const world = createWorldOf((now) => opened.start({ now: scaled(now), ...options }));
  const result = await runChecked(world, readCommand(command ?? promised.command), promised.environment);
  return { result, world, promised };
}

/** The command without one of its words that accept a risk or leave out a check, for each of them. */
function omitEach(command: string): readonly (readonly [string, string])[] {
  const risks = /--accept (\S+)/.exec(command)?.[1]?.split(',') ?? [];
  const left = (risk: string) => risks.filter((one) => one !== risk).join(',');
  return [
    ...risks.map((risk) => {
      const rest = left(risk) === '' ? '' : `--accept ${left(risk)}`;
      return [risk, command.replace(/--accept \S+/, rest)] as const;
    }),
    ...[...command.matchAll(/--skip-check \S+/g)].map(([words]) => [words, command.replace(words, '')] as const),
  ];
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

    it('has no word in its command that it could do without', async () => {
      const endOf = async (command: string) => {
        const { outcome, reason } = (await trialConnect(opened, { command })).result;
        return `${outcome} ${reason?.code}`;
      };
      const { command } = promisedBy(opened);
      const promised = await endOf(command);
      for (const [word, shorter] of sample(omitEach(command), 4, ([, shorter]) => `${name} ${shorter}`)) {
        expect(await endOf(shorter), `without ${word}`).not.toBe(promised);
      }
    });

    const timeScales = sample([1, 2, 10, 60, 200], 5, (scale) => `${name} ${scale}`);

    it.each(timeScales)('ends so while KMS runs %i times as fast as the client', async (timeScale) => {
      const { result, world, promised } = await trialConnect(opened, { timeScale });

      expect([result.outcome, world.simulator.store(result.customKeyStoreId).ConnectionState]).toEqual([
        promised.outcome,
        promised.state,
      ]);
    });

    it('ends as it promises', async () => {
      const { result, world, promised } = await trialConnect(opened);

      expect(Object.keys(outcomes)).toContain(promised.outcome);
      expect({
        outcome: result.outcome,
        state: world.simulator.store(result.customKeyStoreId).ConnectionState,
      }).toEqual({ outcome: promised.outcome, state: promised.state });
      expect(writeTranscript(world, result).replace(/cks-[0-9a-f]{17}/g, 'cks-ID')).toMatchSnapshot();
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
      for (let seed = 1; seed <= inDepth(2, 10); seed += 1) {
        const { result, promised } = await trialConnect(opened, { seed });
        expect(result.outcome, `seed ${seed}: ${result.reason?.message}`).toBe(promised.outcome);
      }
    },
  );
});
