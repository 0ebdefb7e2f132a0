/** CreateSchedule, GetSchedule and DeleteSchedule of EventBridge Scheduler. Source: its API reference. */

import { refuse, SimulatorFault } from '../fault.ts';
import { writeArn } from '../partition.ts';
import { findFault, readInput, readInstant, type Schedule } from '../schedule.ts';
import type { Input, Output } from '../shapes.ts';
import type { World } from '../world.ts';

export function createSchedule(world: World, input: Input<'CreateSchedule'>, nowMs: number): Output<'CreateSchedule'> {
  const { Name, ScheduleExpression, Target, ClientToken } = input;
  const ScheduleArn = arnOf(world, Name);
  const known = world.schedules.get(Name);
  if (known && ClientToken !== undefined && known.asked.ClientToken === ClientToken) return { ScheduleArn };
  if (known) {
    const message = `Schedule ${Name} already exists.`;
    throw new SimulatorFault({ name: 'ConflictException', message, statusCode: 409 });
  }
  const wrong = findFault(input);
  if (wrong !== undefined) refuse('ValidationException', wrong);
  const atMs = readInstant(ScheduleExpression) ?? nowMs;
  world.schedules.set(Name, { atMs, createdAtMs: nowMs, input: readInput(Target.Input), asked: input });
  return { ScheduleArn };
}

export function getSchedule(world: World, { Name }: Input<'GetSchedule'>): Output<'GetSchedule'> {
  const { asked, createdAtMs } = requireSchedule(world, Name);
  const { ClientToken: _, ...schedule } = asked;
  const date = createdAtMs / 1000;
  const defaults = { GroupName: 'default', State: 'ENABLED' } as const;
  return { Arn: arnOf(world, Name), ...defaults, ...schedule, CreationDate: date, LastModificationDate: date };
}

export function deleteSchedule(world: World, { Name }: Input<'DeleteSchedule'>): Output<'DeleteSchedule'> {
  requireSchedule(world, Name);
  world.schedules.delete(Name);
  return {};
}

function requireSchedule(world: World, name: string): Schedule {
  const schedule = world.schedules.get(name);
  if (schedule) return schedule;
  const message = `Schedule ${name} does not exist.`;
  throw new SimulatorFault({ name: 'ResourceNotFoundException', message, statusCode: 404 });
}

function arnOf(world: World, name: string): string {
  return writeArn('scheduler', world, `schedule/default/${name}`);
}
