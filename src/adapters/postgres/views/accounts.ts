/** How many trades of the plan each account has used: tables `accounts` and `account_trades` (migration 0007). */
import type { ClientBase, Pool } from 'pg';

import type { RecordedEvent } from '../../../application/ports/event-store.ts';
import type { AccountOpened } from '../../../domain/account/events.ts';
import { quantity } from '../../../domain/kernel/decimal.ts';
import { accountStream } from '../../../domain/account/events.ts';
import type {
  FillBooked,
  FillReversed,
  OrderAdmitted,
  ReservationAdjusted,
  ReservationReleased,
} from '../../../domain/risk-policy/events.ts';
import type { View } from '../projections/view.ts';

// --- Projection ---

export const accountsView: View = {
  name: 'accounts',
  version: 2,
  tables: ['accounts', 'account_trades'],
  types: ['AccountOpened', 'OrderAdmitted', 'FillBooked', 'FillReversed', 'ReservationAdjusted', 'ReservationReleased'],
  async apply(tx, events) {
    const ofUsers = events.filter(({ type }) => type === 'AccountOpened');
    if (ofUsers.length > 0) await openAccounts(tx, ofUsers);
    const ofTrades = events.filter(({ type }) => type !== 'AccountOpened') as unknown as readonly TradeEvent[];
    if (ofTrades.length > 0) await followTrades(tx, ofTrades);
  },
};

async function openAccounts(tx: ClientBase, events: readonly RecordedEvent[]): Promise<void> {
  await tx.query(
    `insert into accounts (user_id, account_id) select * from unnest($1::text[], $2::text[]) on conflict do nothing`,
    [
      events.map(({ stream }) => stream.slice(accountStream('').length)),
      events.map(({ data }) => (data as AccountOpened['data']).accountId),
    ],
  );
}

type TradeEvent = OrderAdmitted | FillBooked | FillReversed | ReservationAdjusted | ReservationReleased;

interface TradeRow {
  readonly order_id: string;
  readonly account_id: string;
  readonly executed: boolean;
  readonly reserved: boolean;
}

async function followTrades(tx: ClientBase, events: readonly TradeEvent[]): Promise<void> {
  const { rows } = await tx.query<TradeRow>({
    name: 'trades-read',
    text: 'select order_id, account_id, executed, reserved from account_trades where order_id = any($1)',
    values: [[...new Set(events.map(orderOf))]],
  });
  const trades = new Map(rows.map((row) => [row.order_id, row]));
  const changed = new Set<string>();
  for (const event of events) {
    const orderId = orderOf(event);
    const before = trades.get(orderId);
    const after = tradeAfter(before, event);
    if (after === undefined || after === before) continue;
    trades.set(orderId, after);
    changed.add(orderId);
  }
  if (changed.size === 0) return;
  await tx.query({
    name: 'trades-write',
    text: `insert into account_trades (order_id, account_id, executed, reserved)
           select order_id, account_id, executed, reserved from json_populate_recordset(null::account_trades, $1)
           on conflict (order_id) do update set executed = excluded.executed, reserved = excluded.reserved`,
    values: [JSON.stringify([...changed].map((orderId) => trades.get(orderId)))],
  });
}

const orderOf = (event: TradeEvent): string =>
  event.type === 'OrderAdmitted' ? event.data.ticket.orderId : event.data.orderId;

/** Undefined for an order that was never admitted. */
function tradeAfter(row: TradeRow | undefined, event: TradeEvent): TradeRow | undefined {
  if (event.type === 'OrderAdmitted') {
    const { orderId, accountId } = event.data.ticket;
    return row ?? { order_id: orderId, account_id: accountId, executed: false, reserved: true };
  }
  if (row === undefined) return row;
  switch (event.type) {
    case 'FillBooked':
      return { ...row, executed: true };
    case 'FillReversed':
      return { ...row, executed: quantity(event.data.executed) !== 0n };
    case 'ReservationAdjusted':
      return { ...row, reserved: true };
    case 'ReservationReleased':
      return { ...row, reserved: false };
  }
}

// --- Queries ---

export interface AccountQueries {
  /** Executed orders, and those on their way that may yet execute. Null for a user without an account. */
  onboardingFigures(userId: string): Promise<{ readonly tradesUsed: number } | null>;
}

export function createAccountQueries(pool: Pool): AccountQueries {
  return {
    async onboardingFigures(userId) {
      const { rows } = await pool.query<{ readonly tradesUsed: number }>(
        `select (select count(*)::integer from account_trades t
                  where t.account_id = a.account_id and (t.executed or t.reserved)) as "tradesUsed"
           from accounts a where a.user_id = $1`,
        [userId],
      );
      return rows[0] ?? null;
    },
  };
}
