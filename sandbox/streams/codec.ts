import type { IncomingMessage } from 'node:http';
import { decode, encode } from '@msgpack/msgpack';
import type { RawData, WebSocket } from 'ws';

export type Codec = {
  send(socket: WebSocket, message: unknown): void;
  read(data: RawData, isBinary: boolean): unknown;
};

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** Whether the handshake asks for msgpack (`Content-Type: application/msgpack`). */
export function wantsMsgpack(request: IncomingMessage): boolean {
  return /msgpack/i.test(request.headers['content-type'] ?? '');
}

/** JSON frames; binary frames that come in may hold JSON too. */
export function jsonCodec(isBinary: () => boolean): Codec {
  return {
    send: (socket, message) => {
      const text = JSON.stringify(message);
      socket.send(isBinary() ? Buffer.from(text) : text, { binary: isBinary() });
    },
    read: (data) => JSON.parse(bytesOf(data).toString('utf8')) as unknown,
  };
}

/** Msgpack frames, in which `Date` values become the timestamp extension; text frames that come in are JSON. */
export const msgpackCodec: Codec = {
  send: (socket, message) => socket.send(encode(message), { binary: true }),
  read(data, isBinary) {
    const bytes = bytesOf(data);
    if (!isBinary) return JSON.parse(bytes.toString('utf8')) as unknown;
    const isJson = bytes[0] === 0x7b || bytes[0] === 0x5b;
    return isJson ? (JSON.parse(bytes.toString('utf8')) as unknown) : decode(bytes);
  },
};
