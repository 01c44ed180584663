import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

const MOST_BYTES = 64 * 1024;

export type StreamServer = { close(): void };

/** Accepts WebSocket handshakes by path; anything else is answered 404. Compression is declined. */
export function acceptStreams(
  server: Server,
  serve: (path: string) => ((socket: WebSocket, request: IncomingMessage) => void) | null,
): StreamServer {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MOST_BYTES });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const path = (request.url ?? '').split('?')[0] ?? '';
    const handler = serve(path.replace(/\/+$/, ''));
    if (!handler) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
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
