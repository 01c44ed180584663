/** A way to a server that can be cut as a network is: nothing arrives any more, and nobody is told. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { freePort } from '../../src/bootstrap/free-port.ts';

export interface SeverableConnection {
  /** The address that was given, by this way. */
  readonly url: string;
  cut(): void;
  close(): Promise<void>;
}

export async function severableConnection(to: string): Promise<SeverableConnection> {
  const target = new URL(to);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [from, onto] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => isCut || onto.write(bytes));
      from.on('end', () => isCut || onto.end());
      from.on('error', () => isCut || onto.destroy());
    }
  });
  server.listen(await freePort(), '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(to);
  url.hostname = '127.0.0.1';
  url.port = `${(server.address() as AddressInfo).port}`;
  return {
    url: url.toString(),
    cut: () => {
      isCut = true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
