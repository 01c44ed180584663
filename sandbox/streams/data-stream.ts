import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { Faults } from '../control/faults.ts';
import { type Credentials, type Login, credentialsOf } from '../rest/auth.ts';
import { jsonCodec, msgpackCodec, wantsMsgpack } from './codec.ts';
import { type Connections, createFramePipe } from './connections.ts';
import type { Channel, FeedItem } from './data-feed.ts';

/** What a stream subscribes to; the real feeds and the test feed both offer it. */
export type Feed = {
  want(symbol: string): () => void;
  onItem(listener: (item: FeedItem) => void): () => void;
};
type Parts = {
  readonly faults: Faults;
  readonly connections: Connections;
  readonly logIn: (credentials: Credentials | null) => Login | null;
};
type Message = Readonly<Record<string, unknown>>;

const CHANNELS = ['trades', 'quotes', 'bars', 'updatedBars', 'dailyBars', 'statuses', 'lulds', 'imbalances'] as const;
const AUTH_WITHIN = 10_000;
const UNAUTHORISED = 1008;

const ERRORS = {
  400: 'invalid syntax',
  401: 'not authenticated',
  402: 'auth failed',
  403: 'already authenticated',
  404: 'auth timeout',
  410: 'invalid subscribe action for this feed',
} as const;

function credentialsIn(message: Message): Credentials | null {
  const { key, secret } = message;
  if (typeof key !== 'string' || typeof secret !== 'string' || key === '' || secret === '') return null;
  return key === 'oauth' ? { token: secret } : { keyId: key, secret };
}

function namesIn(message: Message, channel: string): string[] {
  const list = message[channel];
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string').map((each) => each.toUpperCase()) : [];
}

/** Serves one connection of the market data stream (Alpaca: stream v2). Every message is an array. */
export function serveDataStream(parts: Parts, feed: Feed, socket: WebSocket, request: IncomingMessage): void {
  const isMsgpack = wantsMsgpack(request);
  const codec = isMsgpack ? msgpackCodec : jsonCodec(() => false);
  const pipe = createFramePipe(parts.faults);
  const subscribed = new Map<string, Map<string, () => void>>(CHANNELS.map((channel) => [channel, new Map()]));
  let login: Login | null = null;
  let batch: Message[] = [];

  const send = (message: readonly Message[]): void => {
    if (socket.readyState === socket.OPEN) codec.send(socket, message);
  };
  const sendError = (code: keyof typeof ERRORS): void => send([{ T: 'error', code, msg: ERRORS[code] }]);
  const timeout = setTimeout(() => {
    sendError(404);
    socket.close(UNAUTHORISED);
  }, AUTH_WITHIN);
  const forget = parts.connections.add({
    stream: 'data',
    accountId: () => login?.account.id ?? null,
    token: () => login?.token?.token ?? null,
    close: () => socket.close(UNAUTHORISED),
  });

  function wants(channel: Channel, symbol: string): boolean {
    const symbols = subscribed.get(channel);
    return symbols !== undefined && (symbols.has(symbol) || symbols.has('*'));
  }

  /** News of one turn of the clock goes out as one array. */
  function flush(): void {
    const items = batch;
    batch = [];
    if (items.length === 0) return;
    const subject = {
      stream: 'data',
      accountId: login?.account.id ?? '',
      event: String(items[0]?.['T']),
      clientOrderId: '',
    } as const;
    pipe(subject, () => send(items));
  }

  const stopFeed = feed.onItem(({ channel, symbol, message }) => {
    if (!login || !wants(channel, symbol)) return;
    if (batch.length === 0) queueMicrotask(flush);
    batch.push(isMsgpack ? { ...message, t: new Date(String(message['t'])) } : message);
  });

  function enter(credentials: Credentials | null): void {
    if (login) return sendError(403);
    login = parts.logIn(credentials);
    if (!login) {
      sendError(402);
      return socket.close(UNAUTHORISED);
    }
    clearTimeout(timeout);
    send([{ T: 'success', msg: 'authenticated' }]);
  }

  function confirm(): void {
    const current = Object.fromEntries([...subscribed].map(([channel, symbols]) => [channel, [...symbols.keys()]]));
    send([
      { T: 'subscription', ...current, corrections: current['trades'] ?? [], cancelErrors: current['trades'] ?? [] },
    ]);
  }

  function change(message: Message, isAdding: boolean): void {
    if (!login) return sendError(401);
    for (const [channel, symbols] of subscribed) {
      for (const symbol of namesIn(message, channel)) {
        if (isAdding && !symbols.has(symbol)) symbols.set(symbol, feed.want(symbol));
        if (!isAdding) {
          symbols.get(symbol)?.();
          symbols.delete(symbol);
        }
      }
    }
    confirm();
  }

  socket.on('message', (data, isBinary) => {
    let message: Message;
    try {
      const value = codec.read(data, isBinary);
      if (typeof value !== 'object' || value === null) throw new Error('not an object');
      message = value as Message;
    } catch {
      return sendError(400);
    }
    if (message['action'] === 'auth' || message['action'] === 'authenticate') enter(credentialsIn(message));
    else if (message['action'] === 'subscribe') change(message, true);
    else if (message['action'] === 'unsubscribe') change(message, false);
    else sendError(400);
  });
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    clearTimeout(timeout);
    forget();
    stopFeed();
    for (const symbols of subscribed.values()) for (const stop of symbols.values()) stop();
  });
  send([{ T: 'success', msg: 'connected' }]);
  const fromHandshake = credentialsOf(request.headers);
  if (fromHandshake) enter(fromHandshake);
}
