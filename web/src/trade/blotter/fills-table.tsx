import { Link } from 'react-router';
import type { BrokerExecution } from '../../../../contracts/broker-api.ts';
import { formatMoney, formatPrice, formatQuantity } from '../../numbers/format.ts';
import { fromNumber, multiply } from '../../numbers/decimal.ts';
import { useLive } from '../../live/live-context.ts';
import { marketToday } from '../../live/live-state.ts';
import { formatMarketMoment, formatMarketWhen } from '../../time/new-york.ts';
import { sideWord } from './order-words.ts';

/** Executions, newest first. */
export function FillsTable({ executions }: { executions: readonly BrokerExecution[] }) {
  const today = useLive(marketToday);
  return (
    <div className="table-scroll">
      <table className="table">
        <caption className="visually-hidden">Fills</caption>
        <thead>
          <tr>
            <th scope="col">Time (ET)</th>
            <th scope="col">Symbol</th>
            <th scope="col">Side</th>
            <th scope="col" className="figure">
              Quantity
            </th>
            <th scope="col" className="figure">
              Price
            </th>
            <th scope="col" className="figure wide-only">
              Value
            </th>
            <th scope="col" className="wide-only">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {executions.map((execution) => {
            const at = new Date(execution.time * 1000);
            const value = multiply(fromNumber(execution.price), fromNumber(execution.qty));
            return (
              <tr key={execution.id}>
                <td className="muted">
                  <time dateTime={at.toISOString()} title={`${formatMarketMoment(at)} New York time`}>
                    {formatMarketWhen(at, [today])}
                  </time>
                </td>
                <td className="strong">{execution.instrument}</td>
                <td className={execution.side === 'buy' ? 'up' : 'down'}>{sideWord(execution.side)}</td>
                <td className="figure">{formatQuantity(execution.qty)}</td>
                <td className="figure">{formatPrice(execution.price)}</td>
                <td className="figure wide-only">{formatMoney(value)}</td>
                <td className="wide-only">
                  <div className="table__actions">
                    <Link
                      className="button button--quiet button--small"
                      to={`/orders/${execution.orderId}`}
                      aria-label={`Story of the order behind this fill of ${execution.instrument}`}
                    >
                      Story
                    </Link>
                  </div>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {executions.length === 0 && (
        <div className="empty">
          <p className="empty__title">No fills yet</p>
          <p>Every execution appears here the moment it happens.</p>
        </div>
      )}
    </div>
  );
}
