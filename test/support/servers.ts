/** HTTP servers that a test answers for, on free ports of this machine. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Listening {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** The caller closes it. */
export async function listen(server: Server | SecureServer): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Closes it when the test is over. */
export function keep<S extends { close(): unknown }>(server: S): S {
  onTestFinished(async () => void (await server.close()));
  return server;
}

/** A server until the test is over; returns its URL. */
export async function serveInTest(answer: RequestListener): Promise<string> {
  return keep(await listen(createServer(answer))).url;
}
