import type { Breach } from '../../../contracts/problem.ts';
import { formatMoney, formatQuantity } from '../numbers/format.ts';
import './breach-table.css';

const RULES: Record<Breach['rule'], string> = {
  disclaimer: 'Risk disclaimer',
  terms: 'Terms of use',
  broker_link: 'Broker link',
  account_blocked: 'Account state',
  trading_halted: 'Trading halt',
  repeated_execution: 'Repeated orders',
  trades_left: 'Trades left',
  instrument_state: 'Instrument state',
  largest_order_value: 'Largest order value',
  largest_order_quantity: 'Largest order quantity',
  largest_position: 'Largest position',
  largest_exposure: 'Largest exposure',
  open_orders: 'Open orders',
  daily_loss: 'Daily loss',
  position_flip: 'Position turned over',
  short_sale: 'Short sale',
  buying_power: 'Buying power',
  margin: 'Margin',
  protection_required: 'Protective exits',
  price_collar: 'Price collar',
  fresh_quote: 'Fresh quote',
  duplicate_order: 'Duplicate order',
  order_rate: 'Order rate',
  key_rate: 'Broker’s order rate',
  reduce_only: 'Reduce only',
  position_mismatch: 'Position as at the broker',
  overfill: 'Executed too much',
};

function inUnit(figure: string | null, unit: Breach['unit']): string {
  if (figure === null) return '–';
  if (unit === 'USD') return formatMoney(figure);
  if (unit === 'percent') return `${formatQuantity(figure)}%`;
  if (unit === 'seconds') return `${formatQuantity(figure)} s`;
  return formatQuantity(figure);
}

/** Every rule that stood against an order, with what it allows and what the order would have made of it. */
export function BreachTable({ breaches }: { breaches: readonly Breach[] }) {
  return (
    <table className="breaches">
      <caption className="visually-hidden">Broken rules</caption>
      <thead>
        <tr>
          <th scope="col">Rule</th>
          <th scope="col" className="figure">
            Limit
          </th>
          <th scope="col" className="figure">
            This order
          </th>
        </tr>
      </thead>
      {breaches.map((breach) => (
        <tbody key={`${breach.rule} ${breach.message}`}>
          <tr>
            <th scope="row">{RULES[breach.rule]}</th>
            <td className="figure">{inUnit(breach.limit, breach.unit)}</td>
            <td className="figure breaches__actual">{inUnit(breach.actual, breach.unit)}</td>
          </tr>
          <tr>
            <td colSpan={3} className="breaches__message">
              {breach.message}
            </td>
          </tr>
        </tbody>
      ))}
    </table>
  );
}
