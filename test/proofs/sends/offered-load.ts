/** One process that asks a broker for more than it allows: orders, look-ups, lists and cancels, each at its own pace. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Pool } from 'pg';
import { createAlpaca } from '../../../src/adapters/alpaca/alpaca.ts';
import { ALPACA_TIMES, budgetAllowance } from '../../../src/adapters/alpaca/config.ts';
import { systemClock } from '../../../src/adapters/node/clock-and-ids.ts';
import { createPostgresGrants } from '../../../src/adapters/postgres/request-grants.ts';
import { createRequestBudget } from '../../../src/application/request-budget.ts';
import { sampleTicket } from '../../../src/application/ports/broker-samples.suite.ts';
import type { BrokerAccess } from '../../../src/application/ports/broker.ts';
import type { GrantWindow } from '../../../src/application/ports/request-budget.ts';
import { admitted } from '../../../src/domain/risk-policy/samples.suite.ts';
import { configFor, createMemoryLog } from '../../adapters/alpaca-setup.ts';

export interface Load {
  readonly url: string;
  readonly pool: Pool;
  readonly access: BrokerAccess;
  readonly limit: number;
  readonly window: GrantWindow;
  readonly forMs: number;
  /** Milliseconds from one to the next. */
  readonly every: { readonly order: number; readonly lookUp: number; readonly list: number; readonly cancel: number };
  /** So long an order waits for its turn. */
  readonly freshMs: number;
  /** So long a look-up or a list does. */
  readonly patienceMs: number;
}

export interface Loaded {
  readonly offered: number;
  readonly orders: number;
  /** Orders whose turn did not come while they were fresh, or that were told to come back. */
  readonly held: number;
  readonly notSent: number;
  readonly lookUps: number;
  readonly lists: number;
  /** Milliseconds that each cancel took from the wish to the broker's answer; null for one without an answer. */
  readonly cancels: readonly (number | null)[];
}

export async function offerLoad(load: Load): Promise<Loaded> {
  const { pool, access, limit, window, every, freshMs, patienceMs } = load;
  const log = createMemoryLog();
  const requestsAMinute = { account: limit, house: limit };
  const grants = createPostgresGrants(pool, { window, allowance: budgetAllowance(requestsAMinute) });
  const budget = createRequestBudget({ grants, clock: systemClock, log });
  const turn = { ...ALPACA_TIMES.turn, 'look-up': patienceMs, list: patienceMs };
  const config = configFor(load.url, { times: { ...ALPACA_TIMES, turn }, requestsAMinute });
  const { broker } = createAlpaca(config, { clock: systemClock, log, budget });
  const counts = { offered: 0, orders: 0, held: 0, notSent: 0, lookUps: 0, lists: 0 };
  const cancels: (number | null)[] = [];
  const open: string[] = [];
  const live = new AbortController().signal;

  async function order(): Promise<void> {
    const ready = await broker.ready(access, freshMs, live);
    if (ready.kind === 'held') return void (counts.held += 1);
    const ticket = sampleTicket({ quantity: '1', limitPrice: '1' });
    const outcome = await broker.submit(access, admitted(ticket), ticket.orderId);
    if (outcome.kind === 'not_sent') counts.notSent += 1;
    if (outcome.kind !== 'acknowledged') return;
    counts.orders += 1;
    open.push(outcome.order.brokerOrderId);
  }
  async function cancel(): Promise<void> {
    const brokerOrderId = open.shift();
    if (brokerOrderId === undefined) return;
    const begun = performance.now();
    const { kind } = await broker.cancel(access, brokerOrderId);
    cancels.push(kind === 'accepted' || kind === 'refused' ? performance.now() - begun : null);
  }
  async function lookUp(): Promise<void> {
    if ((await broker.byClientOrderId(access, crypto.randomUUID())).kind === 'not_found') counts.lookUps += 1;
  }
  async function list(): Promise<void> {
    const since = new Date(Date.now() + 86_400_000).toISOString();
    if ((await broker.submittedAfter(access, since)).kind === 'found') counts.lists += 1;
  }

  const end = performance.now() + load.forMs;
  const underWay: Promise<void>[] = [];
  const keepOffering = async (what: () => Promise<void>, everyMs: number): Promise<void> => {
    for (let n = 1; performance.now() < end; n += 1) {
      counts.offered += 1;
      underWay.push(what());
      await wait(Math.max(0, end - load.forMs + n * everyMs - performance.now()));
    }
  };
  await Promise.all([
    keepOffering(order, every.order),
    keepOffering(lookUp, every.lookUp),
    keepOffering(list, every.list),
    keepOffering(cancel, every.cancel),
  ]);
  await Promise.all(underWay);
  return { ...counts, cancels };
}
