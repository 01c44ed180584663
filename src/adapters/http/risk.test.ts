import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { problem } from '../../../contracts/problem.ts';
import { riskOverview } from '../../../contracts/risk.ts';
import type { RiskOverview } from '../../../contracts/risk.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { LIMITS, tablesOf } from '../../domain/risk-policy/samples.suite.ts';
import type { Person } from './client.suite.ts';
import { openServer } from './server.suite.ts';
import type { ServerUnderTest } from './server.suite.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.close());

const ask = (person: Person, method: string, rest = '', json?: unknown, on = server) =>
  on.call(method, `/api/v1/risk${rest}`, { token: person.token, ...(json !== undefined && { json }) });
const overviewOf = async (person: Person, on = server): Promise<RiskOverview> =>
  riskOverview.parse((await ask(person, 'GET', '', undefined, on)).json);
const typesOf = async ({ accountId }: Person, on = server): Promise<readonly string[]> =>
  (await on.store.readStream(riskStream(accountId))).map(({ type }) => type);
const place = (person: Person, qty: string, form: Readonly<Record<string, string>> = {}, on = server) =>
  on.call('POST', `/broker/v1/accounts/${person.accountId}/orders`, {
    token: person.token,
    form: { instrument: 'AAPL', side: 'buy', type: 'market', qty, currentAsk: '0', currentBid: '0', ...form },
  });
const refusal = (answer: { readonly json: unknown }): z.infer<typeof problem> => problem.parse(answer.json);

describe('the limits of an account', () => {
  it('are those of its plan and of the profile of somebody who has chosen none', async () => {
    const overview = await overviewOf(await server.trader());
    expect(overview).toEqual({
      profile: { tolerance: 'balanced', experience: 'new', plan: 'free', isChosen: false },
      limits: LIMITS,
      table: LIMITS,
      own: {
        largestOrderValue: null,
        largestOrderQuantity: null,
        largestPositionValue: null,
        largestExposure: null,
        mostOpenOrders: null,
        dailyLoss: null,
        mostOrdersInTenSeconds: null,
        shortSelling: null,
        protectionRequired: null,
      },
      today: { tradingDay: '2026-03-02', realized: '0.00', unrealized: '0.00', result: '0.00' },
      used: { openOrders: 0, ordersInTenSeconds: 0, ordersInAMinute: 0, exposure: '0.00' },
      halts: [],
      repeatedExecution: null,
      overfills: [],
    });
  });

  it('are used by what is on its way and by what is held, at what the market says', async () => {
    const person = await server.trader();
    const { d } = (await place(person, '10')).json as { d: { orderId: string } };
    expect((await overviewOf(person)).used).toEqual({
      openOrders: 1,
      ordersInTenSeconds: 1,
      ordersInAMinute: 1,
      exposure: '1000.20',
    });
    const desk = server.deskOf(person.accountId);
    await desk.order(d.orderId, { type: 'ClaimSubmission', claimId: 'c', at: '2026-03-02T15:00:00.000Z' });
    await desk.tell(d.orderId);
    await desk.fill(d.orderId, '10', '10', { price: '101.5' });
    const { today, used } = await overviewOf(person);
    expect(today).toMatchObject({ realized: '0.00', unrealized: '-14.80', result: '-14.80' });
    expect(used).toMatchObject({ openOrders: 0, exposure: '1000.20' });
  });

  it('are told while the market does not tell its prices, as far as they are known', async () => {
    const blind = await openServer();
    try {
      const person = await blind.trader();
      const desk = blind.deskOf(person.accountId);
      await desk.trade('buy', '1', '100');
      blind.market.snapshots = () => Promise.reject(new Error('the market is silent'));
      expect(await overviewOf(person, blind)).toMatchObject({
        limits: LIMITS,
        today: { realized: '0.00', unrealized: null, result: null },
        used: { exposure: null },
      });
    } finally {
      await blind.close();
    }
  });

  it('are nobody else’s, and nobody’s without a session', async () => {
    const [person, other] = [await server.trader(), await server.trader()];
    await ask(person, 'POST', '/limits', { dailyLoss: '10' });
    expect((await overviewOf(other)).own.dailyLoss).toBeNull();
    expect(await typesOf(other)).not.toContain('LimitsTightened');
    for (const [method, rest] of [
      ['GET', ''],
      ['POST', '/profile'],
      ['POST', '/limits'],
      ['POST', '/allow-orders'],
    ] as const) {
      const answer = await server.call(method, `/api/v1/risk${rest}`, method === 'POST' ? { json: {} } : {});
      expect(refusal(answer)).toMatchObject({ status: 401, code: 'unauthenticated' });
    }
  });
});

describe('a risk profile', () => {
  it('can be chosen that allows less, once, and not one that allows more', async () => {
    const person = await server.trader();
    const choose = (tolerance: string, experience = 'new') =>
      ask(person, 'POST', '/profile', { tolerance, experience });
    const chosen = riskOverview.parse((await choose('cautious')).json);
    expect(chosen).toMatchObject({
      profile: { tolerance: 'cautious', isChosen: true },
      limits: { largestOrderValue: '10000', dailyLoss: '500', shortSelling: false, protectionRequired: true },
    });
    expect((await choose('cautious')).status).toBe(200);
    expect((await typesOf(person)).filter((type) => type === 'RiskProfileChosen')).toHaveLength(1);
    const refused = refusal(await choose('balanced'));
    expect(refused).toMatchObject({ status: 409, code: 'only_tighter' });
    expect(refused.errors).toContainEqual({ field: 'dailyLoss', message: 'must not allow more than now' });
    expect((await overviewOf(person)).profile.tolerance).toBe('cautious');
    expect((await place(person, '1')).json).toMatchObject({
      refusal: { code: 'denied', breaches: [{ rule: 'protection_required' }] },
    });
  });

  it('that is none is refused as it stands', async () => {
    const person = await server.trader();
    expect(refusal(await ask(person, 'POST', '/profile', { tolerance: 'reckless' }))).toMatchObject({
      code: 'invalid_request',
      errors: [
        { field: 'tolerance', message: 'must be one of cautious, balanced, bold' },
        { field: 'experience', message: 'is missing' },
      ],
    });
  });
});

describe('own limits', () => {
  it('hold at once, can be made tighter again, and not looser', async () => {
    const person = await server.trader();
    const tighten = (limits: unknown) => ask(person, 'POST', '/limits', limits);
    const first = riskOverview.parse((await tighten({ largestOrderValue: '1000', mostOpenOrders: 2 })).json);
    expect(first).toMatchObject({
      limits: { largestOrderValue: '1000', mostOpenOrders: 2, dailyLoss: '2500' },
      table: { largestOrderValue: '50000', mostOpenOrders: 50 },
      own: { largestOrderValue: '1000', mostOpenOrders: 2, dailyLoss: null },
    });
    expect((await place(person, '10')).json).toMatchObject({
      refusal: { breaches: [{ rule: 'largest_order_value', limit: '1000', actual: '1000.2' }] },
    });
    expect((await place(person, '9')).json).toMatchObject({ s: 'ok' });
    expect((await tighten({ largestOrderValue: '1000.00' })).status).toBe(200);
    expect((await typesOf(person)).filter((type) => type === 'LimitsTightened')).toHaveLength(1);
    expect(refusal(await tighten({ largestOrderValue: '1000.01', dailyLoss: '1' }))).toMatchObject({
      code: 'only_tighter',
      errors: [{ field: 'largestOrderValue' }],
    });
    expect((await overviewOf(person)).own.dailyLoss).toBeNull();
    expect(
      (await tighten({ largestOrderValue: '999', shortSelling: false, protectionRequired: true })).json,
    ).toMatchObject({
      own: { largestOrderValue: '999', mostOpenOrders: 2, shortSelling: false, protectionRequired: true },
    });
  });

  it.each([
    [{}, { field: '', message: 'must name a limit' }],
    [{ dailyLoss: '0' }, { field: 'dailyLoss', message: 'must be greater than 0' }],
    [{ dailyLoss: 100 }, { field: 'dailyLoss', message: 'must be text' }],
    [{ mostOpenOrders: 0 }, { field: 'mostOpenOrders', message: 'must be at least 1' }],
    [{ shortSelling: true }, { field: 'shortSelling', message: 'must be false' }],
    [{ dayliLoss: '100' }, { field: '', message: 'must not have dayliLoss' }],
  ])('%j are none', async (limits, error) => {
    const person = await server.trader();
    const before = await typesOf(person);
    expect(refusal(await ask(person, 'POST', '/limits', limits))).toMatchObject({
      code: 'invalid_request',
      errors: expect.arrayContaining([error]) as unknown,
    });
    expect(await typesOf(person)).toEqual(before);
  });
});

describe('too many orders of one kind', () => {
  it('stop what opens positions, until the trader allows it again', async () => {
    const alone = await openServer({}, tablesOf({ ...LIMITS, mostRepetitionsInAMinute: 2 }));
    try {
      const person = await alone.trader();
      for (const qty of ['1', '2']) expect((await place(person, qty, {}, alone)).json).toMatchObject({ s: 'ok' });
      const repeated = { refusal: { breaches: [{ rule: 'repeated_execution', limit: '2', actual: '3' }] } };
      expect((await place(person, '3', {}, alone)).json).toMatchObject(repeated);
      expect((await overviewOf(person, alone)).repeatedExecution).toMatchObject({ symbol: 'AAPL', side: 'buy' });
      const other = (qty: string) => place(person, qty, { instrument: 'SPY' }, alone);
      expect((await other('1')).json).toMatchObject({ refusal: { breaches: [{ rule: 'repeated_execution' }] } });
      expect(alone.logged).toMatchObject([{ message: expect.stringContaining('repeats its orders') as string }]);

      const allowed = await ask(person, 'POST', '/allow-orders', {}, alone);
      expect(riskOverview.parse(allowed.json).repeatedExecution).toBeNull();
      expect((await ask(person, 'POST', '/allow-orders', {}, alone)).status).toBe(200);
      expect((await other('2')).json).toMatchObject({ s: 'ok' });
      const events = await alone.store.readStream(riskStream(person.accountId));
      expect(events.filter(({ type }) => type === 'RepeatedExecutionCleared')).toMatchObject([
        { data: { clearedBy: person.userId }, metadata: { actor: { kind: 'user', id: person.userId } } },
      ]);
    } finally {
      await alone.close();
    }
  });
});

describe('what was executed too much', () => {
  it('is told, and holds orders back until its own trader has looked at it', async () => {
    const [person, other] = [await server.trader(), await server.trader()];
    const { d } = (await place(person, '2')).json as { d: { orderId: string } };
    const found = { orderId: d.orderId, symbol: 'AAPL', cause: 'order', excess: '1' } as const;
    const at = '2026-03-02T15:00:00.000Z';
    await server.deskOf(person.accountId).risk({ type: 'RecordOverfill', ...found, at });
    expect((await overviewOf(person)).overfills).toEqual([found]);
    expect((await place(person, '3')).json).toMatchObject({ refusal: { breaches: [{ rule: 'overfill' }] } });

    const seen = { cause: 'order', excess: '1' };
    const clear = (by: Person, orderId: string, body: object = seen) =>
      ask(by, 'POST', `/overfills/${orderId}/clear`, body);
    for (const [by, orderId] of [
      [other, d.orderId],
      [person, randomUUID()],
      [person, 'none'],
    ] as const) {
      expect(refusal(await clear(by, orderId))).toMatchObject({ status: 404, code: 'not_found' });
    }
    expect(refusal(await clear(person, d.orderId, { cause: 'exits', excess: '1' }))).toMatchObject({ status: 404 });
    expect(refusal(await clear(person, d.orderId, { cause: 'order', excess: '0.5' }))).toMatchObject({
      status: 409,
      code: 'overfill_changed',
    });
    expect(refusal(await clear(person, d.orderId, {}))).toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'cause' }, { field: 'excess' }],
    });
    expect((await overviewOf(person)).overfills).toEqual([found]);

    expect(riskOverview.parse((await clear(person, d.orderId.toUpperCase())).json).overfills).toEqual([]);
    expect((await clear(person, d.orderId)).status).toBe(200);
    const events = await server.store.readStream(riskStream(person.accountId));
    expect(events.filter(({ type }) => type === 'OverfillCleared')).toMatchObject([
      { data: { cause: 'order', clearedBy: person.userId }, metadata: { actor: { kind: 'user', id: person.userId } } },
    ]);
    expect((await place(person, '3')).json).toMatchObject({ s: 'ok' });
  });
});

describe('a second order like the last', () => {
  it('is asked about, and taken when it is confirmed', async () => {
    const person = await server.trader();
    expect((await place(person, '1')).json).toMatchObject({ s: 'ok' });
    const slip = await server.call('POST', `/broker/v1/accounts/${person.accountId}/orders?requestId=again`, {
      token: person.token,
      form: { instrument: 'AAPL', side: 'buy', type: 'market', qty: '1.0' },
    });
    expect(slip.json).toMatchObject({
      errmsg: expect.stringContaining('confirm that another one is meant') as string,
      refusal: { code: 'denied', breaches: [{ rule: 'duplicate_order', limit: '10', unit: 'seconds' }] },
    });
    const confirmed = { confirmDuplicate: 'true' };
    const same = await server.call('POST', `/broker/v1/accounts/${person.accountId}/orders?requestId=again`, {
      token: person.token,
      form: { instrument: 'AAPL', side: 'buy', type: 'market', qty: '1', ...confirmed },
    });
    expect(same.text).toBe(slip.text);
    expect((await place(person, '1', confirmed)).json).toMatchObject({ s: 'ok' });
    expect((await place(person, '1', { confirmDuplicate: 'yes' })).json).toMatchObject({
      refusal: { code: 'invalid_request' },
    });
  });
});
