import { marketData, streaming, trading } from '@alpacahq/alpaca-trade-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, control, startBench } from './test-kit.ts';

describe('the official JavaScript SDK, pointed at the sandbox', () => {
  let bench: Bench;
  let orders: InstanceType<typeof trading.OrdersApi>;
  let configuration: InstanceType<typeof trading.Configuration>;

  beforeAll(async () => {
    bench = await startBench();
    configuration = new trading.Configuration({ basePath: bench.sandbox.url, keyId: 'sdk', secret: 'secret' });
    orders = new trading.OrdersApi(configuration);
  });
  afterAll(() => bench.stop());

  it('reads account, clock, calendar and assets', async () => {
    expect((await new trading.AccountsApi(configuration).getAccount()).cash).toBe('100000');
    expect((await new trading.ClockApi(configuration).legacyClock()).isOpen).toBe(true);
    const days = await new trading.CalendarApi(configuration).legacyCalendar({
      start: new Date('2024-03-28T00:00:00Z'),
      end: new Date('2024-04-01T00:00:00Z'),
    });
    expect(days).toHaveLength(2);
    const asset = await new trading.AssetsApi(configuration).getV2AssetsSymbolOrAssetId({ symbolOrAssetId: 'AAPL' });
    expect(asset.name).toMatch(/\(synthetic\)$/);
  });

  it('places, replaces and cancels while its stream follows', async () => {
    const url = `${bench.sandbox.url.replace('http', 'ws')}/stream`;
    const stream = new streaming.TradingStream({ credentials: { keyId: 'sdk', secret: 'secret' }, url });
    const seen: string[] = [];
    let check = (): void => undefined;
    const until = (event: string, id: string | undefined): Promise<void> =>
      new Promise((resolve) => {
        check = () => {
          if (seen.includes(`${event} ${id}`)) resolve();
        };
        check();
      });
    stream.onTradeUpdate((update) => {
      seen.push(`${update.event} ${update.order.id}`);
      check();
    });
    stream.subscribeTradeUpdates();
    stream.connect();
    await stream.whenAuthenticated();
    for (let i = 0; i < 3; i++) await bench.client.get('/v2/clock');
    const bought = await orders.postOrder({
      postOrderRequest: { symbol: 'AAPL', qty: '2', side: 'buy', type: 'market', timeInForce: 'day' },
    });
    expect(bought.status).toBe('pending_new');
    await until('fill', bought.id);
    const resting = await orders.postOrder({
      postOrderRequest: {
        symbol: 'AAPL',
        qty: '2',
        side: 'buy',
        type: 'limit',
        limitPrice: '1',
        timeInForce: 'gtc',
        clientOrderId: 'from-the-sdk',
      },
    });
    await until('new', resting.id);
    const replaced = await orders.patchOrderByOrderId({
      orderId: resting.id ?? '',
      patchOrderRequest: { limitPrice: '1.5' },
    });
    expect(replaced.replaces).toBe(resting.id);
    await until('replaced', resting.id);
    await until('new', replaced.id);
    await orders.deleteOrderByOrderID({ orderId: replaced.id ?? '' });
    await until('canceled', replaced.id);
    expect((await orders.getOrderByClientOrderId({ clientOrderId: 'from-the-sdk' })).status).toBe('replaced');
    const fills = await new trading.AccountActivitiesApi(configuration).getAccountActivities({
      activityTypes: ['FILL'],
    });
    expect(fills).toHaveLength(1);
    stream.disconnect();
  });

  it('turns refusals into its own errors', async () => {
    const refused = orders.postOrder({
      postOrderRequest: { symbol: 'AAPL', qty: '9999999', side: 'buy', type: 'market', timeInForce: 'day' },
    });
    await expect(refused).rejects.toMatchObject({ name: 'PermissionError', status: 403, code: 40310000 });
  });

  it('reads bars over several pages, quotes, snapshots and the data stream', async () => {
    const stocks = new marketData.StockApi(
      new marketData.Configuration({ basePath: bench.sandbox.url, keyId: 'sdk', secret: 'secret' }),
    );
    const dates: string[] = [];
    let pageToken: string | undefined;
    do {
      const page = await stocks.stockBars({
        symbols: 'SPY,AAPL',
        timeframe: '1Day',
        start: new Date('2024-03-04T00:00:00Z'),
        limit: 5,
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      dates.push(
        ...Object.entries(page.bars).flatMap(([symbol, bars]) => bars.map((bar) => `${symbol} ${String(bar.t)}`)),
      );
      pageToken = page.nextPageToken ?? undefined;
    } while (pageToken !== undefined);
    expect(new Set(dates).size).toBe(16);
    expect((await stocks.stockLatestQuotes({ symbols: 'SPY' })).quotes['SPY']?.ap).toBeGreaterThan(0);
    expect((await stocks.stockSnapshotSingle({ symbol: 'SPY' })).dailyBar?.c).toBeGreaterThan(0);
    const stream = new streaming.StockDataStream({
      credentials: { keyId: 'sdk', secret: 'secret' },
      url: `${bench.sandbox.url.replace('http', 'ws')}/v2/iex`,
    });
    const trade = new Promise<string>((resolve) => stream.onTrade((each) => resolve(each.symbol)));
    const subscribed = new Promise<void>((resolve) => stream.onConnect(() => resolve()));
    stream.subscribeForTrades(['SPY']);
    stream.connect();
    await subscribed;
    const push = setInterval(() => void control(bench.sandbox.url, 'price', { symbol: 'SPY', price: '500' }), 50);
    expect(await trade).toBe('SPY');
    clearInterval(push);
    stream.disconnect();
  });
});
