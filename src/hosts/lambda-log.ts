/** What the durable service keeps of a run, read as the log that a replay needs. */
import type { StepResult } from '../ports/host.ts';
import type { LogRecord } from '../ports/log.ts';

/** An operation as an invocation is handed it (Lambda API, `Operation`), as far as it matters here. */
export interface KeptOperation {
  readonly Id?: string | undefined;
  readonly ParentId?: string | undefined;
  readonly Name?: string | undefined;
  readonly Status?: string | undefined;
  readonly StartTimestamp?: Date | string | undefined;
  readonly StepDetails?: Kept | undefined;
  readonly ContextDetails?: Kept | undefined;
}

interface Kept {
  readonly Result?: string | undefined;
}

export interface KeptLog {
  readonly records: readonly LogRecord[];
  /** The step that has begun and not ended. */
  readonly begun: string | null;
}

const sends = ' (sends)';
const announces = ' (announces)';

/** `5.disconnectStore (sends)`: what changes the store shows in the list of operations, and when the log is read again. */
export function nameOperation(step: string, isMutating: boolean): string {
  return isMutating ? `${step}${sends}` : step;
}

/** `5.disconnectStore (announces)`: keeps what the step is about to send, and what a resume needs to know, before it does. */
export function nameIntent(step: string): string {
  return `${step}${announces}`;
}

/** What such an operation keeps. */
export interface KeptIntent {
  readonly atMs: number;
  readonly sending: object;
}

/** `contextName`: the child context that carries the run. */
export function readKeptLog(operations: readonly KeptOperation[], contextName: string): KeptLog {
  const run = operations.find(({ Name }) => Name === contextName);
  const own = operations.filter(({ ParentId }) => run?.Id !== undefined && ParentId === run.Id);
  const byOrdinal = own.sort((one, other) => ordinalOf(one) - ordinalOf(other));
  const announced = new Set(own.filter((one) => isIntent(one) && hasSucceeded(one)).map((one) => nameStep(one).step));
  const records = byOrdinal.flatMap((one) => (isIntent(one) ? readIntent(one) : readOperation(one, announced)));
  const last = byOrdinal.at(-1);
  return { records, begun: last && (isIntent(last) || !hasSucceeded(last)) ? nameStep(last).step : null };
}

/** What the step or context of this name has given; undefined where it did not come to that. Names are given once. */
export function readResult<T>(operations: readonly KeptOperation[], name: string): T | undefined {
  const operation = operations.find(({ Name }) => Name === name);
  if (!operation || !hasSucceeded(operation)) return undefined;
  const { StepDetails, ContextDetails } = operation;
  return JSON.parse((StepDetails ?? ContextDetails)?.Result ?? 'null') as T;
}

function readIntent(operation: KeptOperation): LogRecord[] {
  if (!hasSucceeded(operation)) return [];
  const { atMs, sending } = JSON.parse(operation.StepDetails?.Result ?? '{}') as KeptIntent;
  return [{ kind: 'intent', step: nameStep(operation).step, atMs, sending }];
}

/** `announced`: the steps whose intents are kept by themselves. Earlier code kept none: then only the sending is known. */
function readOperation(operation: KeptOperation, announced: ReadonlySet<string>): LogRecord[] {
  const { step, isMutating } = nameStep(operation);
  const atMs = new Date(operation.StartTimestamp ?? 0).getTime();
  const isBare = isMutating && !announced.has(step);
  const intent: LogRecord[] = isBare ? [{ kind: 'intent', step, atMs, sending: {} }] : [];
  if (!hasSucceeded(operation)) return intent;
  const { value, ...stamp } = JSON.parse(operation.StepDetails?.Result ?? '{}') as StepResult<unknown>;
  return [...intent, { kind: 'result', step, value, atMs: stamp.atMs, cancelRequested: stamp.cancelRequested }];
}

const hasSucceeded = ({ Status }: KeptOperation) => Status === 'SUCCEEDED';

const ordinalOf = ({ Name = '' }: KeptOperation) => Number.parseInt(Name, 10);

const isIntent = ({ Name = '' }: KeptOperation) => Name.endsWith(announces);

function nameStep({ Name = '' }: KeptOperation): { readonly step: string; readonly isMutating: boolean } {
  const suffix = [sends, announces].find((one) => Name.endsWith(one)) ?? '';
  return { step: Name.slice(0, Name.length - suffix.length), isMutating: suffix === sends };
}
