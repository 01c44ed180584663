import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokerCapabilities, unsupportedReason } from '../../../contracts/capabilities.ts';
import type { BrokerCapabilities } from '../../domain/order/capabilities.ts';
import { ALPACA_CAPABILITIES } from '../alpaca/capabilities.ts';
import { durationsOf, instrumentOf, orderFlagsOf } from './capabilities.ts';
import { openServer } from './server.suite.ts';
import type { ServerUnderTest } from './server.suite.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.close());

describe('what the broker takes', () => {
  it('is told whole, with a sentence for every reason', async () => {
    const { token } = await server.signUp();
    const { json } = await server.call('GET', '/api/v1/broker/capabilities', { token });
    const told = brokerCapabilities.parse(json);
    // Nothing is left out on the way, and nothing is added but words.
    expect(json).toEqual(told);
    const { words, timesInForce, ...rest } = told;
    expect({ ...rest, timesInForce: timesInForce.map((each) => each.timeInForce) }).toEqual(ALPACA_CAPABILITIES);
    expect(Object.keys(words).toSorted()).toEqual(unsupportedReason.options.toSorted());
    expect(timesInForce[0]).toEqual({ timeInForce: 'day', title: 'Day' });
  });

  it('is told of one instrument', async () => {
    const { token } = await server.signUp();
    const instrument = (symbol: string) =>
      server.call('GET', `/api/v1/market/instrument?symbol=${symbol}`, { token }).then(({ json }) => json);
    expect(await instrument('AAPL')).toEqual({
      symbol: 'AAPL',
      name: 'AAPL',
      tradable: true,
      fractionable: true,
      fractionableInExtendedHours: true,
      shortable: true,
    });
    expect(await instrument('NOPE')).toMatchObject({ code: 'unknown_instrument' });
  });
});

describe('in TradingView’s terms', () => {
  const only = (changes: Partial<BrokerCapabilities>): BrokerCapabilities => ({ ...ALPACA_CAPABILITIES, ...changes });

  it('each duration has the order types that go with it', () => {
    const all = ['market', 'limit', 'stop', 'stoplimit'];
    expect(
      durationsOf(ALPACA_CAPABILITIES).map(({ id, default: usual, supportedOrderTypes }) => [
        id,
        usual,
        supportedOrderTypes,
      ]),
    ).toEqual([
      ['day', true, all],
      ['gtc', false, all],
      ['ioc', false, ['market', 'limit']],
      ['fok', false, ['market', 'limit']],
      ['opg', false, ['market', 'limit']],
      ['cls', false, ['market', 'limit']],
    ]);
    const trailingOnly = only({ orderTypes: [{ type: 'trailing_stop', prices: ['trail'] }] });
    expect(durationsOf(trailingOnly)).toEqual([]);
  });

  it('the flags say what the table says', () => {
    expect(new Set(Object.values(orderFlagsOf(ALPACA_CAPABILITIES)))).toEqual(new Set([true]));
    const frugal = only({
      orderTypes: [{ type: 'limit', prices: ['limit'] }],
      combinations: [{ of: { exits: ['both'] }, only: { type: ['market'] }, reason: 'bracket_order_type' }],
      replacement: { terms: ['quantity'], wholeSharesOnly: true },
    });
    const said = Object.entries(orderFlagsOf(frugal)).filter(([, flag]) => flag);
    expect(said.map(([name]) => name)).toEqual(['supportLimitOrders', 'supportEditAmount']);
  });

  it('an instrument has the steps of the table, and fractions where it can be parted', () => {
    const apple = {
      symbol: 'AAPL',
      name: 'Apple',
      tradable: true,
      fractionable: true,
      fractionableInExtendedHours: true,
      shortable: true,
    };
    expect(instrumentOf(ALPACA_CAPABILITIES, apple)).toMatchObject({
      minTick: 0.01,
      variableMinTick: '0.0001 1 0.01',
      qtyStep: 0.000000001,
      minQty: 0.000000001,
    });
    expect(instrumentOf(ALPACA_CAPABILITIES, { ...apple, fractionable: false })).toMatchObject({
      qtyStep: 1,
      minQty: 1,
    });
  });
});
