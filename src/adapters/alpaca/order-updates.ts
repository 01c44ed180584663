/** Following the order updates of one account over Alpaca's trading stream. */
import { WebSocket } from 'ws';
import type { BrokerAccess, BrokerUpdate, OrderUpdates } from '../../application/ports/broker.ts';
import type { Clock } from '../../application/ports/clock-and-ids.ts';
import type { AlpacaConfig } from './config.ts';
import { createListenerCalls } from './listener-calls.ts';
import type { ListenerCalls } from './listener-calls.ts';
import { authenticate, listen, readFrame } from './update-wire.ts';

type StreamTimes = AlpacaConfig['times']['stream'];

export function createOrderUpdates(config: AlpacaConfig, clock: Clock): OrderUpdates {
  const { stream: times } = config.times;
  return {
    async follow(access, listener, signal) {
      const url = config.tradingStreamUrl[access.environment];
      const over = new AbortController();
      const ending = AbortSignal.any([signal, over.signal]);
      const calls = createListenerCalls(listener, ending, () => over.abort());
      let failures = 0;
      while (!ending.aborted) {
        const ended = await connectOnce(url, access, times, calls, ending);
        if (ending.aborted) break;
        if (ended.kind === 'unauthorized') {
          // A listener that waits for the broker may wait for ever, now that the token is not taken.
          await Promise.race([calls.settled(), clock.sleep(times.open, ending)]);
          over.abort();
          return 'unauthorized';
        }
        listener.onTrouble(ended.reason);
        if (ended.stoodMs >= times.steadyAfter) failures = 0;
        await clock.sleep(varied(times.reconnect[Math.min(failures, times.reconnect.length - 1)] ?? 0), ending);
        failures += 1;
      }
      await calls.settled();
      return 'stopped';
    },
  };
}

/** A fifth more or less, so that many streams do not come back in the same moment. */
const varied = (milliseconds: number): number => milliseconds * (0.8 + 0.4 * Math.random());

type Ended =
  | { readonly kind: 'unauthorized' }
  /** `stoodMs`: how long the subscription had stood. */
  | { readonly kind: 'lost'; readonly reason: string; readonly stoodMs: number };

/** One connection, from opening to its end. Resolves at once when `signal` aborts. */
function connectOnce(
  url: string,
  { token }: BrokerAccess,
  times: StreamTimes,
  calls: ListenerCalls,
  signal: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: times.open });
    let stoodSince: number | null = null;
    let over = false;
    /** Updates that come before the subscription is confirmed are handed over after it. */
    const early: BrokerUpdate[] = [];
    let ping: NodeJS.Timeout | undefined;
    let pong: NodeJS.Timeout | undefined;
    const opening = setTimeout(() => lose(`no subscription within ${times.open} ms`), times.open);

    const end = (ended: Ended): void => {
      over = true;
      clearTimeout(opening);
      clearInterval(ping);
      clearTimeout(pong);
      signal.removeEventListener('abort', abort);
      socket.terminate();
      resolve(ended);
    };
    const lose = (reason: string): void => {
      end({ kind: 'lost', reason, stoodMs: stoodSince === null ? 0 : performance.now() - stoodSince });
    };
    const abort = (): void => lose('stopped');
    const stand = (): void => {
      if (stoodSince !== null) return;
      clearTimeout(opening);
      stoodSince = performance.now();
      calls.connected(() => !over);
      for (const update of early) calls.update(update);
      ping = setInterval(() => {
        socket.ping();
        pong ??= setTimeout(() => lose(`no sign of life within ${times.pongWithin} ms`), times.pongWithin);
      }, times.pingEvery);
    };

    socket.on('open', () => socket.send(authenticate(token)));
    socket.on('pong', () => {
      clearTimeout(pong);
      pong = undefined;
    });
    socket.on('message', (data: Buffer) => {
      const frame = readFrame(data);
      switch (frame.kind) {
        case 'authorized':
          return socket.send(listen());
        case 'unauthorized':
          return end({ kind: 'unauthorized' });
        case 'listening':
          return stand();
        case 'complaint':
          return lose(frame.reason);
        case 'keep_alive':
          return;
        case 'updates':
          if (stoodSince === null) early.push(...frame.updates);
          else for (const update of frame.updates) calls.update(update);
      }
    });
    socket.on('close', (code) => lose(`the connection was closed (${code})`));
    socket.on('error', ({ message }) => lose(message));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
}
