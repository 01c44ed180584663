import { Fragment } from 'react';
import { Link } from 'react-router';
import type { BrokerPosition } from '../../../../contracts/broker-api.ts';
import { useLive } from '../../live/live-context.ts';
import { divide, fromNumber, multiply } from '../../numbers/decimal.ts';
import { direction, formatPrice, formatQuantity, formatSignedMoney } from '../../numbers/format.ts';
import { TableSkeleton } from '../table-skeleton.tsx';
import { MismatchRow } from './mismatch-row.tsx';

/** Unrealized gain in percent of what the position cost, two digits, signed; null when that is zero. */
function gainPercent(position: BrokerPosition): string | null {
  const cost = multiply(fromNumber(position.avgPrice), fromNumber(position.qty));
  if (!/[1-9]/.test(cost)) return null;
  const percent = divide(multiply(fromNumber(position.unrealizedPl), '100'), cost, 2);
  return `${direction(percent) === 'up' ? '+' : ''}${percent.replace('-', '\u2212')}%`;
}

interface PositionRowProps {
  position: BrokerPosition;
  onClose: (position: BrokerPosition) => void;
}

function PositionRow({ position, onClose }: PositionRowProps) {
  const last = useLive((state) => state.quotes[position.instrument]?.last ?? null);
  const way = direction(position.unrealizedPl);
  const percent = gainPercent(position);
  const name = `${position.side === 'buy' ? 'long' : 'short'} ${formatQuantity(position.qty)} ${position.instrument}`;
  return (
    <tr>
      <th scope="row" className="strong">
        <Link className="positions__symbol" to={`/trade?symbol=${encodeURIComponent(position.instrument)}`}>
          {position.instrument}
        </Link>
      </th>
      <td className="figure">
        {position.side === 'sell' && <span title="Short">{'\u2212'}</span>}
        {formatQuantity(position.qty)}
        <span className="sub">{formatPrice(position.avgPrice)}</span>
      </td>
      <td className="figure wide-only">{formatPrice(position.avgPrice)}</td>
      <td className="figure wide-only">{last === null ? '–' : formatPrice(last)}</td>
      <td className={`figure ${way}`}>
        {formatSignedMoney(position.unrealizedPl)}
        {percent !== null && <span className="positions__percent">{percent}</span>}
      </td>
      <td>
        <div className="table__actions">
          {position.qty > 0 && (
            <button
              type="button"
              className="button button--quiet button--small"
              aria-label={`Close ${name} with the ticket`}
              title="Fills in the order ticket; nothing is sent yet"
              onClick={() => onClose(position)}
            >
              Close…
            </button>
          )}
        </div>
      </td>
    </tr>
  );
}

export function PositionsPanel({ onClose }: { onClose: (position: BrokerPosition) => void }) {
  const positions = useLive((state) => state.positions);
  const known = useLive((state) => state.epoch > 0);
  return (
    <section className="positions" aria-labelledby="positions-title">
      <h2 className="panel-title" id="positions-title">
        Positions <span className="tabs__count">{known ? positions.length : ''}</span>
      </h2>
      {!known ? (
        <TableSkeleton />
      ) : (
        <div className="table-scroll">
          <table className="table">
            <caption className="visually-hidden">Positions</caption>
            <thead>
              <tr>
                <th scope="col">Symbol</th>
                <th scope="col" className="figure">
                  Quantity
                </th>
                <th scope="col" className="figure wide-only">
                  Avg. price
                </th>
                <th scope="col" className="figure wide-only">
                  Last
                </th>
                <th scope="col" className="figure">
                  Unrealized P&amp;L
                </th>
                <th scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {positions.map((position) => (
                <Fragment key={position.id}>
                  <PositionRow position={position} onClose={onClose} />
                  {position.mismatch !== null && (
                    <MismatchRow symbol={position.instrument} mismatch={position.mismatch} />
                  )}
                </Fragment>
              ))}
            </tbody>
          </table>
          {positions.length === 0 && (
            <div className="empty">
              <p className="empty__title">No open positions</p>
              <p>What you own shows here with its gain or loss.</p>
            </div>
          )}
        </div>
      )}
    </section>
  );
}
