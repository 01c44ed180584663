import { type Dec, dec, fromMicros, isWhole, min, over, text, times } from '../decimal.ts';
import type { Exchange } from '../exchange.ts';
import { badInput, brokenRule, forbidden } from '../failure.ts';
import type { Account, Order, PositionIntent } from '../state/types.ts';
import type { Asset } from './assets.ts';
import type { Ticket } from './ticket.ts';
import { MARGIN_EQUITY, availableQty, costOf, equityOf, valuation } from './valuation.ts';

const CENT = dec('0.01');

/** The market's price for rules: the newest price, null when the symbol never traded. */
function marketPrice(exchange: Exchange, symbol: string): Dec | null {
  return exchange.price(symbol);
}

export function checkAsset(asset: Asset | null, symbol: string): Asset {
  if (!asset) throw brokenRule(`asset "${symbol}" not found`);
  if (asset.status !== 'active') throw badInput(`asset ${asset.symbol} is not active`);
  if (!asset.tradable) throw brokenRule(`asset "${asset.symbol}" is not tradable`);
  return asset;
}

export function checkAccountState(account: Account): void {
  if (account.status !== 'ACTIVE') throw forbidden('account is not authorized to trade');
  if (account.tradingBlocked || account.accountBlocked) throw forbidden('account is blocked from trading');
  if (account.configurations.suspend_trade) throw forbidden('new orders are rejected by user request');
}

/** A buy stop lies above the market, a sell stop below it. */
export function checkStopDirection(exchange: Exchange, ticket: Ticket): void {
  const price = marketPrice(exchange, ticket.symbol);
  if (ticket.stopPrice === null || price === null) return;
  const market = { market_price: text(price) };
  if (ticket.side === 'buy' && ticket.stopPrice <= price)
    throw brokenRule('stop price must be greater than the market price', market);
  if (ticket.side === 'sell' && ticket.stopPrice >= price)
    throw brokenRule('stop price must be less than the market price', market);
}

/** The exits of bracket, oco and oto orders. */
export function checkGroup(exchange: Exchange, ticket: Ticket): void {
  const { orderClass, takeProfit, stopLoss } = ticket;
  if (orderClass === '') {
    if (takeProfit !== null || stopLoss) throw brokenRule('take_profit and stop_loss are only for complex orders');
    return;
  }
  if (orderClass === 'bracket' && (takeProfit === null || !stopLoss))
    throw brokenRule('bracket orders require take_profit.limit_price and stop_loss.stop_price');
  if (orderClass === 'oto' && (takeProfit === null) === !stopLoss)
    throw brokenRule('oto orders require either take_profit or stop_loss');
  if (orderClass === 'oco' && ticket.type !== 'limit') throw brokenRule('oco orders must be limit orders');
  if (orderClass === 'oco' && !stopLoss) throw brokenRule('oco orders require take_profit and stop_loss');
  const target = orderClass === 'oco' ? (takeProfit ?? ticket.limitPrice) : takeProfit;
  const base =
    orderClass === 'oco' ? target : (ticket.limitPrice ?? ticket.stopPrice ?? marketPrice(exchange, ticket.symbol));
  const isExitSell = orderClass === 'oco' ? ticket.side === 'sell' : ticket.side === 'buy';
  if (base === null) return;
  const extras = { base_price: text(base) };
  if (target !== null && stopLoss && (isExitSell ? target <= stopLoss.stop : target >= stopLoss.stop)) {
    throw brokenRule(`take_profit.limit_price must be ${isExitSell ? '>' : '<'} stop_loss.stop_price`, extras);
  }
  if (stopLoss && (isExitSell ? stopLoss.stop > base - CENT : stopLoss.stop < base + CENT)) {
    throw brokenRule(
      `stop_loss.stop_price must be ${isExitSell ? '<= base_price - 0.01' : '>= base_price + 0.01'}`,
      extras,
    );
  }
  if (orderClass !== 'oco' && target !== null && (isExitSell ? target < base + CENT : target > base - CENT)) {
    throw brokenRule(
      `take_profit.limit_price must be ${isExitSell ? '>= base_price + 0.01' : '<= base_price - 0.01'}`,
      extras,
    );
  }
  if (stopLoss?.limit && (isExitSell ? stopLoss.limit > stopLoss.stop : stopLoss.limit < stopLoss.stop)) {
    throw brokenRule(`stop_loss.limit_price must be ${isExitSell ? '<=' : '>='} stop_loss.stop_price`);
  }
}

/** Whether a new order would meet an open order of the same account (Alpaca: wash trade protection). */
export function checkWashTrade(exchange: Exchange, account: Account, ticket: Ticket, except: string | null): void {
  if (ticket.orderClass !== '' || ticket.type === 'trailing_stop') return;
  const isPriced = ticket.type === 'limit' || ticket.type === 'stop_limit';
  for (const order of exchange.store.openOf(account.id)) {
    if (order.symbol !== ticket.symbol || order.side === ticket.side || order.id === except) continue;
    if (order.type === 'trailing_stop' || order.orderClass !== '') continue;
    const isOtherPriced = order.type === 'limit' || order.type === 'stop_limit';
    if (isPriced && isOtherPriced) {
      const [buy, sell] =
        ticket.side === 'buy' ? [ticket.limitPrice, order.limitPrice] : [order.limitPrice, ticket.limitPrice];
      if ((buy ?? 0n) < (sell ?? 0n)) continue;
    }
    throw forbidden('potential wash trade detected. use complex orders', {
      existing_order_id: order.id,
      reject_reason: `opposite side ${isOtherPriced ? 'limit' : 'market/stop'} order exists`,
    });
  }
}

/** What the order does to the position, as the venue infers it. */
export function inferIntent(exchange: Exchange, account: Account, ticket: Ticket): PositionIntent {
  const held = exchange.store.position(account.id, ticket.symbol)?.qty ?? 0n;
  const inferred =
    ticket.side === 'buy' ? (held < 0n ? 'buy_to_close' : 'buy_to_open') : held > 0n ? 'sell_to_close' : 'sell_to_open';
  if (ticket.intent !== null && ticket.intent !== inferred) {
    throw brokenRule(`position intent mismatch, inferred: ${inferred}, specified: ${ticket.intent}`);
  }
  return inferred;
}

/** Quantity, shorting and buying power: whether the account can carry the order. `replaced` lays no claim any more. */
export function checkMeans(
  exchange: Exchange,
  account: Account,
  ticket: Ticket & { collar: Dec | null },
  intent: PositionIntent,
  replaced: Order | null,
): void {
  if (intent.endsWith('_to_close')) {
    checkClosing(exchange, account, ticket, replaced);
    return;
  }
  if (ticket.orderClass === 'oco') throw brokenRule('oco orders require an open position');
  if (intent === 'sell_to_open') checkShort(exchange, account, ticket);
  const opposite = exchange.store
    .openOf(account.id)
    .find(
      (order) =>
        order.symbol === ticket.symbol &&
        order.side !== ticket.side &&
        order.intent.endsWith('_to_open') &&
        order.id !== replaced?.id,
    );
  if (opposite)
    throw forbidden('cannot open a long buy while a short sell order is open, or the reverse', {
      existing_order_id: opposite.id,
    });
  const cost = ticket.notional ?? costOf(exchange, ticket, ticket.qty ?? 0n);
  const released = replaced ? costOf(exchange, replaced, (replaced.qty ?? 0n) - replaced.filledQty) : 0n;
  const power = valuation(exchange, account).buyingPower + released;
  if (cost > power) {
    throw forbidden('insufficient buying power', { buying_power: text(power, 2), cost_basis: text(cost, 2) });
  }
}

function checkClosing(exchange: Exchange, account: Account, ticket: Ticket, replaced: Order | null): void {
  const price = marketPrice(exchange, ticket.symbol);
  const position = exchange.store.position(account.id, ticket.symbol)?.qty ?? 0n;
  const size = position < 0n ? -position : position;
  const available = availableQty(
    exchange,
    account.id,
    ticket.symbol,
    replaced ? (replaced.parentId ?? replaced.id) : null,
  );
  const wanted = ticket.qty ?? (price === null ? 0n : over(ticket.notional ?? 0n, price));
  const isWithin = ticket.qty !== null ? wanted <= available : min(wanted, available) === wanted;
  if (isWithin) return;
  throw forbidden(
    `insufficient qty available for order (requested: ${text(wanted, 9)}, available: ${text(available)})`,
    {
      available: text(available),
      existing_qty: text(size),
      held_for_orders: text(size - available),
      symbol: ticket.symbol,
    },
  );
}

function checkShort(exchange: Exchange, account: Account, ticket: Ticket): void {
  if (ticket.notional !== null || (ticket.qty !== null && !isWhole(ticket.qty)))
    throw brokenRule('fractional orders cannot be sold short');
  if (account.configurations.no_shorting) throw forbidden('account is not allowed to short');
  if (equityOf(exchange, account) < MARGIN_EQUITY)
    throw forbidden('account is not eligible to short: equity below 2000');
}

/** The asset side of a short sale. */
export function checkBorrow(asset: Asset, intent: PositionIntent): void {
  if (intent !== 'sell_to_open' || (asset.shortable && asset.easy_to_borrow)) return;
  throw brokenRule(`asset "${asset.symbol}" cannot be sold short`);
}

/** The worst price a triggered buy stop may pay: 4 % above a stop below $50, else 2.5 %. */
export function collarOf(ticket: Pick<Ticket, 'type' | 'side' | 'stopPrice'>): Dec | null {
  if (ticket.type !== 'stop' || ticket.side !== 'buy' || ticket.stopPrice === null) return null;
  const factor = ticket.stopPrice < fromMicros(50_000_000) ? dec('1.04') : dec('1.025');
  return times(ticket.stopPrice, factor);
}
