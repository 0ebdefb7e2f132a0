/** A server on loopback whose answers never end, each in another way, over real sockets. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { listen } from './servers.ts';

export const stalls = ['before its headers', 'after its headers', 'in mid-body', 'byte by byte'] as const;

export type Stall = (typeof stalls)[number];

export interface StallingServer {
  readonly url: string;
  /** How many requests came. */
  requests(): number;
  /** How many connections clients keep open. */
  connections(): number;
  close(): Promise<void>;
}

/** `answer`: takes a request that shall not stall; returns whether it did. */
export async function serveStalls(
  stall: Stall,
  answer: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<StallingServer> {
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    if (answer(request, response) || stall === 'before its headers') return;
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.flushHeaders();
    if (stall === 'after its headers') return;
    response.write('{"CustomKeyStores":[');
    if (stall === 'in mid-body') return;
    const timer = setInterval(() => response.write(' '), 5);
    timers.add(timer);
    response.on('close', () => clearInterval(timer));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  const { url, close } = await listen(server);
  return {
    url,
    requests: () => requests,
    connections: () => sockets.size,
    async close() {
      for (const timer of timers) clearInterval(timer);
      for (const socket of sockets) socket.destroy();
      await close();
    },
  };
}
