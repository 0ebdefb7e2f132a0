/**
 * Where a replay of a log will arrive: the machine walks through the results again, purely. Only the lifecycle that wrote
 * the log may be asked that; any other one resumes from the facts in it.
 */
import { initialTransition, transition } from 'xstate';
import { type Context, type Event, type Input, safeUpdateMachine } from '../../machines/safe-update/index.ts';
import { isTrialConnectStep } from '../domain/trial-connect.ts';
import type { LogRecord } from '../ports/log.ts';
import { waited } from './await-window.ts';

export interface Past {
  readonly context: Context;
  /** The state of the machine at the end of the log, such as `acting.connecting.settling`. */
  readonly state: string;
  /** The mutating step whose call may have been sent, and the log does not say what came of it. */
  readonly pending: string | null;
  /** The machine takes the steps that the log has; otherwise the log was edited, and only its beginning was walked. */
  readonly isWhole: boolean;
}

type Result = Extract<LogRecord, { kind: 'result' }>;

export function readPast(input: Input, records: readonly LogRecord[]): Past {
  let [snapshot] = initialTransition(safeUpdateMachine, input);
  let isOnTheWay = true;
  const results = records.filter((record): record is Result => record.kind === 'result');
  for (const result of results) {
    const name = nameOf(result.step);
    isOnTheWay &&= Object.values(snapshot.children).some((child) => child && `${name}.`.startsWith(`${child.id}.`));
    if (!isOnTheWay) break;
    // An actor of several steps gives its answer with the last.
    if (name.includes('.')) continue;
    [snapshot] = transition(safeUpdateMachine, snapshot, toEvent(result));
  }
  const intents = records.filter((record) => record.kind === 'intent');
  const sending = intents.findLast(({ step }) => !isTrialConnectStep(step));
  const answer = results.find(({ step }) => step === sending?.step);
  const pending = sending && !tellsFate(answer) ? nameOf(sending.step) : null;
  return { context: snapshot.context, state: describeValue(snapshot.value), pending, isWhole: isOnTheWay };
}

/** Whether it is known then what came of the call. */
function tellsFate(answer: Result | undefined): boolean {
  if (answer === undefined) return false;
  const { kind, mayBeDone = false } = answer.value as { kind: string; mayBeDone?: boolean };
  return kind !== 'cutOff' || !mayBeDone;
}

const nameOf = (step: string) => step.slice(step.indexOf('.') + 1);

function toEvent({ step, value, atMs, cancelRequested }: Result): Event {
  const output = { value: value ?? waited, atMs, cancelRequested } as Event['output'];
  return { type: `xstate.done.actor.${nameOf(step)}`, output } as Event;
}

/** `{connecting: 'settling'}` -> `connecting.settling` */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return value;
  return Object.entries(value as Record<string, unknown>)
    .map(([state, inner]) => `${state}.${describeValue(inner)}`)
    .join(' ');
}
