import { describe, expect, it } from 'vitest';
import type { Notification, NotificationTarget } from '../../src/ports/notifications.ts';
import type { ProgressEvent } from '../../src/ports/progress.ts';
import { deliver } from '../../src/progress/notifications/deliver.ts';
import { isSelected, makeNotification } from '../../src/progress/notifications/notification.ts';
import { owner, start, surround } from '../support/execution.ts';
import { addExternal, moveEndpoint, newEndpoint } from '../support/stores.ts';
import { createWorld, type RunOrder, type World } from '../support/world.ts';

const moveExternal = (world: World): RunOrder => ({ store: addExternal(world), ...moveEndpoint });

const told: readonly ProgressEvent['type'][] = [
  'outage.began',
  'outage.ended',
  'operator.awaited',
  'run.finished',
  'run.unfinished',
];

const emit = ({ events }: World) => events.map(({ type }) => type).filter((type) => told.includes(type));

describe('a run tells', () => {
  it('a run tells when an outage begins and ends, and how long it was', async () => {
    const world = createWorld();

    const { offlineMs } = await world.run(moveExternal(world));

    expect(emit(world)).toEqual(['outage.began', 'outage.ended', 'run.finished']);
    expect(world.events.find(({ type }) => type === 'outage.ended')).toMatchObject({ offlineMs });
  });

  it('a run tells of each outage once on durable functions too, whichever invocation it begins and ends in', async () => {
    const world = createWorld();

    await start(world, surround(world, moveExternal(world)));

    expect(emit(world)).toEqual(['outage.began', 'outage.ended', 'run.finished']);
  });

  it('a run tells of no outage where the store stays online', async () => {
    const world = createWorld();

    await world.run({ store: addExternal(world), change: { NewCustomKeyStoreName: 'renamed' } });

    expect(emit(world)).toEqual(['run.finished']);
  });

  it('a run tells that it waits for an operator and why, and that it broke off where nobody is there', async () => {
    const world = createWorld();
    world.simulator.addProxy({ endpoint: newEndpoint, reachable: false });
    const request = moveExternal(world);

    const run = world.run({ ...request, policy: { ...request.policy, onFailure: 'hold' } });

    await expect(run).rejects.toThrow('held');
    expect(emit(world)).toEqual(['outage.began', 'operator.awaited', 'run.unfinished']);
    expect(world.events.find(({ type }) => type === 'operator.awaited')).toMatchObject({
      reason: expect.stringContaining('KMS cannot reach the proxy'),
    });
  });
});

describe('who is told elsewhere by a durable function', () => {
  it('has been told of all that happened before an invocation ends, and hears the end once', async () => {
    const world = createWorld();
    const sent: string[] = [];
    const ends: unknown[] = [];
    const told: Notification[] = [];
    // It takes its time: without a flush it would be frozen with the function.
    const notifications: NotificationTarget = {
      name: 'them',
      async send({ type }) {
        await world.clock.sleep(300);
        sent.push(type);
      },
    };
    const delivery = deliver(notifications, (problem) => sent.push(problem), world.clock);
    const surroundings = surround(world, moveExternal(world), '1.0.0', (ports) => ({
      ...ports,
      progress(event, at) {
        if (!isSelected(event, 'notable')) return;
        told.push(makeNotification(event, at));
        delivery.emit(makeNotification(event, at));
      },
    }));
    const unsent: number[] = [];

    await start(world, {
      ...surroundings,
      open: async (begun, arn) => ({
        ...(await surroundings.open(begun, arn)),
        end: (result) => ends.push(result?.outcome),
      }),
      async flush() {
        await delivery.flush();
        unsent.push(told.length - sent.length);
      },
    });

    expect(sent).toEqual(['outage.began', 'outage.ended', 'run.finished']);
    expect(unsent.length).toBeGreaterThan(2);
    expect(Math.max(...unsent)).toBe(0);
    expect(ends).toEqual(['updated']);
    expect(told.at(-1)).toMatchObject({ runId: owner, storeName: 'xks', step: expect.any(String) });
  });
});

describe('the lock of a run is told', () => {
  it('since when the store is offline, and that it is no more', async () => {
    const world = createWorld();
    const heard: string[] = [];
    const lock = {
      acquire: async () => null,
      confirm: async () => null,
      recordStep: (step: string, offlineSinceMs: number | null) => {
        heard.push(`${step} ${offlineSinceMs === null ? 'online' : 'offline'}`);
      },
      release: async () => undefined,
    };

    await world.run({ ...moveExternal(world), lock });

    const since = heard.indexOf('settleStore offline');
    expect(heard[since - 1]).toBe('settleStore online');
    expect(heard.slice(since).some((word) => word === 'updateStore offline')).toBe(true);
    expect(heard.at(-1)).toMatch(/ online$/);
  });
});
