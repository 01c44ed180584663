import { type Dec, parseDec } from '../decimal.ts';
import { badInput, brokenRule, refuse } from '../failure.ts';
import type { OrderClass, OrderType, PositionIntent, Side, TimeInForce } from '../state/types.ts';

/** An order request with its texts read: absent members are null, decimals are exact. */
export type Ticket = {
  readonly symbol: string;
  readonly qty: Dec | null;
  readonly notional: Dec | null;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly limitPrice: Dec | null;
  readonly stopPrice: Dec | null;
  readonly trailPrice: Dec | null;
  readonly trailPercent: Dec | null;
  readonly extendedHours: boolean;
  readonly clientOrderId: string | null;
  readonly orderClass: OrderClass;
  readonly takeProfit: Dec | null;
  readonly stopLoss: { readonly stop: Dec; readonly limit: Dec | null } | null;
  readonly intent: PositionIntent | null;
};

type Body = Readonly<Record<string, unknown>>;

const TYPES: readonly OrderType[] = ['market', 'limit', 'stop', 'stop_limit', 'trailing_stop'];
const TIMES: readonly TimeInForce[] = ['day', 'gtc', 'opg', 'cls', 'ioc', 'fok'];
const INTENTS: readonly PositionIntent[] = ['buy_to_open', 'buy_to_close', 'sell_to_open', 'sell_to_close'];

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** A JSON body that must be an object. */
export function asBody(value: unknown): Body {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuse(400, 40010000, 'request body format is invalid');
  }
  return value as Body;
}

/** Reads a decimal given as JSON text or number; null when absent. It must be positive. */
export function readPositive(body: Body, name: string): Dec | null {
  const value = body[name];
  if (isAbsent(value)) return null;
  if (typeof value !== 'string' && typeof value !== 'number') throw badInput(`${name} must be a number`);
  const shown = typeof value === 'string' ? value.trim() : String(value);
  const amount = parseDec(shown);
  if (amount === null) throw badInput(`invalid ${name}: ${shown.slice(0, 40)}`);
  if (amount <= 0n) throw badInput(`${name.replaceAll('_', ' ')} must be > 0`);
  return amount;
}

function readOption<Option extends string>(body: Body, name: string, options: readonly Option[]): Option | null {
  const value = body[name];
  if (isAbsent(value)) return null;
  const found = options.find((option) => option === value);
  if (found === undefined) throw badInput(`invalid ${name}: must be one of ${options.join(', ')}`);
  return found;
}

export function readClientOrderId(body: Body): string | null {
  const value = body['client_order_id'];
  if (isAbsent(value)) return null;
  if (typeof value !== 'string') throw badInput('client_order_id must be a string');
  if (value.length > 128) throw badInput('client_order_id must be no more than 128 characters');
  return value;
}

export function readTimeInForce(body: Body): TimeInForce | null {
  return readOption(body, 'time_in_force', TIMES);
}

function readPart(body: Body, name: string): Body | null {
  const value = body[name];
  if (isAbsent(value)) return null;
  if (typeof value !== 'object' || Array.isArray(value)) throw badInput(`${name} must be an object`);
  const part = value as Body;
  return Object.values(part).every(isAbsent) ? null : part;
}

/** Reads the members of an order request; what they may be together is decided elsewhere. */
export function readTicket(body: Body): Ticket {
  const symbol = body['symbol'];
  if (isAbsent(symbol)) throw badInput('symbol is required');
  if (typeof symbol !== 'string') throw badInput('symbol must be a string');
  const side = readOption<Side>(body, 'side', ['buy', 'sell']);
  if (side === null) throw badInput('side is required');
  const type = readOption(body, 'type', TYPES);
  if (type === null) throw badInput('type is required');
  const timeInForce = readTimeInForce(body);
  if (timeInForce === null) throw badInput('time_in_force is required');
  const orderClass = readOption(body, 'order_class', ['simple', 'bracket', 'oco', 'oto', 'mleg'] as const) ?? 'simple';
  if (orderClass === 'mleg') throw brokenRule('multi-leg orders are not available');
  const extended = body['extended_hours'];
  if (!isAbsent(extended) && typeof extended !== 'boolean') throw badInput('extended_hours must be a boolean');
  const takeProfit = readPart(body, 'take_profit');
  const stopLoss = readPart(body, 'stop_loss');
  const stop = stopLoss ? readPositive(stopLoss, 'stop_price') : null;
  if (stopLoss && stop === null) throw badInput('stop_loss.stop_price is required');
  const target = takeProfit ? readPositive(takeProfit, 'limit_price') : null;
  if (takeProfit && target === null) throw badInput('take_profit.limit_price is required');
  return {
    symbol,
    side,
    type,
    timeInForce,
    qty: readPositive(body, 'qty'),
    notional: readPositive(body, 'notional'),
    limitPrice: readPositive(body, 'limit_price'),
    stopPrice: readPositive(body, 'stop_price'),
    trailPrice: readPositive(body, 'trail_price'),
    trailPercent: readPositive(body, 'trail_percent'),
    extendedHours: extended === true,
    clientOrderId: readClientOrderId(body),
    orderClass: orderClass === 'simple' ? '' : orderClass,
    takeProfit: target,
    stopLoss: stopLoss && stop !== null ? { stop, limit: readPositive(stopLoss, 'limit_price') } : null,
    intent: readOption(body, 'position_intent', INTENTS),
  };
}
