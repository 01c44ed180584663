import { expect, it } from 'vitest';
import { brokerPosition } from '../../../contracts/broker-api.ts';
import { toBrokerPosition } from './position-at-market.ts';

it('values a long position at the bid and a short one at the ask', () => {
  const row = { symbol: 'AAPL', averagePrice: '100.1', realizedToday: '0', realizedTotal: '0' };
  const quote = { bid: '101.3', ask: '101.5' };
  const long = toBrokerPosition({ ...row, quantity: '3', costBasis: '300.3' }, quote);
  expect(long).toEqual({ id: 'AAPL', instrument: 'AAPL', qty: 3, side: 'buy', avgPrice: 100.1, unrealizedPl: 3.6 });
  const short = toBrokerPosition({ ...row, quantity: '-3', costBasis: '-300.3' }, quote);
  expect(short).toMatchObject({ qty: 3, side: 'sell', unrealizedPl: -4.2 });
  expect(toBrokerPosition({ ...row, quantity: '3', costBasis: '300.3' }, null).unrealizedPl).toBe(0);
  expect(brokerPosition.strict().parse(long)).toEqual(long);
});
