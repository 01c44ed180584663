import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Can a server listen on this port of the loopback interface now? */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/**
 * A free port of the loopback interface. It is below 32768, where Linux begins to hand out ports to outgoing
 * connections: one of those could otherwise take it between this answer and the moment somebody listens.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isPortFree(port)) return port;
  }
}
