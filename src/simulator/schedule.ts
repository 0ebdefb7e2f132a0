/** A one-time schedule of EventBridge Scheduler whose universal target connects a custom key store. */
import type { Input } from './shapes.ts';

export interface Schedule {
  readonly atMs: number;
  readonly createdAtMs: number;
  /** What its target is called with. */
  readonly input: unknown;
  readonly asked: Input<'CreateSchedule'>;
}

const connectTarget = /^arn:aws[\w-]*:scheduler:::aws-sdk:kms:connectCustomKeyStore$/;

/** Why the simulator, or Scheduler, takes no such schedule; undefined where it does. */
export function findFault({ ScheduleExpression, ScheduleExpressionTimezone = 'UTC', Target }: Schedule['asked']) {
  if (readInstant(ScheduleExpression) === undefined || ScheduleExpressionTimezone !== 'UTC')
    return 'Invalid Schedule Expression: the simulator knows at(yyyy-mm-ddThh:mm:ss) in UTC alone.';
  if (!connectTarget.test(Target.Arn)) return `The simulator knows no target ${Target.Arn}`;
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
