import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openEventStream } from './event-stream.ts';
import { listen } from './listen.suite.ts';

it('cuts off a reader that does not keep up', async () => {
  const server = createServer();
  const asked = get({ port: await listen(server), host: '127.0.0.1' });
  const [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  const stream = openEventStream(response);
  const answered = once(asked, 'response') as Promise<[IncomingMessage]>;
  stream.send({ type: 'first' });
  const [reader] = await answered;
  reader.pause().on('error', () => undefined);
  const piece = 'x'.repeat(64 * 1024);
  for (let sent = 0; !response.destroyed; sent += 1) {
    expect(sent).toBeLessThan(1_000);
    stream.send(piece);
    await nextTurn();
  }
  stream.send(piece);
  reader.destroy();
  await new Promise((resolve) => server.close(resolve));
});
