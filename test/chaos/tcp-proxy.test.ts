import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../src/bootstrap/free-port.ts';
import { openTcpProxy } from './tcp-proxy.ts';
import type { TcpProxy } from './tcp-proxy.ts';

/** Says whatever it is told. */
let server: Server;
let atServer: Socket[];
let proxy: TcpProxy;
const open = new Set<Socket>();
beforeEach(async () => {
  atServer = [];
  server = createServer((socket) => {
    atServer.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => socket.write(bytes));
  });
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  proxy = await openTcpProxy(port);
});
afterEach(async () => {
  for (const socket of [...open, ...atServer]) socket.destroy();
  open.clear();
  await proxy.close();
  server.close();
});

interface Client {
  readonly socket: Socket;
  said(): string;
  /** Why it ended: `closed`, or the code of its error; null while it stands. */
  end(): string | null;
}

async function client(): Promise<Client> {
  const { connections } = proxy.counts();
  const socket = connect(proxy.port, '127.0.0.1');
  open.add(socket);
  let said = '';
  let end: string | null = null;
  socket.on('data', (bytes) => (said += bytes.toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => (end ??= error.code ?? error.message));
  socket.on('close', () => (end ??= 'closed'));
  await once(socket, 'connect');
  await expect.poll(() => proxy.counts().connections).toBe(connections + 1);
  return { socket, said: () => said, end: () => end };
}

/** The answer to something that was said, and how long it took. */
async function answerTo({ socket, said }: Client, text: string): Promise<number> {
  const [before, begun] = [said().length, performance.now()];
  socket.write(text);
  await expect.poll(() => said().length - before).toBe(text.length);
  return performance.now() - begun;
}

describe('a way to a server', () => {
  it('is as if it were not there in clear weather, ends with the server, and counts its connections', async () => {
    const one = await client();
    await answerTo(one, 'hello');
    expect(one.said()).toBe('hello');
    atServer[0]?.end();
    await expect.poll(one.end).toBe('closed');
    await client();
    expect(proxy.counts()).toEqual({ connections: 2, bytes: 10 });
  });

  it('may be long', async () => {
    const one = await client();
    await proxy.set({ kind: 'latency', ms: 60 });
    expect(await answerTo(one, 'late')).toBeGreaterThanOrEqual(115);
    one.socket.write('a');
    one.socket.write('b');
    await expect.poll(one.said).toBe('lateab');
  });

  it('may let bytes through in slices, in their order, and gets better', async () => {
    const one = await client();
    await proxy.set({ kind: 'slices', bytes: 2, everyMs: 4 });
    expect(await answerTo(one, '0123456789')).toBeGreaterThanOrEqual(12);
    expect(one.said()).toBe('0123456789');
    await proxy.set({ kind: 'clear' });
    await answerTo(one, 'x');
  });

  it.each([
    ['cut', /^closed$/],
    // The end of the bytes may be seen before the reset.
    ['reset', /^(closed|ECONNRESET)$/],
  ] as const)('may be %s after some bytes of an answer', async (kind, end) => {
    const one = await client();
    await proxy.set({ kind, afterBytes: 3 });
    one.socket.write('hello');
    await expect.poll(one.end).toMatch(end);
    if (kind === 'cut') expect(one.said()).toBe('hel');
    expect('hel'.startsWith(one.said())).toBe(true);
    await proxy.set({ kind: 'clear' });
    await answerTo(await client(), 'again');
  });

  it('may swallow everything', async () => {
    await proxy.set({ kind: 'black-hole' });
    const one = await client();
    one.socket.write('hello');
    await expect.poll(() => proxy.counts().bytes).toBe(5);
    await proxy.set({ kind: 'clear' });
    await answerTo(one, 'there');
    expect(one.said()).toBe('there');
    expect(one.end()).toBeNull();
  });

  it('may be half open: a connection that stands is dead, and nobody is told', async () => {
    const one = await client();
    await proxy.set({ kind: 'half-open' });
    one.socket.write('hello');
    atServer[0]?.destroy();
    const other = await client();
    await answerTo(other, 'new');
    expect(one.said()).toBe('');
    expect(one.end()).toBeNull();
  });

  it('may lead nowhere', async () => {
    const one = await client();
    await proxy.set({ kind: 'refused' });
    await expect.poll(one.end).toBe('ECONNRESET');
    await expect(client()).rejects.toThrow('ECONNREFUSED');
    await proxy.set({ kind: 'clear' });
    await answerTo(await client(), 'back');
  });
});
