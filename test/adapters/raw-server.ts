/** A bare HTTP server on a loopback port, to answer in whatever way a test needs. */
import { type IncomingHttpHeaders, type ServerResponse, createServer } from 'node:http';
import type { Server } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RawServer {
  readonly url: string;
  readonly received: readonly Received[];
}

/** Called with every complete request. */
export type RawAnswer = (response: ServerResponse, url: URL) => void;

/** Serves until the test that calls it has finished. */
export async function serveRaw(answer: RawAnswer): Promise<RawServer> {
  const received: Received[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString(),
      };
      received.push(request);
      answer(response, new URL(request.path, 'http://server'));
    });
  });
  const port = await listenBelowEphemeral(server);
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${port}`, received };
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Alpaca's error body; `code` null for one without. */
export const refusal =
  (status: number, code: number | null, message: string, headers: Record<string, string> = {}): RawAnswer =>
  (response) =>
    json(response, status, code === null ? { message } : { code, message }, headers);

/** A body of any kind. */
export const text =
  (status: number, type: string, body: string): RawAnswer =>
  (response) => {
    response.writeHead(status, { 'Content-Type': type });
    response.end(body);
  };

/** What a proxy says when it answers in the broker's place. */
export const PAGE = '<html><body><h1>Request blocked</h1></body></html>';

/**
 * Listens on a free port below the range that the system hands out: a client that keeps reconnecting to a dead port of
 * that range sooner or later connects to itself.
 */
export async function listenBelowEphemeral(server: Server): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await tryListen(server, port)) return port;
  }
}

const tryListen = (server: Server, port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      server.off('listening', listening);
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    };
    const listening = (): void => {
      server.off('error', failed);
      resolve(true);
    };
    server.once('error', failed);
    server.once('listening', listening);
    server.listen(port, '127.0.0.1');
  });

/** A port on which nothing listens. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  const port = await listenBelowEphemeral(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
