/** An order that a newer version of the app has written to: nothing is done with it, and all others go their way. */
import { describe, expect, it } from 'vitest';
import { childOf } from '../../adapters/node/child-signal.ts';
import { systemClock } from '../../adapters/node/clock-and-ids.ts';
import { accountStream } from '../../domain/account/events.ts';
import { orderStream } from '../../domain/order/events.ts';
import { createLinkedAccounts } from '../account/link-broker.ts';
import type { BrokerUpdate } from '../ports/broker.ts';
import { START, UnreadableEvent } from '../ports/event-store.ts';
import { createCancelOrder } from './change-order.ts';
import { createFollowUpdates } from './follow-broker-updates.ts';
import { ACCOUNT, brokerOrder, cause, openDesk, USER } from './order-path.suite.ts';
import { createLookAtOrder } from './look-at-order.ts';
import { createReconcileAccount } from './reconcile-account.ts';

/** A desk with two placed orders, of which the first can not be read any more. */
async function openWithTwo() {
  const desk = await openDesk();
  const place = async (): Promise<string> => {
    const placed = await desk.placeOrder(desk.order());
    if (placed.kind !== 'placed') throw new Error(placed.kind);
    return placed.orderId;
  };
  const [unreadable, readable] = [await place(), await place()];
  await desk.putUnreadable(orderStream(unreadable));
  return { ...desk, unreadable, readable };
}

type Desk = Awaited<ReturnType<typeof openWithTwo>>;

const length = async ({ store }: Desk): Promise<number> => (await store.readAll(START, 1_000)).length;

/** Reconciles with a broker that has both orders. */
function createReconcile(desk: Desk, record: (accountId: string) => void = () => undefined) {
  const { unreadable, readable, needs } = desk;
  const orders = [brokerOrder(unreadable), brokerOrder(readable)];
  const found = () => Promise.resolve({ kind: 'found', value: orders, unread: 0 } as const);
  const now = needs.clock.now();
  const records = { ...needs.broker, submittedAfter: found, unfinished: found };
  return createReconcileAccount({
    ...needs,
    lookAtOrder: createLookAtOrder({ ...needs, records }),
    reconciling: new Set(),
    reconciliations: {
      lastOf: () => Promise.resolve(null),
      record: (accountId) => Promise.resolve(record(accountId)),
    },
    records,
    venue: {
      clock: () => Promise.resolve({ now, isOpen: true, nextOpen: now, nextClose: now }),
      instruments: () => Promise.resolve(new Map()),
    },
    unfinished: {
      placed: () => Promise.resolve([unreadable, readable].map((orderId) => ({ orderId, accountId: ACCOUNT }))),
      admittedOnly: () => Promise.resolve([]),
      knownUpTo: () => Promise.resolve(START),
    },
  });
}

describe('an order that can not be read', () => {
  it('takes no command, though the order was known before: nothing is decided and nothing stored', async () => {
    const desk = await openWithTwo();
    const before = await length(desk);
    const { unreadable: orderId, aggregates } = desk;
    const at = desk.needs.clock.now();
    const handling = aggregates.orders.handle(orderStream(orderId), { type: 'RequestCancel', at }, cause);
    await expect(handling).rejects.toBeInstanceOf(UnreadableEvent);
    expect(await length(desk)).toBe(before);
    expect(desk.alarms).toHaveLength(1);
  });

  it('does not keep the trader from their other orders', async () => {
    const desk = await openWithTwo();
    const cancel = createCancelOrder(desk.placing);
    const request = { userId: USER, accountId: ACCOUNT, cause };
    await expect(cancel({ ...request, orderId: desk.unreadable })).rejects.toBeInstanceOf(UnreadableEvent);
    expect(await cancel({ ...request, orderId: desk.readable })).toMatchObject({ kind: 'done' });
  });

  it('is left out of a reconciliation, which looks as far back again until it was whole', async () => {
    const desk = await openWithTwo();
    const recorded: string[] = [];
    expect(await createReconcile(desk, (accountId) => recorded.push(accountId))(desk.access, cause)).toBe('done');
    expect(await desk.typesOf(desk.readable)).toContain('OrderAcknowledged');
    expect(recorded).toEqual([]);
  });

  it('does not hold up the updates of the other orders, and what is not understood of it is kept all the same', async () => {
    const desk = await openWithTwo();
    const { unreadable, readable, access } = desk;
    const told = (orderId: string): BrokerUpdate => ({
      kind: 'order',
      order: brokerOrder(orderId),
      execution: null,
      amendment: null,
      refused: null,
      reason: null,
    });
    const strange: BrokerUpdate = { kind: 'unreadable', raw: '{}', problem: 'empty', clientOrderId: unreadable };
    const follow = createFollowUpdates({
      ...desk.needs,
      store: desk.store,
      records: desk.needs.broker,
      clock: { now: desk.needs.clock.now, sleep: systemClock.sleep },
      childOf,
      updates: {
        async follow(_access, listener) {
          for (const update of [told(unreadable), strange, told(readable)]) await listener.onUpdate(update);
          return 'stopped';
        },
      },
      linked: { ...desk.needs.linked, accessFor: () => Promise.resolve(access) },
      reconcile: createReconcile(desk),
      settleReplace: () => Promise.resolve(),
      keepComparing: () => ({ now: () => undefined, ended: Promise.resolve() }),
    });
    await follow(ACCOUNT, new AbortController().signal);
    expect(await desk.typesOf(readable)).toContain('OrderAcknowledged');
    expect(await desk.store.readStream(`broker-messages-${ACCOUNT}`)).toMatchObject([{ data: { raw: '{}' } }]);
  });
});

describe('an account that can not be read', () => {
  it('is not followed, and the others are', async () => {
    const { aggregates, access, putUnreadable } = await openDesk();
    const other = { ...access, linkId: 'M', userId: 'other', accountId: 'other' };
    await putUnreadable(accountStream(other.userId));
    const linked = createLinkedAccounts({
      aggregates,
      brokerTokens: {
        keep: () => Promise.resolve(),
        forget: () => Promise.resolve(),
        of: () => Promise.resolve([other]),
        all: () => Promise.resolve([other, access]),
      },
    });
    expect(await linked.all()).toEqual([access]);
    await expect(linked.accessFor(other.accountId)).rejects.toBeInstanceOf(UnreadableEvent);
  });
});
