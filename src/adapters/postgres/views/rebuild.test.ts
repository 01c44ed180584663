import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openTestStore, type TestStore } from '../../../../test/support/postgres-store.ts';
import { put, sample } from '../../../application/ports/event-store-samples.suite.ts';
import { START, type EventStore } from '../../../application/ports/event-store.ts';
import { CURRENT_VERSIONS } from '../../../domain/account/documents.ts';
import { createMemoryEventStore } from '../../memory/event-store.ts';
import { quantity } from '../../../domain/kernel/decimal.ts';
import { orderStream } from '../../../domain/order/events.ts';
import { runProjections } from '../projections.ts';
import { rebuildViews } from '../rebuild.ts';
import { verifyViews } from '../verify.ts';
import { VIEWS } from './all.ts';
import { ACCOUNT, applyAll, AT, createDesk, dump, USER } from './desk.suite.ts';

/** Something of everything; the store holds it all afterwards. */
async function live(store: EventStore): Promise<void> {
  const desk = createDesk(store);
  await desk.account({ type: 'OpenAccount', userId: USER, accountId: ACCOUNT, at: AT });
  await desk.account({ type: 'AcceptDocument', document: 'terms', version: CURRENT_VERSIONS.terms, at: AT });
  await desk.account({
    type: 'LinkBroker',
    linkId: 'L1',
    broker: 'alpaca',
    environment: 'paper',
    brokerAccountId: 'e0b1',
    brokerAccountNumber: 'PA123',
    linkedAt: AT,
  });
  const positions = [{ symbol: 'AAPL', quantity: '-2', averagePrice: '187.3' }];
  await desk.risk({ type: 'RecordOpeningPositions', positions, at: AT });
  const orderId = await desk.send();
  await desk.fill(orderId, '3', '3', { price: '187.201' });
  await desk.fill(orderId, '7', '10');
  await desk.trade('sell', '4.5', '190', {}, '2026-03-03T15:00:00.000Z');
  await desk.trade('buy', '1', '99.5', { symbol: 'IBM' });
  const amended = await desk.send({ takeProfit: '200', stopLoss: '170' });
  await desk.fill(amended, '2', '2', { executionId: 'E1' });
  await desk.fill(amended, '3', '5', { executionId: 'E2' });
  await desk.correct(amended, 'E1', { quantity: '1', price: '187' }, '4');
  await desk.bust(amended, 'E2', '1');
  const [open, stopped] = [quantity('1'), quantity('0')];
  const protection = { open, stopped, bare: open, isRight: false };
  await desk.order(amended, { type: 'RecordProtection', protection, since: AT, at: AT });
  const found = { type: 'ReportPositionMismatch', at: AT } as const;
  await desk.risk({ ...found, symbol: 'IBM', ours: '1', brokers: '7' });
  const taken = { quantity: '7', averagePrice: '99', by: USER, at: AT };
  await desk.risk({ type: 'AdoptBrokerPosition', symbol: 'IBM', ...taken });
  await desk.risk({ ...found, symbol: 'KO', ours: '0', brokers: '2' });
  await desk.assess({ quantity: '100000' });
  await desk.assess();
  const changed = await desk.send();
  const terms = { quantity: '12', limitPrice: '186.5', stopPrice: null, timeInForce: 'gtc' } as const;
  await desk.order(changed, { type: 'RequestReplace', terms, at: AT });
  await desk.tell(changed, { revision: 1, brokerOrderId: 'second' });
  await desk.order(changed, { type: 'RequestCancel', at: AT });
  await desk.order(changed, { type: 'RecordBrokerMessage', raw: '?', problem: 'unreadable', at: AT });
  await desk.account({ type: 'RecordLinkRevoked', linkId: 'L1', reason: 'the token is not taken', at: AT });
}

describe('the views', () => {
  let opened: TestStore;
  beforeEach(async () => {
    opened = await openTestStore();
  });
  afterEach(() => opened.close());

  it('hold the same rows when events are applied twice, or old ones only, and however they are cut', async () => {
    const store = createMemoryEventStore({ now: () => AT });
    await live(store);
    const events = await store.readAll(START, 10_000);
    await applyAll(opened.pool, events, VIEWS, 1);
    const once = await dump(opened.pool);
    for (const [table, rows] of Object.entries(once)) expect(rows, table).not.toEqual([]);
    for (const again of [events, events.slice(0, events.length / 2)]) {
      await applyAll(opened.pool, again);
      expect(await dump(opened.pool)).toEqual(once);
    }
    const doubled = events.flatMap((event) => [event, event]);
    for (const [given, atOnce] of [
      [doubled, 1],
      [doubled, doubled.length],
      [events, 7],
      [events, events.length],
    ] as const) {
      await opened.owner.query(`truncate ${Object.keys(once).join(', ')}`);
      await applyAll(opened.pool, given, VIEWS, atOnce);
      expect(await dump(opened.pool)).toEqual(once);
    }
  });

  it('hold the same rows as live when they are rebuilt, all or some of them', async () => {
    const { pool, store, url } = opened;
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    const stop = new AbortController();
    const running = runProjections({ pool, store, views: VIEWS, signal: stop.signal, onError });
    await live(store);
    const last = await put(store, 'other', [sample('Ignored', {}, 'other')]);
    expect(await running.waitUntilApplied(last, 10_000)).toBe(true);
    const before = await dump(pool);
    for (const [table, rows] of Object.entries(before)) expect(rows, table).not.toEqual([]);

    const options = { url, store, log: 'postgres', views: VIEWS, signal: stop.signal };
    for (const [named, built] of [
      [[], VIEWS.map(({ name }) => name)],
      [['executions'], ['orders', 'executions']],
    ] as const) {
      expect(await rebuildViews(options, named)).toEqual(built);
      expect(await dump(pool)).toEqual(before);
    }
    await createDesk(store).send();
    expect(await running.waitUntilApplied(await put(store, 'other', [sample('Ignored', {}, 'other')]), 10_000)).toBe(
      true,
    );
    for (const compared of await verifyViews(options)) expect(compared.examples, compared.table).toEqual([]);
    expect(errors).toEqual([]);
    stop.abort();
    await running.done;
  });

  it('hold the same rows as rebuilt when a stream comes late: its fill counts before those after it', async () => {
    const { pool, store, url } = opened;
    const stop = new AbortController();
    const desk = createDesk(store);
    const first = await desk.trade('buy', '10', '187');
    await desk.trade('sell', '4', '188');
    const last = await put(store, 'other', [sample('Ignored', {}, 'other')]);
    const brittle = VIEWS.map((view) =>
      view.name === 'executions'
        ? {
            ...view,
            apply: (...[tx, events]: Parameters<typeof view.apply>) =>
              events.some(({ stream }) => stream === orderStream(first))
                ? Promise.reject(new Error('not yet'))
                : view.apply(tx, events),
          }
        : view,
    );
    const running = runProjections({ pool, store, views: brittle, signal: stop.signal });
    expect(await running.waitUntilApplied(last, 10_000)).toBe(true);
    expect(await running.quarantined()).toMatchObject([{ view: 'executions', stream: orderStream(first) }]);
    stop.abort();
    await running.done;

    const stopAgain = new AbortController();
    const { signal } = stopAgain;
    const mended = runProjections({ pool, store, views: VIEWS, signal });
    expect(await mended.waitUntilApplied(await put(store, 'other', [sample('Ignored', {}, 'other')]), 10_000)).toBe(
      true,
    );
    expect(await mended.quarantined()).toEqual([]);
    const compared = await verifyViews({ url, store, log: 'postgres', views: VIEWS, signal });
    for (const { table, examples } of compared) expect(examples, table).toEqual([]);
    stopAgain.abort();
    await mended.done;
  });
});
