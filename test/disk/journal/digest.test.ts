import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestJournal } from '../../../src/disk/journal/digest.ts';
import { createJournal } from '../../../src/disk/journal/journal.ts';
import { readJournal } from '../../../src/disk/journal/shelf.ts';
import type { LogRecord } from '../../../src/ports/log.ts';
import { scenarios } from '../../run/scenarios/index.ts';
import { runThrough } from '../../support/crash-and-resume.ts';
import { facts, makeFolder, promptFiles } from '../../support/journals.ts';

async function digest(records: readonly LogRecord[], end?: { outcome: 'updated'; result: unknown }) {
  const folder = join(makeFolder(), 'runs');
  const journal = await createJournal(folder, facts, { onLost: () => undefined, files: promptFiles });
  for (const record of records) await journal.log.append(record, false);
  if (end) await journal.finish({ atMs: 5_000, ...end });
  else await journal.close();
  return digestJournal(await readJournal(folder, facts.runId, promptFiles));
}

async function walk(name: string) {
  const scenario = scenarios.find((scenario) => scenario.name === name);
  if (!scenario) throw new Error(`no scenario is called "${name}"`);
  return runThrough(scenario);
}

describe('a digest', () => {
  it('tells a run in a few facts', async () => {
    const { records, result } = await walk('a CloudHSM store moves to a related cluster');
    expect(await digest(records, { outcome: 'updated', result })).toEqual({
      runId: 'run-1',
      version: '0.1.0',
      startedAtMs: 1_000,
      who: facts.who,
      account: '111122223333',
      region: 'us-east-1',
      resumedFrom: null,
      customKeyStoreId: result.customKeyStoreId,
      storeName: 'hsm',
      firstState: 'CONNECTED',
      lastState: 'CONNECTED',
      firstClusterId: expect.stringMatching(/^cluster-/),
      lastClusterId: expect.stringMatching(/^cluster-/),
      lastAtMs: 5_000,
      lastStep: records.at(-1)?.kind === 'result' ? expect.stringMatching(/^\d+\.\w+$/) : null,
      isPending: false,
      hasEnded: true,
      outcome: 'updated',
      hasWritten: true,
      update: 'accepted',
      isOffline: false,
      offlineSinceMs: null,
      mayLeaveStore: false,
      fencedKeys: [],
      resumes: 0,
    });
  });

  it('a digest of a run that died at any record tells whether the store may be offline, what was sent and what is pending', async () => {
    const { records } = await walk('a CloudHSM store moves to a related cluster');
    const told: string[] = [];
    for (const [at, { kind, ...record }] of records.entries()) {
      const { lastState, isOffline, isPending, hasWritten, update, lastStep } = await digest(records.slice(0, at + 1));
      const step = 'step' in record ? record.step : '';
      expect(lastStep).toBe(step);
      const words = [isOffline && 'offline', isPending && 'pending', hasWritten && 'written', update];
      told.push(`${kind} ${step.replace(/^\d+\./, '')}: ${lastState} ${words.filter(Boolean).join(' ')}`);
    }
    expect(told).toEqual([
      'result describeStore: CONNECTED none',
      'result runChecks: CONNECTED none',
      'result prepareKeyVerification: CONNECTED none',
      'result approve: CONNECTED none',
      'intent disconnectStore: CONNECTED offline pending written none',
      'result disconnectStore: CONNECTED offline written none',
      'note settleStore: DISCONNECTING offline written none',
      'note settleStore: DISCONNECTED offline written none',
      'result settleStore: DISCONNECTED offline written none',
      'intent updateStore: DISCONNECTED offline pending written unclear',
      'result updateStore: DISCONNECTED offline written accepted',
      'intent connectStore: DISCONNECTED offline pending written accepted',
      'result connectStore: DISCONNECTED offline written accepted',
      'note settleStore: CONNECTING offline written accepted',
      // Noted in passing, so it may be a stale read: only the result that the wait ended with counts.
      'note settleStore: CONNECTED offline written accepted',
      'result settleStore: CONNECTED written accepted',
      ...told.slice(16),
    ]);
    expect(told.slice(16).every((line) => line.endsWith('CONNECTED written accepted'))).toBe(true);
  });

  it.each([
    ['a disconnect that is denied changes nothing', { hasWritten: false, update: 'none', isOffline: false }],
    [
      'a DISCONNECTED store is updated and stays DISCONNECTED',
      { hasWritten: true, update: 'accepted', isOffline: false },
    ],
    ['a connect that is refused after the update is rolled back', { update: 'restored', isOffline: false }],
    ['an update whose fate nobody can tell strands', { hasWritten: true, update: 'unclear' }],
    ['a store that is still DISCONNECTING at the deadline is unsettled', { update: 'none', isOffline: true }],
    ['a store is taken offline where that is the wanted state', { isOffline: true }],
    ['a store that does not exist is refused', { customKeyStoreId: null, storeName: null, firstState: null }],
  ] as const)('%s', async (name, expected) => {
    expect(await digest((await walk(name)).records)).toMatchObject(expected);
  });

  it('a digest of a run that died in its trial connect says that a store may be left, and nothing of its own store', async () => {
    const { records } = await walk('a trial connect that KMS connects is deleted, and the update goes on');
    const steps = records.map((record) => ('step' in record ? record.step : ''));
    const begun = records.findIndex(({ kind }, at) => kind === 'intent' && steps[at]?.endsWith('.trialConnect.create'));
    const ended = steps.findIndex((step) => /^\d+\.trialConnect$/.test(step));
    const told: boolean[] = [];
    for (const at of records.keys()) {
      const { mayLeaveStore, ...others } = await digest(records.slice(0, at + 1));
      told.push(mayLeaveStore);
      if (at <= ended) expect(others).toMatchObject({ hasWritten: false, isOffline: false, isPending: false });
    }
    expect(told).toEqual(records.map((_, at) => at >= begun && at < ended));
  });

  it('believes the result of an ended run more than its last step', async () => {
    const { records } = await walk('a store that is still DISCONNECTING at the deadline is unsettled');
    const after = { customKeyStoreId: 'cks-1', connectionState: 'CONNECTED', settings: {} };
    expect(await digest(records, { outcome: 'updated', result: { after } })).toMatchObject({
      lastState: 'CONNECTED',
      isOffline: false,
    });
  });

  it('takes what it does not understand for nothing', async () => {
    const stamp = { atMs: 1, cancelRequested: false };
    const values = [
      null,
      'a',
      7,
      [],
      { observed: 1 },
      { observed: { store: null } },
      { observed: { store: { connectionState: 'X' } } },
    ];
    const records = values.map((value, nth) => ({
      kind: 'result' as const,
      step: `${nth + 1}.other`,
      ...stamp,
      value,
    }));
    const odd = [{ kind: 'intent' as const, step: '9.other', atMs: 2, sending: 'x' }];
    expect(await digest([...records, ...odd])).toMatchObject({
      customKeyStoreId: null,
      isPending: true,
      isOffline: false,
    });
  });
});
