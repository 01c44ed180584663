/** Orders of every shape, to ask the table of capabilities and the sandbox about. */
import type { OrderTicket, OrderType, TimeInForce } from '../../src/domain/order/events.ts';

type Terms = Omit<OrderTicket, 'orderId' | 'accountId'>;
type Side = 'buy' | 'sell';

const TYPES: readonly OrderType[] = ['market', 'limit', 'stop', 'stop_limit', 'trailing_stop'];
export const TIMES: readonly TimeInForce[] = ['day', 'gtc', 'ioc', 'fok', 'opg', 'cls'];

/** How the sandbox's assets are made different. All are at 100 dollars but PENNY. */
export const ASSETS = {
  AAPL: {},
  AMZN: {},
  /** Traded in whole shares only. */
  GE: { fractionable: false },
  /** In fractions only in the regular session. */
  F: { fractional_eh_enabled: false },
  /** Can not be borrowed. */
  T: { easy_to_borrow: false },
  PFE: { easy_to_borrow: false },
  KO: { tradable: false },
  MSFT: {},
  IBM: {},
  TSLA: {},
  NVDA: {},
  INTC: {},
} as const;
export type AssetName = keyof typeof ASSETS;
export const PENNY: AssetName = 'INTC';

/** What every account holds before it is asked to do anything. */
export const HOLDINGS: Readonly<Partial<Record<AssetName, string>>> = {
  MSFT: '200',
  IBM: '-200',
  PFE: '50',
  TSLA: '10',
  NVDA: '-10',
};

/** Prices that a type needs, all of which wait: the market is at 100. */
const PRICES: Readonly<Record<Side, Readonly<Record<OrderType, Partial<Terms>>>>> = {
  buy: {
    market: {},
    limit: { limitPrice: '95' },
    stop: { stopPrice: '110' },
    stop_limit: { stopPrice: '110', limitPrice: '111' },
    trailing_stop: { trailPrice: '5' },
  },
  sell: {
    market: {},
    limit: { limitPrice: '105' },
    stop: { stopPrice: '90' },
    stop_limit: { stopPrice: '90', limitPrice: '89' },
    trailing_stop: { trailPrice: '5' },
  },
};
const EXITS = {
  buy: { takeProfit: '130', stopLoss: '70' },
  sell: { takeProfit: '70', stopLoss: '130' },
} as const;

const terms = (symbol: AssetName, side: Side, type: OrderType, changes: Partial<Terms> = {}): Terms => ({
  symbol,
  side,
  type,
  quantity: '1',
  limitPrice: null,
  stopPrice: null,
  trailPrice: null,
  timeInForce: 'day',
  extendedHours: false,
  takeProfit: null,
  stopLoss: null,
  ...PRICES[side][type],
  ...changes,
});

/** Every type, time in force, whole or parted, in which hours, with a bracket or without. */
export const shapes = (symbol: AssetName, side: Side): Terms[] =>
  TYPES.flatMap((type) =>
    TIMES.flatMap((timeInForce) =>
      ['1', '1.5'].flatMap((quantity) =>
        [false, true].flatMap((extendedHours) =>
          [{}, EXITS[side]].map((exits) =>
            terms(symbol, side, type, { timeInForce, quantity, extendedHours, ...exits }),
          ),
        ),
      ),
    ),
  );

/** Both sides of flat, long and short positions, and instruments with something that they lack. */
export const allShapes = (): Terms[] => [
  ...shapes('AAPL', 'buy'),
  ...shapes('AMZN', 'sell'),
  ...shapes('MSFT', 'sell'),
  ...shapes('IBM', 'buy'),
  ...shapes('GE', 'buy'),
  ...shapes('F', 'buy'),
  ...shapes('T', 'sell'),
  ...shapes('PFE', 'sell'),
  ...shapes('KO', 'buy'),
];

/** Each type with each set of prices, needed or not. */
const priceSets = (): Terms[] =>
  TYPES.flatMap((type) =>
    [null, '111'].flatMap((limitPrice) =>
      [null, '110'].flatMap((stopPrice) =>
        [null, '5'].map((trailPrice) => terms('AAPL', 'buy', type, { limitPrice, stopPrice, trailPrice })),
      ),
    ),
  );

const limits = ['0.0001', '0.00011', '0.9999', '0.99999', '1', '1.0001', '1.01', '1.001', '99.99', '99.999'];
const quantities = ['1.123456789', '1.1234567891', '0.01', '0.010526315', '0.010526316', '0.000000001'];

const steps = (): Terms[] => [
  ...limits.map((limitPrice) => terms('AAPL', 'buy', 'limit', { limitPrice })),
  ...['110.01', '110.001', '110.0100'].map((stopPrice) => terms('AAPL', 'buy', 'stop', { stopPrice })),
  ...['0.6001', '0.60001'].map((stopPrice) => terms(PENNY, 'buy', 'stop', { stopPrice })),
  ...['5.01', '5.001', '0.0101', '0.01011'].map((trailPrice) => terms('AAPL', 'buy', 'trailing_stop', { trailPrice })),
  ...['130.01', '130.001'].map((takeProfit) => terms('AAPL', 'buy', 'market', { ...EXITS.buy, takeProfit })),
  ...['70.01', '70.001'].map((stopLoss) => terms('AAPL', 'buy', 'market', { ...EXITS.buy, stopLoss })),
  ...quantities.map((quantity) => terms('AAPL', 'buy', 'limit', { quantity })),
  ...['0.009999999', '0.01'].map((quantity) => terms('AAPL', 'buy', 'market', { quantity })),
  // Whole shares may be worth less than a dollar.
  terms(PENNY, 'buy', 'market'),
];

/** Exits around the entry, and stops around the market, a cent at a time. */
const distances = (): Terms[] => {
  const around = (entry: number): string[] => [-0.02, -0.01, 0, 0.01, 0.02].map((cent) => (entry + cent).toFixed(2));
  return (['buy', 'sell'] as const).flatMap((side) => {
    const symbol = side === 'buy' ? 'AAPL' : 'AMZN';
    const entries = [
      ['limit', side === 'buy' ? 95 : 105],
      ['stop', side === 'buy' ? 110 : 90],
      ['stop_limit', side === 'buy' ? 111 : 89],
      ['market', 100],
    ] as const;
    return [
      ...entries.flatMap(([type, entry]) => [
        ...around(entry).map((takeProfit) => terms(symbol, side, type, { ...EXITS[side], takeProfit })),
        ...around(entry).map((stopLoss) => terms(symbol, side, type, { ...EXITS[side], stopLoss })),
        terms(symbol, side, type, EXITS[side === 'buy' ? 'sell' : 'buy']),
      ]),
      ...around(100).map((stopPrice) => terms(symbol, side, 'stop', { stopPrice })),
    ];
  });
};

/** More than is held, all of it, one exit alone, and a bought share that can not be borrowed. */
const sizes = (): Terms[] => [
  ...['10.5', '11', '10'].map((quantity) => terms('TSLA', 'sell', 'market', { quantity })),
  ...['11', '10'].map((quantity) => terms('NVDA', 'buy', 'market', { quantity })),
  ...[{}, { quantity: '1.5' }, { timeInForce: 'ioc' } as const].flatMap((changed) => [
    terms('AAPL', 'buy', 'limit', { takeProfit: '130', ...changed }),
    terms('AAPL', 'buy', 'limit', { stopLoss: '70', ...changed }),
  ]),
  terms('AAPL', 'buy', 'trailing_stop', { stopLoss: '70' }),
  // What can not be borrowed can be bought.
  terms('T', 'buy', 'market'),
];

export const details = (): Terms[] => [...priceSets(), ...steps(), ...distances(), ...sizes()];

export interface Change {
  readonly before: Terms;
  readonly after: Pick<Terms, 'quantity' | 'limitPrice' | 'stopPrice' | 'timeInForce'>;
}

/** Orders that may work for a while, and other terms for each. */
export function changes(): Change[] {
  return TYPES.flatMap((type) =>
    (['day', 'gtc'] as const).flatMap((timeInForce) =>
      ['2', '2.5'].flatMap((shares): Change[] => {
        // A fraction is for the day only, and never a trailing stop.
        if (shares === '2.5' && (timeInForce === 'gtc' || type === 'trailing_stop')) return [];
        const before = terms('AAPL', 'buy', type, { timeInForce, quantity: shares });
        const { quantity, limitPrice, stopPrice } = before;
        const others: Partial<Change['after']>[] = [
          { quantity: '3' },
          { quantity: '3.5' },
          { limitPrice: '112' },
          { stopPrice: '109' },
          { timeInForce: 'gtc' },
          { timeInForce: 'day' },
          { timeInForce: 'ioc' },
          { quantity: '4', limitPrice: limitPrice === null ? null : '94.5' },
        ];
        return others
          .map((each) => ({ before, after: { quantity, limitPrice, stopPrice, timeInForce, ...each } }))
          .filter(
            ({ after }) => JSON.stringify(after) !== JSON.stringify({ quantity, limitPrice, stopPrice, timeInForce }),
          );
      }),
    ),
  );
}
