import { describe, expect, it } from 'vitest';
import { systemIds } from '../../../adapters/node/clock-and-ids.ts';
import { orderStream } from '../../../domain/order/events.ts';
import { KILL_SWITCH_STREAM } from '../../../domain/risk-policy/kill-switch/events.ts';
import { riskStream } from '../../../domain/risk-policy/events.ts';
import { BASIS } from '../../../domain/risk-policy/samples.suite.ts';
import { ACCOUNT, cause, openDesk } from '../../order/order-path.suite.ts';
import { sample } from '../../ports/event-store-samples.suite.ts';
import { createHaltTrading, createReleaseHalt } from '../halt-trading.ts';
import { createLossLimit } from './loss-limit.ts';
import { createRejectStorm } from './reject-storm.ts';
import { createStaleData } from './stale-data.ts';
import { createLook } from './watch.ts';

async function openTrips() {
  const desk = await openDesk();
  const { aggregates, needs, store } = desk;
  const { clock, ids, log } = needs;
  const common = { aggregates, clock, ids, log };
  const releasing = { ...common, haltTrading: createHaltTrading(common), releaseHalt: createReleaseHalt(common) };
  const state = () => aggregates.killSwitch.load(KILL_SWITCH_STREAM);
  const standing = async () =>
    [...(await state()).standing.values()].map(({ scope, level, by, until }) => ({ scope, level, by, until }));
  return { ...desk, clock, store, releasing, common, state, standing };
}

describe('a reject storm', () => {
  async function openStorm() {
    const desk = await openTrips();
    const storm = createRejectStorm(desk.releasing);
    const reject = async (accountId = ACCOUNT): Promise<void> => {
      const orderId = systemIds.random();
      const stream = orderStream(orderId);
      const ticket = { ...desk.order().terms, orderId, accountId };
      const at = desk.clock.now();
      const { orders } = desk.aggregates;
      await orders.handle(stream, { type: 'PlaceOrder', ticket, channel: 'broker-api', at }, cause);
      await orders.handle(stream, { type: 'ClaimSubmission', claimId: 'c', at }, cause);
      await orders.handle(stream, { type: 'RecordRejected', code: '1', reason: 'No.', at }, cause);
      for (const event of await desk.store.readStream(stream)) await storm(event);
    };
    const rejects = async (count: number, accountOf: (n: number) => string = () => ACCOUNT): Promise<void> => {
      for (let n = 0; n < count; n += 1) await reject(accountOf(n));
    };
    return { ...desk, storm, rejects };
  }

  it('of more than 20 within a minute halts the account, once, with an alarm', async () => {
    const { rejects, standing, alarms } = await openStorm();
    await rejects(20);
    expect(await standing()).toEqual([]);
    await rejects(5);
    expect(await standing()).toEqual([
      {
        scope: { kind: 'account', accountId: ACCOUNT, symbol: null },
        level: 'halted',
        by: { kind: 'trip', trip: 'reject_storm' },
        until: null,
      },
    ]);
    expect(alarms).toHaveLength(1);
  });

  it('is none when it takes longer', async () => {
    const { rejects, standing, passTime } = await openStorm();
    await rejects(20);
    passTime(61);
    await rejects(20);
    expect(await standing()).toEqual([]);
  });

  it('of more than 60 over all accounts halts the broker', async () => {
    const { rejects, standing } = await openStorm();
    await rejects(60, (n) => `account ${n % 4}`);
    expect(await standing()).toEqual([]);
    await rejects(1, () => 'account 5');
    expect(await standing()).toMatchObject([{ scope: { kind: 'broker', broker: 'alpaca' }, level: 'halted' }]);
  });

  it('of long ago, read again after a start, halts nobody', async () => {
    const { rejects, standing, store, passTime, releasing } = await openStorm();
    await rejects(20);
    await rejects(20, () => 'another');
    passTime(61);
    const later = createRejectStorm(releasing);
    for (const event of await store.readAll('', 10_000)) await later(event);
    expect(await standing()).toEqual([]);
  });

  it('counts what the broker rejects, and nothing else', async () => {
    const { storm, standing, store } = await openStorm();
    const other = sample('OrderRejected', {}, 'elsewhere');
    const recorded = { ...other, stream: 'elsewhere', revision: 0, position: '0', recordedAt: '', hash: '' };
    for (let n = 0; n < 30; n += 1) await storm(recorded);
    for (const event of await store.readAll('', 10_000)) await storm(event);
    expect(await standing()).toEqual([]);
  });
});

describe('stale data', () => {
  async function openWatch() {
    const desk = await openTrips();
    const staleData = createStaleData(desk.releasing);
    const see = async (quotedSecondsAgo: readonly (number | null)[], isOpen = true): Promise<void> => {
      const now = desk.clock.now();
      const ago = (seconds: number | null) =>
        seconds === null ? null : new Date(Date.parse(now) - seconds * 1000).toISOString();
      const market = { now, isOpen, nextOpen: now, nextClose: now };
      await staleData({ market, quotedAt: quotedSecondsAgo.map(ago), halts: await desk.state() });
    };
    return { ...desk, see };
  }

  it('three looks in a row lets only smaller positions through, and ends when one quote is fresh again', async () => {
    const { see, standing, alarms } = await openWatch();
    await see([61, null]);
    await see([61, null]);
    expect(await standing()).toEqual([]);
    await see([61, null]);
    await see([61, null]);
    expect(await standing()).toEqual([
      {
        scope: { kind: 'broker', broker: 'alpaca' },
        level: 'reducing',
        by: { kind: 'trip', trip: 'stale_data' },
        until: null,
      },
    ]);
    expect(alarms).toHaveLength(1);
    await see([61, 60]);
    expect(await standing()).toEqual([]);
  });

  it('is none when one of the symbols has a quote, when nobody holds or trades anything, or the market is closed', async () => {
    const { see, standing } = await openWatch();
    for (let looks = 0; looks < 3; looks += 1) {
      await see([600, 5]);
      await see([]);
      await see([600], false);
    }
    await see([61]);
    await see([61]);
    await see([5]);
    await see([61]);
    await see([61]);
    expect(await standing()).toEqual([]);
  });

  it('leaves the halts of others alone', async () => {
    const { see, standing, halt } = await openWatch();
    await halt({ scope: { kind: 'broker', broker: 'alpaca' }, level: 'reducing' });
    await see([5]);
    expect(await standing()).toHaveLength(1);
  });
});

describe('the loss limit', () => {
  const DAY = '2026-03-02';
  async function openLimit() {
    const desk = await openTrips();
    await desk.holds('AAPL', '10');
    const lossLimit = createLossLimit({ ...desk.releasing, basis: BASIS });
    /** Ten shares of AAPL were worth 300 dollars each at the close of the day before. */
    const reckon = async (price: string | null, day = DAY): Promise<void> => {
      const risk = await desk.aggregates.risk.load(riskStream(ACCOUNT));
      const marks = price === null ? [] : [{ symbol: 'AAPL', price, previousClose: '300' }];
      await lossLimit({ day, accounts: [{ accountId: ACCOUNT, risk, marks }], halts: await desk.state() });
    };
    return { ...desk, reckon };
  }

  it('lets the account only get smaller from the limit on, until the exchange’s next day', async () => {
    const { reckon, standing } = await openLimit();
    await reckon('50.001');
    await reckon(null);
    expect(await standing()).toEqual([]);
    await reckon('50');
    await reckon('40');
    expect(await standing()).toEqual([
      {
        scope: { kind: 'account', accountId: ACCOUNT, symbol: null },
        level: 'reducing',
        by: { kind: 'trip', trip: 'loss_limit' },
        until: DAY,
      },
    ]);
    await reckon('300');
    expect(await standing()).toHaveLength(1);
    await reckon('300', '2026-03-03');
    expect(await standing()).toEqual([]);
    await reckon('50', '2026-03-03');
    expect(await standing()).toMatchObject([{ until: '2026-03-03' }]);
  });

  it('is not drawn again on a day on which an operator has released it', async () => {
    const { reckon, standing, state, aggregates, clock, releasing } = await openLimit();
    const operator = { type: 'AppointOperator', userId: 'operator', at: clock.now() } as const;
    await aggregates.killSwitch.handle(KILL_SWITCH_STREAM, operator, cause);
    await reckon('50');
    const [haltId = ''] = (await state()).standing.keys();
    const by = { kind: 'person', userId: 'operator', accountId: null } as const;
    expect(await releasing.releaseHalt({ haltId, by, cause })).toMatchObject({ kind: 'done', resumed: true });
    await reckon('40');
    expect(await standing()).toEqual([]);
  });
});

describe('a look', () => {
  it('takes in what every linked account holds and trades, at the prices of the moment', async () => {
    const desk = await openTrips();
    await desk.holds('AAPL', '10');
    const sights: unknown[] = [];
    const reckonings: unknown[] = [];
    const look = createLook({
      ...desk.common,
      linked: { all: () => Promise.resolve([{ linkId: 'L', accountId: ACCOUNT, userId: 'u' }]) },
      venue: desk.placing.venue,
      marketData: desk.placing.marketData,
      staleData: (sight) => {
        sights.push(sight.quotedAt);
        return Promise.resolve();
      },
      lossLimit: ({ day, accounts }) => {
        reckonings.push([day, accounts.map(({ accountId, marks }) => [accountId, marks])]);
        return Promise.resolve();
      },
    });
    await look();
    expect(sights).toEqual([[desk.clock.now()]]);
    expect(reckonings).toEqual([['2026-03-02', [[ACCOUNT, [{ symbol: 'AAPL', price: '100', previousClose: '100' }]]]]]);
  });

  it('sees no quote where the source does not answer, and concludes nothing without the market’s clock', async () => {
    const desk = await openTrips();
    await desk.holds('AAPL', '10');
    const sights: unknown[] = [];
    const needs = {
      ...desk.common,
      linked: { all: () => Promise.resolve([{ linkId: 'L', accountId: ACCOUNT, userId: 'u' }]) },
      venue: desk.placing.venue,
      marketData: { snapshots: () => Promise.reject(new Error('no answer')) },
      staleData: (sight: { quotedAt: unknown }) => {
        sights.push(sight.quotedAt);
        return Promise.resolve();
      },
      lossLimit: () => Promise.resolve(),
    };
    await createLook(needs)();
    expect(sights).toEqual([[null]]);
    const silent = { ...needs.venue, clock: () => Promise.reject(new Error('no answer')) };
    await expect(createLook({ ...needs, venue: silent })()).rejects.toThrow('no answer');
    expect(sights).toHaveLength(1);
  });

  it('asks nobody while no account is linked, unless a halt may end that clears itself', async () => {
    const desk = await openTrips();
    const sights: unknown[] = [];
    const look = createLook({
      ...desk.common,
      linked: { all: () => Promise.resolve([]) },
      venue: desk.placing.venue,
      marketData: desk.placing.marketData,
      staleData: (sight) => {
        sights.push(sight.quotedAt);
        return Promise.resolve();
      },
      lossLimit: () => Promise.resolve(),
    });
    await look();
    expect(sights).toEqual([]);
    await desk.releasing.haltTrading({
      scope: { kind: 'broker', broker: 'alpaca' },
      level: 'reducing',
      reason: { code: 'stale_data', text: 'No quotes.' },
      cancelOrders: false,
      flatten: false,
      by: { kind: 'trip', trip: 'stale_data' },
      clearsItself: true,
      cause,
    });
    await look();
    expect(sights).toEqual([[]]);
  });
});
