import { type Dec, dec, decimalsOf, fromInt, isWhole, text } from '../decimal.ts';
import { badInput, brokenRule, forbidden } from '../failure.ts';
import { type TradingDay, nextTradingDay, tradingDay } from '../market/calendar.ts';
import { HOUR, MINUTE, newYorkDay, newYorkTime } from '../market/time.ts';
import type { Asset } from './assets.ts';
import type { Ticket } from './ticket.ts';

/** Prices from one dollar up have two decimals, below that four (Alpaca: sub-penny increment). */
export function checkTick(name: string, price: Dec | null): void {
  if (price === null) return;
  const places = price >= fromInt(1) ? 2 : 4;
  if (decimalsOf(price) > places) {
    throw brokenRule(`invalid ${name} ${text(price)}. sub-penny increment does not fulfill minimum pricing criteria`);
  }
}

/** Rules that need nothing but the request itself. */
export function checkShape(ticket: Ticket): void {
  const { type, limitPrice, stopPrice, trailPrice, trailPercent } = ticket;
  if (ticket.qty === null && ticket.notional === null) throw badInput('qty or notional is required');
  if (ticket.qty !== null && ticket.notional !== null) throw badInput('only one of qty or notional is accepted');
  if (ticket.qty !== null && decimalsOf(ticket.qty) > 9) throw badInput('qty must have no more than 9 decimal places');
  if (ticket.notional !== null && ticket.notional < fromInt(1)) throw brokenRule('notional amount must be >= 1.00');
  if (ticket.notional !== null && decimalsOf(ticket.notional) > 2)
    throw brokenRule('notional value must be limited to 2 decimal places');
  const needsLimit = type === 'limit' || type === 'stop_limit';
  const needsStop = type === 'stop' || type === 'stop_limit';
  const isOcoWithTarget = ticket.orderClass === 'oco' && ticket.takeProfit !== null;
  if (type === 'market' && (limitPrice !== null || stopPrice !== null)) {
    throw badInput('market orders require no stop or limit price');
  }
  if (needsLimit && limitPrice === null && !isOcoWithTarget)
    throw badInput(`${type.replace('_', ' ')} orders require a limit price`);
  if (needsStop && stopPrice === null) throw badInput(`${type.replace('_', ' ')} orders require a stop price`);
  if (type === 'limit' && stopPrice !== null) throw badInput('limit orders require no stop price');
  if (type === 'stop' && limitPrice !== null) throw badInput('stop orders require no limit price');
  if (type === 'trailing_stop') {
    if ((trailPrice === null) === (trailPercent === null))
      throw badInput('trailing stop orders require one of trail_price or trail_percent');
    if (limitPrice !== null || stopPrice !== null)
      throw badInput('trailing stop orders require no stop or limit price');
    if (trailPercent !== null && trailPercent < dec('0.1')) throw badInput('trail_percent must be >= 0.1');
    if (trailPercent !== null && trailPercent >= fromInt(100)) throw badInput('trail_percent must be < 100');
  } else if (trailPrice !== null || trailPercent !== null) {
    throw badInput('trail_price and trail_percent are only for trailing stop orders');
  }
  checkTick('limit_price', limitPrice);
  checkTick('stop_price', stopPrice);
  checkTick('trail_price', trailPrice);
  checkTick('take_profit.limit_price', ticket.takeProfit);
  checkTick('stop_loss.stop_price', ticket.stopLoss?.stop ?? null);
  checkTick('stop_loss.limit_price', ticket.stopLoss?.limit ?? null);
}

/** Which types, classes and hours go with which times in force. */
export function checkTimeInForce(ticket: Ticket, now: number): void {
  const { type, timeInForce, orderClass } = ticket;
  const isAuction = timeInForce === 'opg' || timeInForce === 'cls';
  if ((isAuction || timeInForce === 'ioc' || timeInForce === 'fok') && type !== 'market' && type !== 'limit') {
    throw brokenRule(`${timeInForce} orders must be market or limit orders`);
  }
  if (type === 'trailing_stop' && timeInForce !== 'day' && timeInForce !== 'gtc') {
    throw brokenRule('trailing stop orders must be DAY or GTC orders');
  }
  if (type === 'trailing_stop' && orderClass !== '') throw brokenRule('trailing stop orders must be simple orders');
  if (ticket.extendedHours) {
    const isTimely = timeInForce === 'day' || timeInForce === 'gtc';
    if (type !== 'limit' || !isTimely) throw brokenRule('extended hours order must be DAY or GTC limit orders');
    if (orderClass !== '') throw brokenRule('extended hours order must be simple orders');
  }
  if (orderClass !== '' && timeInForce !== 'day' && timeInForce !== 'gtc') {
    throw brokenRule(`${orderClass} orders must be DAY or GTC orders`);
  }
  if (isAuction) checkAuctionWindow(timeInForce, now);
}

/** opg is refused from two minutes before the open, cls from ten minutes before the close, both until 19:00 New York. */
function checkAuctionWindow(timeInForce: 'opg' | 'cls', now: number): void {
  const day = tradingDay(newYorkDay(now));
  if (!day || newYorkTime(now) >= 19 * HOUR) return;
  const from = timeInForce === 'opg' ? day.open - 2 * MINUTE : day.close - 10 * MINUTE;
  if (now >= from) throw forbidden(`${timeInForce} orders are not accepted at this time`);
}

/** Fractional and notional orders (Alpaca: DAY only, no trailing stop, simple class, not for every asset). */
export function checkFraction(ticket: Ticket, asset: Asset, price: Dec | null): void {
  const isFraction = ticket.notional !== null || (ticket.qty !== null && !isWhole(ticket.qty));
  if (!isFraction) return;
  if (ticket.timeInForce !== 'day') throw brokenRule('fractional orders must be DAY orders');
  if (ticket.type === 'trailing_stop') throw brokenRule('fractional orders must not be trailing stop orders');
  if (ticket.orderClass !== '') throw brokenRule('fractional orders must be simple orders');
  if (!asset.fractionable) throw forbidden(`asset "${asset.symbol}" is not fractionable`);
  if (ticket.extendedHours && !asset.attributes.includes('fractional_eh_enabled'))
    throw forbidden(`asset "${asset.symbol}" is not fractionable in extended hours`);
  if (ticket.qty !== null && price !== null && ticket.qty * price < fromInt(1) * fromInt(1)) {
    throw forbidden('cost basis must be >= minimal amount of order 1');
  }
}

/** The trading day an order sent now belongs to, and when it runs out. */
export function expiryOf(ticket: Pick<Ticket, 'timeInForce' | 'extendedHours'>, now: number): number {
  const today = tradingDay(newYorkDay(now));
  const end = (day: TradingDay): number => (ticket.extendedHours ? day.postClose : day.close);
  if (ticket.timeInForce === 'gtc') return now + 90 * 24 * HOUR;
  if (ticket.timeInForce === 'opg') return (today && now < today.open ? today : nextTradingDay(newYorkDay(now))).close;
  return end(today && now < end(today) ? today : nextTradingDay(newYorkDay(now)));
}
