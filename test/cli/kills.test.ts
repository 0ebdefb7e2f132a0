/**
 * The real command is killed at one record of its journal, and `cks resume` ends the run as if nothing had happened.
 * `npm run kills` takes every record of every way; otherwise it is a few ways, and a part of the moments around each call
 * that changes a store.
 */
import { describe, expect, it } from 'vitest';
import type { Outcome, RunResult } from '../../src/domain/outcome.ts';
import {
  acceptAll,
  type Ended,
  type Environment,
  storeId as id,
  type Rehearsal,
  rehearseHere,
} from '../support/command.ts';
import {
  ageJournals,
  hasRecord,
  type JournalLine,
  killAt,
  listRunIds,
  type Moment,
  momentsOf,
  mutations,
  readJournalOf,
} from '../support/kill-command.ts';
import { isDeep, sample } from '../support/sampling.ts';

interface PlannedCourse {
  readonly ends: readonly [exitCode: number, outcome: Outcome | null];
  /** Puts the store in place, does what comes before, and gives the command that is killed. */
  readonly arrange: (rehearsal: Rehearsal) => Promise<readonly string[]> | readonly string[];
  readonly inDepthOnly?: true;
  /** The record after which the run is held: a kill there is left out. */
  readonly heldAfter?: string;
}

const env: Environment = { NEW_SECRET: 'n'.repeat(43), WRONG_SECRET: 'w'.repeat(43), PASSWORD: 'newPassword1' };
const newPath = ['--xks-proxy-uri-path', '/new/kms/xks/v1'];
const store = { CustomKeyStoreId: id, CustomKeyStoreName: 'store', ConnectionState: 'CONNECTED' } as const;
const external = { ...store, CustomKeyStoreType: 'EXTERNAL_KEY_STORE' } as const;

const clustersOf = ({ simulator }: Rehearsal) =>
  simulator.describeWorld().clusters.map(({ clusterId }) => clusterId) as [string, string];

function addClusterFromOldBackup(rehearsal: Rehearsal): string {
  return rehearsal.simulator.addCluster({ restoredFrom: clustersOf(rehearsal)[0], backup: 'old' });
}

/** Runs a command to its end, as what came before. */
async function before({ run, folder }: Rehearsal, words: readonly string[], exitCode: number): Promise<string> {
  const ended = await run(words, env);
  expect(ended.exitCode, ended.stderr).toBe(exitCode);
  ageJournals(folder, 3_600_000);
  return listRunIds(folder).at(-1) ?? '';
}

const ways: Readonly<Record<string, PlannedCourse>> = {
  'a live update': {
    ends: [0, 'updated'],
    arrange({ simulator }) {
      simulator.addStore(external);
      return ['update', id, ...newPath, '--yes', '--accept', 'unverified-keys'];
    },
  },
  'an offline update': {
    ends: [0, 'updated'],
    arrange(rehearsal) {
      rehearsal.simulator.addStore(store);
      return ['update', id, '--cloud-hsm-cluster-id', clustersOf(rehearsal)[1], ...acceptAll];
    },
  },
  'an update that is rolled back': {
    ends: [4, 'rolledBack'],
    arrange(rehearsal) {
      rehearsal.simulator.addStore(store);
      return ['update', id, '--cloud-hsm-cluster-id', addClusterFromOldBackup(rehearsal), ...acceptAll];
    },
  },
  'an update of a FAILED store': {
    ends: [0, 'updated'],
    inDepthOnly: true,
    arrange(rehearsal) {
      rehearsal.simulator.addStore({
        ...store,
        ConnectionState: 'FAILED',
        ConnectionErrorCode: 'CLUSTER_NOT_FOUND',
      });
      return ['update', id, '--cloud-hsm-cluster-id', clustersOf(rehearsal)[1], ...acceptAll];
    },
  },
  'a reconnect': {
    ends: [0, 'updated'],
    inDepthOnly: true,
    arrange({ simulator }) {
      simulator.addStore(store);
      return ['reconnect', id, ...acceptAll];
    },
  },
  'a connect alone': {
    ends: [0, 'updated'],
    inDepthOnly: true,
    arrange({ simulator }) {
      simulator.addStore({ ...store, ConnectionState: 'DISCONNECTED' });
      return ['update', id, '--final-state', 'connected', ...acceptAll];
    },
  },
  'a hold that nobody ends': {
    ends: [4, 'rolledBack'],
    inDepthOnly: true,
    // From there on the --yes of a resume answers the hold.
    heldAfter: 'result 6.settleStore',
    arrange({ simulator }) {
      simulator.addStore(store);
      return [
        'update',
        id,
        '--key-store-password',
        'env:PASSWORD',
        '--hold-offline',
        '--hold-timeout',
        '1s',
        ...acceptAll,
      ];
    },
  },
  'a rollback of a finished run': {
    ends: [0, 'updated'],
    inDepthOnly: true,
    async arrange(rehearsal) {
      rehearsal.simulator.addStore(external);
      const endpoint = ['--xks-proxy-uri-endpoint', 'https://new.xks.example.com'];
      const runId = await before(rehearsal, ['update', id, ...endpoint, ...acceptAll], 0);
      return ['rollback', runId, ...acceptAll];
    },
  },
  'a resume that corrects a value': {
    ends: [0, 'updated'],
    inDepthOnly: true,
    async arrange(rehearsal) {
      const { simulator } = rehearsal;
      simulator.addStore(external);
      simulator.failNextConnect(id, 'XKS_PROXY_INVALID_CONFIGURATION');
      const credential = (secret: string) => [
        '--xks-proxy-authentication-credential',
        `AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=env:${secret}`,
      ];
      const wrong = ['update', id, ...credential('WRONG_SECRET'), '--mode', 'offline', ...acceptAll];
      const runId = await before(rehearsal, wrong, 5);
      return ['resume', runId, ...credential('NEW_SECRET'), ...acceptAll];
    },
  },
};

const storeOf = (input: unknown) => (input as { readonly CustomKeyStoreId?: string }).CustomKeyStoreId;

/** Everything that a kill must not change: how it ended, the store, and what was sent to it, where a repetition counts once. */
function describeEnd({ exitCode, json }: Ended, { simulator }: Rehearsal) {
  const { outcome, settings = null, reason = null } = json() as Partial<RunResult>;
  const sent = simulator.calls
    .filter(({ operation, input }) => mutations.includes(operation) && storeOf(input) === id)
    .map(({ operation, error = 'accepted' }) => `${operation}: ${error}`);
  const { CreationDate: _, ...entry } = simulator.store(id);
  const calls = sent.filter((call, at) => call !== sent[at - 1]);
  return { exitCode, outcome, settings, reason: reason?.code, calls, ...entry };
}

const latestRun = ({ folder }: Rehearsal) => listRunIds(folder).at(-1) ?? '';

function walkThrough(way: PlannedCourse) {
  return rehearseHere(async (rehearsal) => {
    const words = await way.arrange(rehearsal);
    const end = describeEnd(await rehearsal.run(words, env), rehearsal);
    return { end, journal: readJournalOf(rehearsal.folder, latestRun(rehearsal)) };
  });
}

function killAndResume(way: PlannedCourse, moment: Moment) {
  return rehearseHere(async (rehearsal) => {
    const words = await way.arrange(rehearsal);
    await killAt(rehearsal, words, env, moment);
    const runId = latestRun(rehearsal);
    expect(hasRecord(rehearsal.folder, runId, moment.record), `${nameMoment(moment)}: not reached`).toBe(true);
    return describeEnd(await rehearsal.run(['resume', runId, ...acceptAll], env), rehearsal);
  });
}

const nameMoment = ({ record, dies }: Moment) => (dies === 'sent' ? `${record}, sent` : record);

/** Each takes the memory of a Node.js process. */
const atOnce = 4;

function chooseMoments(journal: readonly JournalLine[], way: string, heldAfter?: string): readonly Moment[] {
  const moments = momentsOf(journal).filter(({ record }) => record !== heldAfter);
  if (isDeep) return moments;
  const aroundCalls = moments.filter(({ record }) => record.startsWith('intent'));
  return sample(aroundCalls, 8, (moment) => `${way}: ${nameMoment(moment)}`);
}

describe.concurrent('a kill -9 is resumed as if nothing had happened, in', () => {
  const rows = Object.entries(ways).filter(([, { inDepthOnly }]) => isDeep || !inDepthOnly);

  it.for(rows)('%s', async ([name, way], { expect }) => {
    const { end, journal } = await walkThrough(way);
    expect([end.exitCode, end.outcome]).toEqual(way.ends);

    const moments = chooseMoments(journal, name, way.heldAfter);
    const ends: Record<string, unknown> = {};
    const untried = [...moments];
    const tryAll = async () => {
      for (let moment = untried.shift(); moment; moment = untried.shift())
        ends[nameMoment(moment)] = await killAndResume(way, moment);
    };
    await Promise.all(Array.from({ length: atOnce }, tryAll));
    expect(ends).toEqual(Object.fromEntries(moments.map((moment) => [nameMoment(moment), end])));
  });
});
