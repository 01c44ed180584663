import type { Exchange } from '../exchange.ts';
import { activate } from '../matching/book.ts';
import type { Engine } from '../matching/engine.ts';
import type { Order } from '../state/types.ts';
import { finishCancel, finishReplace } from './change.ts';

/** Real milliseconds between `new` and the first look at the market. */
const FILL_DELAY = 30;
const SETTLED_WITHIN = 1000;

export type Lifecycle = ReturnType<typeof createLifecycle>;

/** What happens to an order a moment after the request was answered, in real time. */
export function createLifecycle(exchange: Exchange, engine: Engine) {
  const timers = new Set<NodeJS.Timeout>();

  function later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      engine.advance();
      action();
      exchange.commit();
    }, ms);
    timers.add(timer);
  }

  function acknowledge(order: Order): void {
    if (order.status !== 'pending_new') return;
    if (order.replaces === null) activate(exchange, order);
    else finishReplace(exchange, order);
    exchange.commit();
    later(FILL_DELAY, () => engine.look(order.symbol));
  }

  return {
    /** Resolves after so many real milliseconds; never once the sandbox has closed. */
    pause: (ms: number): Promise<void> =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          timers.delete(timer);
          resolve();
        }, ms);
        timers.add(timer);
      }),
    placed(order: Order): void {
      if (order.status === 'pending_new') later(exchange.settings.ack_ms, () => acknowledge(order));
    },
    cancelRequested(order: Order): void {
      later(exchange.settings.cancel_ms, () => finishCancel(exchange, order));
    },
    /** Finishes a cancel without the usual moment of waiting. */
    finishCancelNow(order: Order): void {
      finishCancel(exchange, order);
    },
    replaceRequested(order: Order): void {
      later(exchange.settings.cancel_ms, () => acknowledge(order));
    },
    /**
     * Does at once what is still to happen in a moment: after a kill, and before the clock is moved by hand, so that
     * the outcome does not depend on real time. Delays set longer than a second by hand are left alone.
     */
    settle(): void {
      for (const order of exchange.store.allOpen()) {
        if (order.status === 'pending_cancel' && exchange.settings.cancel_ms <= SETTLED_WITHIN)
          finishCancel(exchange, order);
        if (order.status === 'pending_new' && exchange.settings.ack_ms <= SETTLED_WITHIN) acknowledge(order);
      }
      engine.look();
    },
    close(): void {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
