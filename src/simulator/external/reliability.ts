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
  return {
    isGood(endpoint, nowMs) {
      const noted = [...(notes.get(endpoint)?.values() ?? [])].filter(({ atMs }) => atMs > nowMs - windowMs);
      return noted.filter(({ isGood }) => isGood).length > noted.length / 2;
    },
    note(endpoint, use, reply, nowMs) {
      const noted = notes.get(endpoint) ?? new Map<string, Noted>();
      notes.set(endpoint, noted.set(use, { atMs: nowMs, isGood: !mayPass(reply) }));
      // The oldest come first: what applications note by the thousand must not be gone through each time.
      for (const [earlier, { atMs }] of noted) {
        if (atMs > nowMs - windowMs) break;
        noted.delete(earlier);
      }
    },
  };
}
