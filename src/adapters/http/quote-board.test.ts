import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MarketData } from '../../application/ports/market-data.ts';
import { openLive } from './live-reader.suite.ts';
import { createMarket } from './market.suite.ts';
import { createQuoteBoard } from './quote-board.ts';
import { openServer } from './server.suite.ts';

describe('a board', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('shows on, but not as fresh, what a source that has stopped answering left behind', async () => {
    const { snapshots } = createMarket();
    let answers = true;
    const marketData: Pick<MarketData, 'snapshots'> = {
      snapshots: (symbols) => (answers ? snapshots(symbols) : Promise.reject(new Error('no answer'))),
    };
    const silent = () => undefined;
    const log = { info: silent, warn: silent, alarm: silent };
    const wanted = () => new Set(['AAPL']);
    const board = createQuoteBoard({ marketData, log, wanted, onChange: silent });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(board.freshSnapshotOf('AAPL')).toMatchObject({ last: '100.02' });
    answers = false;
    await vi.advanceTimersByTimeAsync(1_999);
    expect(board.freshSnapshotOf('AAPL')).toMatchObject({ last: '100.02' });
    await vi.advanceTimersByTimeAsync(1);
    expect(board.freshSnapshotOf('AAPL')).toBeUndefined();
    expect(board.snapshotOf('AAPL')).toMatchObject({ last: '100.02' });
    answers = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(board.freshSnapshotOf('AAPL')).toMatchObject({ last: '100.02' });
    board.close();
  });
});

it('what the board shows is not asked for again by those who poll', async () => {
  const server = await openServer();
  try {
    const { token, accountId } = await server.trader();
    const reader = await openLive(server.port, token, 'AAPL');
    await reader.next('quote');
    const path = `/broker/v1/quotes?accountId=${accountId}&symbols=SPY,AAPL`;
    const answer = await server.call('GET', path, { token });
    expect(answer.json).toEqual({
      s: 'ok',
      d: [
        { s: 'ok', n: 'SPY', v: { ask: 500.02, bid: 499.98 } },
        { s: 'ok', n: 'AAPL', v: { ask: 100.02, bid: 99.98 } },
      ],
    });
    const asked = server.market.asked.filter((symbols) => symbols.includes('SPY'));
    expect(asked).toEqual([['SPY']]);
    reader.close();
    await reader.ended;
  } finally {
    await server.close();
  }
});
