import { type Dec, abs, dec, fromInt, fromMicros, max, over, times } from '../decimal.ts';
import type { Exchange } from '../exchange.ts';
import { type Account, type Order, type Position, isOpen } from '../state/types.ts';

const HALF = dec('0.5');
const MAINTENANCE = dec('0.3');
const SHORT_MARGIN = dec('1.03');
/** Below this equity an account has no margin and may not sell short. */
export const MARGIN_EQUITY = fromInt(2000);

export type Valuation = {
  readonly equity: Dec;
  readonly long: Dec;
  readonly short: Dec;
  readonly held: Dec;
  readonly multiplier: number;
  readonly buyingPower: Dec;
  readonly regtBuyingPower: Dec;
  readonly nonMarginable: Dec;
  readonly initialMargin: Dec;
  readonly maintenanceMargin: Dec;
};

/** A position's market value (negative for a short); at cost when the symbol has no price. */
export function marketValue(exchange: Exchange, position: Position): Dec {
  const price = exchange.price(position.symbol);
  return price === null ? position.cost : times(position.qty, price);
}

export function equityOf(exchange: Exchange, account: Account): Dec {
  return exchange.store.positionsOf(account.id).reduce((sum, each) => sum + marketValue(exchange, each), account.cash);
}

/**
 * What an open order that opens a position sets aside: leaves x the limit, or the stop, or the current price; a short
 * sale counts at 1.03 times the market if that is more than its limit.
 */
export function holdOf(exchange: Exchange, order: Order): Dec {
  if (!isOpen(order) || order.intent.endsWith('_to_close') || order.status === 'pending_replace') return 0n;
  if (order.parentId !== null) return 0n;
  if (order.notional !== null) return max(0n, order.notional - order.filledCost);
  return costOf(exchange, order, (order.qty ?? 0n) - order.filledQty);
}

/** The cost of opening `qty` under an order's terms. */
export function costOf(
  exchange: Exchange,
  order: Pick<Order, 'symbol' | 'side' | 'limitPrice' | 'stopPrice' | 'collar'>,
  qty: Dec,
): Dec {
  const fixed = order.limitPrice ?? order.collar ?? order.stopPrice;
  if (order.side === 'buy') return times(qty, fixed ?? askOf(exchange, order.symbol));
  return times(qty, max(order.limitPrice ?? 0n, times(askOf(exchange, order.symbol), SHORT_MARGIN)));
}

/** What a market buy would pay now; 0 when the symbol never traded. */
function askOf(exchange: Exchange, symbol: string): Dec {
  const at = exchange.time();
  const price = exchange.market.tick(symbol, at)?.buy ?? exchange.market.quote(symbol, at)?.ask ?? 0;
  return fromMicros(price);
}

/** Equity, margin and buying power of an account at the present moment. */
export function valuation(exchange: Exchange, account: Account): Valuation {
  let [long, short] = [0n, 0n];
  for (const position of exchange.store.positionsOf(account.id)) {
    const value = marketValue(exchange, position);
    if (value > 0n) long += value;
    else short += value;
  }
  const equity = account.cash + long + short;
  const held = exchange.store.openOf(account.id).reduce((sum, order) => sum + holdOf(exchange, order), 0n);
  const allowed = Number(account.configurations.max_margin_multiplier);
  const multiplier = equity < MARGIN_EQUITY ? 1 : Math.min(2, allowed);
  const exposure = long + abs(short);
  const power = (factor: number): Dec => max(0n, equity * BigInt(factor) - exposure - held);
  return {
    equity,
    long,
    short,
    held,
    multiplier,
    buyingPower: power(multiplier),
    regtBuyingPower: power(multiplier),
    nonMarginable: max(0n, equity - exposure - held),
    initialMargin: times(exposure, HALF),
    maintenanceMargin: times(exposure, MAINTENANCE),
  };
}

/**
 * What of a position open orders have not laid claim to. The exits of one bracket or oco share their claim; legs still
 * waiting for their entry lay none.
 * @param except the id of an order (or of the parent of its group) whose claim does not count
 */
export function availableQty(exchange: Exchange, accountId: string, symbol: string, except: string | null = null): Dec {
  const qty = exchange.store.position(accountId, symbol)?.qty ?? 0n;
  const closingSide = qty > 0n ? 'sell' : 'buy';
  const claims = new Map<string, Dec>();
  for (const order of exchange.store.openOf(accountId)) {
    const key = order.parentId ?? order.id;
    if (order.symbol !== symbol || order.side !== closingSide || key === except) continue;
    if (order.status === 'pending_replace') continue;
    if (order.status === 'held' && order.orderClass !== 'oco') continue;
    const leaves = order.qty === null ? estimate(exchange, order) : order.qty - order.filledQty;
    claims.set(key, max(claims.get(key) ?? 0n, leaves));
  }
  const claimed = [...claims.values()].reduce((sum, each) => sum + each, 0n);
  return max(0n, abs(qty) - claimed);
}

function estimate(exchange: Exchange, order: Order): Dec {
  const price = exchange.price(order.symbol);
  return price === null || price === 0n ? 0n : over((order.notional ?? 0n) - order.filledCost, price);
}
