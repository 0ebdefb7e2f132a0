/** A one-time schedule of EventBridge Scheduler whose universal target connects a custom key store. */
import type { Input } from './shapes.ts';

export interface Schedule {
  readonly atMs: number;
  readonly createdAtMs: number;
  /** What its target is called with. */
  readonly input: unknown;
  readonly asked: Input<'CreateSchedule'>;
}

const anyTarget = /^arn:aws[\w-]*:scheduler:::aws-sdk:\w+:\w+$/;
const connectTarget = /^arn:aws[\w-]*:scheduler:::aws-sdk:kms:connectCustomKeyStore$/;

/** A schedule that is disabled stays where it is, and calls nothing. */
export function isEnabled({ asked }: Schedule): boolean {
  return asked.State !== 'DISABLED';
}

/** Other targets are outside this world: nothing in it shows that they were called. */
export function connectsStore({ asked }: Schedule): boolean {
  return connectTarget.test(asked.Target.Arn);
}

/** Why the simulator, or Scheduler, takes no such schedule; undefined where it does. */
export function findFault({ ScheduleExpression, ScheduleExpressionTimezone = 'UTC', Target }: Schedule['asked']) {
  if (readInstant(ScheduleExpression) === undefined || ScheduleExpressionTimezone !== 'UTC')
    return 'Invalid Schedule Expression: the simulator knows at(yyyy-mm-ddThh:mm:ss) in UTC alone.';
  if (!anyTarget.test(Target.Arn)) return `The simulator knows no target ${Target.Arn}`;
  return readInput(Target.Input) === undefined ? 'Invalid RequestJson provided. Reason: it is no JSON.' : undefined;
}

/** Of `at(2026-11-24T04:00:00)`, in UTC. */
export function readInstant(expression: string): number | undefined {
  const [, text] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression) ?? [];
  const ms = Date.parse(`${text}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

export function readInput(text = '{}'): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
