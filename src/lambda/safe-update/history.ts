/** The operations of an execution that is over, from its history: the service gives them to no other caller afterwards. */

import { retry } from '../../aws/retry.ts';
import { within } from '../../aws/time-limit.ts';
import { turnPages } from '../../domain/pages.ts';
import type { KeptOperation } from '../../hosts/lambda-log.ts';

/** An event as GetDurableExecutionHistory has it (Lambda API, `Event`), as far as it matters here. */
export interface HistoryEvent {
  readonly EventType?: string | undefined;
  readonly Id?: string | undefined;
  readonly ParentId?: string | undefined;
  readonly Name?: string | undefined;
  readonly EventTimestamp?: Date | undefined;
  readonly StepSucceededDetails?: Payload | undefined;
  readonly ContextSucceededDetails?: Payload | undefined;
}

interface Payload {
  readonly Result?: { readonly Payload?: string | undefined } | undefined;
}

export interface History {
  readonly operations: readonly KeptOperation[];
  /** The execution is over. */
  readonly isOver: boolean;
}

const statuses = { Started: 'STARTED', Succeeded: 'SUCCEEDED', Failed: 'FAILED' } as const;

/** The operations in the order of their first event. */
export function foldHistory(events: readonly HistoryEvent[]): History {
  const operations = new Map<string, KeptOperation>();
  for (const event of events) {
    const { EventType = '', Id, ParentId, Name, EventTimestamp } = event;
    const [, kind, end = ''] = /^(Step|Context)(Started|Succeeded|Failed)$/.exec(EventType) ?? [];
    if (Id === undefined || kind === undefined) continue;
    const known = operations.get(Id) ?? { Id, ParentId, Name, StartTimestamp: EventTimestamp };
    const Result = event.StepSucceededDetails?.Result?.Payload ?? event.ContextSucceededDetails?.Result?.Payload;
    const details = kind === 'Step' ? { StepDetails: { Result } } : { ContextDetails: { Result } };
    operations.set(Id, { ...known, Status: statuses[end as keyof typeof statuses], ...details });
  }
  const isOver = events.some(({ EventType = '' }) => /^Execution(Succeeded|Failed|TimedOut|Stopped)$/.test(EventType));
  return { operations: [...operations.values()], isOver };
}

/** A page holds up to a megabyte, and its request is repeated if it fails. */
const pageLimitMs = 30_000;

/** @throws what the SDK throws: the execution is not there, or may not be read. */
export async function readHistory(DurableExecutionArn: string): Promise<History> {
  const { GetDurableExecutionHistoryCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient({ maxAttempts: 1 });
  const events: HistoryEvent[] = [];
  await turnPages<string>(async (Marker) => {
    const request = { DurableExecutionArn, IncludeExecutionData: true, ...(Marker ? { Marker } : {}) };
    const page = await within({ limitMs: pageLimitMs }, (abortSignal) =>
      retry('neighbour', () => client.send(new GetDurableExecutionHistoryCommand(request), { abortSignal }), {
        signal: abortSignal,
      }),
    );
    events.push(...(page.Events ?? []));
    return page.NextMarker || undefined;
  });
  return foldHistory(events);
}
