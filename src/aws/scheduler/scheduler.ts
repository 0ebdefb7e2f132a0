/**
 * The port to EventBridge Scheduler. Source: its user guide, "Using universal targets": the target names the operation, and
 * its input is that of the API.
 */

import { isDeepStrictEqual } from 'node:util';
import type { CreateScheduleInput, GetScheduleOutput } from '@aws-sdk/client-scheduler';
import { readArn } from '../../domain/arn.ts';
import type { Schedules, SwitchRequest } from '../../ports/scheduler.ts';
import type { AskScheduler } from './client.ts';

export function createScheduler(ask: AskScheduler): Schedules {
  return {
    arm: (request) =>
      ask(async (client, options) => {
        const schedule = describeSchedule(request);
        const { Name } = schedule;
        // Without a token of ours: Scheduler would take a second call for the first one, whatever became of its schedule.
        const create = () => client.createSchedule(schedule, options);
        if (!(await isThere(create))) return null;
        // It may have fired meanwhile.
        const found = await unlessMissing(() => client.getSchedule({ Name }, options));
        if (found && isSame(found, schedule)) return null;
        // An earlier process of the run armed it with another deadline, or another actor changed it.
        await unlessMissing(() => client.deleteSchedule({ Name }, options));
        await create();
        return null;
      }),

    find: (Name) =>
      ask(async (client, options) => {
        const found = await unlessMissing(() => client.getSchedule({ Name }, options));
        const [, at] = /^at\((.+)\)$/.exec(found?.ScheduleExpression ?? '') ?? [];
        return at === undefined ? null : { atMs: Date.parse(`${at}Z`) };
      }),

    disarm: (Name) =>
      ask(async (client, options) => {
        await unlessMissing(() => client.deleteSchedule({ Name }, options));
        return null;
      }),
  };
}

function describeSchedule({ name, customKeyStoreId, atMs, roleArn }: SwitchRequest) {
  const partition = readArn(roleArn)?.partition ?? 'aws';
  const ScheduleExpression = `at(${new Date(atMs).toISOString().slice(0, 19)})`;
  return {
    Name: name,
    Description: `Connects ${customKeyStoreId} where the run that took it offline is gone (cks)`,
    ScheduleExpression,
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' },
    State: 'ENABLED',
    ActionAfterCompletion: 'DELETE',
    Target: {
      Arn: `arn:${partition}:scheduler:::aws-sdk:kms:connectCustomKeyStore`,
      RoleArn: roleArn,
      Input: JSON.stringify({ CustomKeyStoreId: customKeyStoreId }),
      RetryPolicy: { MaximumRetryAttempts: 0 },
    },
  } as const satisfies CreateScheduleInput;
}

/** Whether it makes the same call at the same instant, once: another actor may have disabled it or changed its target. */
function isSame(found: GetScheduleOutput, wanted: ReturnType<typeof describeSchedule>): boolean {
  const isBounded = found.StartDate !== undefined || found.EndDate !== undefined;
  const describe = (schedule: GetScheduleOutput) => [
    schedule.State,
    schedule.ScheduleExpression,
    schedule.ScheduleExpressionTimezone,
    schedule.FlexibleTimeWindow?.Mode,
    schedule.Target?.Arn,
    schedule.Target?.RoleArn,
    schedule.Target?.Input,
    schedule.Target?.RetryPolicy?.MaximumRetryAttempts,
  ];
  return !isBounded && isDeepStrictEqual(describe(found), describe(wanted));
}

/** Whether there is a schedule of that name already. */
async function isThere(create: () => Promise<unknown>): Promise<boolean> {
  try {
    await create();
    return false;
  } catch (error) {
    if ((error as Error).name === 'ConflictException') return true;
    throw error;
  }
}

/** Undefined if no schedule has that name. */
async function unlessMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}
