import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { put, sample } from '../../application/ports/event-store-samples.suite.ts';
import { orderStream } from '../../domain/order/events.ts';
import type { Person } from './client.suite.ts';
import { openServer } from './server.suite.ts';
import type { ServerUnderTest } from './server.suite.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.close());

const MARKET = { instrument: 'AAPL', side: 'buy', type: 'market', qty: '1', currentAsk: '100.02', currentBid: '99.98' };
const orders = ({ accountId }: Person, rest = ''): string => `/broker/v1/accounts/${accountId}/orders${rest}`;
const place = (person: Person, form: Readonly<Record<string, string>>, query = '') =>
  server.call('POST', orders(person, query), { token: person.token, form });
const idOf = (answer: { readonly json: unknown }): string => (answer.json as { d: { orderId: string } }).d.orderId;
const list = async (person: Person) =>
  ((await server.call('GET', orders(person), { token: person.token })).json as { d: { id: string }[] }).d;

describe('placing an order through the Broker API', () => {
  it('gives its id, and the order is in the list at once', async () => {
    const person = await server.trader();
    const answer = await place(person, MARKET);
    expect(answer.json).toEqual({ s: 'ok', d: { orderId: expect.any(String) as string } });
    expect(await list(person)).toMatchObject([{ id: idOf(answer), instrument: 'AAPL', qty: 1, status: 'placing' }]);
  });

  it('twenty times at once under one request id gives twenty equal answers and one order', async () => {
    const person = await server.trader();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => place(person, { ...MARKET, qty: '1.50' }, '?locale=en&requestId=abc')),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await place(person, { ...MARKET, qty: '01.5' }, '?requestId=abc')).text).toBe(answers[0]?.text);
    expect(await list(person)).toHaveLength(1);
    expect((await place(person, MARKET, '?requestId=abc')).json).toMatchObject({
      s: 'error',
      refusal: { code: 'request_id_reused' },
    });
  });

  it('that breaks rules is denied with every reason, the same again when repeated, and has a story', async () => {
    const person = await server.trader();
    const form = { ...MARKET, qty: '20000' };
    const answer = await place(person, form, '?requestId=big');
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      s: 'error',
      errmsg: expect.stringContaining('$2,000,400.00') as string,
      refusal: {
        code: 'denied',
        breaches: [
          { rule: 'largest_order_value', limit: '50000', actual: '2000400', unit: 'USD' },
          { rule: 'largest_order_quantity' },
          { rule: 'largest_position' },
          { rule: 'largest_exposure' },
          { rule: 'buying_power' },
        ],
      },
    });
    expect((await place(person, form, '?requestId=big')).text).toBe(answer.text);
    const { orderId } = (answer.json as { refusal: { orderId: string } }).refusal;
    const story = await server.call('GET', `/api/v1/orders/${orderId}/story`, { token: person.token });
    expect(story.json).toMatchObject({ orderId, outcome: 'denied', breaches: [{}, {}, {}, {}, {}] });
    expect(await list(person)).toEqual([]);
  });

  it('that the broker does not take is told so in sentences', async () => {
    const person = await server.trader();
    const form = { ...MARKET, type: 'limit', qty: '1.5', durationType: 'gtc' };
    expect((await place(person, form)).json).toEqual({
      s: 'error',
      errmsg: 'This order type needs a limit price. An order for a fraction of a share must be a day order.',
      refusal: { code: 'unsupported_order', reasons: ['limit_price_missing', 'fraction_needs_day_order'] },
    });
    expect(await list(person)).toEqual([]);
    expect((await place(person, { ...MARKET, instrument: 'NOPE' })).json).toMatchObject({
      refusal: { code: 'unknown_instrument' },
    });
  });

  it('for more than anybody means is a slip of the finger, and is not recorded', async () => {
    const person = await server.trader();
    const before = (await server.store.readAll('', 100_000)).length;
    const huge = { ...MARKET, type: 'limit', qty: '999999999999', limitPrice: '999999999999' };
    expect((await place(person, huge)).json).toMatchObject({
      s: 'error',
      refusal: { code: 'invalid_request', errors: [{ field: 'qty' }, { field: 'limitPrice' }] },
    });
    expect(await server.store.readAll('', 100_000)).toHaveLength(before);
    const large = await place(person, { ...MARKET, type: 'limit', qty: '9999999', limitPrice: '9999999' });
    expect(large.json).toMatchObject({ refusal: { code: 'denied' } });
    expect(large.text).toContain('$99,999,980,000,001.00');
    expect((await place(person, { ...MARKET, type: 'stop', trailingStopPips: '1.5' })).json).toMatchObject({
      errmsg: 'trailingStopPips must be a whole number of cents.',
      refusal: { code: 'invalid_request' },
    });
  });

  it('maps a trailing stop, and a bracket', async () => {
    const person = await server.trader();
    const trailing = await place(person, { ...MARKET, type: 'stop', trailingStopPips: '150', stopPrice: '' });
    const bracket = await place(person, {
      ...MARKET,
      type: 'stoplimit',
      stopPrice: '101',
      limitPrice: '101.50',
      takeProfit: '110',
      stopLoss: '95',
    });
    const found = await list(person);
    expect(found.find(({ id }) => id === idOf(trailing))).toMatchObject({
      type: 'stop',
      isTrailingStop: true,
      trailingStopPips: 150,
    });
    expect(found.find(({ id }) => id === idOf(bracket))).toMatchObject({ type: 'stoplimit', limitPrice: 101.5 });
  });

  it('for another’s account, for nobody’s and for a malformed one is refused with one and the same answer', async () => {
    const [person, other] = [await server.trader(), await server.trader()];
    const before = (await server.store.readAll('', 100_000)).length;
    const answers = [];
    for (const accountId of [other.accountId, '33333333-3333-4333-8333-333333333333', 'x'.repeat(200), '%00']) {
      answers.push((await place({ ...person, accountId }, MARKET)).text);
    }
    expect(new Set(answers).size).toBe(1);
    expect(JSON.parse(answers[0] ?? '')).toMatchObject({ s: 'error', refusal: { code: 'not_found' } });
    expect(await server.store.readAll('', 100_000)).toHaveLength(before);
  });
});

describe('changing an order through the Broker API', () => {
  const one = (person: Person, orderId: string, method: string, form?: Readonly<Record<string, string>>) =>
    server.call(method, orders(person, `/${orderId}`), { token: person.token, ...(form && { form }) });

  async function working(person: Person): Promise<string> {
    const orderId = idOf(await place(person, { ...MARKET, type: 'limit', limitPrice: '99', durationType: 'gtc' }));
    const desk = server.deskOf(person.accountId);
    await desk.order(orderId, { type: 'ClaimSubmission', claimId: 'c', at: '2026-03-02T15:00:00.000Z' });
    await desk.tell(orderId);
    return orderId;
  }

  it('asks for new terms once, and the same again is as good', async () => {
    const person = await server.trader();
    const orderId = await working(person);
    const form = { qty: '2', limitPrice: '98.50', currentAsk: '1', currentBid: '1', stopLoss: '' };
    expect((await one(person, orderId, 'PUT', form)).json).toEqual({ s: 'ok' });
    expect((await one(person, orderId, 'PUT', form)).json).toEqual({ s: 'ok' });
    expect((await one(person, orderId, 'PUT', { qty: '3' })).json).toMatchObject({
      refusal: { code: 'replace_pending' },
    });
    const asked = (await server.store.readStream(`order-${orderId}`)).filter(({ type }) => type === 'ReplaceRequested');
    expect(asked.map(({ data }) => data)).toMatchObject([
      { terms: { quantity: '2', limitPrice: '98.5', stopPrice: null, timeInForce: 'gtc' } },
    ]);
  });

  it('that is denied tells the breaches', async () => {
    const person = await server.trader();
    expect((await one(person, await working(person), 'PUT', { qty: '20000' })).json).toMatchObject({
      refusal: { code: 'denied', breaches: [{ rule: 'largest_order_value' }, {}, {}, {}, {}] },
    });
  });

  it('cancels one that was not sent at once, and not a second time', async () => {
    const person = await server.trader();
    const orderId = idOf(await place(person, MARKET));
    expect((await one(person, orderId.toUpperCase(), 'DELETE')).json).toEqual({ s: 'ok' });
    expect(await list(person)).toMatchObject([{ id: orderId, status: 'cancelled' }]);
    expect((await one(person, orderId, 'DELETE')).json).toMatchObject({
      s: 'error',
      refusal: { code: 'order_not_working' },
    });
    expect((await one(person, orderId, 'PUT', { qty: '2' })).json).toMatchObject({
      refusal: { code: 'order_not_working' },
    });
  });

  it('of another, of nobody or of no shape has one and the same answer', async () => {
    const [person, other] = [await server.trader(), await server.trader()];
    const orderId = idOf(await place(other, MARKET));
    for (const method of ['PUT', 'DELETE']) {
      const answers = [];
      for (const id of [orderId, '33333333-3333-4333-8333-333333333333', 'nonsense', 'x'.repeat(100), 'a%00b']) {
        answers.push((await one(person, id, method, { qty: '1' })).text);
      }
      answers.push((await one({ ...person, accountId: other.accountId }, orderId, method, { qty: '1' })).text);
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toContain('not_found');
    }
    expect(await list(other)).toMatchObject([{ status: 'placing' }]);
  });
});

describe('an order that a newer version of the app has written to', () => {
  it('is an internal error and an alarm, and the trader’s other orders go on', async () => {
    const alone = await openServer();
    try {
      const person = await alone.trader();
      const send = (method: string, rest = '') =>
        alone.call(method, orders(person, rest), {
          token: person.token,
          ...(rest === '' && { form: { ...MARKET, confirmDuplicate: 'true' } }),
        });
      const [newer, usual] = [idOf(await send('POST')), idOf(await send('POST'))];
      const stream = orderStream(newer);
      await put(alone.raw, stream, [sample('OrderPaused', {}, stream)]);
      const answer = await send('DELETE', `/${newer}`);
      expect(answer.json).toMatchObject({ s: 'error', refusal: { code: 'internal' } });
      expect(answer.text).not.toContain('OrderPaused');
      expect(alone.logged).toMatchObject([
        { facts: { stream, reason: 'unknown_type' } },
        { facts: { error: expect.stringContaining('UnreadableEvent') as string } },
      ]);
      expect((await send('DELETE', `/${usual}`)).json).toEqual({ s: 'ok' });
    } finally {
      await alone.close();
    }
  });
});

describe('an order while nothing can be recorded', () => {
  it('is refused in so many words, and taken when it can', async () => {
    const alone = await openServer();
    try {
      const person = await alone.trader();
      const place = () => alone.call('POST', orders(person), { token: person.token, form: MARKET });
      const { append } = alone.raw;
      alone.raw.append = () => Promise.reject(new Error('could not extend file: No space left on device'));
      const refused = await place();
      expect(refused.json).toMatchObject({
        s: 'error',
        errmsg: expect.stringContaining('Nothing can be recorded at the moment') as string,
        refusal: { code: 'unavailable' },
      });
      expect(refused.text).not.toContain('No space');
      alone.raw.append = append;
      expect((await place()).json).toMatchObject({ s: 'ok' });
      expect((await alone.call('GET', orders(person), { token: person.token })).json).toMatchObject({ d: [{}] });
    } finally {
      await alone.close();
    }
  });
});
