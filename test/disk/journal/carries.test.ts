/** The journal in the place of the memory log: the same ends, whatever dies in between, and no secret in the file. */
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createJournal, type Journal, openJournal } from '../../../src/disk/journal/journal.ts';
import { listJournals, readJournal } from '../../../src/disk/journal/shelf.ts';
import type { SecretReference } from '../../../src/domain/change.ts';
import { prepareRequest, type UpdateInput } from '../../../src/run/prepare.ts';
import { createVault } from '../../../src/secrets/vault.ts';
import { scenarios } from '../../run/scenarios/index.ts';
import {
  crashAndResume,
  crashPoints,
  describeEnd,
  findLies,
  runThrough,
  type Shelf,
} from '../../support/crash-and-resume.ts';
import { facts, makeFolder, promptFiles, resumed } from '../../support/journals.ts';
import { samplePoints } from '../../support/sampling.ts';
import { addCloudHsm, addExternal, newCredential, newEndpoint, oldCredential } from '../../support/stores.ts';
import { createWorld, type World } from '../../support/world.ts';

const onLost = (line: string) => {
  throw new Error(`lost: ${line}`);
};

const walked = [
  'a CloudHSM rename that KMS refuses live goes offline, where an outage was accepted',
  'an external store moves to another endpoint',
  'a stop while the store goes offline brings it back',
  'a connect that is refused after the update is rolled back',
  'a wrong kmsuser password strands after one login: the old one is known to nobody',
];

/** A journal whose process does not close it, and tears the line it was at. */
function createJournalShelf(folder: string): Shelf {
  let journal: Journal | undefined;
  return {
    async open(request, didDie) {
      const options = { onLost, files: promptFiles };
      if (!didDie) journal = await createJournal(folder, { ...facts, input: request.change }, options);
      else {
        tearLastLine(journal?.file ?? '');
        journal = await openJournal(folder, facts.runId, resumed, options);
      }
      return journal.log;
    },
  };
}

function tearLastLine(file: string): void {
  const kept = readFileSync(file, 'utf8').trimEnd();
  writeFileSync(file, `${kept}\n`);
  appendFileSync(file, '{"kind":"result","step":"9.connectSto');
}

describe('a run over a journal that dies at any record and is resumed', () => {
  it.each(walked)('ends as an uninterrupted one: %s', async (name) => {
    const scenario = scenarios.find((scenario) => scenario.name === name);
    if (!scenario) throw new Error(`no scenario is called "${name}"`);
    const uninterrupted = await runThrough(scenario);
    for (const point of samplePoints(name, crashPoints(uninterrupted.records), 6)) {
      const folder = join(makeFolder(), 'runs');
      const end = await crashAndResume(scenario, point, undefined, createJournalShelf(folder));
      const where = JSON.stringify(point);
      expect(findLies(end), where).toEqual([]);
      expect(describeEnd(end), where).toBe(describeEnd(uninterrupted));
      expect((await readJournal(folder, facts.runId)).records, where).toEqual(end.records);
    }
  });
});

describe('no secret is ever in a journal', () => {
  const secrets = {
    PASSWORD: 'S3cretCanaryPassword',
    NEW: 'S3cretCanaryNew'.padEnd(43, 'n'),
    OLD: 'S3cretCanaryOld'.padEnd(43, 'o'),
  };
  type Give = (name: keyof typeof secrets) => string;

  const stores: Readonly<Record<string, (world: World, give: Give) => UpdateInput>> = {
    'a password that KMS is refused with': (world, give) => {
      const store = addCloudHsm(world, { ConnectionState: 'DISCONNECTED' });
      world.simulator.failNextConnect(store, 'INVALID_CREDENTIALS');
      const change = { KeyStorePassword: give('PASSWORD') };
      return { customKeyStoreId: store, change, finalState: 'connected', accept: ['no-rollback'] };
    },
    'a credential, and the previous one for the way back': (world, give) => {
      const store = addExternal(world);
      for (let times = 0; times < 3; times += 1) world.simulator.failNextConnect(store, 'NETWORK_ERRORS');
      return {
        customKeyStoreId: store,
        change: {
          XksProxyUriEndpoint: newEndpoint,
          XksProxyAuthenticationCredential: { ...newCredential, RawSecretAccessKey: give('NEW') },
        },
        previous: { XksProxyAuthenticationCredential: { ...oldCredential, RawSecretAccessKey: give('OLD') } },
        accept: ['outage', 'unverified-keys'],
      };
    },
  };

  const ways: Readonly<Record<string, (folder: string) => Give>> = {
    'as a value': () => (name) => secrets[name],
    'from the environment': () => (name) => `env:${name}`,
    'from a file': (folder) => (name) => {
      writeFileSync(join(folder, name), `${secrets[name]}\n`);
      return `file:${join(folder, name)}`;
    },
  };

  const cases = Object.keys(stores).flatMap((store) => Object.keys(ways).map((way) => [store, way] as const));

  it.each(cases)('%s, given %s', async (store, way) => {
    const folder = makeFolder();
    const runs = join(folder, 'runs');
    const world = createWorld();
    const vault = createVault({ environment: secrets });
    const given = stores[store]?.(world, ways[way]?.(folder) ?? (() => ''));
    if (!given) throw new Error('no such case');
    const request = await prepareRequest(given, vault);
    world.secrets.clear();
    for (const [reference] of JSON.stringify(request).matchAll(/(env|file|given):[^"]+/g)) {
      world.secrets.set(reference, await vault.resolve(reference as SecretReference));
    }
    const input = { store: given.customKeyStoreId, request };
    const journal = await createJournal(runs, { ...facts, input }, { onLost, files: promptFiles });
    const result = await world.run({ ...input, ...request, log: journal.log });
    await journal.finish({ atMs: world.clock.now(), outcome: result.outcome, result });

    const told = JSON.stringify(world.sent);
    const untold = [...world.secrets.values()].filter((secret) => !told.includes(secret));
    expect(untold, 'KMS was told each secret').toEqual([]);
    const kept = readdirSync(runs).map((name) => readFileSync(join(runs, name), 'utf8'));
    const listed = JSON.stringify(await listJournals(runs));
    expect(`${kept}${listed}`).toContain('UpdateCustomKeyStore');
    expect(`${kept}${listed}`).not.toContain('S3cretCanary');
  });
});
