import { describe, expect, it } from 'vitest';
import { createBrokerModel } from '../../../test/proofs/fills/broker-model.ts';
import type { Message } from '../../../test/proofs/fills/broker-model.ts';
import { orderStream } from '../../domain/order/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { ACCOUNT, cause, openDesk } from '../order/order-path.suite.ts';
import { createRecordBrokerOrder } from '../order/record-broker-order.ts';
import { START } from '../ports/event-store.ts';
import { createBookFills } from './book-fills.ts';
import { createWatchProtection } from './watch-protection.ts';

/** A bracket order of ten shares at a broker in miniature, which the watchdog looks at. */
async function bracket() {
  const desk = await openDesk();
  const model = createBrokerModel({ countFollows: true, recordsFollow: false, oneName: true });
  const looks: string[] = [];
  let answers = true;
  const records = {
    ...desk.needs.broker,
    byId: (_access: unknown, id: string) => {
      looks.push(id);
      const order = model.orders.find(({ brokerOrderId }) => brokerOrderId === id);
      return Promise.resolve(
        order === undefined || !answers
          ? ({ kind: 'unknown', reason: 'time-out' } as const)
          : ({ kind: 'found', value: model.shown(order) } as const),
      );
    },
  };
  const needs = {
    ...desk.needs,
    store: desk.store,
    records,
    brackets: { toWatch: () => Promise.resolve(watched) },
    sweepEveryMs: 5_000,
  };
  const recordBrokerOrder = createRecordBrokerOrder(needs);
  const bookFills = createBookFills(needs);
  let booked = START;

  async function place(terms: { readonly side: 'buy' | 'sell'; readonly isBracket: boolean }) {
    const exits = terms.isBracket ? { takeProfit: '120', stopLoss: '90' } : { takeProfit: null, stopLoss: null };
    const placed = await desk.placeOrder(
      desk.order({ terms: { ...desk.order().terms, side: terms.side, quantity: '10', ...exits } }),
    );
    if (placed.kind !== 'placed') throw new Error(JSON.stringify(placed));
    const order = model.place(
      {
        clientOrderId: placed.orderId,
        side: terms.side,
        type: 'market',
        quantity: 10,
        limitPrice: null,
        stopPrice: null,
      },
      terms.isBracket ? { takeProfit: '120', stopLoss: '90' } : null,
    );
    await tell([
      { kind: 'order', order: model.shown(order), execution: null, amendment: null, refused: null, reason: null },
    ]);
    await tell(model.confirm(order));
    return { orderId: placed.orderId, order };
  }
  async function tell(messages: readonly Message[]): Promise<void> {
    for (const { order, execution, amendment, reason } of messages) {
      await recordBrokerOrder(desk.access, { order, execution, amendment, reason }, cause);
    }
    for (const event of await desk.store.readAll(booked, 1_000)) {
      await bookFills(event);
      booked = event.position;
    }
  }
  const watched: { orderId: string; accountId: string }[] = [];
  const { orderId, order } = await place({ side: 'buy', isBracket: true });
  watched.push({ orderId, accountId: ACCOUNT });
  const [target, stop] = order.legs as [typeof order, typeof order];
  const watchdog = createWatchProtection(needs);
  return {
    ...desk,
    request: desk.order,
    model,
    orderId,
    order,
    target,
    stop,
    tell,
    looks,
    sell: async () => (await place({ side: 'sell', isBracket: false })).order,
    goSilent: () => {
      answers = false;
    },
    /** The watchdog of a process that has just begun. */
    restarted: () => createWatchProtection(needs),
    watch: () => watchdog.watchOnce(),
    /** What the watchdog has recorded, with the open, the protected and the bare quantity. */
    told: async () =>
      (await desk.store.readStream(orderStream(orderId)))
        .filter(({ type }) => type.startsWith('Protection'))
        .map(({ type, data }) => {
          const { openQuantity, protectedQuantity, bareQuantity } = data as Record<string, string>;
          return [type, openQuantity, protectedQuantity, ...(bareQuantity === undefined ? [] : [bareQuantity])].join(
            ' ',
          );
        }),
    overfills: async () =>
      (await desk.store.readStream(riskStream(ACCOUNT)))
        .filter(({ type }) => type === 'OverfillFound')
        .map(({ data }) => data),
  };
}

describe('the protection watchdog', () => {
  it('has nothing to say while the stop loss works for what is held', async () => {
    const { watch, told, tell, model, order, target, looks, passTime } = await bracket();
    await watch();
    await tell(model.fill(order, 10, 100));
    for (let minute = 0; minute < 3; minute += 1) {
      passTime(60);
      await watch();
    }
    // The target takes a part, and the stop becomes smaller.
    await tell(model.fill(target, 6, 120));
    await tell(model.fill(target, 4, 120));
    passTime(60);
    await watch();
    expect(await told()).toEqual([]);
    expect(looks).toEqual([]);
  });

  it('alarms when a part is filled and the exits still wait, after some seconds and not before', async () => {
    const { watch, told, tell, model, order, passTime, alarms } = await bracket();
    await tell(model.fill(order, 4, 100));
    await watch();
    passTime(9);
    await watch();
    expect(await told()).toEqual([]);
    passTime(1);
    await watch();
    await watch();
    expect(await told()).toEqual(['ProtectionMissing 4 0 4']);
    expect(alarms).toEqual(['a position does not have the stop loss that it needs']);
    await tell(model.fill(order, 6, 100));
    await watch();
    expect(await told()).toEqual(['ProtectionMissing 4 0 4', 'ProtectionRestored 10 10']);
  });

  it('alarms when the rest of a partly filled order is cancelled, and with it its exits', async () => {
    const { watch, told, tell, model, order, passTime } = await bracket();
    await tell(model.fill(order, 4, 100));
    await tell(model.cancel(order));
    await watch();
    passTime(10);
    await watch();
    expect(await told()).toEqual(['ProtectionMissing 4 0 4']);
  });

  it('alarms when an exit is cancelled, until the position is closed by another order, for good', async () => {
    const { watch, told, tell, model, order, stop, passTime, sell } = await bracket();
    await tell(model.fill(order, 10, 100));
    await tell(model.cancel(stop));
    await watch();
    passTime(10);
    await watch();
    expect(await told()).toEqual(['ProtectionMissing 10 0 10']);
    const closing = await sell();
    await tell(model.fill(closing, 3, 101));
    passTime(60);
    await watch();
    await tell(model.fill(closing, 7, 101));
    await watch();
    const whole = ['ProtectionMissing 10 0 10', 'ProtectionMissing 7 0 7', 'ProtectionRestored 0 0'];
    expect(await told()).toEqual(whole);
    passTime(60);
    await watch();
    expect(await told()).toEqual(whole);
  });

  it('alarms when the stop loss is for more than is held, as after a bust', async () => {
    const { watch, told, tell, model, order, passTime } = await bracket();
    await tell(model.fill(order, 4, 100));
    await tell(model.fill(order, 6, 100));
    await tell(model.bust(order, order.executions[0]!));
    await watch();
    passTime(10);
    await watch();
    expect(await told()).toEqual(['ProtectionMissing 6 10 0']);
  });

  it('looks at the broker before it alarms, and believes what it finds', async () => {
    const { watch, told, tell, model, order, passTime, looks } = await bracket();
    await tell(model.fill(order, 10, 100).slice(0, 1));
    await watch();
    passTime(10);
    await watch();
    expect(looks).toEqual([order.brokerOrderId]);
    expect(await told()).toEqual([]);
  });

  it('alarms also when the broker does not answer, and asks again after a while', async () => {
    const { watch, told, tell, model, order, stop, passTime, looks, goSilent } = await bracket();
    await tell(model.fill(order, 10, 100));
    await tell(model.cancel(stop));
    goSilent();
    await watch();
    passTime(10);
    await watch();
    await watch();
    expect(await told()).toEqual(['ProtectionMissing 10 0 10']);
    passTime(60);
    await watch();
    expect(looks).toHaveLength(2);
    expect(await told()).toHaveLength(1);
  });

  it('records nothing twice when it begins anew', async () => {
    const { watch, restarted, told, tell, model, order, stop, passTime, alarms } = await bracket();
    await tell(model.fill(order, 10, 100));
    await tell(model.cancel(stop));
    await watch();
    passTime(10);
    await watch();
    const anew = restarted();
    await anew.watchOnce();
    passTime(10);
    await anew.watchOnce();
    expect(await told()).toEqual(['ProtectionMissing 10 0 10']);
    expect(alarms).toHaveLength(1);
  });
});

describe('both exits of a bracket', () => {
  it('are booked, and stop what would open a position in the symbol until a person has looked', async () => {
    const { tell, model, order, target, stop, overfills, alarms, aggregates, orderId, placeOrder, request } =
      await bracket();
    await tell(model.fill(order, 10, 100));
    await tell(model.fill(target, 10, 120, true));
    expect(await overfills()).toEqual([]);
    await tell(model.fill(stop, 10, 90));
    expect(await overfills()).toMatchObject([{ orderId, symbol: 'AAPL', cause: 'exits', excess: '10' }]);
    expect(alarms).toEqual([
      'the exits of a bracket have executed more than their order; positions in its symbol can only be made smaller',
    ]);
    expect(await aggregates.risk.load(riskStream(ACCOUNT))).toMatchObject({
      holdings: new Map([['AAPL', [{ quantity: -10n * 10n ** 18n }]]]),
    });
    const sell = request({ terms: { ...request().terms, side: 'sell', quantity: '1' } });
    const denied = await placeOrder(sell);
    expect(denied).toMatchObject({ kind: 'denied' });
    expect(denied.kind === 'denied' && denied.breaches.map(({ rule }) => rule)).toContain('overfill');
    expect(await placeOrder(request({}, '10'))).toMatchObject({ kind: 'placed' });

    const seen = { orderId, cause: 'exits', excess: '10', clearedBy: 'ada' } as const;
    const clear = { type: 'ClearOverfill', ...seen, at: '2026-03-02T16:00:00.000Z' } as const;
    const cleared = await aggregates.risk.handle(riskStream(ACCOUNT), clear, cause);
    expect(cleared).toMatchObject({ events: [{ type: 'OverfillCleared' }] });
    expect(await aggregates.risk.handle(riskStream(ACCOUNT), clear, cause)).toMatchObject({ events: [] });
    const again = await placeOrder(sell);
    expect(again.kind === 'denied' && again.breaches.map(({ rule }) => rule)).not.toContain('overfill');
  });
});
