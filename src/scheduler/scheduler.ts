/**
 * The port to EventBridge Scheduler. Source: its user guide, "Using universal targets": the target names the operation, and
 * its input is that of the API.
 */
import { createHash } from 'node:crypto';
import type { CreateScheduleInput, GetScheduleOutput } from '@aws-sdk/client-scheduler';
import type { Scheduler, SwitchOrder } from '../ports/scheduler.ts';
import type { AskScheduler } from './client.ts';

export function createScheduler(ask: AskScheduler): Scheduler {
  return {
    arm: (order) =>
      ask(async (client, options) => {
        const schedule = describeSchedule(order);
        const { Name } = schedule;
        const create = () => client.createSchedule(schedule, options);
        if (!(await isThere(create))) return null;
        // It may have struck meanwhile.
        const found = await unlessMissing(() => client.getSchedule({ Name }, options));
        if (found && isSame(found, schedule)) return null;
        // Of an earlier process of the run, with another deadline.
        await unlessMissing(() => client.deleteSchedule({ Name }, options));
        await create();
        return null;
      }),

    disarm: (Name) =>
      ask(async (client, options) => {
        await unlessMissing(() => client.deleteSchedule({ Name }, options));
        return null;
      }),
  };
}

function describeSchedule({ name, runId, customKeyStoreId, atMs, roleArn }: SwitchOrder) {
  const partition = roleArn.split(':')[1] ?? 'aws';
  const ScheduleExpression = `at(${new Date(atMs).toISOString().slice(0, 19)})`;
  return {
    Name: name,
    Description: `Connects ${customKeyStoreId} where the run that took it offline is gone (cks)`,
    ScheduleExpression,
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    ClientToken: createHash('sha256').update(`${name} ${runId} ${ScheduleExpression} ${roleArn}`).digest('hex'),
    Target: {
      Arn: `arn:${partition}:scheduler:::aws-sdk:kms:connectCustomKeyStore`,
      RoleArn: roleArn,
      Input: JSON.stringify({ CustomKeyStoreId: customKeyStoreId }),
      RetryPolicy: { MaximumRetryAttempts: 0 },
    },
  } as const satisfies CreateScheduleInput;
}

function isSame(
  found: GetScheduleOutput,
  { ScheduleExpression, Target }: ReturnType<typeof describeSchedule>,
): boolean {
  const { RoleArn, Input } = found.Target ?? {};
  return found.ScheduleExpression === ScheduleExpression && RoleArn === Target.RoleArn && Input === Target.Input;
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

/** Undefined: there is none of that name. */
async function unlessMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}
