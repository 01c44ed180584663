/**
 * The orders of every account: table `orders` (migration 0004). An order appears with the risk engine's answer, or when
 * it is first seen at the broker, and follows its own stream from then on.
 */
import type { ClientBase, Pool } from 'pg';

import type { BrokerOrder } from '../../../../contracts/broker-api.ts';
import { START, type Position, type RecordedEvent } from '../../../application/ports/event-store.ts';
import type { BracketOrders, UnfinishedOrders } from '../../../application/ports/progress.ts';
import { money, perShare, quantity, toText } from '../../../domain/kernel/decimal.ts';
import type { OrderEvent, ProtectionMissing } from '../../../domain/order/events.ts';
import { orderStream } from '../../../domain/order/events.ts';
import type { OrderAdmitted, OrderDenied } from '../../../domain/risk-policy/events.ts';
import { riskStream } from '../../../domain/risk-policy/events.ts';
import { breachSentence } from '../../words/breaches.ts';
import { protectionSentence } from '../../words/fill-sentences.ts';
import type { View } from '../projections/view.ts';
import { canBeStored } from './names.ts';
import type { OrderRow, RowStatus } from './order-row.ts';
import { answeredRow, nextRow } from './order-row.ts';

// --- Projection ---

const ORDER_EVENTS = {
  OrderPlaced: true,
  OrderObserved: true,
  OrderRecovered: true,
  BracketLinked: true,
  SubmissionDelayed: true,
  SubmissionClaimed: true,
  SubmissionFailed: true,
  SubmissionUnconfirmed: true,
  OrderAcknowledged: true,
  OrderRejected: true,
  OrderNotSent: true,
  OrderNotReceived: true,
  OrderPartiallyFilled: true,
  OrderFilled: true,
  CancelRequested: true,
  CancelRefused: true,
  OrderCancelled: true,
  OrderExpired: true,
  ReplaceRequested: true,
  OrderReplaced: true,
  ReplaceRefused: true,
  ExecutionBusted: true,
  ExecutionCorrected: true,
  ExecutionHeldBack: true,
  ExecutionIdentified: true,
  ExecutionsConfirmed: true,
  OrderCompleted: true,
  ChainExceeded: true,
  OrderRestated: true,
  ExitLinked: true,
  ExitActivated: true,
  ProtectionMissing: true,
  ProtectionRestored: true,
} satisfies Record<Exclude<OrderEvent['type'], 'BrokerMessageRecorded'>, true>;

export const ordersView: View = {
  name: 'orders',
  version: 2,
  tables: ['orders'],
  types: ['OrderAdmitted', 'OrderDenied', ...Object.keys(ORDER_EVENTS)],
  async apply(tx, events) {
    const rows = await read(tx, [...new Set(events.map(orderOf))]);
    const changed = new Set<string>();
    for (const event of events) {
      const orderId = orderOf(event);
      const before = rows.get(orderId) ?? null;
      const after = rowAfter(before, event);
      if (after === before) continue;
      rows.set(orderId, after);
      changed.add(orderId);
    }
    await write(
      tx,
      [...changed].map((orderId) => rows.get(orderId)!),
    );
  },
};

const isAnswer = (event: RecordedEvent): boolean => event.stream.startsWith(riskStream(''));

const orderOf = (event: RecordedEvent): string =>
  isAnswer(event) ? (event.data as OrderAdmitted['data']).ticket.orderId : event.stream.slice(orderStream('').length);

/** The same row when it holds the event already. */
function rowAfter(row: OrderRow | null, event: RecordedEvent): OrderRow {
  const at = new Date(event.recordedAt);
  if (isAnswer(event)) {
    const { ticket, breaches = null } = event.data as OrderAdmitted['data'] & Partial<OrderDenied['data']>;
    return row ?? answeredRow(ticket, at, breaches);
  }
  if (row !== null && row.revision >= event.revision) return row;
  return nextRow(row, event as unknown as OrderEvent, { revision: event.revision, at });
}

const COLUMNS = [
  'order_id',
  'account_id',
  'parent_order_id',
  'symbol',
  'side',
  'type',
  'quantity',
  'limit_price',
  'stop_price',
  'trail_price',
  'time_in_force',
  'bracket',
  'replacement',
  'unprotected',
  'status',
  'filled_quantity',
  'filled_value',
  'reason',
  'breaches',
  'changed_at',
  'ended_at',
  'revision',
] as const satisfies (keyof OrderRow)[];

const WRITE = `insert into orders (${COLUMNS.join(', ')})
  select ${COLUMNS.join(', ')} from json_populate_recordset(null::orders, $1)
  on conflict (order_id) do update set ${COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}`;

async function write(tx: ClientBase, rows: readonly OrderRow[]): Promise<void> {
  if (rows.length > 0) await tx.query({ name: 'orders-write', text: WRITE, values: [JSON.stringify(rows)] });
}

async function read(tx: ClientBase, orderIds: readonly string[]): Promise<Map<string, OrderRow>> {
  const text = `select ${COLUMNS.join(', ')} from orders where order_id = any($1)`;
  const { rows } = await tx.query<OrderRow>({ name: 'orders-read', text, values: [orderIds] });
  return new Map(rows.map((row) => [row.order_id, row]));
}

// --- Queries ---

export interface FoundOrder {
  readonly accountId: string;
  readonly order: BrokerOrder;
}

export interface OrderQueries {
  /** Every open order, and those that ended within the last 24 hours; not those that never left the house. Last changed first. */
  listOrders(accountId: string): Promise<readonly BrokerOrder[]>;
  /** Orders that have ended, denied and unsent ones as rejected; the last ended first. */
  ordersHistory(accountId: string, maxCount: number): Promise<readonly BrokerOrder[]>;
  /** The order and its bracket's exits, whose status hangs on it. */
  findWithLegs(orderId: string): Promise<readonly FoundOrder[]>;
  readonly unfinished: UnfinishedOrders;
  readonly brackets: BracketOrders;
}

type Joined = OrderRow & { readonly parent_status: RowStatus | null };
type Ids = { readonly orderId: string; readonly accountId: string };

const SELECT = `select o.*, parent.status as parent_status from orders o
                left join orders parent on parent.order_id = o.parent_order_id`;

/** What an order has opened and is still held stands in the lots of positions. */
const BRACKETS_TO_WATCH = `
  select o.order_id as "orderId", o.account_id as "accountId"
    from (select lot ->> 'orderId' as order_id from positions, json_array_elements(lots) lot
          union select parent_order_id from orders where ended_at is null and parent_order_id is not null
          union select order_id from orders where unprotected is not null) watched
    join orders o on o.order_id = watched.order_id
   where o.bracket order by o.order_id`;

export function createOrderQueries(pool: Pool): OrderQueries {
  async function select(conditions: string, values: readonly unknown[]): Promise<readonly Joined[]> {
    return (await pool.query<Joined>(`${SELECT} where ${conditions}`, [...values])).rows;
  }
  async function ids(conditions: string): Promise<readonly Ids[]> {
    const { rows } = await pool.query<Ids>(`select order_id as "orderId", account_id as "accountId" from orders
      where ended_at is null and ${conditions} order by changed_at, order_id`);
    return rows;
  }
  return {
    async listOrders(accountId) {
      const rows = await select(
        `o.account_id = $1 and o.status not in ('denied', 'not_sent')
           and (o.ended_at is null or o.ended_at > clock_timestamp() - interval '24 hours')
         order by o.changed_at desc, o.order_id`,
        [accountId],
      );
      return rows.map(toBrokerOrder);
    },
    async ordersHistory(accountId, maxCount) {
      const ended = 'o.account_id = $1 and o.ended_at is not null order by o.ended_at desc, o.order_id limit $2';
      return (await select(ended, [accountId, maxCount])).map(toBrokerOrder);
    },
    async findWithLegs(orderId) {
      if (!canBeStored(orderId)) return [];
      const rows = await select('o.order_id = $1 or o.parent_order_id = $1 order by o.order_id', [orderId]);
      return rows.map((row) => ({ accountId: row.account_id, order: toBrokerOrder(row) }));
    },
    unfinished: {
      async knownUpTo() {
        const { rows } = await pool.query<{ readonly position: Position }>(
          `select position from projection_checkpoints where loop = 'views'`,
        );
        return rows[0]?.position ?? START;
      },
      admittedOnly: (age) =>
        ids(`status = 'admitted' and changed_at < clock_timestamp() - interval '${age === 'any' ? 0 : 1} seconds'`),
      placed: () => ids(`status <> 'admitted'`),
    },
    brackets: {
      async toWatch() {
        const { rows } = await pool.query<Ids>(BRACKETS_TO_WATCH);
        return rows;
      },
    },
  };
}

// --- In TradingView's shape ---

const STATUSES: Readonly<Record<RowStatus, BrokerOrder['status']>> = {
  admitted: 'placing',
  placed: 'placing',
  claimed: 'placing',
  unconfirmed: 'placing',
  working: 'working',
  filled: 'filled',
  cancelled: 'cancelled',
  expired: 'cancelled',
  rejected: 'rejected',
  denied: 'rejected',
  not_sent: 'rejected',
  not_received: 'rejected',
};

function toBrokerOrder(row: Joined): BrokerOrder {
  const { type, trail_price: trail } = row;
  const filled = quantity(row.filled_quantity);
  // An exit belongs to its order until that is filled; the exits then stand for themselves.
  const waits = row.parent_order_id !== null && row.parent_status !== null && row.parent_status !== 'filled';
  const status = STATUSES[row.status];
  const message = messageOf(row);
  return {
    id: row.order_id,
    instrument: row.symbol,
    qty: Number(row.quantity),
    side: row.side,
    type: type === 'stop_limit' ? 'stoplimit' : type === 'trailing_stop' ? 'stop' : type,
    status: status === 'working' && waits && filled === 0n ? 'inactive' : status,
    filledQty: Number(row.filled_quantity),
    ...(filled > 0n && { avgPrice: Number(toText(perShare(money(row.filled_value), filled))) }),
    ...(row.limit_price !== null && { limitPrice: Number(row.limit_price) }),
    ...(row.stop_price !== null && { stopPrice: Number(row.stop_price) }),
    ...(type === 'trailing_stop' && { isTrailingStop: true }),
    ...(type === 'trailing_stop' && trail !== null && { trailingStopPips: pips(trail) }),
    ...(waits && row.parent_order_id !== null && { parentId: row.parent_order_id, parentType: 'order' as const }),
    duration: { type: row.time_in_force },
    lastModified: Math.floor(row.changed_at.getTime() / 1000),
    ...(row.unprotected !== null && { protection: toProtection(row.unprotected) }),
    ...(message !== null && { message: { text: message, type: messageType(row, status) } }),
  };
}

/** Dollars as steps of one cent. */
const pips = (dollars: string): number => Number(toText(perShare(money(dollars), quantity('0.01'))));

const MESSAGE_TYPES: Readonly<Record<BrokerOrder['status'], 'information' | 'warning' | 'error'>> = {
  placing: 'information',
  inactive: 'warning',
  working: 'warning',
  filled: 'information',
  cancelled: 'information',
  rejected: 'error',
};

const messageType = (row: OrderRow, status: BrokerOrder['status']) =>
  row.unprotected === null ? MESSAGE_TYPES[status] : 'warning';

const toProtection = (unprotected: ProtectionMissing['data']): NonNullable<BrokerOrder['protection']> => ({
  since: unprotected.since,
  openQty: Number(unprotected.openQuantity),
  protectedQty: Number(unprotected.protectedQuantity),
  bareQty: Number(unprotected.bareQuantity),
});

function messageOf(row: OrderRow): string | null {
  if (row.unprotected !== null) return protectionSentence(row.unprotected);
  if (row.status === 'denied') return (row.breaches ?? []).map(breachSentence).join(' ');
  if (row.status === 'unconfirmed') return 'Being confirmed';
  if (row.status === 'expired') return 'Expired';
  return row.reason;
}
