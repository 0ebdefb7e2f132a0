/**
 * The service behind AWS Lambda durable functions, in memory and in virtual time: keeps operations, invokes the function
 * again when a wait is over, and pulls the plug at a checkpoint. As the SDK's wire model and AWS's own local runner have it.
 */
import type {
  DurableExecutionClient,
  DurableExecutionInvocationInput,
  DurableExecutionInvocationOutput,
  DurableLambdaHandler,
  OperationUpdate,
  WireOperation,
} from '@aws/durable-execution-sdk-js';
import type { VirtualClock } from './virtual-clock.ts';

/** The process that carries an invocation dies at this checkpoint, counted from 0 over all invocations. */
export interface Plug {
  readonly at: number;
  /** The checkpoint has reached the service. */
  readonly isKept: boolean;
}

export interface Execution {
  readonly output: Exclude<DurableExecutionInvocationOutput, { readonly Status: 'PENDING' }>;
  readonly operations: readonly WireOperation[];
  readonly invocations: number;
  /** Of each call of CheckpointDurableExecution what it carried, such as `5.settleStore RETRY`; and all its bytes. */
  readonly checkpoints: readonly string[];
  readonly bytes: number;
  /** What the service kept at most: a look's memory takes the place of the one before. */
  readonly keptBytes: number;
  /** Everything that was ever handed to the service or came back from it. */
  readonly written: readonly string[];
}

export interface Orders {
  readonly clock: VirtualClock;
  readonly plug?: Plug | undefined;
  /** The process is gone. */
  readonly onDeath?: () => void;
  /** What carries invocation number n, from 1 on: another deployment of the code. */
  readonly handlerOf?: (nth: number, client: DurableExecutionClient) => DurableLambdaHandler | undefined;
  /** Somebody pauses the execution after invocation number n, from 1 on, and resumes it so long later. Its timers go on meanwhile. */
  readonly pause?: { readonly after: number; readonly forMs: number };
  /** Operations of the history that come with the invocation itself; the others are to be asked for. */
  readonly pageSize?: number;
}

type Kept = { -readonly [K in keyof WireOperation]: WireOperation[K] };

const arn = 'arn:aws:lambda:us-east-1:111122223333:function:cks:1/durable-execution/test/1';
const restartMs = 1_000;

export async function execute(
  createHandler: (client: DurableExecutionClient) => DurableLambdaHandler,
  payload: unknown,
  { clock, plug, onDeath = () => undefined, handlerOf, pause, pageSize = 1_000 }: Orders,
): Promise<Execution> {
  const operations = new Map<string, Kept>();
  const written: string[] = [JSON.stringify(payload)];
  const checkpoints: string[] = [];
  let invocations = 0;
  let bytes = 0;
  const sizes = new Map<string, number>();
  let keptBytes = 0;
  let die: () => void = () => undefined;
  const iso = (ms: number) => new Date(ms).toISOString();

  operations.set('execution', {
    Id: 'execution',
    Type: 'EXECUTION',
    Status: 'STARTED',
    StartTimestamp: iso(clock.now()),
    ExecutionDetails: { InputPayload: JSON.stringify(payload) },
  } as Kept);

  const client: DurableExecutionClient = {
    async getExecutionState({ Marker }) {
      const from = Number(Marker);
      const all = [...operations.values()];
      const next = from + pageSize < all.length ? { NextMarker: String(from + pageSize) } : {};
      return { Operations: all.slice(from, from + pageSize), ...next };
    },
    async checkpoint({ Updates = [] }) {
      const nth = checkpoints.length;
      checkpoints.push(Updates.map(({ Name, Action }) => `${Name} ${Action}`).join(', '));
      if (plug?.at === nth && !plug.isKept) return perish();
      const text = JSON.stringify(Updates);
      bytes += Buffer.byteLength(text);
      written.push(text);
      for (const update of Updates) take(update);
      const changed = Updates.flatMap(({ Id }) => operations.get(String(Id)) ?? []);
      // Only of what has changed: all of it at each checkpoint is a tenth of the time of a long run.
      for (const one of changed) sizes.set(String(one.Id), Buffer.byteLength(JSON.stringify(one)));
      keptBytes = Math.max(
        keptBytes,
        [...sizes.values()].reduce((sum, size) => sum + size, 0),
      );
      if (plug?.at === nth) return perish();
      return {
        CheckpointToken: String(checkpoints.length),
        NewExecutionState: { Operations: changed.map((one) => ({ ...one })) },
      };
    },
  };

  function perish(): Promise<never> {
    die();
    return new Promise(() => undefined);
  }

  function forget(id: string): void {
    operations.delete(id);
    sizes.delete(id);
  }

  function take(update: OperationUpdate): void {
    const id = String(update.Id);
    const { Action, Payload, StepOptions, ...rest } = update;
    const known: Kept =
      operations.get(id) ??
      ({ Id: id, ParentId: rest.ParentId, Name: rest.Name, Type: rest.Type, SubType: rest.SubType } as Kept);
    known.StartTimestamp ??= iso(clock.now());
    operations.set(id, known);
    const isContext = update.Type === 'CONTEXT';
    switch (Action) {
      case 'START':
        known.Status = 'STARTED';
        break;
      case 'RETRY': {
        const atMs = clock.now() + Number(StepOptions?.NextAttemptDelaySeconds) * 1_000;
        const Attempt = (known.StepDetails?.Attempt ?? 0) + 1;
        known.Status = 'PENDING';
        known.StepDetails = { Attempt, NextAttemptTimestamp: iso(atMs), Result: Payload };
        break;
      }
      case 'SUCCEED':
        known.Status = 'SUCCEEDED';
        if (isContext) known.ContextDetails = { Result: Payload };
        else known.StepDetails = { ...known.StepDetails, Result: Payload };
        if (isContext) for (const [child, { ParentId }] of operations) if (ParentId === id) forget(child);
        break;
      case 'FAIL':
        known.Status = 'FAILED';
        if (isContext) known.ContextDetails = { Error: rest.Error };
        else known.StepDetails = { ...known.StepDetails, Error: rest.Error };
        break;
      default:
        throw new Error(`an update that this service does not know: ${Action}`);
    }
  }

  function wake(): void {
    for (const operation of operations.values()) {
      const due = operation.StepDetails?.NextAttemptTimestamp;
      if (operation.Status === 'PENDING' && due !== undefined && new Date(due).getTime() <= clock.now())
        operation.Status = 'READY';
    }
  }

  /** Undefined: the process that carried it is gone. */
  async function invoke(): Promise<DurableExecutionInvocationOutput | undefined> {
    invocations += 1;
    const death = new Promise<undefined>((resolve) => {
      die = () => resolve(undefined);
    });
    const all = [...operations.values()].map((one) => ({ ...one }));
    const event = {
      DurableExecutionArn: arn,
      CheckpointToken: String(checkpoints.length),
      InitialExecutionState: {
        Operations: all.slice(0, pageSize),
        ...(all.length > pageSize ? { NextMarker: String(pageSize) } : {}),
      },
    } as DurableExecutionInvocationInput;
    const handler = handlerOf?.(invocations, client) ?? createHandler(client);
    const context = { awsRequestId: `request-${invocations}`, getRemainingTimeInMillis: () => 900_000 };
    return Promise.race([handler(event, context as Parameters<DurableLambdaHandler>[1]), death]);
  }

  for (;;) {
    wake();
    const output = await invoke();
    if (output === undefined) {
      onDeath();
      await clock.sleep(restartMs);
      continue;
    }
    written.push(JSON.stringify(output));
    if (output.Status !== 'PENDING')
      return {
        output,
        operations: [...operations.values()],
        invocations,
        checkpoints,
        bytes,
        keptBytes,
        written,
      } as Execution;
    const dueMs = [...operations.values()].flatMap(({ Status, StepDetails }) =>
      Status === 'PENDING' ? [new Date(StepDetails?.NextAttemptTimestamp ?? 0).getTime()] : [],
    );
    if (dueMs.length === 0) throw new Error('the execution waits for something that no timer will bring');
    const pausedMs = pause?.after === invocations ? pause.forMs : 0;
    await clock.sleep(Math.max(Math.min(...dueMs) - clock.now(), pausedMs));
  }
}
