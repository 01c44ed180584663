/**
 * Brings a trace to our side of the wire over the memory store, message by message and look-up by look-up, in the order of
 * its events or in any other, once or several times; and has what follows from it booked.
 */
import { createMemoryEventStore } from '../../../src/adapters/memory/event-store.ts';
import { childOf } from '../../../src/adapters/node/child-signal.ts';
import { systemClock, systemIds } from '../../../src/adapters/node/clock-and-ids.ts';
import { CATALOGUE } from '../../../src/adapters/stored-events/catalogue.ts';
import { createEvolvingStore } from '../../../src/adapters/stored-events/evolving-store.ts';
import { createAggregates } from '../../../src/application/aggregates.ts';
import { createFollowUpdates } from '../../../src/application/order/follow-broker-updates.ts';
import { UNFOLLOWED } from '../../../src/application/order/order-path.suite.ts';
import { createRecordBrokerOrder } from '../../../src/application/order/record-broker-order.ts';
import { createSettleReplace } from '../../../src/application/order/send-requests.ts';
import type { Broker, BrokerAccess, BrokerUpdate, LookUp } from '../../../src/application/ports/broker.ts';
import { START } from '../../../src/application/ports/event-store.ts';
import type { RecordedEvent } from '../../../src/application/ports/event-store.ts';
import { createBookFills } from '../../../src/application/risk-policy/book-fills.ts';
import { createReadHalts } from '../../../src/application/risk-policy/halts-on.ts';
import { createWatchProtection } from '../../../src/application/risk-policy/watch-protection.ts';
import type { OrderTicket } from '../../../src/domain/order/events.ts';
import { orderStream } from '../../../src/domain/order/events.ts';
import type { OrderCommand } from '../../../src/domain/order/order.ts';
import type { OrderState } from '../../../src/domain/order/state.ts';
import { riskStream } from '../../../src/domain/risk-policy/events.ts';
import { assess, BASIS, LIMITS, readInputs, tablesOf } from '../../../src/domain/risk-policy/samples.suite.ts';
import type { RiskState } from '../../../src/domain/risk-policy/state.ts';
import type { Message, ModelOrder } from './broker-model.ts';
import { ORDER_ID } from './trace.ts';
import type { Ask, Trace } from './trace.ts';

const ACCOUNT = '22222222-2222-4222-8222-222222222222';
const AT = '2026-03-02T15:00:00.000Z';
const CAUSE = { correlationId: 'c', causationId: null, actor: { kind: 'system', id: 'proof' } } as const;
const QUIET = { info: () => undefined, warn: () => undefined, alarm: () => undefined };
const ACCESS: BrokerAccess = { linkId: 'L', userId: 'U', accountId: ACCOUNT, environment: 'paper', token: 't' };

/** What a trace does must not depend on what an account may. */
const GENEROUS = { ...LIMITS, shortSelling: true, protectionRequired: false };

const found = <T>(value: T | undefined): Promise<LookUp<T>> =>
  Promise.resolve(value === undefined ? { kind: 'not_found' } : { kind: 'found', value });
const unused = (): never => {
  throw new Error('nothing is sent in this proof');
};

/** What our side has made of a trace in the end. */
export interface Outcome {
  readonly risk: RiskState;
  /** By the broker's id of any of their broker orders. */
  readonly orderOf: (order: ModelOrder) => Promise<OrderState>;
  readonly events: readonly RecordedEvent[];
  /** Events that a second look at everything has added: none. */
  readonly addedByLookingAgain: number;
}

export type Delivery = ReturnType<typeof createDelivery>;

export function createDelivery(trace: Trace) {
  const { model, plan } = trace;
  let seconds = 0;
  const now = (): string => new Date(Date.parse(AT) + seconds * 1_000).toISOString();
  const clock = { now, sleep: () => Promise.resolve() };
  const store = createEvolvingStore(createMemoryEventStore(clock), { catalogue: CATALOGUE, log: QUIET });
  const aggregates = createAggregates({ store, ids: systemIds });
  const shownOf = (test: (order: ModelOrder) => boolean) => {
    const order = model.orders.find(test);
    return order === undefined ? undefined : model.shown(order);
  };
  const broker: Broker = {
    ready: unused,
    submit: unused,
    replace: unused,
    cancel: unused,
    cancelAll: unused,
    follow: unused,
    account: unused,
    positions: unused,
    submittedAfter: unused,
    executionsAfter: unused,
    unfinished: unused,
    byId: (_access, id) => found(shownOf((order) => order.brokerOrderId === id)),
    byClientOrderId: (_access, id) => found(shownOf((order) => order.clientOrderId === id)),
    executionsOf: (_access, id) => {
      const order = model.orders.find((each) => each.brokerOrderId === id);
      return found(order === undefined ? undefined : model.records(order));
    },
  };
  const linked = { accessFor: () => Promise.resolve(ACCESS), all: unused };
  const base = {
    aggregates,
    store,
    broker,
    records: broker,
    linked,
    clock,
    ids: systemIds,
    log: QUIET,
    pass: () => undefined,
  };
  const recordBrokerOrder = createRecordBrokerOrder(base);
  const needs = {
    ...base,
    ...UNFOLLOWED,
    recordBrokerOrder,
    reportRevoked: () => Promise.resolve(),
    readHalts: createReadHalts({ store, clock }),
    watchDoubt: () => undefined,
    childOf,
  };
  const settleReplace = createSettleReplace(needs);
  const bookFills = createBookFills(needs);
  const watchdog = createWatchProtection({
    ...needs,
    brackets: { toWatch: () => Promise.resolve(plan.isBracket ? [{ orderId: ORDER_ID, accountId: ACCOUNT }] : []) },
    sweepEveryMs: 5_000,
  });
  let coming: BrokerUpdate | null = null;
  const follow = createFollowUpdates({
    ...needs,
    settleReplace,
    clock: { now: clock.now, sleep: systemClock.sleep },
    updates: {
      async follow(_access, listener) {
        if (coming !== null) await listener.onUpdate(coming);
        return 'stopped';
      },
    },
    reconcile: () => Promise.resolve('done'),
    keepComparing: () => ({ now: () => undefined, ended: Promise.resolve() }),
  });
  let booked = START;
  const past: RecordedEvent[] = [];

  const order = (command: OrderCommand) => aggregates.orders.handle(orderStream(ORDER_ID), command, CAUSE);
  const ticket: OrderTicket = {
    orderId: ORDER_ID,
    accountId: ACCOUNT,
    symbol: 'AAPL',
    side: plan.side,
    type: plan.type,
    quantity: `${plan.quantity}`,
    limitPrice: plan.type === 'limit' ? '100' : null,
    stopPrice: null,
    trailPrice: null,
    timeInForce: 'day',
    extendedHours: false,
    takeProfit: plan.isBracket ? (plan.side === 'buy' ? '120' : '80') : null,
    stopLoss: plan.isBracket ? (plan.side === 'buy' ? '90' : '110') : null,
  };

  const look = async (at: ModelOrder): Promise<void> => {
    await recordBrokerOrder(ACCESS, { order: model.shown(at), execution: null, reason: null }, CAUSE);
  };
  const lookAtAll = async (): Promise<void> => {
    for (const each of model.orders) if (each.parent === null) await look(each);
  };

  async function place(): Promise<void> {
    const assessed = await aggregates.risk.handle(riskStream(ACCOUNT), assess(ticket, { limits: GENEROUS }), CAUSE);
    const isDenied = assessed.kind === 'done' && assessed.events.some((event) => event.type === 'OrderDenied');
    if (isDenied) throw new Error('the order was denied');
    await order({ type: 'PlaceOrder', ticket, channel: 'broker-api', at: AT });
  }

  /** Everything up to where the broker's messages begin to count. */
  async function begin(): Promise<void> {
    const { beginning } = plan;
    if (beginning === 'elsewhere') return;
    await place();
    if (beginning === 'restored') return;
    if (beginning === 'not_sent' || beginning === 'lost_not_sent')
      return void (await order({ type: 'RecordNotSent', reason: 'no link', at: AT }));
    if (beginning === 'cancelled_unsent' || beginning === 'lost_cancelled') {
      return void (await order({ type: 'RequestCancel', at: AT }));
    }
    const claim = { type: 'ClaimSubmission', claimId: 'c', at: AT } as const;
    await order(claim);
    if (beginning === 'retried') {
      await order({ type: 'RecordSubmissionFailed', claimId: 'c', reason: 'refused', at: AT });
      await order(claim);
    }
    if (beginning === 'refused_at_once' || beginning === 'lost_rejected') return reject();
    if (beginning === 'claimed') return;
    if (beginning === 'answered' || beginning === 'retried') return look(trace.chain[0] as ModelOrder);
    await order({ type: 'RecordUnconfirmed', reason: 'time-out', at: AT });
    if (beginning === 'refused_in_doubt') return reject();
    if (beginning === 'given_up') await order({ type: 'RecordNotReceived', reason: 'unknown there', at: AT });
  }
  async function reject(): Promise<void> {
    await order({ type: 'RecordRejected', code: '403', reason: 'no', at: AT });
  }

  return {
    begin,
    lookAtAll,
    look,
    /** A message of the update stream. */
    async deliver(message: Message): Promise<void> {
      coming = message;
      await follow(ACCOUNT, new AbortController().signal);
    },
    /** A message that nobody understands. */
    async deliverStrange(): Promise<void> {
      coming = { kind: 'unreadable', raw: '?', problem: 'odd', clientOrderId: ORDER_ID };
      await follow(ACCOUNT, new AbortController().signal);
    },
    /** The watchdog looks, and once more when its patience is over. */
    async watch(): Promise<void> {
      await watchdog.watchOnce();
      seconds += 90;
      await watchdog.watchOnce();
    },
    /** Whether our side can ask for it by now. */
    async canAsk(ask: Ask): Promise<boolean> {
      const known = await aggregates.orders.load(orderStream(ORDER_ID));
      if (known.status === 'none') return false;
      if (ask.kind === 'replace') return known.status === 'working' && known.replacement === null;
      return ['claimed', 'unconfirmed', 'working'].includes(known.status) && !known.cancelRequested;
    },
    async ask(ask: Ask): Promise<void> {
      if (ask.kind === 'cancel') return void (await order({ type: 'RequestCancel', at: AT }));
      const known = await aggregates.orders.load(orderStream(ORDER_ID));
      if (known.status === 'none') throw new Error('there is nothing to change');
      const { limitPrice, stopPrice, timeInForce } = known.ticket;
      const terms = { quantity: ask.quantity, limitPrice, stopPrice, timeInForce };
      const change = { orderId: ORDER_ID, revision: known.replacements + 1, terms };
      const judged = { inputs: readInputs(), basis: { ...BASIS, tables: tablesOf(GENEROUS) }, at: AT };
      const command = { type: 'AssessReplacement', ...change, ...judged } as const;
      await aggregates.risk.handle(riskStream(ACCOUNT), command, CAUSE);
      const asked = await order({ type: 'RequestReplace', terms, at: AT });
      if (asked.kind === 'refused') throw new Error(`the change was refused: ${asked.refusal.code}`);
    },
    /** Books what has happened since the last time; some of the past once more, if that is asked for. */
    async react(again: readonly number[] = []): Promise<void> {
      for (const index of again) {
        const event = past[index % Math.max(past.length, 1)];
        if (event !== undefined) await bookFills(event);
      }
      for (const event of await store.readAll(booked, 10_000)) {
        await bookFills(event);
        past.push(event);
        booked = event.position;
      }
    },
    /** Whether our side has asked the broker to cancel an order that it takes for working. */
    async wantsCancel(): Promise<boolean> {
      const known = await aggregates.orders.load(orderStream(ORDER_ID));
      return known.status === 'working' && known.cancelRequested;
    },
    async outcome(): Promise<Outcome> {
      await lookAtAll();
      await this.react();
      const before = (await store.readAll(START, 10_000)).length;
      await lookAtAll();
      await this.react();
      const events = await store.readAll(START, 10_000);
      return {
        risk: await aggregates.risk.load(riskStream(ACCOUNT)),
        orderOf: (at) =>
          aggregates.orders.load(
            orderStream(
              trace.chain.includes(at) && plan.beginning !== 'elsewhere'
                ? ORDER_ID
                : systemIds.named(`broker-order/${ACCOUNT}/${at.brokerOrderId}`),
            ),
          ),
        events,
        addedByLookingAgain: events.length - before,
      };
    },
  };
}
