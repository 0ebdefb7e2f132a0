/** Starts an HTTP server, and says where it listens. */
import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Stops listening and ends every connection at once. */
  close(): Promise<void>;
}

/** `port`: default any that is free. Rejects where it is taken. */
export async function listen(
  server: Server | SecureServer,
  { port: wantedPort = 0, host = '127.0.0.1' }: { readonly port?: number; readonly host?: string },
  scheme: 'http' | 'https' = 'http',
): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wantedPort, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
