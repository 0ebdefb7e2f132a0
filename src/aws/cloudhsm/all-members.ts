/**
 * Members of an answer that the installed SDK is too old to know, such as the HsmTypeRollbackExpiration of a cluster: the SDK
 * drops them, so the body is read before the SDK does.
 */
import { Readable } from 'node:stream';
import type { CloudHSMV2 } from '@aws-sdk/client-cloudhsm-v2';

const bodies = new WeakMap<object, string>();

/** From now on `readBody` has the body of each answer of the client. */
export function keepBodies({ middlewareStack }: CloudHSMV2): void {
  middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { body: AsyncIterable<Uint8Array> };
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      response.body = Readable.from([body]);
      bodies.set(response, body.toString('utf8'));
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'keepBody' },
  );
  middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const body = bodies.get(result.response as object);
      if (body !== undefined && result.output !== undefined) bodies.set(result.output, body);
      return result;
    },
    { step: 'deserialize', priority: 'high', name: 'handOnBody' },
  );
}

/** All members of an answer, as CloudHSM sent them; empty where it was no JSON. */
export function readBody(answer: object): object {
  const body: unknown = JSON.parse(bodies.get(answer) ?? '{}');
  return typeof body === 'object' && body !== null ? body : {};
}
