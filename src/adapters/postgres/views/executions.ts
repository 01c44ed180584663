/** The executions of every account: tables `executions` and `execution_openings` (migration 0005). */
import type { ClientBase, Pool } from 'pg';

import type { BrokerExecution } from '../../../../contracts/broker-api.ts';
import type { Execution, Fill } from '../../../domain/order/events.ts';
import { orderStream } from '../../../domain/order/events.ts';
import type { OpeningPositionsRecorded } from '../../../domain/risk-policy/events.ts';
import { riskStream } from '../../../domain/risk-policy/events.ts';
import type { View } from '../projections.ts';
import { canBeStored } from './names.ts';

// --- Projection ---

export const executionsView: View = {
  name: 'executions',
  version: 1,
  tables: ['executions', 'execution_openings'],
  types: ['OpeningPositionsRecorded', 'OrderPartiallyFilled', 'OrderFilled'],
  async apply(tx, event) {
    if (event.type === 'OpeningPositionsRecorded') {
      const accountId = event.stream.slice(riskStream('').length);
      return open(tx, accountId, (event.data as OpeningPositionsRecorded['data']).positions);
    }
    const orderId = event.stream.slice(orderStream('').length);
    return add(tx, orderId, (event.data as Fill).execution, event.position);
  },
};

async function open(
  tx: ClientBase,
  accountId: string,
  positions: OpeningPositionsRecorded['data']['positions'],
): Promise<void> {
  await tx.query({
    name: 'executions-open',
    text: `insert into execution_openings (account_id, symbol, quantity)
           select $1, * from unnest($2::text[], $3::numeric[]) on conflict do nothing`,
    values: [accountId, positions.map(({ symbol }) => symbol), positions.map(({ quantity }) => quantity)],
  });
}

/** A fill does not say of which account and symbol: its order's row does, which an earlier event made. */
async function add(tx: ClientBase, orderId: string, execution: Execution, position: string): Promise<void> {
  const { brokerOrderId, cumulativeQuantity, quantity, price, executedAt } = execution;
  const { rows } = await tx.query({
    name: 'executions-add',
    text: `with own as (
             select o.account_id, o.symbol, o.side, coalesce(
               (select e.held_before + case e.side when 'buy' then e.quantity else - e.quantity end
                  from executions e where e.account_id = o.account_id and e.symbol = o.symbol
                 order by e.position desc, e.cumulative_quantity desc limit 1),
               (select quantity from execution_openings x where x.account_id = o.account_id and x.symbol = o.symbol),
               0) as held
             from orders o where o.order_id = $1
           ), added as (
             insert into executions (broker_order_id, cumulative_quantity, order_id, account_id, symbol, side,
                                     quantity, price, executed_at, held_before, position)
             select $2, $3, $1, account_id, symbol, side, $4, $5, $6, held, $7 from own
             on conflict do nothing
           )
           select from own`,
    values: [orderId, brokerOrderId, cumulativeQuantity, quantity, price, executedAt, position],
  });
  if (rows.length === 0) throw new Error(`order ${orderId} has a fill and no row`);
}

// --- Queries ---

export interface ExecutionQueries {
  /** Of one account and instrument, newest first. */
  executions(accountId: string, instrument: string, maxCount: number): Promise<readonly BrokerExecution[]>;
  /** The execution that a fill event speaks of; null until the view has applied it. */
  findExecution(execution: Execution): Promise<BrokerExecution | null>;
}

interface ExecutionRow {
  readonly broker_order_id: string;
  readonly cumulative_quantity: string;
  readonly order_id: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly price: string;
  readonly executed_at: Date;
  readonly closed: boolean;
}

const SELECT = `select broker_order_id, trim_scale(cumulative_quantity)::text as cumulative_quantity, order_id, symbol,
  side, quantity, price, executed_at,
  case side when 'buy' then held_before < 0 else held_before > 0 end as closed from executions`;

export function createExecutionQueries(pool: Pool): ExecutionQueries {
  return {
    async executions(accountId, instrument, maxCount) {
      if (!canBeStored(instrument)) return [];
      const { rows } = await pool.query<ExecutionRow>(
        `${SELECT} where account_id = $1 and symbol = $2 order by executed_at desc, position desc limit $3`,
        [accountId, instrument, maxCount],
      );
      return rows.map(toBrokerExecution);
    },
    async findExecution({ brokerOrderId, cumulativeQuantity }) {
      const { rows } = await pool.query<ExecutionRow>(
        `${SELECT} where broker_order_id = $1 and cumulative_quantity = $2`,
        [brokerOrderId, cumulativeQuantity],
      );
      return rows[0] === undefined ? null : toBrokerExecution(rows[0]);
    },
  };
}

const toBrokerExecution = (row: ExecutionRow): BrokerExecution => ({
  id: `${row.broker_order_id}:${row.cumulative_quantity}`,
  instrument: row.symbol,
  price: Number(row.price),
  time: Math.floor(row.executed_at.getTime() / 1000),
  qty: Number(row.quantity),
  side: row.side,
  orderId: row.order_id,
  isClose: row.closed,
});
