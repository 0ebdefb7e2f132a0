/** HTTP servers that a test answers for, on free ports of this machine. */
import { createServer, type RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import { type Listening, listen as listenOn } from '../../src/simulator/listen.ts';

export type { Listening };

/** The caller closes it. */
export const listen = (server: Parameters<typeof listenOn>[0]): Promise<Listening> => listenOn(server, {});

/** Closes it when the test is over. */
export function keep<S extends { close(): unknown }>(server: S): S {
  onTestFinished(async () => void (await server.close()));
  return server;
}

/** A server until the test is over; returns its URL. */
export async function serveInTest(answer: RequestListener): Promise<string> {
  return keep(await listen(createServer(answer))).url;
}
