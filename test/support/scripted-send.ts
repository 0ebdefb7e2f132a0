/** A sender that answers from a script, on a virtual clock, and keeps what it was sent and when. */
import { createKms } from '../../src/aws/kms/kms.ts';
import type { Send } from '../../src/aws/kms/send.ts';
import type { Kms } from '../../src/ports/kms.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

type Sent = { readonly operation: string; readonly input: Readonly<Record<string, unknown>>; readonly atMs: number };

/** An answer, or an error to throw. The last one of a script is repeated for ever. */
export type Scripted = { readonly output?: Readonly<Record<string, unknown>>; readonly requestId?: string } | Error;

export interface ScriptedKms {
  readonly kms: Kms;
  readonly clock: VirtualClock;
  /** What was sent; `atMs` counts from the beginning. */
  readonly sent: Sent[];
}

/** `tookMs`: how long each answer is under way. */
export function createScriptedKms(
  script: readonly Scripted[] | ((sent: Sent) => Scripted),
  { tookMs = 0 } = {},
): ScriptedKms {
  const clock = createVirtualClock();
  const startMs = clock.now();
  const sent: Sent[] = [];
  const send: Send = async (operation, input, signal) => {
    const request = { operation, input, atMs: clock.now() - startMs };
    sent.push(request);
    const answer = typeof script === 'function' ? script(request) : script[Math.min(sent.length, script.length) - 1];
    if (tookMs > 0) await clock.sleep(tookMs, signal);
    signal?.throwIfAborted();
    if (answer instanceof Error) throw answer;
    return { output: {}, ...answer };
  };
  return { kms: createKms(send, clock), clock, sent };
}

/** An error as the AWS SDK throws it. */
export function sdkError(name: string, { statusCode = 400, message = name, requestId = 'request-1' } = {}): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: statusCode, requestId } });
}

/** An error as Node.js throws it, before there is any answer. */
export function networkError(code: string): Error {
  return Object.assign(new Error(`failed with ${code}`), { code, $metadata: {} });
}

/** An entry of DescribeCustomKeyStores. */
export function entry(id: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { CustomKeyStoreId: id, CustomKeyStoreName: `name of ${id}`, ConnectionState: 'CONNECTED', ...more };
}
