/**
 * What every account holds, in exact lots, and what it has realized: tables `positions`, `realized_profits` and
 * `position_revisions` (migration 0006). Fed by the risk stream alone, so that the figures are those that the risk
 * engine decides by.
 */
import type { ClientBase, Pool } from 'pg';

import type { Price } from '../../../domain/kernel/decimal.ts';
import { price, quantity, toText } from '../../../domain/kernel/decimal.ts';
import type { Holding } from '../../../domain/kernel/lots.ts';
import { averagePrice, book, costBasis, FLAT, netQuantity } from '../../../domain/kernel/lots.ts';
import type { FillBooked, OpeningPositionsRecorded } from '../../../domain/risk-policy/events.ts';
import { riskStream } from '../../../domain/risk-policy/events.ts';
import type { View } from '../projections.ts';

// --- Projection ---

export const positionsView: View = {
  name: 'positions',
  version: 1,
  tables: ['positions', 'realized_profits', 'position_revisions'],
  types: ['OpeningPositionsRecorded', 'FillBooked'],
  async apply(tx, event) {
    const accountId = event.stream.slice(riskStream('').length);
    if (!(await moveOn(tx, accountId, event.revision))) return;
    if (event.type === 'FillBooked') return bookFill(tx, accountId, event.data as FillBooked['data']);
    for (const { symbol, ...held } of (event.data as OpeningPositionsRecorded['data']).positions) {
      await writeHolding(tx, accountId, symbol, [
        { quantity: quantity(held.quantity), price: price(held.averagePrice) },
      ]);
    }
  },
};

/** False when the tables hold this revision already. */
async function moveOn(tx: ClientBase, accountId: string, revision: number): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'positions-move-on',
    text: `insert into position_revisions as p (account_id, revision) values ($1, $2)
           on conflict (account_id) do update set revision = excluded.revision where p.revision < excluded.revision`,
    values: [accountId, revision],
  });
  return rowCount === 1;
}

async function bookFill(tx: ClientBase, accountId: string, fill: FillBooked['data']): Promise<void> {
  const { symbol, side, realized, tradingDay } = fill;
  const before = await readHolding(tx, accountId, symbol);
  const { holding } = book(before, side, quantity(fill.quantity), price(fill.price));
  await writeHolding(tx, accountId, symbol, holding);
  await tx.query({
    name: 'positions-realize',
    text: `insert into realized_profits as r (account_id, trading_day, symbol, amount) values ($1, $2, $3, $4)
           on conflict (account_id, trading_day, symbol) do update set amount = r.amount + excluded.amount`,
    values: [accountId, tradingDay, symbol, realized],
  });
}

type StoredLots = readonly { readonly quantity: string; readonly price: string }[];

const toHolding = (lots: StoredLots): Holding =>
  lots.map((lot) => ({ quantity: quantity(lot.quantity), price: price(lot.price) }));

async function readHolding(tx: ClientBase, accountId: string, symbol: string): Promise<Holding> {
  const { rows } = await tx.query<{ readonly lots: StoredLots }>({
    name: 'positions-read',
    text: 'select lots from positions where account_id = $1 and symbol = $2',
    values: [accountId, symbol],
  });
  return rows[0] === undefined ? FLAT : toHolding(rows[0].lots);
}

async function writeHolding(tx: ClientBase, accountId: string, symbol: string, holding: Holding): Promise<void> {
  if (holding.length === 0) {
    const text = 'delete from positions where account_id = $1 and symbol = $2';
    await tx.query({ name: 'positions-close', text, values: [accountId, symbol] });
    return;
  }
  const lots: StoredLots = holding.map((lot) => ({ quantity: toText(lot.quantity), price: toText(lot.price) }));
  await tx.query({
    name: 'positions-write',
    text: `insert into positions (account_id, symbol, lots) values ($1, $2, $3)
           on conflict (account_id, symbol) do update set lots = excluded.lots`,
    values: [accountId, symbol, JSON.stringify(lots)],
  });
}

// --- Queries ---

/** An open position; decimals as text. */
export interface PositionRow {
  readonly symbol: string;
  /** Negative for a short position. */
  readonly quantity: string;
  /** Of the open lots, in dollars a share. */
  readonly averagePrice: string;
  /** What the open lots cost, negative when short: exact, where the average may be rounded. */
  readonly costBasis: string;
  readonly realizedToday: string;
  readonly realizedTotal: string;
}

/** Dollars as text. */
export interface AccountFigures {
  readonly realizedToday: string;
  readonly realizedTotal: string;
}

export interface PositionQueries {
  /** Open positions by symbol; `tradingDay` is the exchange's day that counts as today. */
  positions(accountId: string, tradingDay: string): Promise<readonly PositionRow[]>;
  /** Of all symbols, closed ones too. */
  accountFigures(accountId: string, tradingDay: string): Promise<AccountFigures>;
}

interface StoredPosition {
  readonly symbol: string;
  readonly lots: StoredLots;
  readonly today: string;
  readonly total: string;
}

const REALIZED = `trim_scale(coalesce(sum(r.amount) filter (where r.trading_day = $2), 0))::text as today,
                  trim_scale(coalesce(sum(r.amount), 0))::text as total`;

export function createPositionQueries(pool: Pool): PositionQueries {
  return {
    async positions(accountId, tradingDay) {
      const { rows } = await pool.query<StoredPosition>(
        `select p.symbol, p.lots, t.today, t.total from positions p,
           lateral (select ${REALIZED} from realized_profits r
                     where r.account_id = p.account_id and r.symbol = p.symbol) t
         where p.account_id = $1 order by p.symbol`,
        [accountId, tradingDay],
      );
      return rows.map(({ symbol, lots, today, total }) => {
        const holding = toHolding(lots);
        return {
          symbol,
          quantity: toText(netQuantity(holding)),
          averagePrice: toText(averagePrice(holding) as Price),
          costBasis: toText(costBasis(holding)),
          realizedToday: today,
          realizedTotal: total,
        };
      });
    },
    async accountFigures(accountId, tradingDay) {
      const { rows } = await pool.query<Pick<StoredPosition, 'today' | 'total'>>(
        `select ${REALIZED} from realized_profits r where r.account_id = $1`,
        [accountId, tradingDay],
      );
      return { realizedToday: rows[0]?.today ?? '0', realizedTotal: rows[0]?.total ?? '0' };
    },
  };
}
