/** Passing one request on to the sandbox as it came, and its answer as it is. */
import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

export interface Answered {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** Headers that speak of one connection alone. */
const OWN = ['host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length'];

const without = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN.includes(name)));

export function createForward(url: string) {
  const agent = new Agent({ keepAlive: true });
  const forward = (method: string, path: string, headers: IncomingHttpHeaders, body: string): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const outgoing = { ...without(headers), ...(body === '' ? {} : { 'content-length': Buffer.byteLength(body) }) };
      const passed = request(new URL(path, url), { method, headers: outgoing, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: without(response.headers),
            body: Buffer.concat(chunks),
          }),
        );
      });
      passed.on('error', reject);
      passed.end(body);
    });
  return Object.assign(forward, { close: () => agent.destroy() });
}
