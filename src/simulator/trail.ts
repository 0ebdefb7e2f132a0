/** The calls that name a key, by any caller, as CloudTrail and CloudWatch see them. */
import { createHash } from 'node:crypto';

export interface TrailEvent {
  readonly atMs: number;
  readonly ordinal: number;
  /** When CloudTrail begins to show it. */
  readonly shownFromMs: number;
  readonly operation: string;
  readonly keyArns: readonly string[];
  readonly caller: string | undefined;
  readonly requestId: string;
  readonly encryptionContext: Readonly<Record<string, string>> | undefined;
  /** Undefined: the call succeeded. */
  readonly errorCode: string | undefined;
}

export interface Trail {
  record(event: Omit<TrailEvent, 'ordinal' | 'shownFromMs'>): void;
  /** In the order in which they were recorded, the latest 100,000 of them. */
  readonly events: readonly TrailEvent[];
}

const keptEvents = 100_000;

/** `drawDelayMs`: how long after an event CloudTrail shows it. */
export function createTrail(drawDelayMs: () => number): Trail {
  const events: TrailEvent[] = [];
  let ordinal = 0;
  return {
    events,
    record(event) {
      events.push({ ...event, ordinal, shownFromMs: event.atMs + drawDelayMs() });
      ordinal += 1;
      if (events.length > keptEvents) events.splice(0, keptEvents / 10);
    },
  };
}

/** Each call is one event. */
export function makeEventId(requestId: string): string {
  const hash = createHash('sha256').update(requestId).digest('hex');
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
