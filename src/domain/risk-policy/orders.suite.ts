/** Generated orders: for every rule some that it must stand against, and good ones that nothing may stand against. */
import fc from 'fast-check';
import type { OrderTicket } from '../order/events.ts';
import { ticket } from '../order/samples.suite.ts';
import type { AssessmentInputs, HaltNotice, RuleName } from './events.ts';
import type { RiskCommand } from './risk-policy.ts';
import { assess, figures, fill, LIMITS, NOW, readInputs, release } from './samples.suite.ts';

/** An order, and what happened in the account before it. */
export interface Case {
  readonly before: readonly RiskCommand[];
  readonly command: Extract<RiskCommand, { type: 'AssessOrder' }>;
}

const at = (milliseconds: number): string => new Date(Date.parse(NOW) + milliseconds).toISOString();
const ORDER_ID = 'd9428888-122b-41e1-b85c-61cd3cbb3210';

/** At 100 dollars; for a test that is about other things than the plan and confirmations. */
const order = (changes: Partial<OrderTicket>, seen: Partial<AssessmentInputs> = {}, milliseconds = 0): RiskCommand =>
  assess(
    ticket({ orderId: ORDER_ID, type: 'market', limitPrice: null, quantity: '1', ...changes }),
    { tradesIncluded: null, ...seen },
    at(milliseconds),
  );
const of = (command: RiskCommand, before: readonly RiskCommand[] = []): Case => ({
  before,
  command: command as Case['command'],
});

/** An order of long ago that was executed whole. */
const held = (side: 'buy' | 'sell', shares: string, price = '100', symbol = 'AAPL'): RiskCommand[] => [
  order({ orderId: `held-${symbol}`, side, quantity: shares, symbol }, { limits: UNLIMITED }, -200_000),
  { ...(fill(`held-${symbol}`, side, shares, price) as Extract<RiskCommand, { type: 'BookFill' }>), symbol },
  release(`held-${symbol}`),
];
/** A comparison with the broker has found another quantity there. */
const mismatch = (ours: string, brokers: string): RiskCommand => ({
  type: 'ReportPositionMismatch',
  symbol: 'AAPL',
  ours,
  brokers,
  at: at(-1_000),
});
const UNLIMITED = {
  ...LIMITS,
  largestOrderValue: '1000000000',
  largestOrderQuantity: '1000000',
  largestPositionValue: '1000000000',
  largestExposure: null,
  mostOpenOrders: null,
  mostOrdersInTenSeconds: null,
  mostOrdersInAMinute: null,
  mostRepetitionsInAMinute: null,
};
const working = (count: number, changes: Partial<OrderTicket> = {}, agoMs = 1_000): RiskCommand[] =>
  Array.from({ length: count }, (_, n) =>
    order({ orderId: `w${n}`, quantity: `${n + 1}`, ...changes }, { limits: UNLIMITED }, -agoMs),
  );

const side = fc.constantFrom('buy' as const, 'sell' as const);
const whole = (min: number, max: number) => fc.integer({ min, max }).map(String);
/** Cents, as text. */
const cents = (min: number, max: number) =>
  fc.integer({ min, max }).map((n) => `${Math.floor(n / 100)}.${`${n % 100}`.padStart(2, '0')}`);
const opening = fc.record({ side, quantity: whole(1, 50) });
const halted = (level: HaltNotice['level']): HaltNotice => ({
  haltId: 'h',
  level,
  scope: 'everything',
  reason: 'drill',
});
const instrument = { fractionable: true, shortable: true, tradable: true };

/** For every rule, orders that it must stand against whatever else does. */
export const BAD_ORDERS: Readonly<Record<RuleName, fc.Arbitrary<Case>>> = {
  disclaimer: opening.map((wish) => of(order(wish, { missing: ['disclaimer'] }))),
  terms: opening.map((wish) => of(order(wish, { missing: ['terms', 'disclaimer'] }))),
  broker_link: opening.map((wish) => of(order(wish, { missing: ['broker_link'], account: null }))),
  account_blocked: opening.map((wish) => of(order(wish, { account: figures({ mayTrade: false }) }))),
  trading_halted: fc
    .record({ wish: opening, level: fc.constantFrom('halted' as const, 'reducing' as const) })
    .map(({ wish, level }) => of(order(wish, { halts: [halted(level)] }))),
  overfill: fc
    .record({ wish: opening, excess: whole(1, 50), cause: fc.constantFrom('order' as const, 'exits' as const) })
    .map(({ wish, excess, cause }) =>
      of(order(wish), [{ type: 'RecordOverfill', orderId: 'o', symbol: 'AAPL', cause, excess, at: NOW }]),
    ),
  repeated_execution: fc
    .record({ side, count: fc.integer({ min: 10, max: 14 }), ms: fc.integer({ min: 0, max: 59_999 }) })
    .map(({ count, ms, ...same }) => of(order({ ...same, quantity: '99' }), working(count, same, ms))),
  trades_left: fc
    .record({ wish: opening, included: fc.integer({ min: 0, max: 6 }) })
    .map(({ wish, included }) => of(order(wish, { tradesIncluded: included }), working(included))),
  instrument_state: fc
    .record({ wish: opening, tradable: fc.boolean() })
    .map(({ wish, tradable }) =>
      tradable
        ? of(
            order(
              { ...wish, side: 'buy', quantity: `${wish.quantity}.5` },
              { instrument: { ...instrument, fractionable: false } },
            ),
          )
        : of(order(wish, { instrument: { ...instrument, tradable: false } })),
    ),
  position_mismatch: fc
    .record({ wish: opening, shares: fc.integer({ min: 1, max: 99 }), more: fc.integer({ min: 1, max: 9 }) })
    .map(({ wish, shares, more }) =>
      of(order(wish), [...held('buy', `${shares}`), mismatch(`${shares}`, `${shares + more}`)]),
    ),
  largest_order_value: fc
    .record({ quantity: whole(500, 9_999), limitPrice: cents(10_001, 10_900) })
    .map((wish) => of(order({ type: 'limit', ...wish }))),
  largest_order_quantity: fc
    .record({ whole: fc.integer({ min: 10_000, max: 999_999 }), fraction: fc.integer({ min: 1, max: 999_999_999 }) })
    .map((it) => of(order({ quantity: `${it.whole}.${`${it.fraction}`.padStart(9, '0')}` }))),
  largest_position: fc
    .integer({ min: 501, max: 999 })
    .chain((before) => fc.record({ before: fc.constant(before), more: fc.integer({ min: 1_000 - before, max: 499 }) }))
    .map(({ before, more }) => of(order({ quantity: `${more}` }), held('buy', `${before}`))),
  largest_exposure: fc
    .record({ shares: whole(100, 999), price: cents(250_001, 990_000), wish: opening })
    .map(({ shares, price, wish }) =>
      of(
        order(wish, { marks: [...readInputs().marks, { symbol: 'BRK.A', price, previousClose: null }] }),
        held('buy', shares, price, 'BRK.A'),
      ),
    ),
  open_orders: fc
    .record({ most: fc.integer({ min: 1, max: 12 }), more: fc.integer({ min: 0, max: 5 }) })
    .map(({ most, more }) =>
      of(order({ quantity: '50' }, { limits: { ...LIMITS, mostOpenOrders: most } }), working(most + more)),
    ),
  daily_loss: fc
    .record({ shares: fc.integer({ min: 100, max: 999 }), cents: fc.integer({ min: 1, max: 7_499 }), wish: opening })
    .map(({ shares, cents: mark, wish }) =>
      of(
        order({ ...wish, side: 'buy' }, { marks: [{ symbol: 'AAPL', price: `${mark / 100}`, previousClose: '100' }] }),
        held('buy', `${shares}`),
      ),
    ),
  position_flip: fc
    .record({ side, shares: fc.integer({ min: 1, max: 400 }), more: fc.integer({ min: 1, max: 90 }) })
    .map(({ side: first, shares, more }) =>
      of(order({ side: first === 'buy' ? 'sell' : 'buy', quantity: `${shares + more}` }), held(first, `${shares}`)),
    ),
  short_sale: fc
    .record({
      quantity: whole(1, 50),
      against: fc.constantFrom<Partial<AssessmentInputs>>(
        { limits: { ...LIMITS, shortSelling: false } },
        { instrument: { ...instrument, shortable: false } },
        { account: figures({ shortingEnabled: false }) },
        { account: figures({ equity: '1999.99' }) },
        {},
      ),
    })
    .map(({ quantity, against }) =>
      of(order({ side: 'sell', quantity: Object.keys(against).length === 0 ? `${quantity}.25` : quantity }, against)),
    ),
  buying_power: fc
    .record({ shares: fc.integer({ min: 1, max: 499 }), less: fc.integer({ min: 1, max: 100 }) })
    .map(({ shares, less }) =>
      of(
        order(
          { type: 'limit', limitPrice: '100', quantity: `${shares}` },
          { account: figures({ buyingPower: `${(shares * 10_000 - less) / 100}` }) },
        ),
      ),
    ),
  margin: fc
    .record({ quantity: whole(11, 50), kind: fc.constantFrom('cash', 'short', 'positions') })
    .map(({ quantity, kind }) => {
      const margin = { effectiveFrom: '2026-06-04', minimumEquity: '2000', largestPositionsToEquity: '6' };
      const poor = { margin, account: figures({ equity: '1999', cash: '1000' }) };
      if (kind === 'cash') return of(order({ quantity }, poor));
      if (kind === 'short') return of(order({ side: 'sell', quantity }, poor));
      return of(order({ quantity }, { margin, account: figures({ equity: '2000' }) }), held('buy', '121'));
    }),
  protection_required: fc
    .record({ wish: opening, exits: fc.constantFrom({}, { stopLoss: '90' }, { takeProfit: '110' }) })
    .map(({ wish, exits }) => of(order({ ...wish, ...exits }, { limits: { ...LIMITS, protectionRequired: true } }))),
  price_collar: fc
    .oneof(
      cents(11_003, 50_000).map((limitPrice) => ({ side: 'buy' as const, type: 'limit' as const, limitPrice })),
      cents(1, 5_000).map((limitPrice) => ({ side: 'buy' as const, type: 'limit' as const, limitPrice })),
      cents(1, 8_997).map((limitPrice) => ({ side: 'sell' as const, type: 'limit' as const, limitPrice })),
      cents(13_003, 40_000).map((stopPrice) => ({ side: 'buy' as const, type: 'stop' as const, stopPrice })),
    )
    .map((wish) => of(order({ ...wish, quantity: '1' }))),
  fresh_quote: fc
    .record({ wish: opening, ageMs: fc.option(fc.integer({ min: 5_001, max: 900_000 })) })
    .map(({ wish, ageMs }) =>
      of(order(wish, { quote: ageMs === null ? null : { bid: '99.98', ask: '100.02', at: at(-ageMs) } })),
    ),
  duplicate_order: fc
    .record({ wish: opening, agoMs: fc.integer({ min: 0, max: 10_000 }) })
    .map(({ wish, agoMs }) =>
      of(order(wish, { confirmed: false }), [order({ ...wish, orderId: 'first' }, {}, -agoMs)]),
    ),
  order_rate: fc
    .record({ count: fc.integer({ min: 10, max: 20 }), agoMs: fc.integer({ min: 0, max: 9_999 }) })
    .map(({ count, agoMs }) => of(order({ symbol: 'KO', quantity: '30' }), working(count, { symbol: 'MSFT' }, agoMs))),
  key_rate: fc
    .record({ most: fc.integer({ min: 1, max: 9 }), agoMs: fc.integer({ min: 0, max: 59_999 }) })
    .map(({ most, agoMs }) =>
      of(
        order({ symbol: 'KO', quantity: '30' }, { limits: { ...LIMITS, mostOrdersInAMinute: most } }),
        working(most, { symbol: 'MSFT' }, agoMs),
      ),
    ),
  reduce_only: fc
    .record({
      side,
      shares: fc.integer({ min: 1, max: 100 }),
      over: fc.integer({ min: 1, max: 9 }),
      known: fc.boolean(),
    })
    .map(({ side: first, shares, over, known }) => {
      const wish = { side: first === 'buy' ? ('sell' as const) : ('buy' as const), quantity: `${shares + over}` };
      const atBroker = known ? `${first === 'buy' ? '' : '-'}${shares}` : null;
      const { command, before } = of(
        order(wish, { positionAtBroker: atBroker }),
        known ? [] : held(first, `${shares}`),
      );
      return { before, command: { ...command, channel: 'kill-switch' } };
    }),
};

/** Orders within every limit, some of them just so: nothing may stand against them. */
export const GOOD_ORDERS: fc.Arbitrary<Case> = fc
  .record({
    held: fc.integer({ min: -200, max: 200 }),
    side,
    kind: fc.constantFrom('market', 'limit', 'stop', 'stop_limit', 'trailing_stop', 'bracket', 'largest'),
    quantity: fc.integer({ min: 1, max: 200 }),
    limit: fc.integer({ min: 9_100, max: 10_900 }),
    stop: fc.integer({ min: 7_100, max: 12_900 }),
    earlier: fc.integer({ min: 0, max: 9 }),
    confirmed: fc.boolean(),
    marketOpen: fc.boolean(),
    fraction: fc.boolean(),
    plan: fc.boolean(),
  })
  .map((it) => {
    const closes = it.held !== 0 && it.side === (it.held > 0 ? 'sell' : 'buy');
    const shares = closes ? Math.min(it.quantity, Math.abs(it.held)) : it.quantity;
    const isWhole = it.side === 'sell' || closes || it.kind === 'bracket' || !it.fraction;
    const price = (n: number): string => `${n / 100}`;
    const wish: Partial<OrderTicket> = { side: it.side, quantity: isWhole ? `${shares}` : `${shares - 1}.500000001` };
    const exits = it.side === 'buy' ? { stopLoss: '70', takeProfit: '140' } : { stopLoss: '140', takeProfit: '70' };
    const kinds: Readonly<Record<typeof it.kind, Partial<OrderTicket>>> = {
      market: {},
      limit: { type: 'limit', limitPrice: price(it.limit) },
      stop: { type: 'stop', stopPrice: price(it.stop) },
      stop_limit: { type: 'stop_limit', stopPrice: price(it.stop), limitPrice: price(it.limit) },
      trailing_stop: { type: 'trailing_stop', trailPrice: '2.5' },
      bracket: { type: 'limit', limitPrice: price(it.limit), ...exits },
      // To the last dollar of an order, and of a position.
      largest: { type: 'limit', limitPrice: '100', ...(it.held === 0 ? { quantity: '500' } : {}) },
    };
    const before = [
      ...(it.held === 0 ? [] : held(it.held > 0 ? 'buy' : 'sell', `${Math.abs(it.held)}`)),
      ...working(it.earlier, { symbol: 'MSFT' }),
    ];
    const seen: Partial<AssessmentInputs> = {
      confirmed: it.confirmed,
      marketOpen: it.marketOpen,
      tradesIncluded: it.plan ? before.length + 1 : null,
      marks: [...readInputs().marks, { symbol: 'MSFT', price: '100', previousClose: '101' }],
    };
    return of(order({ ...wish, ...kinds[it.kind] }, seen), before);
  });
