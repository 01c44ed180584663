import { describe, expect, it } from 'vitest';
import type { HaltScope } from '../../domain/risk-policy/kill-switch/events.ts';
import { KILL_SWITCH_STREAM } from '../../domain/risk-policy/kill-switch/events.ts';
import { createReadHalts } from '../risk-policy/halts-on.ts';
import type { ReadHalts } from '../risk-policy/halts-on.ts';
import { createReplaceOrder } from './change-order.ts';
import { ACCOUNT, brokerOrder, cause, openDesk, unstopped, USER } from './order-path.suite.ts';
import { createSendReplace } from './send-requests.ts';
import { createSubmitOrder } from './submit-order.ts';

async function placedOrder(terms: Partial<Parameters<Awaited<ReturnType<typeof openDesk>>['order']>[0]> = {}) {
  const desk = await openDesk();
  const answer = await desk.placeOrder(desk.order(terms));
  if (answer.kind !== 'placed') throw new Error(answer.kind);
  const { orderId } = answer;
  const { needs, store } = desk;
  const last = async () => (await store.readStream(`order-${orderId}`)).at(-1);
  return {
    ...desk,
    orderId,
    last,
    submitWith: (readHalts: ReadHalts) => createSubmitOrder({ ...needs, readHalts })(orderId, cause, unstopped),
    submit: () => createSubmitOrder(needs)(orderId, cause, unstopped),
    types: () => desk.typesOf(orderId),
  };
}

const SCOPES: readonly HaltScope[] = [
  { kind: 'everything' },
  { kind: 'broker', broker: 'alpaca' },
  { kind: 'symbol', symbol: 'AAPL' },
  { kind: 'user', userId: USER },
  { kind: 'account', accountId: ACCOUNT, symbol: null },
  { kind: 'account', accountId: ACCOUNT, symbol: 'AAPL' },
];

describe('a placed order', () => {
  it.each(SCOPES)('is not sent under a halt, and says why: %o', async (scope) => {
    const { halt, submit, sent, last } = await placedOrder();
    await halt({ scope });
    expect(await submit()).toEqual({ kind: 'settled' });
    expect(sent).toEqual([]);
    expect(await last()).toMatchObject({
      type: 'OrderNotSent',
      data: { reason: expect.stringMatching(/^Trading is halted \(.+\): Something is wrong\.$/) },
    });
  });

  it.each<HaltScope>([
    { kind: 'symbol', symbol: 'IBM' },
    { kind: 'strategy', strategyId: 's' },
    { kind: 'user', userId: 'another' },
    { kind: 'account', accountId: 'another', symbol: null },
    { kind: 'account', accountId: ACCOUNT, symbol: 'IBM' },
  ])('is sent when the halt is about others: %o', async (scope) => {
    const { halt, submit, sent, orderId } = await placedOrder();
    await halt({ scope });
    await submit();
    expect(sent).toEqual([orderId]);
  });

  it('is not sent when the halt comes between its claim and its sending', async () => {
    const { halt, needs, orderId, sent, types } = await placedOrder();
    let halting: Promise<unknown> = Promise.resolve();
    const submit = createSubmitOrder({
      ...needs,
      readHalts: async () => {
        await halting;
        return needs.readHalts();
      },
      pass: (point) => {
        if (point === 'after-claim') halting = halt();
      },
    });
    expect(await submit(orderId, cause, unstopped)).toEqual({ kind: 'settled' });
    expect(sent).toEqual([]);
    expect(await types()).toEqual(['OrderPlaced', 'SubmissionClaimed', 'SubmissionFailed', 'OrderNotSent']);
  });

  it('is not sent when the halt comes while its request waits for its turn at the broker', async () => {
    const { halt, needs, orderId, sent, types, script, passTime } = await placedOrder();
    const looks: boolean[] = [];
    const broker: typeof needs.broker = {
      ...needs.broker,
      async submit(access, admission, id, lastLook) {
        looks.push((await lastLook?.()) ?? true);
        await halt();
        passTime(0.6);
        looks.push((await lastLook?.()) ?? true);
        return looks.at(-1) === true
          ? needs.broker.submit(access, admission, id)
          : { kind: 'not_sent', reason: 'it was held back at the last moment', retryAfterMs: 0 };
      },
    };
    script.submit = (id) => ({ kind: 'acknowledged', order: brokerOrder(id) });
    const submit = createSubmitOrder({ ...needs, broker });
    expect(await submit(orderId, cause, unstopped)).toEqual({ kind: 'again', afterMs: 0 });
    expect(await submit(orderId, cause, unstopped)).toEqual({ kind: 'settled' });
    expect(looks).toEqual([true, false]);
    expect(sent).toEqual([]);
    expect((await types()).slice(-2)).toEqual(['SubmissionFailed', 'OrderNotSent']);
  });

  it('is sent once the halt has been released', async () => {
    const { halt, submit, sent, aggregates, needs, orderId } = await placedOrder();
    const scope = { kind: 'account', accountId: ACCOUNT, symbol: null } as const;
    const by = { kind: 'person', userId: USER, accountId: ACCOUNT } as const;
    const haltId = await halt({ scope, by });
    const release = { type: 'ReleaseHalt', haltId, by, at: needs.clock.now() } as const;
    await aggregates.killSwitch.handle(KILL_SWITCH_STREAM, release, cause);
    await submit();
    expect(sent).toEqual([orderId]);
  });

  it('is sent under `reducing` only if it can only make a position smaller', async () => {
    const desk = await openDesk();
    await desk.holds('AAPL', '5');
    const { terms } = desk.order();
    const place = async (side: 'buy' | 'sell', quantity: string): Promise<string> => {
      const placed = await desk.placeOrder(desk.order({ terms: { ...terms, side, quantity } }));
      if (placed.kind !== 'placed') throw new Error(placed.kind);
      return placed.orderId;
    };
    const [out, more] = [await place('sell', '3'), await place('buy', '1')];
    await desk.halt({ level: 'reducing' });
    const submit = createSubmitOrder(desk.needs);
    await submit(more, cause, unstopped);
    await submit(out, cause, unstopped);
    expect(desk.sent).toEqual([out]);
    expect((await desk.typesOf(more)).at(-1)).toBe('OrderNotSent');
  });

  it('is denied once the halt stands, with its scope and its reason', async () => {
    const { halt, placeOrder, order } = await placedOrder();
    await halt();
    expect(await placeOrder(order())).toMatchObject({
      kind: 'denied',
      breaches: [{ rule: 'trading_halted', detail: 'everything: Something is wrong.' }],
    });
  });
});

describe('when the halts can not be read', () => {
  it('nothing is sent: the order waits for as long as it may, and then ends with that reason', async () => {
    const { putUnreadable, submit, sent, last, passTime, types, warnings } = await placedOrder();
    await putUnreadable(KILL_SWITCH_STREAM);
    expect(await submit()).toEqual({ kind: 'again', afterMs: 1_000 });
    expect(await types()).toEqual(['OrderPlaced']);
    expect(warnings).toEqual(['the halts in force could not be read: nothing is sent']);
    passTime(16);
    expect(await submit()).toEqual({ kind: 'settled' });
    expect(sent).toEqual([]);
    expect(await last()).toMatchObject({
      type: 'OrderNotSent',
      data: { reason: 'The halts in force could not be read.' },
    });
  });

  it('a look that took longer than half a second is taken again, and after three of them nothing is sent', async () => {
    const { submitWith, passTime, needs, sent, orderId } = await placedOrder();
    let reads = 0;
    const slow = (seconds: readonly number[]): ReadHalts => {
      return async () => {
        const reading = await needs.readHalts();
        passTime(seconds[reads] ?? 0);
        reads += 1;
        return reading;
      };
    };
    expect(await submitWith(slow([0.6, 0.6, 0.6]))).toEqual({ kind: 'again', afterMs: 1_000 });
    expect([reads, sent]).toEqual([3, []]);
    reads = 0;
    await submitWith(slow([0.6, 0.1, 0.5]));
    expect([reads, sent]).toEqual([3, [orderId]]);
  });

  it('a clock that was set back says nothing about the age of a look', async () => {
    const { submitWith, passTime, needs, sent } = await placedOrder();
    const back: ReadHalts = async () => {
      const reading = await needs.readHalts();
      passTime(-1);
      return reading;
    };
    expect(await submitWith(back)).toEqual({ kind: 'again', afterMs: 1_000 });
    expect(sent).toEqual([]);
  });

  it('a halt that another process has just committed is seen: every look reads the record', async () => {
    const { needs, halt, store } = await placedOrder();
    const read = createReadHalts({ store, clock: needs.clock });
    expect((await read()).state.standing.size).toBe(0);
    const haltId = await halt();
    expect([...(await read()).state.standing.keys()]).toEqual([haltId]);
  });
});

describe('a change of a working order', () => {
  async function changing(level: 'halted' | 'reducing') {
    const desk = await placedOrder({
      terms: { ...(await openDesk()).order().terms, type: 'limit', limitPrice: '99', quantity: '2' },
    });
    const { needs, aggregates, orderId, script, submit, halt } = desk;
    script.submit = (id) => ({
      kind: 'acknowledged',
      order: brokerOrder(id, { type: 'limit', terms: { ...desk.order().terms, limitPrice: '99', quantity: '2' } }),
    });
    await submit();
    const replace = createReplaceOrder(desk.placing);
    const request = { userId: USER, accountId: ACCOUNT, orderId, cause, stopPrice: null, timeInForce: null };
    expect(await replace({ ...request, quantity: '3', limitPrice: null })).toMatchObject({ kind: 'done' });
    const replaced: string[] = [];
    const broker: typeof needs.broker = {
      ...needs.broker,
      byId: () => Promise.resolve({ kind: 'found', value: brokerOrder(orderId, { type: 'limit' }) }),
      replace: (_access, _id, _admission, clientId) => {
        replaced.push(clientId);
        return Promise.resolve({ kind: 'unknown', reason: 'time-out' });
      },
    };
    await halt({ level });
    await createSendReplace({ ...needs, broker })(orderId, cause, unstopped);
    const state = await aggregates.orders.load(`order-${orderId}`);
    return { replaced, state, last: await desk.last() };
  }

  it.each(['halted', 'reducing'] as const)(
    'is not sent when trading is %s; the order works on as it is',
    async (level) => {
      const { replaced, state, last } = await changing(level);
      expect(replaced).toEqual([]);
      expect(last).toMatchObject({
        type: 'ReplaceRefused',
        data: { reason: expect.stringContaining('Trading is halted') },
      });
      expect(state).toMatchObject({ status: 'working', replacement: null });
    },
  );
});
