/** Requests about keys to a simulator in this process: what the SDK would make of the wire, without one. */
import type { Send } from '../../src/aws/kms/send.ts';
import type { Simulator, SimulatorFault } from '../../src/simulator/index.ts';

const blobs = ['Plaintext', 'CiphertextBlob'];

export function createKeySend(simulator: Simulator): Send {
  return async (operation, input) => {
    const { output, fault, requestId } = simulator.receive(operation, encode(input), 'cks');
    if (fault) throw toSdkError(fault);
    return { output: decode(output as Record<string, unknown>), requestId };
  };
}

export function encode(input: Readonly<Record<string, unknown>>): object {
  const entries = Object.entries(input).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  ]);
  return Object.fromEntries(entries);
}

/** Dates are seconds on the wire, and blobs base64. */
export function decode(output: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(output).map(([name, value]): [string, unknown] => {
    if (typeof value === 'string' && blobs.includes(name)) return [name, new Uint8Array(Buffer.from(value, 'base64'))];
    if (typeof value === 'number' && /Date$|Timestamp$/.test(name)) return [name, new Date(value * 1_000)];
    const isNested = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [name, isNested ? decode(value as Record<string, unknown>) : value];
  });
  return Object.fromEntries(entries);
}

function toSdkError({ name, message, statusCode }: SimulatorFault): Error {
  return Object.assign(new Error(message), {
    name,
    $metadata: { httpStatusCode: statusCode, requestId: 'in-process' },
  });
}
