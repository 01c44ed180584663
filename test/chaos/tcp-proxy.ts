/**
 * A way to a server with weather of its own: late, cut, reset, dripping, silent. What it does to a connection it does to
 * bytes, whatever they mean.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { freePort } from '../../src/bootstrap/free-port.ts';

export type Weather =
  | { readonly kind: 'clear' }
  /** Everything arrives so much later. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Everything arrives in slices of so many bytes, one after so many milliseconds. */
  | { readonly kind: 'slices'; readonly bytes: number; readonly everyMs: number }
  /** Each connection ends once so many bytes have come back on it; with a reset, or as if it were over. */
  | { readonly kind: 'cut' | 'reset'; readonly afterBytes: number }
  /** Connections are taken, and nothing arrives on any. */
  | { readonly kind: 'black-hole' }
  /** Nothing arrives any more on the connections that stand, for good, and nobody is told; new ones are as they should be. */
  | { readonly kind: 'half-open' }
  /** There is nobody: connections that stand are reset, and new ones refused. */
  | { readonly kind: 'refused' };

export interface TcpProxy {
  readonly port: number;
  /** Changes the weather for all connections, those that stand too. */
  set(weather: Weather): Promise<void>;
  /** Connections that were made through it so far, and bytes that came to it from both sides. */
  counts(): { readonly connections: number; readonly bytes: number };
  close(): Promise<void>;
}

const CLEAR: Weather = { kind: 'clear' };

/** Leads to `port` on this machine. */
export async function openTcpProxy(port: number): Promise<TcpProxy> {
  const own = await freePort();
  const links = new Set<Link>();
  let weather: Weather = CLEAR;
  const counts = { connections: 0, bytes: 0 };
  const server = createServer((near) => {
    counts.connections += 1;
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) socket.on('data', (bytes: Buffer) => (counts.bytes += bytes.length));
    const link = createLink(
      near,
      far,
      () => weather,
      () => links.delete(link),
    );
    links.add(link);
  });
  const listen = async (): Promise<void> => {
    server.listen(own, '127.0.0.1');
    await once(server, 'listening');
  };
  const shut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const link of links) link.reset();
    await closed;
  };
  await listen();
  return {
    port: own,
    async set(next) {
      weather = next;
      for (const link of links) link.begin(next);
      if (next.kind === 'refused') await shut();
      else if (!server.listening) await listen();
    },
    counts: () => ({ ...counts }),
    close: shut,
  };
}

interface Link {
  /** Other weather begins. */
  begin(weather: Weather): void;
  reset(): void;
}

function createLink(near: Socket, far: Socket, weather: () => Weather, onEnd: () => void): Link {
  let isDead = false;
  let cameBack = 0;
  near.setNoDelay(true);
  far.setNoDelay(true);

  function end(how: 'cut' | 'reset'): void {
    for (const socket of [near, far]) {
      if (how === 'reset') socket.resetAndDestroy();
      else socket.destroy();
    }
  }

  /** What may still be delivered of bytes that come back, in weather that ends a connection. */
  function untilCut(bytes: Buffer): Buffer {
    const now = weather();
    if (now.kind !== 'cut' && now.kind !== 'reset') return bytes;
    const left = now.afterBytes - cameBack;
    cameBack += bytes.length;
    return left >= bytes.length ? bytes : bytes.subarray(0, Math.max(0, left));
  }

  const out = createLine((bytes) => far.write(bytes), weather);
  const back = createLine((bytes) => near.write(bytes), weather);
  near.on('data', (bytes: Buffer) => isDead || out.send(bytes));
  far.on('data', (bytes: Buffer) => {
    if (isDead) return;
    const kept = untilCut(bytes);
    back.send(kept);
    const { kind } = weather();
    if (kept.length < bytes.length) back.afterwards(() => end(kind === 'reset' ? 'reset' : 'cut'));
  });
  for (const [from, line, onto] of [
    [near, out, far],
    [far, back, near],
  ] as const) {
    from.on('end', () => isDead || line.afterwards(() => onto.end()));
    from.on('error', () => undefined);
    from.on('close', () => {
      if (isDead && from === far) return;
      line.afterwards(() => onto.destroy());
      onEnd();
    });
  }
  return {
    begin({ kind }) {
      cameBack = 0;
      if (kind === 'half-open') isDead = true;
    },
    reset: () => end('reset'),
  };
}

/** One direction: bytes are delivered in their order, however late. */
function createLine(deliver: (bytes: Buffer) => void, weather: () => Weather) {
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;

  async function deliverLate(bytes: Buffer, now: Weather, due: Promise<void>): Promise<void> {
    await due;
    const size = now.kind === 'slices' ? now.bytes : bytes.length;
    for (let from = 0; from < bytes.length; from += size) {
      deliver(bytes.subarray(from, from + size));
      if (now.kind === 'slices') await pause(now.everyMs);
    }
    waiting -= 1;
  }

  return {
    send(bytes: Buffer): void {
      const now = weather();
      if (now.kind === 'black-hole' || bytes.length === 0) return;
      if (waiting === 0 && now.kind !== 'latency' && now.kind !== 'slices') return deliver(bytes);
      waiting += 1;
      // Its time runs from now, whatever waits before it.
      const due = now.kind === 'latency' ? pause(now.ms) : Promise.resolve();
      last = last.then(() => deliverLate(bytes, now, due));
    },
    /** Acts once everything so far is delivered. */
    afterwards(act: () => void): void {
      if (waiting === 0) act();
      else last = last.then(act);
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
