import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';
import { type Dec, fromMicros } from './decimal.ts';
import { ulidMaker } from './ids.ts';
import type { MarketClock } from './market/clock.ts';
import type { Market } from './market/market.ts';
import type { UsableDays } from './market/usable-days.ts';
import { orderWire } from './orders/wire.ts';
import type { Settings } from './settings.ts';
import type { Store } from './state/store.ts';
import { type Order, type TradeUpdate, isOpen } from './state/types.ts';

/** What a `trade_updates` event carries besides the order. */
export type UpdateDetails = {
  readonly execution_id?: string;
  /** Of a bust or a correction: the execution that it changes. */
  readonly previous_execution_id?: string;
  readonly price?: string;
  readonly qty?: string;
  readonly position_qty?: string;
  readonly reason?: string;
};

export type Exchange = ReturnType<typeof createExchange>;

type Parts = {
  readonly seed: number;
  readonly store: Store;
  readonly market: Market;
  readonly clock: MarketClock;
  readonly days: UsableDays;
  readonly settings: Settings;
  readonly real: () => number;
};

/** The parts every ability of the sandbox works on, with the market time being processed and the outgoing events. */
export function createExchange(parts: Parts) {
  const { store, market, clock } = parts;
  const nextEventId = ulidMaker(parts.real);
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  let processing = clock.now();
  let lastStamp = { ms: 0, sub: 0 };
  let seq = [...store.orders.values()].reduce((highest, order) => Math.max(highest, order.seq), 0);
  let outbox: { accountId: string; update: TradeUpdate }[] = [];

  /** Market time as RFC 3339 with nine decimals; never the same twice. */
  function stamp(): string {
    const sub = lastStamp.ms === processing ? lastStamp.sub + 1 : 0;
    lastStamp = { ms: processing, sub };
    const iso = new Date(processing).toISOString();
    return `${iso.slice(0, 23)}${String(sub % 1_000_000).padStart(6, '0')}Z`;
  }

  return {
    ...parts,
    newId: randomUUID,
    nextSeq: (): number => ++seq,
    /** The market time being worked on; equal to the clock except while the engine catches up. */
    time: (): number => processing,
    setTime(at: number): void {
      processing = at;
    },
    stamp,
    /** The newest price of a symbol as a decimal; null when it never traded. */
    price(symbol: string): Dec | null {
      const last = market.last(symbol, processing);
      return last ? fromMicros(last.price) : null;
    },
    /** Records a `trade_updates` event for an order as it stands now; it is sent at the next commit. */
    announce(event: string, order: Order, details: UpdateDetails = {}): void {
      const at = stamp();
      order.updatedAt = at;
      if (!isOpen(order)) order.endedAtReal ??= new Date(parts.real()).toISOString();
      store.put('order', order);
      const update: TradeUpdate = {
        event,
        ...details,
        order: { ...orderWire(order, store, true), cancel_requested_at: order.cancelRequestedAt },
        timestamp: at,
        at,
        event_id: nextEventId(),
      };
      store.put('update', { accountId: order.accountId, update });
      outbox.push({ accountId: order.accountId, update });
    },
    /** Makes everything done since the last commit durable, then sends the events. */
    commit(): void {
      store.commit();
      const sending = outbox;
      outbox = [];
      for (const { accountId, update } of sending) emitter.emit(accountId, update);
    },
    /** Follows the order events of one account; gives back how to stop. */
    onUpdate(accountId: string, listener: (update: TradeUpdate) => void): () => void {
      emitter.on(accountId, listener);
      return () => emitter.off(accountId, listener);
    },
  };
}
