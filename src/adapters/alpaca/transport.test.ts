import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { json, serveRaw, text } from '../../../test/adapters/raw-server.ts';
import { NeverConnected, createTransport } from './transport.ts';

/** The sockets that this process opens to a port, while the test runs. */
function socketsTo(url: string): readonly Socket[] {
  const port = Number(new URL(url).port);
  const sockets: Socket[] = [];
  const note = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    socket.once('connect', () => {
      if (socket.remotePort === port) sockets.push(socket);
    });
  };
  subscribe('net.client.socket', note);
  onTestFinished(() => {
    unsubscribe('net.client.socket', note);
  });
  return sockets;
}

/** As when the network goes away under a connection. */
const timedOut = (): Error => Object.assign(new Error('read ETIMEDOUT'), { code: 'ETIMEDOUT' });

describe('one request, once', () => {
  it('that fails on a connection that was there may have left, whatever the error says', async () => {
    const server = await serveRaw(() => sockets[0]?.destroy(timedOut()));
    const sockets = socketsTo(server.url);
    const failure: unknown = await createTransport(2_000)(server.url, { method: 'POST', body: 'x' }).catch((e) => e);
    expect(failure).toMatchObject({ code: 'ETIMEDOUT' });
    expect(failure).not.toBeInstanceOf(NeverConnected);
    expect(server.received).toHaveLength(1);
  });

  it('on a connection kept from before likewise', async () => {
    let requests = 0;
    const server = await serveRaw((response) => {
      requests += 1;
      if (requests === 1) json(response, 200, {});
      else sockets[0]?.destroy(timedOut());
    });
    const sockets = socketsTo(server.url);
    const transport = createTransport(2_000);
    expect((await transport(server.url, { method: 'POST', body: 'x' })).status).toBe(200);
    const failure: unknown = await transport(server.url, { method: 'POST', body: 'x' }).catch((e) => e);
    expect(failure).toMatchObject({ code: 'ETIMEDOUT' });
    expect(failure).not.toBeInstanceOf(NeverConnected);
    expect(sockets).toHaveLength(1);
  });

  it('brings status, headers and body, of which there may be none', async () => {
    const server = await serveRaw((response, { pathname }) =>
      pathname === '/none' ? response.writeHead(204).end() : text(418, 'text/plain', 'tea')(response, new URL('a:b')),
    );
    const transport = createTransport(2_000);
    const some = await transport(`${server.url}/some`, {});
    expect([some.status, some.headers.get('content-type'), await some.text()]).toEqual([418, 'text/plain', 'tea']);
    const none = await transport(`${server.url}/none`, {});
    expect([none.status, none.body]).toEqual([204, null]);
  });

  it('may take longer for its answer than for its connection', async () => {
    const server = await serveRaw((response) => setTimeout(() => json(response, 200, {}), 250));
    expect((await createTransport(100)(server.url, {})).status).toBe(200);
  });

  it('ends when its time is over, before or after it began', async () => {
    const server = await serveRaw(() => undefined);
    const transport = createTransport(2_000);
    await expect(transport(server.url, { signal: AbortSignal.abort() })).rejects.toThrow('time allowed');
    await expect(transport(server.url, { signal: AbortSignal.timeout(50) })).rejects.toThrow('time allowed');
  });
});
