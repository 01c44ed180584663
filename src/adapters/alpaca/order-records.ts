/** Looking up orders and their executions at Alpaca. */
import { trading } from '@alpacahq/alpaca-trade-api/rest';
import { z } from 'zod';
import type {
  BrokerAccess,
  BrokerOrder,
  Failure,
  Listed,
  LookUp,
  OrderRecords,
} from '../../application/ports/broker.ts';
import type { Log } from '../../application/ports/log.ts';
import type { Execution } from '../../domain/order/events.ts';
import { type Answer, type Configurations, ask, failureOf } from './http.ts';
import { readJson } from './own-words.ts';
import { type OrderReading, readOrder } from './order-wire.ts';
import { amount, problemOf, time } from './wire.ts';

/** Alpaca: the largest page of GET /v2/orders, and of the account activities. */
const ORDERS_A_PAGE = 500;
const ACTIVITIES_A_PAGE = 100;
/** More orders than an order and those inside of it can be. */
const LARGEST_FAMILY = 5;

/** Executions are asked for from a little before the order was made: the two times come from different clocks. */
const MARGIN_MS = 60_000;

/** Alpaca: a row of the FILL activities; whose it is, and the rest of it. */
const activity = z.object({ id: z.string().min(1), order_id: z.string() });
const fillActivity = activity.extend({ qty: amount, price: amount, cum_qty: amount, transaction_time: time });

type Found<Value> = { readonly kind: 'found'; readonly value: Value };
type Activity = { readonly orderId: string; readonly raw: unknown };
type ReadOrder = Extract<OrderReading, { kind: 'order' }>;

export function createOrderRecords(configurations: Configurations, log: Log): OrderRecords {
  const ordersOf = (access: BrokerAccess, priority: 'look-up' | 'list' = 'look-up') =>
    new trading.OrdersApi(configurations.trader(access, priority));

  /** One order; not found only when Alpaca itself says so. */
  function oneOrder(answer: Answer): LookUp<ReadOrder> {
    if (answer.kind !== 'ok') return isNotFound(answer) ? { kind: 'not_found' } : failureOf(answer);
    const reading = readOrder(readJson(answer.text));
    if (reading.kind === 'unreadable') {
      log.alarm('the broker showed an order that is not understood', { problem: reading.problem, raw: answer.text });
      return { kind: 'unknown', reason: reading.problem };
    }
    noteProblems(reading, answer.text);
    return { kind: 'found', value: reading };
  }

  function noteProblems({ problems }: ReadOrder, raw: string): void {
    if (problems.length === 0) return;
    log.alarm('the broker showed an order with something unknown in it', { problem: problems.join('; '), raw });
  }

  async function byId(access: BrokerAccess, orderId: string): Promise<LookUp<ReadOrder>> {
    return oneOrder(await ask(() => ordersOf(access).getOrderByOrderIDRaw({ orderId, nested: true })));
  }

  /** One page: every order of it that can be read, how many can not, and the id of its last row, from where the next page begins. */
  function orderPage(rows: readonly unknown[]) {
    const orders: BrokerOrder[] = [];
    let unread = 0;
    for (const row of rows) {
      const reading = readOrder(row);
      if (reading.kind === 'order') {
        noteProblems(reading, JSON.stringify(row));
        orders.push(reading.order);
      } else {
        unread += 1;
        const raw = JSON.stringify(row);
        log.alarm('the broker lists an order that is not understood', { problem: reading.problem, raw });
      }
    }
    const last = z.object({ id: z.string() }).safeParse(rows.at(-1));
    return { orders, unread, lastId: last.success ? last.data.id : '' };
  }

  /**
   * All pages. How Alpaca counts the exits against the limit is not said when they stand inside of their bracket: then only
   * a page that is far from full, or brings nothing, is surely the last one.
   */
  async function allPages(
    access: BrokerAccess,
    query: { readonly status: 'all' | 'open'; readonly nested: boolean },
    begin: { readonly after?: string },
  ): Promise<Listed<BrokerOrder>> {
    const common = { ...query, direction: 'asc', limit: ORDERS_A_PAGE } as const;
    const found = new Map<string, BrokerOrder>();
    let unread = 0;
    for (let lastId = ''; ;) {
      const page = lastId === '' ? { ...common, ...begin } : { ...common, afterOrderId: lastId };
      const rows = listOf(await ask(() => ordersOf(access, 'list').getAllOrdersRaw(page)));
      if (rows.kind !== 'found') return rows;
      if (rows.value.length === 0) break;
      const read = orderPage(rows.value);
      for (const order of read.orders) found.set(order.brokerOrderId, order);
      unread += read.unread;
      if (rows.value.length * (query.nested ? LARGEST_FAMILY : 1) < ORDERS_A_PAGE) break;
      if (read.lastId === '' || read.lastId === lastId) return { kind: 'unknown', reason: 'the pages have no end' };
      lastId = read.lastId;
    }
    return { kind: 'found', value: [...found.values()], unread };
  }

  /** All pages of the account's FILL activities after a moment, oldest first. */
  async function fillActivities(
    access: BrokerAccess,
    after: Date,
    priority: 'look-up' | 'list',
  ): Promise<Found<readonly Activity[]> | Failure> {
    const activities = new trading.AccountActivitiesApi(configurations.trader(access, priority));
    const query = { activityType: 'FILL', after, direction: 'asc', pageSize: ACTIVITIES_A_PAGE } as const;
    const all: Activity[] = [];
    for (let pageToken: string | null = null; ;) {
      const page = pageToken === null ? query : { ...query, pageToken };
      const rows = listOf(await ask(() => activities.getAccountActivitiesByActivityTypeRaw(page)));
      if (rows.kind !== 'found') return rows;
      const read = z.array(activity).safeParse(rows.value);
      if (!read.success) return { kind: 'unknown', reason: problemOf(read.error) };
      all.push(...read.data.map((row, index) => ({ orderId: row.order_id, raw: rows.value[index] })));
      const last = read.data.at(-1)?.id;
      if (last === undefined || last === pageToken || read.data.length < ACTIVITIES_A_PAGE) break;
      pageToken = last;
    }
    return { kind: 'found', value: all };
  }

  return {
    async byClientOrderId(access, clientOrderId) {
      return orderOf(oneOrder(await ask(() => ordersOf(access).getOrderByClientOrderIdRaw({ clientOrderId }))));
    },

    async byId(access, brokerOrderId) {
      return orderOf(await byId(access, brokerOrderId));
    },

    async executionsOf(access, brokerOrderId) {
      const order = await byId(access, brokerOrderId);
      if (order.kind !== 'found') return order;
      const after = new Date(Date.parse(order.value.createdAt) - MARGIN_MS);
      const rows = await fillActivities(access, after, 'look-up');
      if (rows.kind !== 'found') return rows;
      const own = z
        .array(fillActivity)
        .safeParse(rows.value.filter(({ orderId }) => orderId === brokerOrderId).map(({ raw }) => raw));
      if (!own.success) return { kind: 'unknown', reason: problemOf(own.error) };
      return { kind: 'found', value: own.data.map(toExecution) };
    },

    async executionsAfter(access, moment) {
      const rows = await fillActivities(access, new Date(moment), 'list');
      if (rows.kind !== 'found') return rows;
      const executions: Execution[] = [];
      for (const { raw } of rows.value) {
        const read = fillActivity.safeParse(raw);
        if (read.success) executions.push(toExecution(read.data));
        else
          log.alarm('the broker lists an execution that is not understood', {
            problem: problemOf(read.error),
            raw: JSON.stringify(raw),
          });
      }
      return { kind: 'found', value: executions, unread: rows.value.length - executions.length };
    },

    submittedAfter: (access, moment) => allPages(access, { status: 'all', nested: true }, { after: moment }),

    unfinished: (access) => allPages(access, { status: 'open', nested: false }, {}),
  };
}

const orderOf = (found: LookUp<ReadOrder>): LookUp<BrokerOrder> =>
  found.kind === 'found' ? { kind: 'found', value: found.value.order } : found;

/** Alpaca: 404 with a code. Without one, something in between may have answered. */
const isNotFound = (answer: Exclude<Answer, { kind: 'ok' }>): boolean =>
  answer.kind === 'error' && answer.status === 404 && typeof answer.error?.code === 'number';

function listOf(answer: Answer): Found<readonly unknown[]> | Failure {
  if (answer.kind !== 'ok') return failureOf(answer);
  const rows = z.array(z.unknown()).safeParse(readJson(answer.text));
  return rows.success ? { kind: 'found', value: rows.data } : { kind: 'unknown', reason: problemOf(rows.error) };
}

/**
 * Alpaca: a FILL activity has an id of its own, a time and a UUID. Whether that UUID is the execution id of the stream is
 * not said: as a name it finds the execution if it is, and nothing if it is not.
 */
const toExecution = (row: z.infer<typeof fillActivity>): Execution => ({
  brokerOrderId: row.order_id,
  executionId: null,
  recordId: row.id.split('::').at(-1) ?? row.id,
  quantity: row.qty,
  price: row.price,
  cumulativeQuantity: row.cum_qty,
  executedAt: row.transaction_time,
});
