import { describe, expect, it } from 'vitest';
import type { BrokerOrder } from '../../../contracts/broker-api.ts';
import type { LiveMessage } from '../../../contracts/live.ts';
import { allOrders, emptyLiveState, marketNow, reduceLive, workingOrders, type LiveEvent } from './live-state.ts';
import { noticesOf } from './notices.ts';

const clock = {
  now: '2026-03-02T14:31:00.000Z',
  isOpen: true,
  nextOpen: '2026-03-03T14:30:00.000Z',
  nextClose: '2026-03-02T21:00:00.000Z',
};

const order = (id: string, change: Partial<BrokerOrder> = {}): BrokerOrder => ({
  id,
  instrument: 'AAPL',
  qty: 10,
  side: 'buy',
  type: 'limit',
  status: 'working',
  filledQty: 0,
  limitPrice: 187.25,
  duration: { type: 'day' },
  lastModified: 1_772_461_860,
  ...change,
});

const snapshot = (...orders: BrokerOrder[]): LiveMessage => ({
  type: 'snapshot',
  orders,
  positions: [],
  state: { balance: 100, unrealizedPl: 0, equity: 100, accountSummaryRowData: ['100'] },
  clock,
});

const after = (...events: LiveEvent[]) => events.reduce(reduceLive, emptyLiveState);

describe('live state', () => {
  it('forgets a working order that a new snapshot does not know, and keeps the done ones', () => {
    const state = after(
      snapshot(order('a'), order('b')),
      { type: 'order', order: order('b', { status: 'filled', filledQty: 10 }) },
      snapshot(order('c')),
    );
    expect(Object.keys(state.orders).toSorted()).toEqual(['b', 'c']);
    expect(workingOrders(state.orders).map((each) => each.id)).toEqual(['c']);
    expect(state.epoch).toBe(2);
  });

  it('does not let a history answer undo what the stream said', () => {
    const state = after(
      snapshot(),
      { type: 'order', order: order('a', { status: 'filled', lastModified: 1_772_461_900 }) },
      { type: 'orders_history', orders: [order('a'), order('old', { status: 'cancelled', lastModified: 1 })] },
    );
    expect(allOrders(state.orders).map((each) => [each.id, each.status])).toEqual([
      ['a', 'filled'],
      ['old', 'cancelled'],
    ]);
  });

  it('counts an execution once, whether it came by stream or by history', () => {
    const execution = {
      id: 'e1',
      instrument: 'AAPL',
      price: 187.2,
      time: 1_772_461_860,
      qty: 3,
      side: 'buy' as const,
      orderId: 'a',
      isClose: false,
    };
    const state = after(
      snapshot(),
      { type: 'execution', execution },
      { type: 'execution', execution },
      { type: 'executions_history', executions: [execution] },
    );
    expect(Object.keys(state.executions)).toEqual(['e1']);
  });

  it('drops an execution that the broker has undone, also when that was missed', () => {
    const execution = (id: string, time: number, qty = 3) => ({
      id,
      instrument: 'AAPL',
      price: 187.2,
      time,
      qty,
      side: 'buy' as const,
      orderId: 'a',
      isClose: false,
    });
    const [first, second, third] = [execution('e1', 1), execution('e2', 2), execution('e3', 3)];
    const known = [first, second, third].map((each): LiveEvent => ({ type: 'execution', execution: each }));
    const told = after(snapshot(), ...known, { type: 'execution', execution: { ...second, qty: 0, busted: true } });
    expect(Object.keys(told.executions)).toEqual(['e1', 'e3']);
    const missed = after(snapshot(), ...known, { type: 'executions_history', executions: [third, first] });
    expect(Object.keys(missed.executions).toSorted()).toEqual(['e1', 'e3']);
    const ahead = after(snapshot(), ...known, { type: 'executions_history', executions: [second, first] });
    expect(Object.keys(ahead.executions).toSorted()).toEqual(['e1', 'e2', 'e3']);
  });

  it('takes the market time from the newest of clock and quotes', () => {
    const quote = { symbol: 'AAPL', bid: '1', ask: '2', last: '1', previousClose: null };
    const state = after(snapshot(), { type: 'quote', quote: { ...quote, at: '2026-03-02T14:31:07.000Z' } });
    expect(marketNow(state)).toBe('2026-03-02T14:31:07.000Z');
    expect(marketNow(emptyLiveState)).toBeNull();
  });
});

describe('notices', () => {
  const steps = (...events: LiveEvent[]): string[] => {
    let state = emptyLiveState;
    return events.flatMap((event) => {
      const next = reduceLive(state, event);
      const notices = noticesOf(state, event);
      state = next;
      return notices.map((notice) => `${notice.title} | ${notice.detail}`);
    });
  };

  it('speaks of fills, cancels and rejections once, and not of old news', () => {
    const filled = order('a', { status: 'filled', filledQty: 10, avgPrice: 187.2 });
    expect(
      steps(
        snapshot(order('a'), order('done', { status: 'filled', filledQty: 10 })),
        { type: 'order', order: order('a', { filledQty: 4, avgPrice: 187.2 }) },
        { type: 'order', order: filled },
        { type: 'order', order: filled },
        { type: 'order', order: order('b', { status: 'placing' }) },
        { type: 'order', order: order('b', { status: 'rejected', message: { text: 'halted', type: 'error' } }) },
        { type: 'order', order: order('denied', { status: 'rejected' }) },
        { type: 'orders_history', orders: [order('older', { status: 'cancelled' })] },
      ),
    ).toEqual([
      'Partly filled: Buy 10 AAPL | 4 of 10 at 187.20',
      'Filled: Buy 10 AAPL | 10 at 187.20',
      'Rejected: Buy 10 AAPL | halted',
    ]);
  });

  it('warns once that a position does not have its stop loss', () => {
    const bare = order('a', {
      status: 'filled',
      filledQty: 10,
      protection: { since: clock.now, openQty: 10, protectedQty: 0, bareQty: 10 },
      message: { text: 'No stop loss protects the position of 10 shares.', type: 'warning' },
    });
    const filled = { ...order('a', { status: 'filled', filledQty: 10 }) };
    expect(
      steps(
        snapshot(filled),
        { type: 'order', order: bare },
        { type: 'order', order: bare },
        { type: 'order', order: filled },
      ),
    ).toEqual(['Not protected: Buy 10 AAPL | No stop loss protects the position of 10 shares.']);
  });

  it('tells after a reconnect what happened meanwhile', () => {
    expect(steps(snapshot(order('a')), snapshot(order('a', { status: 'cancelled' }), order('x')))).toEqual([
      'Cancelled: Buy 10 AAPL | Nothing was filled',
    ]);
  });
});
