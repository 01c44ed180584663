/**
 * One HTTP request, once. The platform's own `fetch` does not say whether a failed request had left the machine, waits
 * ten seconds for a connection, and sends a request again after a 421; an order needs a stricter carrier.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';

import type { LastLook } from '../../application/ports/broker.ts';

/**
 * Not a byte of the request has left: it was held back, or no connection was made, with TLS no secure one to the host that
 * was meant. `afterMs`: when it is worth another try, where that is known.
 */
export class NeverSent extends Error {
  readonly afterMs: number | null;

  constructor(reason: string, afterMs: number | null = null) {
    super(reason);
    this.afterMs = afterMs;
  }
}

/** It was we who let it not leave, in the last moment: that says nothing of the other side. */
export class HeldBack extends NeverSent {}

/**
 * Shorter than the 5 s after which common servers drop an idle connection, because a request that meets such a
 * connection as it closes ends in doubt.
 */
const IDLE_MS = 4_000;

export type Transport = (url: string, init: RequestInit, lastLook?: LastLook) => Promise<Response>;

/**
 * A stand-in for `fetch` that takes text bodies and plain headers. It never repeats a request and never follows a
 * redirect. The request is handed to the connection only once that stands, and a last look has allowed it where there is
 * one; what fails before has never left. Resolves when the last byte of the answer is in; rejects with `NeverSent` when no
 * connection was made within `connectMs`, or before `signal` aborted, with `HeldBack` when the last look did not allow it,
 * and with another error when the connection broke, the answer was cut short, or `signal` aborted.
 */
export function createTransport(connectMs: number): Transport {
  const options = { keepAlive: true, timeout: IDLE_MS };
  const protocols = {
    'http:': { request: http.request, agent: new http.Agent(options), stands: 'connect' },
    'https:': { request: https.request, agent: new https.Agent(options), stands: 'secureConnect' },
  };

  return (address, { method, headers, body, signal }, lastLook) =>
    new Promise((resolve, reject) => {
      const url = new URL(address);
      const protocol = protocols[url.protocol as keyof typeof protocols];
      const request = protocol.request(url, {
        agent: protocol.agent,
        method: method ?? 'GET',
        headers: headers as http.OutgoingHttpHeaders,
      });
      let sent = false;
      const abort = (): void => {
        request.destroy(new Error('the time allowed for the request is over'));
      };
      const fail = (error: Error): void => {
        signal?.removeEventListener('abort', abort);
        if (sent) reject(error);
        else reject(error instanceof NeverSent ? error : new NeverSent(reasonOf(error)));
      };
      const send = (): void => {
        if (request.destroyed) return;
        sent = true;
        request.end(typeof body === 'string' ? body : undefined);
      };
      const stands = (): void => {
        if (lastLook === undefined) return send();
        lastLook().then(
          (allowed) => (allowed ? send() : void request.destroy(new HeldBack('it was held back at the last moment'))),
          (error: unknown) => void request.destroy(new HeldBack(`it was held back: ${String(error)}`)),
        );
      };

      request.on('socket', (socket: Socket) => {
        if (request.reusedSocket) return stands();
        const timer = setTimeout(() => request.destroy(new Error(`no connection within ${connectMs} ms`)), connectMs);
        socket.once(protocol.stands, () => {
          clearTimeout(timer);
          stands();
        });
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

/** A host with several addresses fails with one error for each. */
function reasonOf(error: Error): string {
  const each = error instanceof AggregateError ? (error.errors as Error[]) : [error];
  return each.map(({ message }) => message).join('; ');
}
