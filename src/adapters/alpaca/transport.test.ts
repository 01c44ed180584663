import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { deadPort, json, serveRaw, text } from '../../../test/adapters/raw-server.ts';
import { serveTls } from '../../../test/adapters/tls-server.ts';
import { NeverSent, createTransport } from './transport.ts';

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
    expect(failure).not.toBeInstanceOf(NeverSent);
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
    expect(failure).not.toBeInstanceOf(NeverSent);
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

  it('that found nobody to connect to has never left', async () => {
    const nobody = `127.0.0.1:${await deadPort()}`;
    for (const url of [`http://${nobody}`, `https://${nobody}`, 'http://no-such-host.invalid']) {
      expect(await failureOf(url)).toBeInstanceOf(NeverSent);
    }
  });

  it('whose time was over before the connection stood has never left', async () => {
    const silent = await serveTls(() => undefined);
    const init = { method: 'POST', body: 'x', signal: AbortSignal.timeout(50) };
    const failure: unknown = await createTransport(2_000)(silent.url, init).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NeverSent);
    expect((failure as Error).message).toContain('time allowed');
  });
});

const failureOf = (url: string, connectMs = 2_000): Promise<unknown> =>
  createTransport(connectMs)(url, { method: 'POST', body: 'the order' }).then(
    ({ status }) => status,
    (error: unknown) => error,
  );

describe('a request over TLS has never left, and the other side has read nothing of it,', () => {
  const cases: readonly [string, Parameters<typeof serveTls>[0]][] = [
    ['when the certificate is not trusted', undefined],
    [
      'when the connection breaks before the handshake',
      (socket) => socket.once('data', () => socket.resetAndDestroy()),
    ],
    ['when the connection ends before the handshake', (socket) => socket.once('data', () => socket.end())],
    ['when the other side does not speak TLS', (socket) => socket.once('data', () => socket.end('HELLO\r\n\r\n'))],
    ['when the handshake never ends', () => undefined],
  ];

  it.each(cases)('%s', async (_name, meet) => {
    const server = await serveTls(meet);
    expect(await failureOf(server.url, 300)).toBeInstanceOf(NeverSent);
    expect(server.connections()).toBe(1);
    expect(server.read()).toBe('');
  });

  it('unlike one whose connection breaks after the handshake', async () => {
    const server = await serveTls((_socket, secure) => {
      const secured = secure();
      secured.once('data', () => secured.destroy());
    });
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    onTestFinished(() => void delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']);
    const failure = await failureOf(server.url);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(NeverSent);
    expect(server.read()).toContain('POST / HTTP/1.1');
  });
});

describe('a last look', () => {
  const post = (url: string, look: () => Promise<boolean>, transport = createTransport(2_000)) =>
    transport(url, { method: 'POST', body: 'x' }, look).catch((error: unknown) => error);

  it('comes when the connection stands, each time, and the request leaves at once', async () => {
    const server = await serveRaw((response) => json(response, 200, {}));
    const sockets = socketsTo(server.url);
    const transport = createTransport(2_000);
    const seen: number[] = [];
    const look = () => {
      seen.push(sockets.filter(({ readyState }) => readyState === 'open').length);
      return Promise.resolve(true);
    };
    expect(await post(server.url, look, transport)).toMatchObject({ status: 200 });
    expect(await post(server.url, look, transport)).toMatchObject({ status: 200 });
    expect(seen).toEqual([1, 1]);
    expect(server.received.map(({ body }) => body)).toEqual(['x', 'x']);
  });

  it('that says no, or fails, lets not a byte leave', async () => {
    const server = await serveRaw((response) => json(response, 200, {}));
    const sockets = socketsTo(server.url);
    for (const look of [() => Promise.resolve(false), () => Promise.reject(new Error('unreadable'))]) {
      expect(await post(server.url, look)).toBeInstanceOf(NeverSent);
    }
    expect(sockets.map(({ bytesWritten }) => bytesWritten)).toEqual([0, 0]);
    expect(server.received).toEqual([]);
  });

  it('is not asked without a connection', async () => {
    const url = `http://127.0.0.1:${await deadPort()}`;
    let asked = 0;
    const look = () => {
      asked += 1;
      return Promise.resolve(true);
    };
    expect(await post(url, look)).toBeInstanceOf(NeverSent);
    expect(asked).toBe(0);
  });

  it('during which the connection breaks, or the time runs out, leaves no doubt: nothing has left', async () => {
    const server = await serveRaw((response) => json(response, 200, {}));
    const sockets = socketsTo(server.url);
    const broken = post(server.url, () => {
      sockets[0]?.destroy(timedOut());
      return new Promise(() => undefined);
    });
    expect(await broken).toBeInstanceOf(NeverSent);
    const signal = AbortSignal.timeout(50);
    const late = createTransport(2_000)(server.url, { method: 'POST', signal }, () => new Promise(() => undefined));
    await expect(late).rejects.toBeInstanceOf(NeverSent);
    expect(server.received).toEqual([]);
  });
});
