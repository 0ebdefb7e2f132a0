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

/** `5.disconnectStore (sends)`: what changes the store shows in the list of operations, and when the log is read again. */
export function nameOperation(step: string, isMutating: boolean): string {
  return isMutating ? `${step}${sends}` : step;
}

/** `contextName`: the child context that carries the run. */
export function readKeptLog(operations: readonly KeptOperation[], contextName: string): KeptLog {
  const run = operations.find(({ Name }) => Name === contextName);
  const own = operations.filter(({ ParentId }) => run?.Id !== undefined && ParentId === run.Id);
  const byOrdinal = own.sort((one, other) => ordinalOf(one) - ordinalOf(other));
  const records = byOrdinal.flatMap(readOperation);
  const last = byOrdinal.at(-1);
  return { records, begun: last && !hasSucceeded(last) ? nameStep(last).step : null };
}

/** What the step or context of this name has given; undefined where it did not come to that. Names are given once. */
export function readResult<T>(operations: readonly KeptOperation[], name: string): T | undefined {
  const operation = operations.find(({ Name }) => Name === name);
  if (!operation || !hasSucceeded(operation)) return undefined;
  const { StepDetails, ContextDetails } = operation;
  return JSON.parse((StepDetails ?? ContextDetails)?.Result ?? 'null') as T;
}

function readOperation(operation: KeptOperation): LogRecord[] {
  const { step, isMutating } = nameStep(operation);
  const atMs = new Date(operation.StartTimestamp ?? 0).getTime();
  const intent: LogRecord[] = isMutating ? [{ kind: 'intent', step, atMs, sending: {} }] : [];
  if (!hasSucceeded(operation)) return intent;
  const { value, ...stamp } = JSON.parse(operation.StepDetails?.Result ?? '{}') as StepResult<unknown>;
  return [...intent, { kind: 'result', step, value, atMs: stamp.atMs, cancelRequested: stamp.cancelRequested }];
}

const hasSucceeded = ({ Status }: KeptOperation) => Status === 'SUCCEEDED';

const ordinalOf = ({ Name = '' }: KeptOperation) => Number.parseInt(Name, 10);

function nameStep({ Name = '' }: KeptOperation): { readonly step: string; readonly isMutating: boolean } {
  const isMutating = Name.endsWith(sends);
  return { step: isMutating ? Name.slice(0, -sends.length) : Name, isMutating };
}
