/** The one port: it answers as soon as the process lives, and passes requests on as its parts become ready. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Gateway } from './gateway.ts';
import { StartupError } from './startup-error.ts';

export type RequestHandler = (req: IncomingMessage, res: ServerResponse) => void;

export interface FrontDoor {
  readonly port: number;
  /** From now on requests go to the app, and the vendor's paths to the sandbox if there is one. */
  open(app: RequestHandler, gateway: Gateway | null): void;
  /** Takes no more requests, and ends the connections within a moment. */
  close(): Promise<void>;
}

const CLOSE_WITHIN_MS = 1_000;

/** Throws StartupError when the port is taken or may not be used. */
export async function openFrontDoor(host: string, port: number): Promise<FrontDoor> {
  let app: RequestHandler = starting;
  let gateway: Gateway | null = null;
  let closing = false;
  const server = createServer((req, res) => {
    if (gateway?.request(req, res) !== true) app(req, res);
  });
  // The server forgets a socket once it is upgraded, and yet does not count as closed before that has ended.
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (closing || gateway?.upgrade(req, socket, head) !== true) return void socket.destroy();
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
  });
  await listen(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    open(nextApp, nextGateway) {
      app = nextApp;
      gateway = nextGateway;
    },
    async close() {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const forced = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
      gateway?.close();
      for (const socket of upgraded) socket.destroy();
      await closed;
      clearTimeout(forced);
    },
  };
}

function starting(req: IncomingMessage, res: ServerResponse): void {
  const alive = req.url === '/healthz';
  res.writeHead(alive ? 200 : 503, { 'content-type': 'application/json', 'retry-after': '1' });
  res.end(JSON.stringify(alive ? { alive: true } : { ready: false, reason: 'starting' }));
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(new StartupError(`port ${port} on ${host} is taken; set PORT to another one`));
      else reject(new StartupError(`can not listen on ${host}:${port}: ${error.message}`));
    });
    server.listen(port, host, resolve);
  });
}
