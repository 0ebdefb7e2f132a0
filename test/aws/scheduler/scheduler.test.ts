import { beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../../src/aws/kms/client.ts';
import { createAskScheduler } from '../../../src/aws/scheduler/client.ts';
import { createScheduler } from '../../../src/aws/scheduler/scheduler.ts';
import { nameSwitch } from '../../../src/domain/dead-mans-switch.ts';
import { createSimulator, serveSimulator } from '../../../src/simulator/index.ts';
import { stubSurroundings } from '../../support/in-process.ts';

const startMs = Date.parse('2026-11-24T03:00:00Z');
let nowMs = startMs;
const simulator = createSimulator({ now: () => nowMs });
let url: string;

beforeAll(async () => {
  const restore = stubSurroundings();
  const server = await serveSimulator(simulator);
  url = server.url;
  return async () => {
    await server.close();
    restore();
  };
});

function open() {
  nowMs = startMs;
  const client = createClient({ region: 'us-east-1', endpoint: url });
  const scheduler = createScheduler(createAskScheduler({ current: () => client, endpoint: url }));
  const store = simulator.addStore({ CustomKeyStoreType: 'EXTERNAL_KEY_STORE', ConnectionState: 'DISCONNECTED' });
  const request = {
    name: `dead-mans-switch-${store}`,
    customKeyStoreId: store,
    atMs: startMs + 600_000,
    roleArn: 'arn:aws:iam::111122223333:role/connect',
  };
  const sent = () => simulator.calls.filter(({ input }) => JSON.stringify(input).includes(store));
  const state = () => simulator.store(store).ConnectionState;
  return { scheduler, store, request, sent, state };
}

interface Changes {
  readonly Target?: object;
}

const done = { ok: true, value: null };

describe("a dead man's switch at EventBridge Scheduler", () => {
  test('is found with the instant at which it fires, and is not found where none is armed', async () => {
    const { scheduler, request } = open();

    expect(await scheduler.find(request.name)).toEqual({ ok: true, value: null });
    await scheduler.arm(request);
    expect(await scheduler.find(request.name)).toEqual({ ok: true, value: { atMs: request.atMs } });
  });

  test('is one Connect at its instant, never tried again, of which nothing is left', async () => {
    const { scheduler, store, request, sent, state } = open();

    expect(await scheduler.arm(request)).toEqual(done);

    expect(sent()[0]?.input).toMatchObject({
      Name: `dead-mans-switch-${store}`,
      ScheduleExpression: 'at(2026-11-24T03:10:00)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: 'arn:aws:scheduler:::aws-sdk:kms:connectCustomKeyStore',
        RoleArn: request.roleArn,
        Input: `{"CustomKeyStoreId":"${store}"}`,
        RetryPolicy: { MaximumRetryAttempts: 0 },
      },
    });
    nowMs = request.atMs - 1;
    expect(state()).toBe('DISCONNECTED');
    nowMs = request.atMs;
    expect(state()).toBe('CONNECTING');
    expect(sent().filter(({ caller }) => caller === 'scheduler')).toHaveLength(1);
    expect(simulator.describeWorld().schedules).toEqual([]);
  });

  test('strikes once also where KMS says no', async () => {
    const { scheduler, store, request, sent } = open();
    simulator.moveStore(store, 'FAILED', 'INTERNAL_ERROR');
    await scheduler.arm(request);

    nowMs = request.atMs + 3_600_000;
    simulator.describeWorld();

    expect(sent().flatMap(({ caller, error }) => (caller === 'scheduler' ? [error] : []))).toEqual([
      'CustomKeyStoreInvalidStateException',
    ]);
  });

  test("a dead man's switch at EventBridge Scheduler that is armed already is left as it is", async () => {
    const { scheduler, request, sent } = open();
    await scheduler.arm(request);

    expect(await scheduler.arm(request)).toEqual(done);

    const words = sent().map(({ operation, error }) => error ?? operation);
    expect(words).toEqual(['CreateSchedule', 'ConflictException', 'GetSchedule']);
    expect(simulator.describeWorld().schedules.map(({ at }) => at)).toContain('2026-11-24T03:10:00.000Z');
  });

  test("a dead man's switch at EventBridge Scheduler of an earlier run gives way to one with another deadline", async () => {
    const { scheduler, request } = open();
    await scheduler.arm(request);

    expect(await scheduler.arm({ ...request, atMs: request.atMs + 60_000 })).toEqual(done);

    const armed = simulator.describeWorld().schedules.filter(({ name }) => name === request.name);
    expect(armed.map(({ at }) => at)).toEqual(['2026-11-24T03:11:00.000Z']);
  });

  test.each<[string, object]>([
    ['is disabled', { State: 'DISABLED' }],
    ['has another target', { Target: { Arn: 'arn:aws:scheduler:::aws-sdk:kms:disconnectCustomKeyStore' } }],
    ['has another role', { Target: { RoleArn: 'arn:aws:iam::111122223333:role/other' } }],
    ['is for another store', { Target: { Input: '{"CustomKeyStoreId":"cks-other"}' } }],
    ['tries again', { Target: { RetryPolicy: { MaximumRetryAttempts: 3 } } }],
    ['may be late', { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 } }],
  ])('is armed anew where the schedule of its name %s', async (_, changes: Changes) => {
    const { scheduler, request, sent, state } = open();
    await scheduler.arm(request);
    const asked = sent()[0]?.input as Changes;
    await scheduler.disarm(request.name);
    const Target = { ...asked.Target, ...changes.Target };
    await simulator.call('CreateSchedule', { ...asked, ...changes, Target, ClientToken: 'somebody' } as never);

    expect(await scheduler.arm(request)).toEqual(done);
    expect(
      sent()
        .slice(-2)
        .map(({ operation }) => operation),
    ).toEqual(['DeleteSchedule', 'CreateSchedule']);
    nowMs = request.atMs;
    expect(state()).toBe('CONNECTING');
  });

  test('never counts as armed by a call of its own that Scheduler has answered before', async () => {
    const { scheduler, request, sent } = open();
    await scheduler.arm(request);
    await scheduler.arm(request);
    const tokens = sent().flatMap(({ operation, input }) =>
      operation === 'CreateSchedule' ? [(input as { ClientToken?: string }).ClientToken] : [],
    );
    expect(new Set(tokens).size).toBe(2);
  });

  test.each([
    ['cks-1234567890abcdef0', 'dead-mans-switch-cks-1234567890abcdef0'],
    ['c'.repeat(47), `dead-mans-switch-${'c'.repeat(47)}`],
  ])('is called by its store %s', (store, name) => expect(nameSwitch(store)).toBe(name));

  test.each(['c'.repeat(48), 'c'.repeat(64), 'cks/1', 'cks 1'])(
    'has a name that Scheduler takes for the store %s, and no other store has',
    async (store) => {
      const { scheduler, request } = open();
      const name = nameSwitch(store);
      expect(name).not.toBe(nameSwitch(`${store.slice(0, -1)}d`));
      expect(await scheduler.arm({ ...request, name, customKeyStoreId: store })).toEqual(done);
      await scheduler.disarm(name);
    },
  );

  test("a dead man's switch at EventBridge Scheduler of an earlier run that strikes while it is looked at is armed anew", async () => {
    const { scheduler, request } = open();
    await scheduler.arm(request);
    simulator.failNext('GetSchedule', 'ResourceNotFoundException');

    expect(await scheduler.arm({ ...request, atMs: request.atMs + 60_000 })).toEqual(done);

    const armed = simulator.describeWorld().schedules.filter(({ name }) => name === request.name);
    expect(armed.map(({ at }) => at)).toEqual(['2026-11-24T03:11:00.000Z']);
  });

  test('is taken away, and what is not there is gone', async () => {
    const { scheduler, request, state } = open();
    await scheduler.arm(request);

    expect(await scheduler.disarm(request.name)).toEqual(done);
    expect(await scheduler.disarm(request.name)).toEqual(done);

    nowMs = request.atMs + 60_000;
    expect(state()).toBe('DISCONNECTED');
  });

  test('is called in the partition of its role', async () => {
    const { scheduler, request, sent } = open();

    await scheduler.arm({ ...request, roleArn: 'arn:aws-cn:iam::111122223333:role/connect' });

    expect(sent()[0]?.input).toMatchObject({
      Target: { Arn: 'arn:aws-cn:scheduler:::aws-sdk:kms:connectCustomKeyStore' },
    });
  });

  test.each([
    ['AccessDeniedException', 'denied'],
    ['ValidationException', 'refused'],
    ['ConnectionReset', 'unclear'],
  ])('tells why it is not armed: %s', async (fault, failureClass) => {
    const { scheduler, request } = open();
    simulator.failNext('CreateSchedule', fault, { times: 5 });

    const answer = await scheduler.arm(request);
    simulator.clearFaults();

    expect(answer).toMatchObject({ ok: false, failure: { class: failureClass } });
  });
});
