/**
 * How reliable a proxy has been for the uses of keys. Source: developer guide, xks-troubleshooting: what may pass is a retryable
 * KMSInternalException with a proxy that was reliable in the last five minutes, and a KMSInvalidStateException with any other. No
 * document says how reliable that is: here more than half of the answers have to be good.
 */
import { type ProxyReply, readErrorName } from './protocol.ts';

export interface Reliability {
  /** Whether most uses up to this instant went well. */
  isGood(endpoint: string, nowMs: number): boolean;
  /** `use`: names it, so that one that is carried out anew counts once. */
  note(endpoint: string, use: string, reply: ProxyReply, nowMs: number): void;
}

interface Noted {
  readonly atMs: number;
  readonly isGood: boolean;
}

const windowMs = 5 * 60_000;

/** Developer guide, monitoring-cloudwatch, XksProxyErrors: the retryable ones. A proxy without an answer is one of them. */
const passing: readonly unknown[] = ['InternalException', 'DependencyTimeoutException', 'ThrottlingException'];

/** Whether the use may go well at another try. */
export function mayPass(reply: ProxyReply): boolean {
  return reply.kind !== 'answered' || passing.includes(readErrorName(reply.body));
}

export function createReliability(): Reliability {
  const notes = new Map<string, Map<string, Noted>>();
  const recent = (endpoint: string, nowMs: number) =>
    [...(notes.get(endpoint) ?? [])].filter(([, { atMs }]) => atMs > nowMs - windowMs);
  return {
    isGood(endpoint, nowMs) {
      const noted = recent(endpoint, nowMs);
      return noted.filter(([, { isGood }]) => isGood).length > noted.length / 2;
    },
    note(endpoint, use, reply, nowMs) {
      notes.set(endpoint, new Map(recent(endpoint, nowMs)).set(use, { atMs: nowMs, isGood: !mayPass(reply) }));
    },
  };
}
