import { type Dec, over, text } from '../decimal.ts';
import { uuidOf } from '../ids.ts';
import { instantText } from '../market/time.ts';
import type { Store } from '../state/store.ts';
import type { Order } from '../state/types.ts';

export type OrderWire = Readonly<Record<string, unknown>>;

/** The id under which a symbol is listed: the same on every sandbox. */
export function assetIdOf(symbol: string): string {
  return uuidOf(`asset ${symbol}`);
}

/** An order as the Trading API shows it: decimals as texts, absent values as null, "" as the class of a simple order. */
export function orderWire(order: Order, store: Store, nested: boolean): OrderWire {
  const legs = nested ? order.legIds.flatMap((id) => store.orders.get(id) ?? []) : [];
  return {
    id: order.id,
    client_order_id: order.clientOrderId,
    created_at: order.createdAt,
    updated_at: order.updatedAt,
    submitted_at: order.submittedAt,
    filled_at: order.filledAt,
    expired_at: order.expiredAt,
    canceled_at: order.canceledAt,
    failed_at: order.failedAt,
    replaced_at: order.replacedAt,
    replaced_by: order.replacedBy,
    replaces: order.replaces,
    expires_at: instantText(order.expiresAt),
    asset_id: assetIdOf(order.symbol),
    symbol: order.symbol,
    asset_class: 'us_equity',
    notional: shown(order.notional),
    qty: shown(order.qty),
    filled_qty: text(order.filledQty),
    filled_avg_price: order.filledQty === 0n ? null : text(over(order.filledCost, order.filledQty), 9),
    order_class: order.orderClass,
    order_type: order.type,
    type: order.type,
    side: order.side,
    position_intent: order.intent,
    time_in_force: order.timeInForce,
    limit_price: shown(order.limitPrice),
    stop_price: shown(order.stopPrice),
    status: order.status,
    extended_hours: order.extendedHours,
    legs: legs.length > 0 ? legs.map((leg) => orderWire(leg, store, false)) : null,
    trail_percent: shown(order.trailPercent),
    trail_price: shown(order.trailPrice),
    hwm: shown(order.hwm),
    ratio_qty: null,
    subtag: null,
    source: null,
  };
}

function shown(value: Dec | null): string | null {
  return value === null ? null : text(value);
}
