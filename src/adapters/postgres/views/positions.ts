/**
 * What every account holds, in exact lots, and what it has realized: tables `positions`, `realized_profits` and
 * `position_revisions` (migration 0006); and where the broker has something else: table `position_mismatches` (0021).
 * Fed by the risk stream alone, so that the figures are those that the risk engine decides by.
 */
import type { ClientBase, Pool } from 'pg';

import type { RecordedEvent } from '../../../application/ports/event-store.ts';
import { price, quantity, toText } from '../../../domain/kernel/decimal.ts';
import type { Holding } from '../../../domain/kernel/lots.ts';
import { averagePrice, book, costBasis, FLAT, netQuantity, unbook } from '../../../domain/kernel/lots.ts';
import type {
  BrokerPositionAdopted,
  FillBooked,
  FillReversed,
  OpeningPositionsRecorded,
  PositionMismatchFound,
  PositionMismatchResolved,
} from '../../../domain/risk-policy/events.ts';
import { riskStream } from '../../../domain/risk-policy/events.ts';
import { takenBack } from '../../../domain/risk-policy/booked.ts';
import type { View } from '../projections/view.ts';
import { applyMismatches, readPositionMismatches } from './position-mismatches.ts';
import type { MismatchRow, PositionMismatchRow } from './position-mismatches.ts';

// --- Projection ---

export const positionsView: View = {
  name: 'positions',
  version: 4,
  tables: ['positions', 'realized_profits', 'position_revisions', 'position_mismatches'],
  types: [
    'OpeningPositionsRecorded',
    'FillBooked',
    'FillReversed',
    'PositionMismatchFound',
    'PositionMismatchResolved',
    'BrokerPositionAdopted',
  ],
  async apply(tx, recorded) {
    const events = await notHeld(tx, recorded);
    if (events.length === 0) return;
    const holdings = await readHoldings(tx, events.flatMap(touched));
    for (const event of events) {
      for (const key of touched(event)) {
        const { holding } = holdings.get(idOf(key))!;
        holdings.set(idOf(key), { ...key, holding: holdingAfter(holding, key.symbol, event) });
      }
    }
    await writeHoldings(tx, [...holdings.values()]);
    await addProfits(tx, events);
    await applyMismatches(tx, events);
  },
};

type PositionEvent = RecordedEvent &
  (
    | FillBooked
    | FillReversed
    | OpeningPositionsRecorded
    | PositionMismatchFound
    | PositionMismatchResolved
    | BrokerPositionAdopted
  );

interface Key {
  readonly accountId: string;
  readonly symbol: string;
}

interface Held extends Key {
  readonly holding: Holding;
}

const accountOf = (event: RecordedEvent): string => event.stream.slice(riskStream('').length);

const idOf = ({ accountId, symbol }: Key): string => `${accountId} ${symbol}`;

/** The positions that an event moves. */
function touched(event: PositionEvent): readonly Key[] {
  const accountId = accountOf(event);
  switch (event.type) {
    case 'FillBooked':
    case 'FillReversed':
    case 'BrokerPositionAdopted':
      return [{ accountId, symbol: event.data.symbol }];
    case 'OpeningPositionsRecorded':
      return event.data.positions.map(({ symbol }) => ({ accountId, symbol }));
    case 'PositionMismatchFound':
    case 'PositionMismatchResolved':
      return [];
  }
}

function holdingAfter(holding: Holding, symbol: string, event: PositionEvent): Holding {
  switch (event.type) {
    case 'FillBooked': {
      const { side, quantity: shares, price: each, orderId } = event.data;
      return book(holding, side, quantity(shares), price(each), orderId).holding;
    }
    case 'FillReversed':
      return unbook(holding, takenBack(event.data)).holding;
    case 'BrokerPositionAdopted':
      return quantity(event.data.quantity) === 0n ? FLAT : [lotOf(event.data)];
    case 'OpeningPositionsRecorded':
      return event.data.positions.filter((opening) => opening.symbol === symbol).map(lotOf);
    case 'PositionMismatchFound':
    case 'PositionMismatchResolved':
      return holding;
  }
}

const lotOf = (whole: { readonly quantity: string; readonly averagePrice: string }) => ({
  quantity: quantity(whole.quantity),
  price: price(whole.averagePrice),
  orderId: null,
});

/** Those of the events that the tables do not hold yet; they will be known to hold them. */
async function notHeld(tx: ClientBase, recorded: readonly RecordedEvent[]): Promise<readonly PositionEvent[]> {
  const { rows } = await tx.query<{ readonly account_id: string; readonly revision: number }>({
    name: 'positions-revisions',
    text: 'select account_id, revision from position_revisions where account_id = any($1)',
    values: [[...new Set(recorded.map(accountOf))]],
  });
  const revisions = new Map(rows.map(({ account_id, revision }) => [account_id, revision]));
  const events = recorded.filter((event) => {
    if (event.revision <= (revisions.get(accountOf(event)) ?? -1)) return false;
    revisions.set(accountOf(event), event.revision);
    return true;
  });
  await tx.query({
    name: 'positions-move-on',
    text: `insert into position_revisions (account_id, revision) select * from unnest($1::text[], $2::integer[])
           on conflict (account_id) do update set revision = excluded.revision`,
    values: [[...revisions.keys()], [...revisions.values()]],
  });
  return events as readonly PositionEvent[];
}

/** What each account realizes with each symbol on each day. The sums have no superfluous zeros, however they came about. */
async function addProfits(tx: ClientBase, events: readonly PositionEvent[]): Promise<void> {
  const fills = events.filter((event) => event.type === 'FillBooked' || event.type === 'FillReversed');
  if (fills.length === 0) return;
  await tx.query({
    name: 'positions-realize',
    text: `insert into realized_profits as r (account_id, trading_day, symbol, amount)
           select account_id, trading_day, symbol, trim_scale(sum(amount))
             from unnest($1::text[], $2::text[], $3::text[], $4::numeric[])
                  as fill (account_id, trading_day, symbol, amount)
            group by account_id, trading_day, symbol
           on conflict (account_id, trading_day, symbol)
             do update set amount = trim_scale(r.amount + excluded.amount)`,
    values: [
      fills.map(accountOf),
      fills.map(({ data }) => data.tradingDay),
      fills.map(({ data }) => data.symbol),
      fills.map(({ data }) => data.realized),
    ],
  });
}

type StoredLots = readonly { readonly quantity: string; readonly price: string; readonly orderId: string | null }[];

const toHolding = (lots: StoredLots): Holding =>
  lots.map((lot) => ({ ...lot, quantity: quantity(lot.quantity), price: price(lot.price) }));

const toLots = (holding: Holding): StoredLots =>
  holding.map((lot) => ({ quantity: toText(lot.quantity), price: toText(lot.price), orderId: lot.orderId }));

/** By `idOf`; flat ones, too. */
async function readHoldings(tx: ClientBase, keys: readonly Key[]): Promise<Map<string, Held>> {
  const { rows } = await tx.query<{ readonly account_id: string; readonly symbol: string; readonly lots: StoredLots }>({
    name: 'positions-read',
    text: `select p.account_id, p.symbol, p.lots
             from (select distinct * from unnest($1::text[], $2::text[])) as k (account_id, symbol)
             join positions p on p.account_id = k.account_id and p.symbol = k.symbol`,
    values: columns(keys),
  });
  const holdings = new Map(keys.map((key): [string, Held] => [idOf(key), { ...key, holding: FLAT }]));
  for (const { account_id: accountId, symbol, lots } of rows) {
    holdings.set(idOf({ accountId, symbol }), { accountId, symbol, holding: toHolding(lots) });
  }
  return holdings;
}

async function writeHoldings(tx: ClientBase, all: readonly Held[]): Promise<void> {
  const flat = all.filter(({ holding }) => holding.length === 0);
  if (flat.length > 0) {
    await tx.query({
      name: 'positions-close',
      text: `delete from positions p using unnest($1::text[], $2::text[]) as k (account_id, symbol)
              where p.account_id = k.account_id and p.symbol = k.symbol`,
      values: columns(flat),
    });
  }
  const open = all.filter(({ holding }) => holding.length > 0);
  if (open.length > 0) {
    await tx.query({
      name: 'positions-write',
      text: `insert into positions (account_id, symbol, lots) select * from unnest($1::text[], $2::text[], $3::json[])
             on conflict (account_id, symbol) do update set lots = excluded.lots`,
      values: [...columns(open), open.map(({ holding }) => JSON.stringify(toLots(holding)))],
    });
  }
}

const columns = (keys: readonly Key[]): string[][] => [
  keys.map(({ accountId }) => accountId),
  keys.map(({ symbol }) => symbol),
];

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
  /** What the broker has instead; null when both agree. */
  readonly mismatch: MismatchRow | null;
}

/** Dollars as text. */
export interface AccountFigures {
  readonly realizedToday: string;
  readonly realizedTotal: string;
}

export interface PositionQueries {
  /** By symbol, open positions and those that are open at the broker only; `tradingDay` is the exchange's day that counts as today. */
  positions(accountId: string, tradingDay: string): Promise<readonly PositionRow[]>;
  /** Of all accounts; the oldest first. */
  positionMismatches(): Promise<readonly PositionMismatchRow[]>;
  /** Of all symbols, closed ones too. */
  accountFigures(accountId: string, tradingDay: string): Promise<AccountFigures>;
}

interface StoredPosition {
  readonly symbol: string;
  /** Null where the broker has a position and we have none. */
  readonly lots: StoredLots | null;
  readonly today: string;
  readonly total: string;
  readonly ours: string | null;
  readonly brokers: string;
  readonly since: Date;
}

const REALIZED = `trim_scale(coalesce(sum(r.amount) filter (where r.trading_day = $2), 0))::text as today,
                  trim_scale(coalesce(sum(r.amount), 0))::text as total`;

const NO_PRICE = price('0');

export function createPositionQueries(pool: Pool): PositionQueries {
  return {
    async positions(accountId, tradingDay) {
      const { rows } = await pool.query<StoredPosition>(
        `select s.symbol, p.lots, m.ours, m.brokers, m.since, t.today, t.total
           from (select symbol from positions where account_id = $1
                 union select symbol from position_mismatches where account_id = $1) s
           left join positions p on p.account_id = $1 and p.symbol = s.symbol
           left join position_mismatches m on m.account_id = $1 and m.symbol = s.symbol,
           lateral (select ${REALIZED} from realized_profits r where r.account_id = $1 and r.symbol = s.symbol) t
         order by s.symbol`,
        [accountId, tradingDay],
      );
      return rows.map(({ symbol, lots, today, total, ours, brokers, since }) => {
        const holding = toHolding(lots ?? []);
        return {
          symbol,
          quantity: toText(netQuantity(holding)),
          averagePrice: toText(averagePrice(holding) ?? NO_PRICE),
          costBasis: toText(costBasis(holding)),
          realizedToday: today,
          realizedTotal: total,
          mismatch: ours === null ? null : { ours, brokers, since: since.toISOString() },
        };
      });
    },
    positionMismatches: () => readPositionMismatches(pool),
    async accountFigures(accountId, tradingDay) {
      const { rows } = await pool.query<Pick<StoredPosition, 'today' | 'total'>>(
        `select ${REALIZED} from realized_profits r where r.account_id = $1`,
        [accountId, tradingDay],
      );
      return { realizedToday: rows[0]?.today ?? '0', realizedTotal: rows[0]?.total ?? '0' };
    },
  };
}
