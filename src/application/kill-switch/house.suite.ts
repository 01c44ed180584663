/**
 * Some accounts at a broker that keeps books, and all that carries out halts, over the memory store. For the tests beside
 * this file. Long waits pass at once; the time moves when the test says so.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { childOf } from '../../adapters/node/child-signal.ts';
import { systemIds } from '../../adapters/node/clock-and-ids.ts';
import type { OrderTicket } from '../../domain/order/events.ts';
import { orderStream } from '../../domain/order/events.ts';
import { isFinal } from '../../domain/order/state.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { KILL_SWITCH_STREAM } from '../../domain/risk-policy/kill-switch/events.ts';
import { LIMIT_TABLES } from '../../domain/risk-policy/limit-tables.ts';
import { assess } from '../../domain/risk-policy/samples.suite.ts';
import { find } from '../../domain/kernel/dictionary.ts';
import { createAggregates } from '../aggregates.ts';
import { createLookAtOrder } from '../order/look-at-order.ts';
import { createOrderDesk } from '../order/order-desk.ts';
import { cause, openDesk, UNFOLLOWED } from '../order/order-path.suite.ts';
import { placeAdmitted } from '../order/place-order.ts';
import { createRecordBrokerOrder } from '../order/record-broker-order.ts';
import { createSendCancel, createSendReplace } from '../order/send-requests.ts';
import { createConfirmOrder } from '../order/confirm-order.ts';
import { createSubmitOrder } from '../order/submit-order.ts';
import { createSweepAccount } from '../order/sweep-account.ts';
import { withinLife } from './within-life.suite.ts';
import type { BrokerAccess } from '../ports/broker.ts';
import { START } from '../ports/event-store.ts';
import type { EventStore } from '../ports/event-store.ts';
import { createBookFills } from '../risk-policy/book-fills.ts';
import { createReadHalts } from '../risk-policy/halts-on.ts';
import { createAccountWork } from './account-work.ts';
import { openBooks } from './books.suite.ts';
import { createCarryOutHalts } from './carry-out.ts';
import { createPlaceClosingOrder } from './place-closing-order.ts';

export const FIRST = 'aaaaaaaa-0000-4000-8000-000000000001';
export const SECOND = 'aaaaaaaa-0000-4000-8000-000000000002';
export const userOf = (accountId: string): string => `user-of-${accountId}`;

export async function openHouse(accountIds: readonly string[] = [FIRST]) {
  const desk = await openDesk();
  const { store, needs } = desk;
  const { log } = needs;
  const clock = { now: needs.clock.now, sleep: () => wait(1) };
  const links = new Set(accountIds);
  const accessOf = (accountId: string): BrokerAccess => ({ ...desk.access, accountId, userId: userOf(accountId) });
  const linked = {
    accessFor: (accountId: string) => Promise.resolve(links.has(accountId) ? accessOf(accountId) : null),
    all: () => Promise.resolve([...links].map((accountId) => ({ linkId: 'L', accountId, userId: userOf(accountId) }))),
  };

  const books = openBooks(accountIds, links, desk);
  const { broker } = books;

  const reader = createAggregates({ store, ids: systemIds });
  async function unfinishedOrders() {
    const found = new Map<string, string>();
    for (const { type, data, stream } of await store.readAll(START, 100_000)) {
      if (type !== 'OrderPlaced' && type !== 'OrderObserved') continue;
      const order = await reader.orders.load(stream);
      const { ticket } = data as { readonly ticket: OrderTicket };
      if (order.status !== 'none' && !isFinal(order)) found.set(ticket.orderId, ticket.accountId);
    }
    return [...found].map(([orderId, accountId]) => ({ orderId, accountId }));
  }
  const unfinished = {
    placed: unfinishedOrders,
    admittedOnly: () => Promise.resolve([]),
    knownUpTo: async () => (await store.readAll(START, 100_000)).at(-1)?.position ?? START,
  };

  /** One process: what is the owner's to do. `through` may spoil its store; once it is dead it reaches the broker no more. */
  function startProcess(through: EventStore = store, isDead: () => boolean = () => false) {
    const aggregates = createAggregates({ store: through, ids: systemIds });
    const own = withinLife(broker, isDead);
    const common = {
      ...needs,
      aggregates,
      store: through,
      broker: own,
      linked,
      clock,
      unfinished,
      childOf,
      venue: {
        clock: () =>
          Promise.resolve({
            now: clock.now(),
            isOpen: books.script.isOpen,
            nextOpen: clock.now(),
            nextClose: clock.now(),
          }),
      },
      records: own,
      readHalts: createReadHalts({ store: through, clock }),
      limitTables: LIMIT_TABLES,
      sweepEveryMs: 5,
      ...UNFOLLOWED,
    };
    const recordBrokerOrder = createRecordBrokerOrder(common);
    const lookAtOrder = createLookAtOrder({ ...common, recordBrokerOrder });
    const reconcile = (): Promise<'done'> => Promise.resolve('done');
    const sending = { ...common, recordBrokerOrder, lookAtOrder, reconcile, reconciling: new Set<string>() };
    const orders = createOrderDesk({
      ...sending,
      sweepAccount: createSweepAccount(sending),
      submit: createSubmitOrder(sending),
      confirm: createConfirmOrder(sending),
      sendCancel: createSendCancel(sending),
      sendReplace: createSendReplace(sending),
    });
    books.follow(async (accountId, order, execution) => {
      await recordBrokerOrder(accessOf(accountId), { order, execution, reason: null }, cause).catch(() => undefined);
    });
    const ending = new AbortController();
    const placeClosingOrder = createPlaceClosingOrder(common);
    const carryOut = createCarryOutHalts({ ...common, work: createAccountWork({ ...common, placeClosingOrder }) });
    const bookFills = createBookFills(common);
    const book = async (): Promise<void> => {
      for await (const batch of through.subscribe(START, ending.signal))
        for (const event of batch) await bookFills(event);
    };
    const parts = [orders.run(ending.signal), carryOut(ending.signal), book()];
    return {
      async stop() {
        ending.abort();
        await Promise.allSettled(parts);
      },
    };
  }

  async function place(changes: Partial<OrderTicket> = {}): Promise<string> {
    const { terms } = desk.order();
    const accountId = changes.accountId ?? FIRST;
    const limit = { type: 'limit', limitPrice: '99' } as const;
    const ticket: OrderTicket = { ...terms, ...limit, orderId: systemIds.random(), accountId, ...changes };
    const assessed = await desk.aggregates.risk.handle(riskStream(accountId), assess(ticket, {}, clock.now()), cause);
    if (assessed.kind === 'refused' || find(assessed.state.answers, ticket.orderId)?.kind !== 'admitted') {
      throw new Error('not admitted');
    }
    await placeAdmitted(desk.aggregates, { ticket, channel: 'broker-api', at: clock.now() }, cause);
    return ticket.orderId;
  }

  return {
    ...desk,
    ...books,
    log,
    startProcess,
    place,
    /** Held at the broker since before the first order, as the record knows. */
    async owns(accountId: string, symbol: string, shares: string): Promise<void> {
      books.hold(accountId, symbol, shares);
      const positions = [{ symbol, quantity: shares, averagePrice: '90' }];
      const opening = { type: 'RecordOpeningPositions', positions, at: clock.now() } as const;
      await desk.aggregates.risk.handle(riskStream(accountId), opening, cause);
    },
    /** Places an order, and waits until the broker has it. */
    async working(changes: Partial<OrderTicket> = {}): Promise<string> {
      const orderId = await place(changes);
      for (;;) {
        const order = await reader.orders.load(orderStream(orderId));
        if (order.status === 'working') return orderId;
        await wait(1);
      }
    },
    unlink: (accountId: string) => void links.delete(accountId),
    link: (accountId: string) => void links.add(accountId),
    order: (orderId: string) => reader.orders.load(orderStream(orderId)),
    state: () => reader.killSwitch.load(KILL_SWITCH_STREAM),
    async progress(haltId: string, accountId = FIRST) {
      const halt = (await reader.killSwitch.load(KILL_SWITCH_STREAM)).standing.get(haltId);
      return halt === undefined ? undefined : find(halt.progress, accountId);
    },
    async untilCarriedOut(haltId: string): Promise<'finished'> {
      for (;;) {
        const { standing } = await reader.killSwitch.load(KILL_SWITCH_STREAM);
        if (standing.get(haltId)?.carriedOutAt) return 'finished';
        await wait(1);
      }
    },
    async isCarriedOut(haltId: string): Promise<boolean> {
      const halt = (await reader.killSwitch.load(KILL_SWITCH_STREAM)).standing.get(haltId);
      return halt !== undefined && halt.carriedOutAt !== null;
    },
  };
}
