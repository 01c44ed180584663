/** Order forms by the thousand: those that must be refused, each with the code that says why, and those that must not. */
export type Form = Readonly<Record<string, string>>;
export type Random = () => number;

export interface Market {
  readonly symbol: string;
  readonly bid: number;
  readonly ask: number;
}

export interface BadForm {
  readonly kind: string;
  readonly form: Form;
  readonly code: string;
  /** The rule or reason that must be named among others; null where the code says it all. */
  readonly why: string | null;
}

const whole = (random: Random, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));
const one = <T>(random: Random, of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
const cents = (price: number): string => price.toFixed(2);

const order = ({ symbol, bid, ask }: Market, more: Form): Form => ({
  instrument: symbol,
  side: 'buy',
  type: 'market',
  qty: '1',
  currentAsk: `${ask}`,
  currentBid: `${bid}`,
  ...more,
});
const limit = (market: Market, more: Form = {}): Form =>
  order(market, { type: 'limit', limitPrice: cents(market.bid * 0.95), ...more });

type Make = (random: Random, market: Market) => Form;

const BAD: readonly (readonly [kind: string, code: string, why: string | null, make: Make])[] = [
  ['a quantity that is none', 'invalid_request', null, (r, m) => order(m, { qty: one(r, NO_NUMBERS) })],
  ['a price that is none', 'invalid_request', null, (r, m) => limit(m, { limitPrice: one(r, NO_PRICES) })],
  ['a side that is none', 'invalid_request', null, (r, m) => order(m, { side: one(r, ['hold', 'BUY', 'short', '']) })],
  ['a type that is none', 'invalid_request', null, (r, m) => order(m, { type: one(r, ['iceberg', 'MARKET', '']) })],
  ['an unknown instrument', 'unknown_instrument', null, (r, m) => order(m, { instrument: `ZZ${whole(r, 1, 99)}` })],
  [
    'no limit price',
    'unsupported_order',
    'limit_price_missing',
    (r, m) => (r() < 0.5 ? order(m, { type: 'limit' }) : limit(m, { limitPrice: '' })),
  ],
  ['no stop price', 'unsupported_order', 'stop_price_missing', (_r, m) => order(m, { type: 'stop' })],
  ['a price that has no use', 'unsupported_order', 'price_not_used', (_r, m) => order(m, { limitPrice: cents(m.bid) })],
  [
    'a price off the grid',
    'unsupported_order',
    'price_step',
    (r, m) => limit(m, { limitPrice: `${cents(m.bid * 0.95)}${whole(r, 1, 9)}` }),
  ],
  [
    'a fraction that waits',
    'unsupported_order',
    'fraction_needs_day_order',
    (r, m) => limit(m, { qty: `${whole(r, 1, 9)}.5`, durationType: 'gtc' }),
  ],
  ['too fine a fraction', 'invalid_request', null, (r, m) => order(m, { qty: `1.${whole(r, 1, 9)}000000001` })],
  [
    'less than a dollar',
    'unsupported_order',
    'fraction_too_small',
    (r, m) => order(m, { qty: `0.0000${whole(r, 1, 9)}` }),
  ],
  [
    'a stop that must be executed at once',
    'unsupported_order',
    'time_in_force_order_type',
    (r, m) => order(m, { type: 'stop', stopPrice: cents(m.ask * 1.05), durationType: one(r, ['ioc', 'fok']) }),
  ],
  [
    'a market order outside of the session',
    'unsupported_order',
    'extended_hours_need_limit_day',
    (_r, m) => order(m, { extendedHours: 'true' }),
  ],
  [
    'half a bracket',
    'unsupported_order',
    'bracket_needs_both_exits',
    (_r, m) => limit(m, { stopLoss: cents(m.bid * 0.9) }),
  ],
  [
    'a bracket the wrong way round',
    'unsupported_order',
    'bracket_exits_reversed',
    (_r, m) => limit(m, { stopLoss: cents(m.bid * 1.1), takeProfit: cents(m.bid * 0.9) }),
  ],
  [
    'too large a value',
    'denied',
    'largest_order_value',
    (r, m) => limit(m, { qty: `${Math.ceil(whole(r, 55_000, 90_000) / (m.bid * 0.95))}` }),
  ],
  ['too many shares', 'denied', 'largest_order_quantity', (r, m) => limit(m, { qty: `${whole(r, 10_001, 90_000)}` })],
  [
    'a limit far beyond the market',
    'denied',
    'price_collar',
    (r, m) => limit(m, { limitPrice: cents(m.ask * (1.12 + r())) }),
  ],
  [
    'a stop far from the market',
    'denied',
    'price_collar',
    (r, m) => order(m, { type: 'stop', stopPrice: cents(m.ask * (1.35 + r())) }),
  ],
];

const NO_PRICES = ['0', '-1', 'ten', 'NaN', 'Infinity', '1e3', '0x10', '1,5', ' 1', '٣', '1.2.3', '--2', '0.0'];
/** An empty quantity is none; an empty price is one that was not given. */
const NO_NUMBERS = [...NO_PRICES, ''];

/** The n-th bad form; the kinds take turns. */
export function badForm(n: number, random: Random, market: Market): BadForm {
  const [kind, code, why, make] = BAD[n % BAD.length]!;
  return { kind, code, why, form: make(random, market) };
}

export const BAD_KINDS = BAD.length;

const GOOD: readonly Make[] = [
  (r, m) => limit(m, { qty: `${whole(r, 1, 20)}` }),
  (r, m) => limit(m, { qty: `${whole(r, 1, 20)}`, durationType: 'gtc' }),
  (r, m) => limit(m, { qty: `${whole(r, 1, 9)}.${whole(r, 1, 9)}` }),
  (r, m) => limit(m, { qty: `${whole(r, 1, 20)}`, extendedHours: 'true' }),
  (r, m) => order(m, { type: 'stop', stopPrice: cents(m.ask * (1.03 + r() * 0.2)), qty: `${whole(r, 1, 20)}` }),
  (r, m) =>
    order(m, {
      type: 'stoplimit',
      stopPrice: cents(m.ask * 1.04),
      limitPrice: cents(m.ask * 1.05),
      qty: `${whole(r, 1, 20)}`,
    }),
  (r, m) => order(m, { type: 'stop', trailingStopPips: `${whole(r, 300, 900)}`, qty: `${whole(r, 1, 20)}` }),
  (r, m) =>
    limit(m, {
      qty: `${whole(r, 1, 20)}`,
      takeProfit: cents(m.bid * 1.1),
      stopLoss: cents(m.bid * 0.85),
    }),
];

/** An order that may be placed, and rests at the broker. */
export const goodForm = (n: number, random: Random, market: Market): Form => GOOD[n % GOOD.length]!(random, market);
