import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { freePort } from './free-port.ts';
import { openFrontDoor } from './front-door.ts';
import { createGateway } from './gateway.ts';

it('closes though a client holds an upgraded connection through the gateway', async () => {
  const held: Duplex[] = [];
  const vendor = createServer().on('upgrade', (_req, socket) => {
    held.push(socket);
    socket.on('error', () => undefined);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  });
  vendor.listen(await freePort(), '127.0.0.1');
  await once(vendor, 'listening');
  const door = await openFrontDoor('127.0.0.1', await freePort());
  door.open((_req, res) => res.end(), createGateway(`http://127.0.0.1:${(vendor.address() as AddressInfo).port}`));

  const client = connect(door.port, '127.0.0.1');
  client.write('GET /stream HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  const [answer] = (await once(client, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 101 /);
  const ended = once(client, 'close');
  await door.close();
  await ended;

  for (const socket of held) socket.destroy();
  vendor.close();
}, 10_000);
