import { expect, it } from 'vitest';
import { brokerPosition } from '../../../contracts/broker-api.ts';
import { toBrokerPosition } from './position-at-market.ts';

it('values a long position at the bid and a short one at the ask', () => {
  const row = { symbol: 'AAPL', averagePrice: '100.1', realizedToday: '0', realizedTotal: '0', mismatch: null };
  const quote = { bid: '101.3', ask: '101.5' };
  const long = toBrokerPosition({ ...row, quantity: '3', costBasis: '300.3' }, quote);
  const ids = { id: 'AAPL', instrument: 'AAPL', mismatch: null };
  expect(long).toEqual({ ...ids, qty: 3, side: 'buy', avgPrice: 100.1, unrealizedPl: 3.6 });
  const short = toBrokerPosition({ ...row, quantity: '-3', costBasis: '-300.3' }, quote);
  expect(short).toMatchObject({ qty: 3, side: 'sell', unrealizedPl: -4.2 });
  expect(toBrokerPosition({ ...row, quantity: '3', costBasis: '300.3' }, null).unrealizedPl).toBe(0);
  expect(brokerPosition.strict().parse(long)).toEqual(long);
});

it('shows what only the broker holds as nothing of ours', () => {
  const mismatch = { ours: '0', brokers: '5', since: '2026-03-02T15:00:00.000Z' };
  const row = {
    symbol: 'AAPL',
    quantity: '0',
    averagePrice: '0',
    costBasis: '0',
    realizedToday: '0',
    realizedTotal: '0',
  };
  const shown = toBrokerPosition({ ...row, mismatch }, { bid: '101.3', ask: '101.5' });
  expect(shown).toMatchObject({ qty: 0, side: 'buy', avgPrice: 0, unrealizedPl: 0, mismatch });
  expect(brokerPosition.strict().parse(shown)).toEqual(shown);
});
