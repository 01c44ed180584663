import { text } from '../decimal.ts';
import type { Exchange } from '../exchange.ts';
import { badInput } from '../failure.ts';
import { DAY, dayText, fromNewYork, newYorkDay, parseDay, parseInstant } from '../market/time.ts';
import type { Account, Execution } from '../state/types.ts';
import { type Desk, type Handler, ok } from './http.ts';
import { listOf } from './orders.ts';

type Row = {
  readonly id: string;
  readonly at: number;
  readonly orderId: string | null;
  readonly wire: Readonly<Record<string, unknown>>;
};

function stampOf(at: string): string {
  return at.slice(0, 23).replaceAll(/[-T:.]/g, '');
}

function fillRow(execution: Execution): Row {
  const id = `${stampOf(execution.at)}::${execution.id}`;
  return {
    id,
    at: execution.atMs,
    orderId: execution.orderId,
    wire: {
      id,
      activity_type: 'FILL',
      transaction_time: execution.at,
      type: execution.isLast ? 'fill' : 'partial_fill',
      price: text(execution.price),
      qty: text(execution.qty),
      side: execution.side,
      symbol: execution.symbol,
      leaves_qty: text(execution.leavesQty),
      order_id: execution.orderId,
      cum_qty: text(execution.cumQty),
      order_status: execution.isLast ? 'filled' : 'partially_filled',
    },
  };
}

/** The opening balance, as the journal entry a new paper account begins with. */
function openingRow(account: Account): Row {
  const id = `${stampOf(account.createdAt)}::${account.id}`;
  return {
    id,
    at: account.openedAtMs,
    orderId: null,
    wire: {
      id,
      activity_type: 'JNLC',
      date: dayText(newYorkDay(account.openedAtMs)),
      net_amount: text(account.openingCash),
      description: 'opening balance',
      status: 'executed',
      currency: 'USD',
      created_at: account.createdAt,
    },
  };
}

function readTime(query: URLSearchParams, name: string): number | null {
  const value = query.get(name);
  if (!value) return null;
  const instant = parseInstant(value.trim());
  if (instant === null) throw badInput(`invalid ${name}: not a time`);
  return instant;
}

/** GET /v2/account/activities and /v2/account/activities/{type}. */
export function getActivities({ exchange }: Desk): Handler {
  return ({ account, params, query }) => {
    const types = params['type'] ? [params['type']] : listOf(query, 'activity_types');
    const category = query.get('category');
    if (category && types.length > 0) throw badInput('only one of activity_types or category is accepted');
    const size = Number(query.get('page_size') || '100');
    if (!Number.isInteger(size) || size < 1 || size > 100) throw badInput('page_size must be between 1 and 100');
    const direction = query.get('direction') || 'desc';
    if (direction !== 'asc' && direction !== 'desc') throw badInput('direction must be asc or desc');
    const date = query.get('date');
    const day = date ? parseDay(date.slice(0, 10)) : null;
    if (date && day === null) throw badInput('invalid date');
    const from = day === null ? (readTime(query, 'after') ?? -Infinity) : fromNewYork(day, 0) - 1;
    const to = day === null ? (readTime(query, 'until') ?? Infinity) : fromNewYork(day, 0) + DAY;
    const orderId = query.get('order_id');
    const rows = rowsOf(exchange, account, types, category).filter(
      (row) => row.at > from && row.at < to && (!orderId || row.orderId === orderId),
    );
    if (direction === 'desc') rows.reverse();
    const token = query.get('page_token');
    const start = token ? rows.findIndex((row) => row.id === token) + 1 : 0;
    if (token && start === 0) throw badInput('invalid page_token');
    return ok(rows.slice(start, start + size).map((row) => row.wire));
  };
}

function rowsOf(exchange: Exchange, account: Account, types: readonly string[], category: string | null): Row[] {
  const isWanted = (type: string, kind: string): boolean =>
    category ? category === kind : types.length === 0 || types.includes(type);
  const rows: Row[] = [];
  if (isWanted('JNLC', 'non_trade_activity')) rows.push(openingRow(account));
  if (isWanted('FILL', 'trade_activity')) rows.push(...exchange.store.executionsOf(account.id).map(fillRow));
  return rows;
}
