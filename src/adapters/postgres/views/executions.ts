/** The executions of every account: tables `executions` and `execution_openings` (migration 0005). */
import type { ClientBase, Pool } from 'pg';

import type { BrokerExecution } from '../../../../contracts/broker-api.ts';
import type { RecordedEvent } from '../../../application/ports/event-store.ts';
import type { Execution, Fill, Recount } from '../../../domain/order/events.ts';
import { executionKey, orderStream } from '../../../domain/order/events.ts';
import type { OpeningPositionsRecorded } from '../../../domain/risk-policy/events.ts';
import { riskStream } from '../../../domain/risk-policy/events.ts';
import type { View } from '../projections/view.ts';
import { canBeStored } from './names.ts';

// --- Projection ---

const FILLS: readonly string[] = ['OrderPartiallyFilled', 'OrderFilled'];
/** Another amount of an execution may count than before. */
const RECOUNTS: readonly string[] = ['ExecutionBusted', 'ExecutionCorrected', 'ExecutionIdentified'];

export const executionsView: View = {
  name: 'executions',
  version: 3,
  tables: ['executions', 'execution_openings'],
  types: ['OpeningPositionsRecorded', ...FILLS, ...RECOUNTS],
  // A fill does not say of which account and symbol: its order's row does, which an earlier event made.
  reads: ['orders'],
  async apply(tx, events) {
    const openings = events.filter(({ type }) => type === 'OpeningPositionsRecorded');
    const fills = events.filter(({ type }) => FILLS.includes(type));
    const recounts = events.filter(({ type }) => RECOUNTS.includes(type));
    const late: Pair[] = [];
    if (openings.length > 0) late.push(...(await open(tx, openings)));
    if (fills.length > 0) late.push(...(await add(tx, fills)));
    for (const event of recounts) late.push(...(await recount(tx, event)));
    if (late.length > 0) await restate(tx, late);
  },
};

interface Pair {
  readonly account_id: string;
  readonly symbol: string;
}

/** Gives those that have executions already: their stream was behind those of the orders. */
async function open(tx: ClientBase, events: readonly RecordedEvent[]): Promise<readonly Pair[]> {
  const openings = events.flatMap(({ stream, data }) =>
    (data as OpeningPositionsRecorded['data']).positions.map(({ symbol, quantity }) => ({
      accountId: stream.slice(riskStream('').length),
      symbol,
      quantity,
    })),
  );
  const { rows } = await tx.query<Pair>({
    name: 'executions-open',
    text: `with opened as (
             insert into execution_openings (account_id, symbol, quantity)
             select * from unnest($1::text[], $2::text[], $3::numeric[]) on conflict do nothing
             returning account_id, symbol
           )
           select account_id, symbol from opened o
            where exists (select from executions e where e.account_id = o.account_id and e.symbol = o.symbol)`,
    values: [
      openings.map(({ accountId }) => accountId),
      openings.map(({ symbol }) => symbol),
      openings.map(({ quantity }) => quantity),
    ],
  });
  return rows;
}

/** What an execution adds to what is held, in SQL. */
const signed = (row: string): string => `case ${row}.side when 'buy' then ${row}.quantity else - ${row}.quantity end`;

/** Gives those pairs of which a later execution is here already: the order's stream was behind the others. */
async function add(tx: ClientBase, events: readonly RecordedEvent[]): Promise<readonly Pair[]> {
  const fills = events.map(({ data }) => data as Fill);
  const { rows } = await tx.query<Pair & { readonly order_id: string; readonly known: boolean }>({
    name: 'executions-add',
    text: `with fill as (
             select f.*, o.account_id, o.symbol, o.side
               from (select distinct on (broker_order_id, cumulative_quantity, repeat) *
                       from unnest($1::text[], $2::text[], $3::numeric[], $4::numeric[], $5::numeric[],
                                   $6::timestamptz[], $7::text[], $8::integer[], $9::integer[])
                            as e (order_id, broker_order_id, cumulative_quantity, quantity, price, executed_at, position,
                                  repeat, revision)
                      order by broker_order_id, cumulative_quantity, repeat, position collate "C") f
               left join orders o on o.order_id = f.order_id
              where not exists (select from executions e where e.broker_order_id = f.broker_order_id
                                                           and e.cumulative_quantity = f.cumulative_quantity
                                                           and e.repeat = f.repeat)
           ), placed as (
             select f.*, last.position as last, coalesce(last.held, opening.quantity, 0) as held,
                    min(f.position collate "C") over (partition by f.account_id, f.symbol) as first
               from fill f
               left join lateral (
                 select e.position, e.held_before + ${signed('e')} as held from executions e
                  where e.account_id = f.account_id and e.symbol = f.symbol
                  order by e.position desc, e.cumulative_quantity desc limit 1) last on true
               left join execution_openings opening
                 on opening.account_id = f.account_id and opening.symbol = f.symbol
           ), added as (
             insert into executions (broker_order_id, cumulative_quantity, order_id, account_id, symbol, side,
                                     quantity, price, executed_at, repeat, revision, held_before, position)
             select broker_order_id, cumulative_quantity, order_id, account_id, symbol, side, quantity, price, executed_at,
                    repeat, revision,
                    trim_scale(held + coalesce(sum(${signed('p')}) over (
                      partition by account_id, symbol order by position collate "C", cumulative_quantity
                      rows between unbounded preceding and 1 preceding), 0)),
                    position
               from placed p where account_id is not null
           )
           select account_id, symbol, order_id, account_id is not null as known
             from placed where account_id is null or last > first`,
    values: [
      events.map(({ stream }) => stream.slice(orderStream('').length)),
      fills.map(({ execution }) => execution.brokerOrderId),
      fills.map(({ execution }) => execution.cumulativeQuantity),
      fills.map(({ counted }) => counted.quantity),
      fills.map(({ counted }) => counted.price),
      fills.map(({ execution }) => execution.executedAt),
      events.map(({ position }) => position),
      fills.map(({ repeat }) => repeat),
      events.map(({ revision }) => revision),
    ],
  });
  const unknown = rows.find(({ known }) => !known);
  if (unknown !== undefined) throw new Error(`order ${unknown.order_id} has a fill and no row`);
  return rows;
}

/** Gives the pair whose execution counts for another amount now; none when the row holds the event already. */
async function recount(tx: ClientBase, { data, revision }: RecordedEvent): Promise<readonly Pair[]> {
  const { recount: change } = data as { readonly recount: Recount | null };
  if (change === null) return [];
  const { rows } = await tx.query<Pair>({
    name: 'executions-recount',
    text: `update executions set quantity = $4::numeric, price = $5::numeric, revision = $6
            where broker_order_id = $1 and cumulative_quantity = $2 and repeat = $3 and revision < $6
           returning account_id, symbol`,
    values: [
      change.brokerOrderId,
      change.cumulativeQuantity,
      change.repeat,
      change.after.quantity,
      change.after.price,
      revision,
    ],
  });
  return rows;
}

/** Counts anew what was held before each execution of these pairs. */
async function restate(tx: ClientBase, pairs: readonly Pair[]): Promise<void> {
  await tx.query({
    name: 'executions-restate',
    text: `update executions e set held_before = counted.held
             from (select broker_order_id, cumulative_quantity, x.repeat,
                          trim_scale(coalesce(opening.quantity, 0) + coalesce(sum(${signed('x')}) over (
                            partition by x.account_id, x.symbol order by x.position, x.cumulative_quantity
                            rows between unbounded preceding and 1 preceding), 0)) as held
                     from (select distinct * from unnest($1::text[], $2::text[])) as p (account_id, symbol)
                     join executions x on x.account_id = p.account_id and x.symbol = p.symbol
                     left join execution_openings opening
                       on opening.account_id = p.account_id and opening.symbol = p.symbol) counted
            where e.broker_order_id = counted.broker_order_id
              and e.cumulative_quantity = counted.cumulative_quantity
              and e.repeat = counted.repeat
              and e.held_before <> counted.held`,
    values: [pairs.map(({ account_id }) => account_id), pairs.map(({ symbol }) => symbol)],
  });
}

// --- Queries ---

export interface ExecutionQueries {
  /** Of one account and instrument, newest first; not those that the broker has busted. */
  executions(accountId: string, instrument: string, maxCount: number): Promise<readonly BrokerExecution[]>;
  /** The execution that an event speaks of; null until the view has applied it. */
  findExecution(place: ExecutionPlace): Promise<BrokerExecution | null>;
}

/** `repeat`: how many earlier ones have the same cumulative quantity; none when it is not said. */
export type ExecutionPlace = Pick<Execution, 'brokerOrderId' | 'cumulativeQuantity'> & { readonly repeat?: number };

interface ExecutionRow {
  readonly broker_order_id: string;
  readonly cumulative_quantity: string;
  readonly repeat: number;
  readonly order_id: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly price: string;
  readonly executed_at: Date;
  readonly closed: boolean;
}

const SELECT = `select broker_order_id, trim_scale(cumulative_quantity)::text as cumulative_quantity, repeat, order_id, symbol,
  side, quantity, price, executed_at,
  case side when 'buy' then held_before < 0 else held_before > 0 end as closed from executions`;

export function createExecutionQueries(pool: Pool): ExecutionQueries {
  return {
    async executions(accountId, instrument, maxCount) {
      if (!canBeStored(instrument)) return [];
      const { rows } = await pool.query<ExecutionRow>(
        `${SELECT} where account_id = $1 and symbol = $2 and quantity <> 0 order by executed_at desc, position desc limit $3`,
        [accountId, instrument, maxCount],
      );
      return rows.map(toBrokerExecution);
    },
    async findExecution({ brokerOrderId, cumulativeQuantity, repeat = 0 }) {
      const { rows } = await pool.query<ExecutionRow>(
        `${SELECT} where broker_order_id = $1 and cumulative_quantity = $2 and repeat = $3`,
        [brokerOrderId, cumulativeQuantity, repeat],
      );
      return rows[0] === undefined ? null : toBrokerExecution(rows[0]);
    },
  };
}

const toBrokerExecution = (row: ExecutionRow): BrokerExecution => ({
  id: executionKey({ brokerOrderId: row.broker_order_id, cumulativeQuantity: row.cumulative_quantity }, row.repeat),
  instrument: row.symbol,
  price: Number(row.price),
  time: Math.floor(row.executed_at.getTime() / 1000),
  qty: Number(row.quantity),
  side: row.side,
  orderId: row.order_id,
  isClose: row.closed,
  ...(Number(row.quantity) === 0 && { busted: true as const }),
});
