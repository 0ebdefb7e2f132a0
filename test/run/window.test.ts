import { describe, expect, it } from 'vitest';
import { toPlannedWindow } from '../../src/domain/window.ts';
import type { LogRecord } from '../../src/ports/log.ts';
import { requestResume, requestRollback } from '../../src/run/resume.ts';
import { crash, crashAndResume, recordOf } from '../support/crash-and-resume.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { readLeft } from '../support/read-left.ts';
import { addExternal, newEndpoint } from '../support/stores.ts';
import { createWorld, type World } from '../support/world.ts';

const hourMs = 3_600_000;
const text = 'Sun 02:00-04:00 Europe/Berlin';

function openIn(world: World, ms: number, forMs = hourMs) {
  const opensAtMs = world.clock.now() + ms;
  return { text, opensAtMs, closesAtMs: opensAtMs + forMs };
}

const reconnect = { intent: 'reconnect', accept: ['outage'] } as const;

describe('a run that waits for its window', () => {
  it('keeps nobody out until it opens', async () => {
    const world = createWorld();
    const window = openIn(world, hourMs);
    const takenAtMs: number[] = [];
    const lock = {
      async acquire() {
        takenAtMs.push(world.clock.now());
        return null;
      },
      confirm: async () => null,
      recordStep: () => undefined,
      release: async () => undefined,
    };

    const { outcome } = await world.run({ store: addExternal(world), policy: { ...reconnect, window }, lock });

    expect(outcome).toBe('updated');
    expect(takenAtMs.filter((ms) => ms < window.opensAtMs)).toEqual([]);
    expect(takenAtMs).toHaveLength(1);
  });

  it('a run that waits for its window that opens while it looks sends nothing without the lock, and nothing that it found before', async () => {
    const world = createWorld();
    const window = openIn(world, 5_000);
    const told: string[] = [];
    const lock = {
      async acquire() {
        told.push('lock');
        return null;
      },
      confirm: async () => null,
      recordStep: () => undefined,
      release: async () => undefined,
    };
    const slow = {
      name: 'slow',
      async run() {
        told.push('check');
        await world.clock.sleep(10_000);
        return { status: 'passed', message: 'observed' } as const;
      },
    };
    world.when('DisconnectCustomKeyStore', () => told.push('outage'));

    const request = { store: addExternal(world), policy: { ...reconnect, window }, lock, checks: [slow] };
    const { outcome } = await world.run(request);

    expect([outcome, ...told]).toEqual(['updated', 'check', 'lock', 'check', 'outage']);
  });

  it('tells for which one it waits', async () => {
    const world = createWorld();
    const window = openIn(world, hourMs);

    await world.run({ store: addExternal(world), policy: { ...reconnect, window } });

    const told = world.events.filter(({ type }) => type === 'window.awaited');
    expect(told).toEqual([expect.objectContaining(toPlannedWindow(window))]);
  });

  it('sends nothing where its process is away until the window has closed', async () => {
    const end = await crashAndResume(
      {
        name: 'away',
        outcome: 'refused',
        arrange: (world) => ({
          store: addExternal(world),
          policy: { ...reconnect, window: openIn(world, hourMs) },
        }),
      },
      { at: recordOf('result', 'awaitWindow'), isKept: false },
      // It is gone as the window opens, and comes back after it has closed.
      (_, world) => world.trace.lines.at(-1) === 'waiting' && world.clock.advance(2 * hourMs),
    );

    expect(end.result).toMatchObject({ outcome: 'refused', reason: { code: 'OUTSIDE_WINDOW' } });
    expect(end.result.reason?.message).toContain(`"${text}" has closed at`);
    expect(end.world.sent.map(({ operation }) => operation)).not.toContain('DisconnectCustomKeyStore');
  });
});

describe('a run inside its window', () => {
  it('begins no outage that would not end in it any more where its process was away after the approval', async () => {
    const end = await crashAndResume(
      {
        name: 'away',
        outcome: 'refused',
        arrange: (world) => ({ store: addExternal(world), policy: { ...reconnect, window: openIn(world, 0) } }),
      },
      { at: recordOf('result', 'approve'), isKept: true },
      (_, world) => world.trace.lines.at(-1) === 'approving' && world.clock.advance(hourMs - 60_000),
    );

    expect(end.result).toMatchObject({ outcome: 'refused', reason: { code: 'OUTSIDE_WINDOW' } });
    expect(end.result.reason?.message).toContain('was not touched: it takes');
    expect(end.world.sent.map(({ operation }) => operation)).not.toContain('DisconnectCustomKeyStore');
  });
});

describe('what an earlier run has left', () => {
  it('is gone on with at once, also after the window has closed, and whatever it takes', async () => {
    const world = createWorld();
    const request = {
      store: addExternal(world),
      policy: { ...reconnect, window: openIn(world, 0, 11 * 60_000), outageBudgetMs: 11 * 60_000 },
      startedAtMs: world.clock.now(),
    };
    const records: LogRecord[] = [];
    await crash(world, request, createMemoryLog(records), { at: recordOf('result', 'disconnectStore'), isKept: true });
    world.clock.advance(hourMs);

    const { input, left } = readLeft(world, request, records);
    if (left === null) throw new Error('it has left the store offline');
    const sequel = requestResume(left, input.request, {}, []);
    const { outcome } = await world.run({ ...request, ...sequel, ...sequel.request });

    expect(outcome).toBe('updated');
    expect(sequel.request.policy).not.toHaveProperty('window');
    expect(sequel.request.policy).not.toHaveProperty('outageBudgetMs');
  });

  it('is undone at once too', async () => {
    const world = createWorld();
    const request = {
      store: addExternal(world),
      change: { XksProxyUriEndpoint: newEndpoint },
      policy: { accept: ['outage', 'unverified-keys'], window: openIn(world, 0), outageBudgetMs: hourMs } as const,
      startedAtMs: world.clock.now(),
    };
    const records: LogRecord[] = [];
    await world.run({ ...request, log: createMemoryLog(records) });

    const { input, left } = readLeft(world, request, records);
    const rollBack = left && requestRollback(left, input.request, ['outage']);

    expect(rollBack && 'request' in rollBack && Object.keys(rollBack.request.policy)).not.toContain('window');
  });
});
