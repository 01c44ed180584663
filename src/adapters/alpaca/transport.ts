/**
 * One HTTP request, once. The platform's own `fetch` does not say whether a failed request had left the machine, waits
 * ten seconds for a connection, and sends a request again after a 421; an order needs a stricter carrier.
 */
import * as http from 'node:http';
import * as https from 'node:https';

/** The connection was never established, so not a byte of the request has left: name, network or port did not answer. */
export class NeverConnected extends Error {}

/** How a connection fails to come about. Any other failure might be one of a connection that was there. */
const NO_CONNECTION = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH'];

/**
 * Shorter than the 5 s after which common servers drop an idle connection, because a request that meets such a
 * connection as it closes ends in doubt.
 */
const IDLE_MS = 4_000;

export type Transport = (url: string, init: RequestInit) => Promise<Response>;

/**
 * A stand-in for `fetch` that takes text bodies and plain headers. It never repeats a request and never follows a
 * redirect. Resolves when the last byte of the answer is in; rejects with `NeverConnected` when no connection was made
 * within `connectMs`, and with another error when the connection broke, the answer was cut short, or `signal` aborted.
 */
export function createTransport(connectMs: number): Transport {
  const options = { keepAlive: true, timeout: IDLE_MS };
  const carriers = {
    'http:': { request: http.request, agent: new http.Agent(options) },
    'https:': { request: https.request, agent: new https.Agent(options) },
  };

  return (address, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const url = new URL(address);
      const carrier = carriers[url.protocol as keyof typeof carriers];
      const request = carrier.request(url, {
        agent: carrier.agent,
        method: method ?? 'GET',
        headers: headers as http.OutgoingHttpHeaders,
      });
      let connected = false;
      const abort = (): void => {
        request.destroy(new Error('the time allowed for the request is over'));
      };
      const fail = (error: Error): void => {
        signal?.removeEventListener('abort', abort);
        reject(connected ? error : whyNotConnected(error));
      };

      request.on('socket', (socket) => {
        if (!socket.connecting) {
          connected = true;
          return;
        }
        const late = new NeverConnected(`no connection within ${connectMs} ms`);
        const timer = setTimeout(() => request.destroy(late), connectMs);
        socket.once('connect', () => (connected = true));
        socket.once('connect', () => clearTimeout(timer));
        socket.once('close', () => clearTimeout(timer));
      });
      request.on('error', fail);
      request.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', fail);
        incoming.on('end', () => {
          signal?.removeEventListener('abort', abort);
          try {
            resolve(answer(incoming, Buffer.concat(chunks)));
          } catch (error) {
            reject(error);
          }
        });
      });
      if (signal?.aborted === true) abort();
      signal?.addEventListener('abort', abort, { once: true });
      request.end(typeof body === 'string' ? body : undefined);
    });
}

const WITHOUT_BODY = [204, 205, 304];

function answer(incoming: http.IncomingMessage, body: Buffer<ArrayBuffer>): Response {
  const status = incoming.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return new Response(WITHOUT_BODY.includes(status) ? null : body, { status, headers });
}

/** What a request that had no connection failed of. A host with several addresses fails with one error for each. */
function whyNotConnected(error: Error): Error {
  const each = error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : [error];
  const reason = each.map(({ message }) => message).join('; ');
  const proven = each.every(({ code }: NodeJS.ErrnoException) => code !== undefined && NO_CONNECTION.includes(code));
  return proven ? new NeverConnected(reason) : error;
}
