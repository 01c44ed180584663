import { describe, expect, it } from 'vitest';
import { execution } from '../../domain/order/samples.suite.ts';
import type { OrderAdmitted } from '../../domain/risk-policy/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { createPlaceOrder } from '../order/place-order.ts';
import type { PlaceOrderNeeds } from '../order/place-order.ts';
import { ACCOUNT, cause, openDesk } from '../order/order-path.suite.ts';

type Desk = Awaited<ReturnType<typeof openDesk>>;

const STREAM = riskStream(ACCOUNT);
const unreadable = () => Promise.reject(new Error('it does not answer'));

async function lastInputs({ store }: Desk) {
  const [event] = (await store.readStream(STREAM)).slice(-1);
  if (event === undefined) throw new Error('nothing was assessed');
  return (event.data as OrderAdmitted['data']).inputs;
}
/** A position, from an order of elsewhere. */
const hold = ({ aggregates }: Desk, shares: string, symbol = 'AAPL', tradingDay = '2026-03-02') =>
  aggregates.risk.handle(
    STREAM,
    {
      type: 'BookFill',
      orderId: `elsewhere-${symbol}`,
      symbol,
      side: 'buy',
      execution: execution(shares, shares, { brokerOrderId: `B-${symbol}`, price: '50' }),
      tradingDay,
    },
    cause,
  );
const placing = (desk: Desk, changes: Partial<PlaceOrderNeeds>) => createPlaceOrder({ ...desk.placing, ...changes });

describe('what an assessment looks at', () => {
  it('is read and kept with the answer', async () => {
    const desk = await openDesk();
    desk.script.halts = () => [{ haltId: 'h', level: 'reducing', scope: 'account', reason: 'a drill' }];
    await desk.placeOrder(desk.order({ confirmed: false }));
    expect(await lastInputs(desk)).toMatchObject({
      tradingDay: '2026-03-02',
      halts: [{ haltId: 'h', scope: 'account' }],
      account: {
        buyingPower: '200000',
        equity: '100000',
        cash: '100000',
        shortingEnabled: true,
        mayTrade: true,
        at: '2026-03-02T15:00:00.000Z',
      },
      instrument: { fractionable: true, shortable: true, tradable: true },
      marks: [],
      confirmed: false,
      margin: { minimumEquity: '2000', largestPositionsToEquity: '6' },
      positionAtBroker: null,
      limits: { effectiveFrom: '1990-01-01', dailyLoss: '2500' },
    });
  });

  it('has the marks of all that is held or on its way, in one request', async () => {
    const desk = await openDesk();
    desk.script.previousClose = '98';
    desk.script.price = '101';
    await hold(desk, '3', 'MSFT');
    const asked: (readonly string[])[] = [];
    const marketData = {
      ...desk.placing.marketData,
      snapshots: (symbols: readonly string[]) => {
        asked.push(symbols);
        return desk.placing.marketData.snapshots(symbols);
      },
    };
    await placing(desk, { marketData })(desk.order());
    expect((await lastInputs(desk)).marks).toEqual([{ symbol: 'MSFT', price: '101', previousClose: '98' }]);
    await placing(desk, { marketData })(desk.order({}, '2'));
    expect((await lastInputs(desk)).marks.map(({ symbol }) => symbol)).toEqual(['MSFT', 'AAPL']);
    expect(asked).toEqual([['MSFT'], ['MSFT', 'AAPL']]);
  });

  it('measures the day from the last close before it, also before the first trade of the day', async () => {
    const desk = await openDesk();
    await hold(desk, '3', 'AAPL', '2026-02-27');
    const closes = async (day: string) => {
      const snapshots = async (symbols: readonly string[]) => {
        const [found] = [...(await desk.placing.marketData.snapshots(symbols)).values()];
        const dailyBar = { tradingDay: day, close: '97' };
        return new Map([['AAPL', { ...found!, dailyBar, previousClose: '95' }]]);
      };
      await placing(desk, { marketData: { ...desk.placing.marketData, snapshots } })(desk.order());
      return (await lastInputs(desk)).marks[0]?.previousClose;
    };
    expect(await closes('2026-03-02')).toBe('95');
    expect(await closes('2026-02-27')).toBe('97');
  });

  it('has what nobody trades or prices any more at its cost, and leaves out what somebody should price', async () => {
    const desk = await openDesk();
    await hold(desk, '3', 'GONE');
    const silent = { ...desk.placing.marketData, snapshots: () => Promise.resolve(new Map()) };
    await placing(desk, { marketData: silent })(desk.order());
    expect((await lastInputs(desk)).marks).toEqual([{ symbol: 'GONE', price: '50', previousClose: null }]);
    await hold(desk, '1');
    const denied = await placing(desk, { marketData: silent })(desk.order({}, '2'));
    expect(denied).toMatchObject({
      kind: 'denied',
      breaches: [
        { rule: 'daily_loss', actual: null },
        { rule: 'margin', actual: null },
      ],
    });
  });

  it('is read anew once more was executed', async () => {
    const desk = await openDesk();
    let reads = 0;
    const { account } = desk.script;
    desk.script.account = () => {
      reads += 1;
      return account();
    };
    await desk.placeOrder(desk.order());
    await desk.placeOrder(desk.order({}, '2'));
    expect(reads).toBe(1);
    await hold(desk, '1', 'MSFT');
    await desk.placeOrder(desk.order({}, '3'));
    expect(reads).toBe(2);
  });
});

describe('what can not be read', () => {
  it.each<[string, (desk: Desk) => Partial<PlaceOrderNeeds>]>([
    ['the broker’s account', () => ({ readFigures: unreadable })],
    ['what is halted', () => ({ haltsOn: unreadable })],
    ['the market’s clock', ({ placing: { venue } }) => ({ venue: { ...venue, clock: unreadable } })],
    ['the instruments', ({ placing: { venue } }) => ({ venue: { ...venue, instruments: unreadable } })],
    ['the quote', ({ placing: { marketData } }) => ({ marketData: { ...marketData, quote: unreadable } })],
    ['the marks', ({ placing: { marketData } }) => ({ marketData: { ...marketData, snapshots: unreadable } })],
    ['a table of limits for the day', () => ({ limitTables: [] })],
  ])('is not guessed: without %s nothing is decided or recorded', async (_what, without) => {
    const desk = await openDesk();
    await hold(desk, '1');
    const before = (await desk.store.readAll('', 1_000)).length;
    expect(await placing(desk, without(desk))(desk.order({ requestId: 'r' }))).toEqual({ kind: 'unavailable' });
    expect(await desk.store.readAll('', 1_000)).toHaveLength(before);
    expect(desk.warnings).toEqual(['an order could not be assessed']);
    expect(await desk.placeOrder(desk.order({ requestId: 'r' }))).toMatchObject({ kind: 'placed' });
  });

  it('because the broker takes the token no more is the want of a link, and is told to everybody', async () => {
    const desk = await openDesk();
    desk.script.account = () => ({ kind: 'unauthorized', reason: 'token revoked' });
    const revoked: string[] = [];
    const reportRevoked: PlaceOrderNeeds['reportRevoked'] = (_access, reason) => {
      revoked.push(reason);
      return Promise.resolve();
    };
    expect(await placing(desk, { reportRevoked })(desk.order())).toMatchObject({
      kind: 'denied',
      breaches: [{ rule: 'broker_link' }],
    });
    expect(revoked).toEqual(['token revoked']);
  });
});
