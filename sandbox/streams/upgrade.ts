import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

const MOST_BYTES = 64 * 1024;

export type StreamServer = { close(): void };

/** Serves an opened stream; `closed` for one that can not be opened now, null for none. */
export type StreamHandler = ((socket: WebSocket, request: IncomingMessage) => void) | 'closed' | null;

/** Accepts WebSocket handshakes by path; a closed one is answered 503, anything else 404. Compression is declined. */
export function acceptStreams(server: Server, serve: (path: string) => StreamHandler): StreamServer {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MOST_BYTES });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const path = (request.url ?? '').split('?')[0] ?? '';
    const handler = serve(path.replace(/\/+$/, ''));
    if (handler === null || handler === 'closed') {
      const status = handler === null ? '404 Not Found' : '503 Service Unavailable';
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => handler(opened, request));
  });
  return {
    close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}
