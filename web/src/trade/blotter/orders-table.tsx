import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import type { BrokerOrder } from '../../../../contracts/broker-api.ts';
import { formatPrice, formatQuantity } from '../../numbers/format.ts';
import { useLive } from '../../live/live-context.ts';
import { isDone, marketToday } from '../../live/live-state.ts';
import { formatMarketDay, formatMarketMoment, formatMarketWhen } from '../../time/new-york.ts';
import { CancelButton } from './cancel-button.tsx';
import { ModifyRow } from './modify-row.tsx';
import { OrderStatus } from './order-status.tsx';
import { orderName, sideWord, statusOf, typeWords } from './order-words.ts';

interface OrdersTableProps {
  caption: string;
  /** Working orders can be changed and cancelled here; done ones show what they were filled at. */
  kind: 'working' | 'all';
  orders: readonly BrokerOrder[];
  accountId: string;
  empty: ReactNode;
}

const COLUMNS = 8;

/** Orders with what can be done about them, and the way to their story. */
export function OrdersTable({ caption, kind, orders, accountId, empty }: OrdersTableProps) {
  const [changing, setChanging] = useState<string | null>(null);
  // In a replay the market's day is another one than the day on which orders are recorded.
  const today = [useLive(marketToday), formatMarketDay(new Date())];
  return (
    <div className="table-scroll">
      <table className="table">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col" className="wide-only">
              Time (ET)
            </th>
            <th scope="col">Symbol</th>
            <th scope="col" className="wide-only">
              Side
            </th>
            <th scope="col" className="wide-only">
              Type
            </th>
            <th scope="col" className="figure">
              Filled
            </th>
            {kind === 'all' && (
              <th scope="col" className="figure wide-only">
                Avg. price
              </th>
            )}
            <th scope="col" className={kind === 'working' ? 'wide-only' : undefined}>
              Status
            </th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {orders.map((order) =>
            changing === order.id && !isDone(order) ? (
              <ModifyRow
                key={order.id}
                order={order}
                accountId={accountId}
                columns={COLUMNS}
                onDone={() => setChanging(null)}
              />
            ) : (
              <OrderRow
                key={order.id}
                order={order}
                kind={kind}
                today={today}
                accountId={accountId}
                onModify={() => setChanging(order.id)}
              />
            ),
          )}
        </tbody>
      </table>
      {orders.length === 0 && empty}
    </div>
  );
}

interface OrderRowProps {
  order: BrokerOrder;
  kind: 'working' | 'all';
  today: readonly string[];
  accountId: string;
  onModify: () => void;
}

function OrderRow({ order, kind, today, accountId, onModify }: OrderRowProps) {
  const changeable = kind === 'working' && (order.status === 'working' || order.status === 'inactive');
  const at = new Date(order.lastModified * 1000);
  return (
    <tr>
      <td className="wide-only muted">
        <time dateTime={at.toISOString()} title={`${formatMarketMoment(at)} New York time`}>
          {formatMarketWhen(at, today)}
        </time>
      </td>
      <td className="strong">
        {order.instrument}
        <span className="sub">
          <span className={order.side === 'buy' ? 'up' : 'down'}>{sideWord(order.side)}</span> {typeWords(order)}
          {kind === 'working' && order.status !== 'working' && `, ${statusOf(order).label.toLowerCase()}`}
        </span>
      </td>
      <td className={`wide-only ${order.side === 'buy' ? 'up' : 'down'}`}>{sideWord(order.side)}</td>
      <td className="wide-only">
        {typeWords(order)}
        <span className="muted">
          {' '}
          {order.duration.type.toUpperCase()}
          {order.parentId !== undefined && ' bracket'}
        </span>
      </td>
      <td className="figure">
        {formatQuantity(order.filledQty)} / {formatQuantity(order.qty)}
        {order.avgPrice !== undefined && <span className="sub">{formatPrice(order.avgPrice)}</span>}
      </td>
      {kind === 'all' && (
        <td className="figure wide-only">{order.avgPrice === undefined ? '–' : formatPrice(order.avgPrice)}</td>
      )}
      <td className={kind === 'working' ? 'wide-only' : undefined}>
        <OrderStatus order={order} />
      </td>
      <td>
        <div className="table__actions">
          {changeable && (
            <>
              <button
                type="button"
                className="button button--quiet button--small"
                aria-label={`Modify ${orderName(order)}`}
                onClick={onModify}
              >
                Modify
              </button>
              <CancelButton order={order} accountId={accountId} />
            </>
          )}
          <Link
            className="button button--quiet button--small"
            to={`/orders/${order.id}`}
            aria-label={`Story of ${orderName(order)}`}
          >
            Story
          </Link>
        </div>
      </td>
    </tr>
  );
}
