/** The dead man's switch of the real command, at a simulator that plays EventBridge Scheduler too. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { addExternal, storeId as id, type Rehearsal, testHere as test } from '../support/command.ts';
import { leaveHeld } from '../support/in-process.ts';

const role = 'arn:aws:iam::111122223333:role/connect';
/** The simulated time runs a thousand times as fast as that of the command, which names the instant. */
const late = ['--max-disconnect-wait', '24h', '--max-connect-wait', '24h'];
const armed = [...late, '--dead-mans-switch', role, '--yes', '--accept', 'outage'];

/** The calls that change something, in order. */
const changes = ({ simulator }: Rehearsal) =>
  simulator.calls
    .filter(
      ({ operation, input }) =>
        /^(Create|Delete|Connect|Disconnect)/.test(operation) && JSON.stringify(input).includes(id),
    )
    .map(({ operation }) => operation);

describe.concurrent('--dead-mans-switch', () => {
  test('is armed before the outage and taken away after it, and both are said', async ({ rehearsal }) => {
    addExternal(rehearsal);

    const { exitCode, json, stderr } = await rehearsal.run(['reconnect', id, '--progress', 'text', ...armed]);

    expect([exitCode, json().outcome]).toEqual([0, 'updated']);
    expect(json()).not.toHaveProperty('deadMansSwitch');
    expect(changes(rehearsal)).toEqual([
      'CreateSchedule',
      'DisconnectCustomKeyStore',
      'ConnectCustomKeyStore',
      'DeleteSchedule',
    ]);
    expect(stderr).toMatch(
      /armed the dead man's switch\n(.*\n)*.*KMS accepted the disconnect\n(.*\n)*.*disarmed the dead man's switch\n/,
    );
  });

  test('refuses with its cause and what to do where it cannot be armed', async ({ rehearsal }) => {
    addExternal(rehearsal);
    rehearsal.simulator.failNext('CreateSchedule', 'AccessDeniedException', { times: 10 });

    const { exitCode, stderr } = await rehearsal.run(['reconnect', id, ...armed]);

    expect(exitCode).toBe(3);
    expect(stderr).toContain("its dead man's switch could not be armed");
    expect(stderr).toContain('cks iam-policy');
    expect(rehearsal.simulator.store(id).ConnectionState).toBe('CONNECTED');
  });

  test('tells in its result what could not be taken away, and with which command it can be', async ({ rehearsal }) => {
    addExternal(rehearsal);
    rehearsal.simulator.failNext('DeleteSchedule', 'AccessDeniedException', { times: 10 });

    const { exitCode, stdout } = await rehearsal.run(['reconnect', id, '--output', 'text', ...armed]);

    expect(exitCode).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      new RegExp(
        `cks could not disarm it: .* aws scheduler delete-schedule --name dead-mans-switch-${id} --region us-east-1`,
      ),
    );
  });

  test('is told to whoever has to end a hold', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const change = { NewCustomKeyStoreName: 'renamed' };
    const request = { customKeyStoreId: id, change, mode: 'offline', holdOffline: true, deadMansSwitch: role } as const;
    const deadlines = { maxDisconnectWaitMs: 86_400_000, maxConnectWaitMs: 86_400_000 };
    const runId = await leaveHeld(rehearsal, { ...request, ...deadlines });

    const { exitCode, json } = await rehearsal.run(['resume', runId]);

    expect(exitCode).toBe(7);
    expect((json().reason as { cause: string }).cause).toMatch(/AWS calls Connect at .*Z, by its dead man's switch\.$/);
  });

  test('stands in the plan, and in one that is saved for another to apply', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const file = join(rehearsal.folder, 'plan.json');
    const change = ['--mode', 'offline', '--new-custom-key-store-name', 'renamed'];
    // A second of this machine is a quarter of an hour of the simulator, whose Scheduler must not be early.
    const words = [...change, '--dead-mans-switch', role, '--max-connect-wait', '2h'];

    const { stdout } = await rehearsal.run(['plan', id, ...words, '--out', file, '--output', 'text']);
    expect(stdout).toContain("Dead man's switch  armed before the outage");
    expect(JSON.parse(readFileSync(file, 'utf8')).request.policy.deadMansSwitch).toBe(role);

    const { exitCode } = await rehearsal.run(['apply', file, '--yes', '--accept', 'outage']);
    expect(exitCode).toBe(0);
    expect(changes(rehearsal)[0]).toBe('CreateSchedule');
  });

  test('is said to be needless where nothing goes offline', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const words = ['--new-custom-key-store-name', 'renamed', '--dead-mans-switch', role];

    const { stdout } = await rehearsal.run(['plan', id, ...words, '--output', 'text']);

    expect(stdout.replace(/\s+/g, ' ')).toContain(
      "Dead man's switch not armed: nothing goes offline, unless KMS wants that",
    );
  });
});
