/** An account whose events the domain decides, and a database for the views. For the tests beside this file. */
import type { Pool } from 'pg';

import { createTestDatabase } from '../../../../test/support/postgres.ts';
import { createAggregates } from '../../../application/aggregates.ts';
import type { Cause } from '../../../application/handle.ts';
import { START, type EventStore, type RecordedEvent } from '../../../application/ports/event-store.ts';
import { createBookFills } from '../../../application/risk-policy/book-fills.ts';
import type { AccountCommand } from '../../../domain/account/account.ts';
import { accountStream } from '../../../domain/account/events.ts';
import type { BrokerReport } from '../../../domain/order/broker-report.ts';
import type { Execution, OrderTicket } from '../../../domain/order/events.ts';
import { orderStream } from '../../../domain/order/events.ts';
import type { OrderCommand } from '../../../domain/order/order.ts';
import { report, ticket } from '../../../domain/order/samples.suite.ts';
import type { AssessmentInputs } from '../../../domain/risk-policy/events.ts';
import { riskStream } from '../../../domain/risk-policy/events.ts';
import type { RiskCommand } from '../../../domain/risk-policy/risk-policy.ts';
import { BASIS, LIMITS, readInputs, tablesOf } from '../../../domain/risk-policy/samples.suite.ts';
import { createMemoryEventStore } from '../../memory/event-store.ts';
import { systemIds } from '../../node/clock-and-ids.ts';
import { CATALOGUE } from '../../stored-events/catalogue.ts';
import { createEvolvingStore } from '../../stored-events/evolving-store.ts';
import { migrate } from '../migrate.ts';
import { createPool } from '../pool.ts';
import { applyTogether } from '../projections/apply.ts';
import { inTransaction } from '../transaction.ts';
import { VIEWS } from './all.ts';

export const USER = '11111111-1111-4111-8111-111111111111';
export const ACCOUNT = '22222222-2222-4222-8222-222222222222';
export const AT = '2026-03-02T15:00:00.000Z';
const AMENDED_AT = '2026-03-02T15:01:00.000Z';
export const cause: Cause = { correlationId: 'c', causationId: null, actor: { kind: 'user', id: USER } };

/** As many orders as a test likes, all at one moment. */
const UNHURRIED = {
  ...LIMITS,
  largestExposure: null,
  mostOpenOrders: null,
  mostOrdersInTenSeconds: null,
  mostOrdersInAMinute: null,
  mostRepetitionsInAMinute: null,
};

const QUIET = { info: () => undefined, warn: () => undefined, alarm: () => undefined };

export type Desk = ReturnType<typeof createDesk>;

/** What can happen to one account's orders; each step is decided by the domain and stored. A refusal is the test's error. */
export function createDesk(store: EventStore, accountId = ACCOUNT) {
  const aggregates = createAggregates({ store, ids: systemIds });
  const bookFills = createBookFills({ aggregates, log: QUIET, pass: () => undefined });
  const accepted = <T extends { readonly kind: string }>(handled: T): T => {
    if (handled.kind === 'refused') throw new Error(`refused: ${JSON.stringify(handled)}`);
    return handled;
  };

  /** Carries out a command, and books what follows from it. */
  async function order(orderId: string, command: OrderCommand): Promise<void> {
    const stream = orderStream(orderId);
    const before = (await store.readStream(stream)).length;
    accepted(await aggregates.orders.handle(stream, command, cause));
    for (const event of await store.readStream(stream, { from: before })) await bookFills(event);
  }
  const risk = async (command: RiskCommand): Promise<void> => {
    accepted(await aggregates.risk.handle(riskStream(accountId), command, cause));
  };
  const account = async (command: AccountCommand, userId = USER): Promise<void> => {
    accepted(await aggregates.accounts.handle(accountStream(userId), command, cause));
  };

  /** Has an order assessed; gives its ticket. */
  async function assess(
    changes: Partial<OrderTicket> = {},
    seen: Partial<AssessmentInputs> = {},
  ): Promise<OrderTicket> {
    const own = ticket({ orderId: systemIds.random(), accountId, ...changes });
    const { limits = UNHURRIED, ...read } = seen;
    const inputs = readInputs({
      quote: { bid: '187.2', ask: '187.25', at: AT },
      marks: [{ symbol: own.symbol, price: '187.2', previousClose: null }],
      tradesIncluded: null,
      confirmed: true,
      ...read,
    });
    const basis = { ...BASIS, tables: tablesOf(limits) };
    await risk({ type: 'AssessOrder', ticket: own, channel: 'broker-api', inputs, basis, at: AT });
    return own;
  }
  async function place(changes: Partial<OrderTicket> = {}): Promise<string> {
    const own = await assess(changes);
    await order(own.orderId, { type: 'PlaceOrder', ticket: own, channel: 'broker-api', at: AT });
    return own.orderId;
  }
  /** Places an order, sends it, and has the broker acknowledge it. */
  async function send(changes: Partial<OrderTicket> = {}): Promise<string> {
    const orderId = await place(changes);
    await order(orderId, { type: 'ClaimSubmission', claimId: 'claim', at: AT });
    await tell(orderId);
    return orderId;
  }
  /** Has the broker report on an order. */
  const tell = (orderId: string, changes: Partial<BrokerReport> = {}): Promise<void> =>
    order(orderId, { type: 'RecordReport', report: report({ brokerOrderId: `B-${orderId}`, ...changes }) });

  /** One execution: `cumulative` shares are filled with it. */
  const fill = (orderId: string, shares: string, cumulative: string, changes: Partial<Execution> = {}): Promise<void> =>
    tell(orderId, {
      filledQuantity: cumulative,
      executions: [
        {
          brokerOrderId: `B-${orderId}`,
          executionId: null,
          recordId: null,
          quantity: shares,
          price: '187.25',
          cumulativeQuantity: cumulative,
          executedAt: '2026-03-02T15:00:05.250Z',
          ...changes,
        },
      ],
    });

  /** The broker undoes, or corrects, the execution that it calls so; `count` is what it counts of the order then. */
  const bust = (orderId: string, executionId: string, count: string): Promise<void> =>
    tell(orderId, {
      filledQuantity: count,
      amendments: [{ kind: 'bust', executionId, bustId: null, at: AMENDED_AT }],
      at: AMENDED_AT,
    });
  const correct = (
    orderId: string,
    executionId: string,
    corrected: { readonly quantity: string; readonly price: string },
    count: string,
  ): Promise<void> =>
    tell(orderId, {
      filledQuantity: count,
      amendments: [{ kind: 'correction', executionId, correctedId: `${executionId}c`, corrected, at: AMENDED_AT }],
      at: AMENDED_AT,
    });

  /** An order sent and filled at once. */
  async function trade(
    side: 'buy' | 'sell',
    shares: string,
    price: string,
    changes: Partial<OrderTicket> = {},
    executedAt = AT,
  ) {
    const orderId = await send({ side, quantity: shares, type: 'market', limitPrice: null, ...changes });
    await fill(orderId, shares, shares, { price, executedAt });
    return orderId;
  }
  return { store, order, risk, account, assess, place, send, tell, fill, bust, correct, trade };
}

export interface ViewsUnderTest {
  readonly pool: Pool;
  readonly desk: Desk;
  /** Moves the clock that stamps events; it starts at the real time, since queries ask the database for its own. */
  passTime(seconds: number): void;
  /** Has every view apply all that happened since the last call; gives those events. */
  catchUp(): Promise<readonly RecordedEvent[]>;
  /** Begins anew: no events, no rows. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** All views in a database of their own, fed from a desk over the memory store. */
export async function openViews(): Promise<ViewsUnderTest> {
  const database = await createTestDatabase();
  await migrate(database.url);
  const pool = createPool(database.url);
  const owner = createPool(database.url, { max: 1, role: 'owner' });
  let now = Date.now();
  const begin = (): Desk => {
    const log = createMemoryEventStore({ now: () => new Date(now).toISOString() });
    return createDesk(createEvolvingStore(log, { catalogue: CATALOGUE, log: { alarm: () => {} } }));
  };
  let desk = begin();
  let applied = START;
  return {
    pool,
    get desk() {
      return desk;
    },
    passTime(seconds) {
      now += seconds * 1000;
    },
    async catchUp() {
      const events = await desk.store.readAll(applied, 100_000);
      await applyAll(pool, events);
      applied = events.at(-1)?.position ?? applied;
      return events;
    },
    async reset() {
      const tables = [...VIEWS.flatMap((view) => view.tables), 'broker_tokens', 'reaction_checkpoints'];
      await owner.query(`truncate ${tables.join(', ')}`);
      now = Date.now();
      applied = START;
      desk = begin();
    },
    async close() {
      await Promise.all([pool.end(), owner.end()]);
      await database.close();
    },
  };
}

/** Every view applies the events it takes note of: all at once, or cut into calls of `atOnce` events. */
export const applyAll = (
  pool: Pool,
  events: readonly RecordedEvent[],
  views = VIEWS,
  atOnce = events.length,
): Promise<void> =>
  inTransaction(pool, async (tx) => {
    for (let from = 0; from < events.length; from += atOnce) {
      await applyTogether(tx, views, events.slice(from, from + atOnce), () => false);
    }
  });

/** Every row of every view, as text. */
export async function dump(pool: Pool): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables: Record<string, readonly string[]> = {};
  for (const table of VIEWS.flatMap((view) => view.tables)) {
    const { rows } = await pool.query<{ row: string }>(`select t::text as row from ${table} t order by 1`);
    tables[table] = rows.map(({ row }) => row);
  }
  return tables;
}
