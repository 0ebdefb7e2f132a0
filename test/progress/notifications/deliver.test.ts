import { describe, expect, it } from 'vitest';
import type { Notification } from '../../../src/ports/notifications.ts';
import type { ProgressEvent } from '../../../src/ports/progress.ts';
import { deliver } from '../../../src/progress/notifications/deliver.ts';
import { isSelected, makeNotification } from '../../../src/progress/notifications/notification.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const at = {
  runId: 'run-1',
  account: '111122223333',
  region: 'eu-central-1',
  store: 'xks',
  customKeyStoreId: 'cks-1234567890abcdef0',
  storeName: 'xks',
  step: 'connectStore',
};
const event = (told: object) => ({ runId: 'run-1', at: '1970-01-01T00:00:00.000Z', ...told }) as ProgressEvent;
const notification = (state: string) => makeNotification(event({ type: 'state.entered', state }), at);

function listen(send: (notification: Notification, signal: AbortSignal) => Promise<void>) {
  const clock = createVirtualClock(0);
  const lost: string[] = [];
  const delivery = deliver({ name: 'them', send }, (problem) => lost.push(problem), clock);
  return { clock, lost, delivery };
}

describe('notices', () => {
  it('say what happened, when, in which run, to which store, where, and at which step', () => {
    expect(makeNotification(event({ type: 'run.finished', outcome: 'updated' }), at)).toEqual({
      type: 'run.finished',
      at: '1970-01-01T00:00:00.000Z',
      runId: 'run-1',
      customKeyStoreId: 'cks-1234567890abcdef0',
      storeName: 'xks',
      account: '111122223333',
      region: 'eu-central-1',
      step: 'connectStore',
      outcome: 'updated',
    });
  });

  it('are of outages, holds, the first wait for KMS, and the end, unless all are wanted', () => {
    const suspended = (times: number) => event({ type: 'run.suspended', code: 'X', message: 'x', times });
    const told = [
      event({ type: 'outage.began' }),
      event({ type: 'outage.ended', offlineMs: 1 }),
      event({ type: 'operator.awaited' }),
      suspended(1),
      event({ type: 'run.finished', outcome: 'updated' }),
      event({ type: 'run.unfinished', message: 'x' }),
    ];
    const others = [
      suspended(2),
      event({ type: 'step.started', step: 'x' }),
      event({ type: 'state.entered', state: 'x' }),
    ];

    expect(told.every((one) => isSelected(one, 'notable'))).toBe(true);
    expect(others.some((one) => isSelected(one, 'notable'))).toBe(false);
    expect(others.every((one) => isSelected(one, 'all'))).toBe(true);
  });

  it('arrive one after another, in the order in which they were told', async () => {
    const sent: string[] = [];
    let atOnce = 0;
    const { clock, delivery } = listen(async ({ state }) => {
      atOnce += 1;
      expect(atOnce).toBe(1);
      await clock.sleep(100);
      sent.push(String(state));
      atOnce -= 1;
    });

    for (const state of ['a', 'b', 'c']) delivery.emit(notification(state));
    expect(sent).toEqual([]);
    await clock.drive(delivery.flush());

    expect(sent).toEqual(['a', 'b', 'c']);
  });

  it('notices that are lost are told of once, and the later ones are sent all the same', async () => {
    const sent: string[] = [];
    const { clock, delivery, lost } = listen(async ({ state }) => {
      sent.push(String(state));
      throw new Error('no such topic');
    });

    for (const state of ['a', 'b']) delivery.emit(notification(state));
    await clock.drive(delivery.flush());

    expect(sent).toEqual(['a', 'b']);
    expect(lost).toEqual(['notices to them are lost: no such topic']);
  });

  it('are waited for five seconds at most in the end, then nobody waits for the answer either', async () => {
    let isAborted = false;
    const { clock, delivery, lost } = listen(
      (_, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            isAborted = true;
            reject(new Error('aborted'));
          }),
        ),
    );

    for (const state of ['a', 'b']) delivery.emit(notification(state));
    await clock.drive(delivery.flush());

    expect(clock.now()).toBe(5_000);
    expect(isAborted).toBe(true);
    expect(lost).toEqual(['notices to them are lost: not delivered within 5 seconds']);
  });

  it('can be told again after that', async () => {
    const sent: string[] = [];
    const { clock, delivery } = listen(({ state }, signal) => {
      sent.push(String(state));
      return state === 'hangs'
        ? new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
        : Promise.resolve();
    });

    delivery.emit(notification('hangs'));
    await clock.drive(delivery.flush());
    delivery.emit(notification('after'));
    await clock.drive(delivery.flush());

    expect(sent).toEqual(['hangs', 'after']);
  });

  it('are a thousand at most while nobody takes them: the last say how it ended', async () => {
    const sent: string[] = [];
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { clock, delivery, lost } = listen(async ({ state }) => {
      await opened;
      sent.push(String(state));
    });

    for (let nth = 0; nth <= 1_002; nth += 1) delivery.emit(notification(String(nth)));
    open();
    await clock.drive(delivery.flush());

    expect(sent).toHaveLength(1_001);
    expect(sent.slice(0, 2)).toEqual(['0', '3']);
    expect(sent.at(-1)).toBe('1002');
    expect(lost).toEqual(['notices to them are lost: more than 1000 are waiting']);
  });
});
