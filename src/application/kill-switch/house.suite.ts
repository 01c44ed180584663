/**
 * Some accounts at a broker that keeps books, and all that carries out halts, over the memory store. For the tests beside
 * this file. Long waits pass at once; the time moves when the test says so.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { childOf } from '../../adapters/node/child-signal.ts';
import { systemIds } from '../../adapters/node/clock-and-ids.ts';
import { minus, plus, quantity, toText } from '../../domain/kernel/decimal.ts';
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
import { brokerOrder, cause, openDesk, UNFOLLOWED } from '../order/order-path.suite.ts';
import { placeAdmitted } from '../order/place-order.ts';
import { createRecordBrokerOrder } from '../order/record-broker-order.ts';
import { createSendCancel, createSendReplace } from '../order/send-requests.ts';
import { createConfirmOrder } from '../order/confirm-order.ts';
import { createSubmitOrder } from '../order/submit-order.ts';
import { createSweepAccount } from '../order/sweep-account.ts';
import { withinLife } from './within-life.suite.ts';
import type { Broker, BrokerAccess, BrokerOrder, BrokerPosition } from '../ports/broker.ts';
import { START } from '../ports/event-store.ts';
import type { EventStore } from '../ports/event-store.ts';
import { createBookFills } from '../risk-policy/book-fills.ts';
import { createReadHalts } from '../risk-policy/halts-on.ts';
import { createAccountWork } from './account-work.ts';
import { createCarryOutHalts } from './carry-out.ts';
import { createPlaceClosingOrder } from './place-closing-order.ts';

export const FIRST = 'aaaaaaaa-0000-4000-8000-000000000001';
export const SECOND = 'aaaaaaaa-0000-4000-8000-000000000002';
export const userOf = (accountId: string): string => `user of ${accountId}`;

interface Booked {
  readonly accountId: string;
  order: BrokerOrder;
}

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

  // --- The broker ---

  const book = new Map<string, Booked>();
  const held = new Map<string, Map<string, string>>(accountIds.map((accountId) => [accountId, new Map()]));
  /** What came to the broker, in order. */
  const requests: string[] = [];
  const script = {
    /** `later`: cancels are taken and carried out when `settle` is called. */
    cancels: 'at once' as 'at once' | 'later' | 'refused',
    /** What becomes of market orders; a number: so much of one is filled, and the rest cancelled. */
    market: 'filled' as 'filled' | 'rejected' | 'resting' | number,
    answers: true,
    /** While false, the list of positions does not show what was executed since. */
    tellsPositions: true,
    isOpen: true,
  };
  let shown: ReadonlyMap<string, readonly BrokerPosition[]> = new Map();
  let listening: ((accountId: string, order: BrokerOrder, filled: string | null) => Promise<void>) | null = null;
  const unknown = { kind: 'unknown', reason: 'time-out' } as const;

  async function change(brokerOrderId: string, changes: Partial<BrokerOrder>, filled: string | null = null) {
    const known = book.get(brokerOrderId);
    if (known === undefined) throw new Error(`the broker has no order ${brokerOrderId}`);
    known.order = { ...known.order, ...changes };
    await listening?.(known.accountId, known.order, filled);
  }
  const openOf = (accountId: string): BrokerOrder[] =>
    [...book.values()].filter((each) => each.accountId === accountId && isOpen(each.order)).map(({ order }) => order);
  const isOpen = ({ status }: BrokerOrder): boolean => status === 'open' || status === 'pending';
  const positionsOf = (accountId: string): readonly BrokerPosition[] =>
    [...(held.get(accountId) ?? [])].map(([symbol, shares]) => ({ symbol, quantity: shares, averagePrice: '90' }));

  async function cancelOne(brokerOrderId: string): Promise<boolean> {
    const known = book.get(brokerOrderId);
    if (known === undefined || !isOpen(known.order) || known.order.underWay === 'cancel') return false;
    if (script.cancels === 'refused') return false;
    if (script.cancels === 'later') known.order = { ...known.order, underWay: 'cancel' };
    else await change(brokerOrderId, { status: 'cancelled', underWay: null });
    return true;
  }
  function move(accountId: string, { symbol, side }: BrokerOrder, shares: string): void {
    const of = held.get(accountId)!;
    const before = quantity(of.get(symbol) ?? '0');
    const now = side === 'buy' ? plus(before, quantity(shares)) : minus(before, quantity(shares));
    if (now === 0n) of.delete(symbol);
    else of.set(symbol, toText(now));
  }
  async function trade(brokerOrderId: string, shares: string, ends = true): Promise<void> {
    const { accountId, order } = book.get(brokerOrderId)!;
    move(accountId, order, shares);
    const whole = quantity(shares) === quantity(order.terms.quantity);
    const status = whole ? 'filled' : ends ? 'cancelled' : 'open';
    await change(brokerOrderId, { status, filledQuantity: shares }, shares);
  }

  const broker: Broker = {
    ...needs.broker,
    replace: () => Promise.resolve(unknown),
    account: () => Promise.resolve(unknown),
    submittedAfter: () => Promise.resolve(unknown),
    follow: () => Promise.resolve('stopped'),
    async submit({ accountId }, { ticket }, clientOrderId) {
      requests.push(`submit ${ticket.side} ${ticket.quantity} ${ticket.symbol}`);
      const { symbol, side, type, quantity: shares, limitPrice, stopPrice, timeInForce } = ticket;
      const terms = { quantity: shares, limitPrice, stopPrice, timeInForce };
      const order = brokerOrder(clientOrderId, { symbol, side, type, terms });
      book.set(order.brokerOrderId, { accountId, order });
      const fate = ticket.type === 'market' ? script.market : 'resting';
      if (fate === 'rejected') {
        book.delete(order.brokerOrderId);
        return { kind: 'rejected', code: '1', reason: 'The broker does not like it.' };
      }
      if (fate !== 'resting') {
        setImmediate(() => void trade(order.brokerOrderId, fate === 'filled' ? shares : String(fate)));
      }
      return Promise.resolve({ kind: 'acknowledged', order });
    },
    async cancel(_access, brokerOrderId) {
      requests.push('cancel');
      if (!script.answers) return unknown;
      return (await cancelOne(brokerOrderId)) ? { kind: 'accepted' } : { kind: 'refused', reason: 'not cancelable' };
    },
    async cancelAll({ accountId }, symbol) {
      requests.push(symbol === null ? 'cancel all' : `cancel all ${symbol}`);
      if (!script.answers) return unknown;
      const accepted: string[] = [];
      for (const order of openOf(accountId)) {
        if ((symbol ?? order.symbol) !== order.symbol) continue;
        if (await cancelOne(order.brokerOrderId)) accepted.push(order.brokerOrderId);
      }
      return { kind: 'asked', accepted, refused: [] };
    },
    unfinished: ({ accountId }) =>
      Promise.resolve(script.answers ? { kind: 'found', value: openOf(accountId), unread: 0 } : unknown),
    positions({ accountId }) {
      if (!script.answers) return Promise.resolve(unknown);
      if (script.tellsPositions) shown = new Map([...links].map((each) => [each, positionsOf(each)]));
      return Promise.resolve({ kind: 'found', value: shown.get(accountId) ?? [] });
    },
    byId: (_access, id) => {
      const known = book.get(id);
      return Promise.resolve(known === undefined ? { kind: 'not_found' } : { kind: 'found', value: known.order });
    },
    byClientOrderId: (_access, id) => {
      const known = [...book.values()].find(({ order }) => order.clientOrderId === id);
      return Promise.resolve(known === undefined ? { kind: 'not_found' } : { kind: 'found', value: known.order });
    },
    executionsOf: (_access, brokerOrderId) => {
      const order = book.get(brokerOrderId)!.order;
      return Promise.resolve({ kind: 'found', value: [executionOf(order, order.filledQuantity)] });
    },
  };
  const executionOf = (order: BrokerOrder, shares: string) => ({
    brokerOrderId: order.brokerOrderId,
    executionId: null,
    recordId: null,
    quantity: shares,
    price: '100',
    cumulativeQuantity: shares,
    executedAt: clock.now(),
  });

  // --- The house ---

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
          Promise.resolve({ now: clock.now(), isOpen: script.isOpen, nextOpen: clock.now(), nextClose: clock.now() }),
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
    listening = async (accountId, order, filled) => {
      const execution = filled === null ? null : executionOf(order, filled);
      await recordBrokerOrder(accessOf(accountId), { order, execution, reason: null }, cause).catch(() => undefined);
    };
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
    log,
    script,
    requests,
    startProcess,
    place,
    openOf,
    positionsOf,
    /** Places an order, and waits until the broker has it. */
    async working(changes: Partial<OrderTicket> = {}): Promise<string> {
      const orderId = await place(changes);
      for (;;) {
        const order = await reader.orders.load(orderStream(orderId));
        if (order.status === 'working') return orderId;
        await wait(1);
      }
    },
    /** An order that was entered at the broker itself. */
    elsewhere(accountId: string, changes: Partial<BrokerOrder> = {}): string {
      const order = brokerOrder(`elsewhere-${book.size}`, { type: 'limit', ...changes });
      book.set(order.brokerOrderId, { accountId, order });
      return order.brokerOrderId;
    },
    hold(accountId: string, symbol: string, shares: string): void {
      held.get(accountId)!.set(symbol, shares);
    },
    trade,
    /** Carries out the cancels that were taken. */
    async settle(): Promise<void> {
      for (const { order } of book.values()) {
        if (order.underWay === 'cancel') await change(order.brokerOrderId, { status: 'cancelled', underWay: null });
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
