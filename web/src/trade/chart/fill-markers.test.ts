import { expect, it } from 'vitest';
import type { BrokerExecution } from '../../../../contracts/broker-api.ts';
import { fillMarkers } from './fill-markers.ts';

const fill = (id: string, time: number, qty: number, side: 'buy' | 'sell'): BrokerExecution => ({
  id,
  instrument: 'AAPL',
  price: 187.2,
  time,
  qty,
  side,
  orderId: 'a',
  isClose: false,
});

it('adds up the fills of a bar by side, exactly', () => {
  expect(
    fillMarkers([fill('3', 365, 1, 'sell'), fill('1', 300, 0.1, 'buy'), fill('2', 340, 0.2, 'buy')], '1Min'),
  ).toEqual([
    { time: 300, side: 'buy', text: 'B 0.3' },
    { time: 360, side: 'sell', text: 'S 1' },
  ]);
});
