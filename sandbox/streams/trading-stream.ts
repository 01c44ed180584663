import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { Faults } from '../control/faults.ts';
import type { Exchange } from '../exchange.ts';
import type { Credentials, Login } from '../rest/auth.ts';
import { jsonCodec, msgpackCodec, wantsMsgpack } from './codec.ts';
import { type Connections, createFramePipe } from './connections.ts';

type Parts = {
  readonly exchange: Exchange;
  readonly faults: Faults;
  readonly connections: Connections;
  readonly logIn: (credentials: Credentials | null) => Login | null;
};
type Message = Readonly<Record<string, unknown>>;

const UNAUTHORISED = 1008;
const UPDATES = 'trade_updates';

function asMessage(value: unknown): Message {
  return typeof value === 'object' && value !== null ? (value as Message) : {};
}

/** The three forms of authentication: key and secret inside `data`, at the top, or an OAuth token. */
function credentialsIn(message: Message): Credentials | null {
  const data = asMessage(message['data']);
  const token = data['oauth_token'] ?? message['oauth_token'];
  if (typeof token === 'string' && token !== '') return { token };
  const keyId = data['key_id'] ?? message['key'];
  const secret = data['secret_key'] ?? message['secret'];
  if (typeof keyId !== 'string' || typeof secret !== 'string' || keyId === '' || secret === '') return null;
  return keyId === 'oauth' ? { token: secret } : { keyId, secret };
}

/** Serves one `/stream` connection (Alpaca: order events, `trade_updates`). There is no welcome message. */
export function serveTradingStream(parts: Parts, socket: WebSocket, request: IncomingMessage): void {
  const { exchange } = parts;
  const codec = wantsMsgpack(request) ? msgpackCodec : jsonCodec(() => exchange.settings.frames === 'binary');
  const pipe = createFramePipe(parts.faults);
  let login: Login | null = null;
  let isListening = false;
  let stopFollowing = (): void => undefined;
  const send = (message: unknown): void => {
    if (socket.readyState === socket.OPEN) codec.send(socket, message);
  };
  const forget = parts.connections.add({
    stream: 'trading',
    accountId: () => login?.account.id ?? null,
    token: () => login?.token?.token ?? null,
    close: () => socket.close(UNAUTHORISED),
  });

  function authenticate(message: Message): void {
    login = parts.logIn(credentialsIn(message));
    const status = login ? 'authorized' : 'unauthorized';
    send({ stream: 'authorization', data: { status, action: 'authenticate' } });
    if (!login) return socket.close(UNAUTHORISED);
    stopFollowing();
    const accountId = login.account.id;
    stopFollowing = exchange.onUpdate(accountId, (update) => {
      if (!isListening) return;
      const id = asMessage(update['order'])['client_order_id'];
      const clientOrderId = typeof id === 'string' ? id : '';
      pipe({ stream: 'trading', accountId, event: update.event, clientOrderId }, () =>
        send({ stream: UPDATES, data: update }),
      );
    });
  }

  function listen(message: Message): void {
    if (!login) return send({ stream: 'authorization', data: { status: 'unauthorized', action: 'listen' } });
    const wanted = asMessage(message['data'])['streams'];
    const streams = Array.isArray(wanted) ? wanted.filter((each) => each === UPDATES) : [];
    isListening = streams.length > 0;
    send({ stream: 'listening', data: { streams: [...new Set(streams)] } });
  }

  socket.on('message', (data, isBinary) => {
    let message: Message;
    try {
      message = asMessage(codec.read(data, isBinary));
    } catch {
      return send({ action: 'error', data: { error_message: 'invalid message' } });
    }
    const action = message['action'];
    if (action === 'authenticate' || action === 'auth') authenticate(message);
    else if (action === 'listen') listen(message);
    else send({ action: 'error', data: { error_message: 'unknown action' } });
  });
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    forget();
    stopFollowing();
  });
}
