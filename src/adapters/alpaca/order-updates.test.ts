import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { access, alpacaAt, alpacaOrder } from '../../../test/adapters/alpaca-setup.ts';
import { deadPort, listenBelowEphemeral } from '../../../test/adapters/raw-server.ts';
import type { BrokerUpdate } from '../../application/ports/broker.ts';
import { ALPACA_TIMES, type AlpacaTimes } from './config.ts';

const AUTHORIZED = { stream: 'authorization', data: { status: 'authorized', action: 'authenticate' } };
const UNAUTHORIZED = { stream: 'authorization', data: { status: 'unauthorized', action: 'authenticate' } };
const LISTENING = { stream: 'listening', data: { streams: ['trade_updates'] } };
const event = (id: string) => ({
  stream: 'trade_updates',
  data: { event: 'new', order: alpacaOrder({ id }), timestamp: '2026-11-23T15:00:00Z' },
});

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** `on` gets every connection, with what to send and each message that comes in. */
type Server = (connection: { socket: WebSocket; send: (message: unknown) => void; count: number }) => {
  message?: (message: unknown) => void;
};

async function startStream(on: Server, port?: number): Promise<number> {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  let count = 0;
  server.on('connection', (socket) => {
    count += 1;
    const handler = on({ socket, count, send: (message) => socket.send(Buffer.from(JSON.stringify(message))) });
    socket.on('message', (data: Buffer) => handler.message?.(JSON.parse(data.toString())));
  });
  cleanUps.push(
    () =>
      new Promise<void>((resolve) => {
        for (const client of server.clients) client.terminate();
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  );
  if (port === undefined) return listenBelowEphemeral(http);
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  return port;
}

const QUICK: AlpacaTimes['stream'] = {
  ...ALPACA_TIMES.stream,
  open: 400,
  reconnect: [10, 20, 40],
};

/** Follows the stream at a port, and writes down what is called. */
function follow(
  port: number,
  hooks: {
    onConnected?: () => Promise<void>;
    onUpdate?: (update: BrokerUpdate) => Promise<void>;
    notesCatchingUp?: boolean;
  } = {},
  stream = QUICK,
) {
  const { broker } = alpacaAt(`http://127.0.0.1:${port}`, { times: { ...ALPACA_TIMES, stream } });
  const stop = new AbortController();
  const calls: string[] = [];
  const waiting: { what: string; count: number; done: () => void }[] = [];
  const note = (call: string): void => {
    calls.push(call);
    for (const each of waiting) {
      if (calls.filter((known) => known.startsWith(each.what)).length >= each.count) each.done();
    }
  };
  const ended = broker.follow(
    access,
    {
      onConnected: async () => {
        note('connected');
        await hooks.onConnected?.();
      },
      onCaughtUp: () => {
        if (hooks.notesCatchingUp === true) note('caught up');
      },
      onUpdate: async (update) => {
        note(update.kind === 'order' ? `update ${update.order.brokerOrderId}` : `unreadable ${update.raw}`);
        await hooks.onUpdate?.(update);
      },
      onTrouble: (reason) => note(`trouble ${reason}`),
    },
    stop.signal,
  );
  cleanUps.push(async () => {
    stop.abort();
    await ended.catch(() => undefined);
  });
  const seen = (what: string, count = 1): Promise<void> =>
    new Promise((done) => {
      if (calls.filter((known) => known.startsWith(what)).length >= count) done();
      else waiting.push({ what, count, done });
    });
  return { calls, seen, ended, stop };
}

/** A wait of the listener's that the test ends. */
function aQuestion() {
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  return { answered, answer: () => answer() };
}

/** A server that follows the protocol and then does `then`. */
const proper =
  (then: (connection: Parameters<Server>[0]) => void): Server =>
  (connection) => ({
    message: (message) => {
      const { action } = message as { action: string };
      if (action === 'authenticate') connection.send(AUTHORIZED);
      if (action !== 'listen') return;
      connection.send(LISTENING);
      then(connection);
    },
  });

describe('following order updates', () => {
  it('authenticates with the token, subscribes, and hands over what comes, in order', async () => {
    const heard: unknown[] = [];
    const port = await startStream(({ send }) => ({
      message: (message) => {
        heard.push(message);
        send(heard.length === 1 ? AUTHORIZED : LISTENING);
        if (heard.length === 2) for (const id of ['b-1', 'b-2', 'b-3']) send(event(id));
      },
    }));
    const { calls, seen } = follow(port);
    await seen('update', 3);
    expect(heard).toEqual([
      { action: 'authenticate', data: { oauth_token: 'token-1' } },
      { action: 'listen', data: { streams: ['trade_updates'] } },
    ]);
    expect(calls).toEqual(['connected', 'update b-1', 'update b-2', 'update b-3']);
  });

  it('takes text frames as well', async () => {
    const port = await startStream(proper(({ socket }) => socket.send(JSON.stringify(event('b-1')))));
    const { seen } = follow(port);
    await seen('update b-1');
  });

  it('holds updates back while the listener catches up, and hands over one at a time', async () => {
    let arrived = (): void => undefined;
    const allArrived = new Promise<void>((resolve) => (arrived = resolve));
    const port = await startStream(
      proper(({ socket, send }) => {
        for (const id of ['b-1', 'b-2']) send(event(id));
        send({ stream: 'news' });
        socket.once('pong', arrived);
        socket.ping();
      }),
    );
    let caughtUp = (): void => undefined;
    let busy = 0;
    let most = 0;
    const { calls, seen } = follow(port, {
      onConnected: () => new Promise((resolve) => (caughtUp = resolve)),
      onUpdate: async () => {
        most = Math.max(most, ++busy);
        await new Promise(setImmediate);
        busy -= 1;
      },
    });
    await seen('connected');
    await allArrived;
    expect(calls).toEqual(['connected']);
    caughtUp();
    await seen('unreadable');
    expect(calls).toEqual(['connected', 'update b-1', 'update b-2', 'unreadable {"stream":"news"}']);
    expect(most).toBe(1);
  });

  it('says when all that came before, and while it asked for what it has missed, is handed over', async () => {
    const port = await startStream(
      proper(({ send }) => {
        send(event('b-1'));
        send(event('b-2'));
      }),
    );
    const { answered, answer } = aQuestion();
    const { calls, seen } = follow(port, { onConnected: () => answered, notesCatchingUp: true });
    await seen('connected');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(calls).toEqual(['connected']);
    answer();
    await seen('caught up');
    expect(calls).toEqual(['connected', 'update b-1', 'update b-2', 'caught up']);
  });

  it('does not say so of a subscription that was lost meanwhile', async () => {
    const port = await startStream(
      proper(({ socket, count }) => {
        if (count === 1) setTimeout(() => socket.terminate(), 20);
      }),
    );
    const { answered, answer } = aQuestion();
    const { calls, seen } = follow(port, { onConnected: () => answered, notesCatchingUp: true });
    await seen('trouble');
    answer();
    await seen('caught up');
    expect(calls.map((call) => call.split(' ')[0])).toEqual(['connected', 'trouble', 'connected', 'caught']);
  });

  it('keeps an update that overtakes the confirmation of the subscription', async () => {
    const port = await startStream(({ send }) => ({
      message: (message) => {
        if ((message as { action: string }).action === 'authenticate') return send(AUTHORIZED);
        send(event('b-1'));
        send(LISTENING);
      },
    }));
    const { calls, seen } = follow(port);
    await seen('update');
    expect(calls).toEqual(['connected', 'update b-1']);
  });

  it('comes back after every loss, and says each time that it has missed something', async () => {
    const port = await startStream(
      proper(({ socket, send, count }) => {
        send(event(`b-${count}`));
        if (count < 4) setTimeout(() => socket.terminate(), 20);
      }),
    );
    const { calls, seen } = follow(port);
    await seen('update b-4');
    expect(calls.filter((call) => call === 'connected')).toHaveLength(4);
    expect(calls.filter((call) => call.startsWith('update'))).toEqual([1, 2, 3, 4].map((n) => `update b-${n}`));
  });

  it('keeps trying while nobody listens', async () => {
    const port = await deadPort();
    const { seen, calls } = follow(port);
    await seen('trouble', 6);
    expect(calls.every((call) => call.includes('ECONNREFUSED'))).toBe(true);
    await startStream(
      proper(({ send }) => send(event('b-1'))),
      port,
    );
    await seen('update b-1');
  });

  it('comes back when the server is silent at the beginning, or stops answering pings', async () => {
    const port = await startStream((connection) => {
      if (connection.count === 1) return {};
      if (connection.count === 2) connection.socket.pong = () => undefined;
      return proper(() => undefined)(connection);
    });
    const { seen, calls } = follow(port, {}, { ...QUICK, open: 100, pingEvery: 40, pongWithin: 40 });
    await seen('connected', 2);
    expect(calls).toEqual([
      'trouble no subscription within 100 ms',
      'connected',
      'trouble no sign of life within 40 ms',
      'connected',
    ]);
  });

  it('comes back when the server complains', async () => {
    const port = await startStream((connection) =>
      connection.count === 1
        ? { message: () => connection.send({ action: 'error', data: { error_message: 'bad frame' } }) }
        : proper(() => undefined)(connection),
    );
    const { seen, calls } = follow(port);
    await seen('connected');
    expect(calls).toEqual(['trouble bad frame', 'connected']);
  });

  it('ends when the token is not taken', async () => {
    const port = await startStream(({ send }) => ({ message: () => send(UNAUTHORIZED) }));
    const { ended, calls } = follow(port);
    expect(await ended).toBe('unauthorized');
    expect(calls).toEqual([]);
  });

  it('ends when the token is revoked meanwhile, with everything handed over that came before', async () => {
    const port = await startStream(
      proper(({ send }) => {
        send(event('b-1'));
        send(UNAUTHORIZED);
      }),
    );
    const { ended, calls } = follow(port);
    expect(await ended).toBe('unauthorized');
    expect(calls).toEqual(['connected', 'update b-1']);
  });

  it('ends for a revoked token even when the listener waits for the broker for ever', async () => {
    const port = await startStream(proper(({ send }) => send(UNAUTHORIZED)));
    const { ended } = follow(port, { onConnected: () => new Promise(() => undefined) });
    expect(await ended).toBe('unauthorized');
  });

  it('stops at once when asked to: connected, connecting, or waiting to come back', async () => {
    const standing = follow(await startStream(proper(() => undefined)));
    await standing.seen('connected');
    const silent = follow(await startStream(() => ({})));
    const dead = follow(await deadPort(), {}, { ...QUICK, reconnect: [60_000] });
    await dead.seen('trouble');
    for (const each of [standing, silent, dead]) {
      const before = performance.now();
      each.stop.abort();
      expect(await each.ended).toBe('stopped');
      expect(performance.now() - before).toBeLessThan(2_000);
    }
  });

  it('hands nothing over after it was stopped', async () => {
    const port = await startStream(proper(({ send }) => ['b-1', 'b-2'].forEach((id) => send(event(id)))));
    const { ended, stop, calls } = follow(port, {
      onUpdate: async () => stop.abort(),
    });
    expect(await ended).toBe('stopped');
    expect(calls).toEqual(['connected', 'update b-1']);
  });

  it('ends with the failure of a listener that fails', async () => {
    const port = await startStream(proper(({ send }) => send(event('b-1'))));
    const { ended } = follow(port, { onUpdate: () => Promise.reject(new Error('disk full')) });
    await expect(ended).rejects.toThrow('disk full');
  });
});
