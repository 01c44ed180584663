/** The Alpaca adapter pointed at a server on this machine. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../src/application/ports/clock-and-ids.ts';
import type { Log } from '../../src/application/ports/log.ts';
import type { BrokerAccess } from '../../src/application/ports/broker.ts';
import type { OrderTicket } from '../../src/domain/order/events.ts';
import { type Alpaca, createAlpaca } from '../../src/adapters/alpaca/alpaca.ts';
import { ALPACA_TIMES, type AlpacaConfig, budgetAllowance } from '../../src/adapters/alpaca/config.ts';
import { createMemoryGrants } from '../../src/adapters/memory/request-grants.ts';
import { MINUTE, type RequestBudget } from '../../src/application/ports/request-budget.ts';
import { createRequestBudget } from '../../src/application/request-budget.ts';

export const wallClock: Clock = {
  now: () => new Date().toISOString(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
};

export interface Logged {
  readonly level: 'info' | 'warn' | 'alarm';
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export function createMemoryLog(): Log & { readonly lines: readonly Logged[] } {
  const lines: Logged[] = [];
  const write =
    (level: Logged['level']) =>
    (message: string, facts: Readonly<Record<string, unknown>> = {}): void => {
      lines.push({ level, message, facts });
    };
  return { lines, info: write('info'), warn: write('warn'), alarm: write('alarm') };
}

/** Everything of Alpaca's on one origin. */
export const configFor = (url: string, changes: Partial<AlpacaConfig> = {}): AlpacaConfig => ({
  tradingUrl: { paper: url, live: `${url}/live` },
  tradingStreamUrl: { paper: `${url.replace('http', 'ws')}/stream`, live: `${url.replace('http', 'ws')}/live/stream` },
  dataUrl: url,
  authorizeUrl: `${url}/oauth/authorize`,
  tokenUrl: `${url}/oauth/token`,
  clientId: 'tradsy-sandbox',
  clientSecret: 'tradsy-sandbox-secret',
  redirectUri: 'http://127.0.0.1:3000/callback',
  houseKeyId: 'house',
  houseSecret: 'house-secret',
  houseEnvironment: 'paper',
  dataFeed: 'iex',
  requestsAMinute: { account: 190, house: 190 },
  times: ALPACA_TIMES,
  ...changes,
});

/** The budget of one process on its own, with so many requests a minute for each account and for the house. */
export function budgetFor(requestsAMinute: AlpacaConfig['requestsAMinute'], window = MINUTE): RequestBudget {
  const grants = createMemoryGrants({ window, allowance: budgetAllowance(requestsAMinute), now: Date.now });
  return createRequestBudget({ grants, clock: wallClock, log: createMemoryLog() });
}

/** A budget that never runs out. */
export const plenty = (): RequestBudget => budgetFor({ account: 1_000_000, house: 1_000_000 });

/** The adapter, with times short enough to wait for, and what it logged. */
export function alpacaAt(
  url: string,
  changes: Partial<AlpacaConfig> = {},
  budget: RequestBudget = plenty(),
): Alpaca & { readonly lines: readonly Logged[] } {
  const log = createMemoryLog();
  return { ...createAlpaca(configFor(url, changes), { clock: wallClock, log, budget }), lines: log.lines };
}

export const access: BrokerAccess = {
  linkId: 'link-1',
  userId: 'user-1',
  accountId: 'account-1',
  environment: 'paper',
  token: 'token-1',
};

export const ticketOf = (changes: Partial<OrderTicket> = {}): OrderTicket => ({
  orderId: '018f2f6e-0000-7000-8000-000000000001',
  accountId: 'account-1',
  symbol: 'AAPL',
  side: 'buy',
  type: 'limit',
  quantity: '10',
  limitPrice: '150.25',
  stopPrice: null,
  trailPrice: null,
  timeInForce: 'day',
  extendedHours: false,
  takeProfit: null,
  stopLoss: null,
  ...changes,
});

/** An order as Alpaca shows it. */
export const alpacaOrder = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  id: 'b0000000-0000-4000-8000-000000000001',
  client_order_id: '018f2f6e-0000-7000-8000-000000000001',
  created_at: '2026-11-23T15:00:00.123456789Z',
  updated_at: '2026-11-23T15:00:01.5Z',
  submitted_at: '2026-11-23T15:00:00.123456789Z',
  filled_at: null,
  replaced_by: null,
  replaces: null,
  asset_id: 'a0000000-0000-4000-8000-000000000001',
  symbol: 'AAPL',
  asset_class: 'us_equity',
  notional: null,
  qty: '10',
  filled_qty: '0',
  filled_avg_price: null,
  order_class: '',
  order_type: 'limit',
  type: 'limit',
  side: 'buy',
  time_in_force: 'day',
  limit_price: '150.25',
  stop_price: null,
  status: 'new',
  extended_hours: false,
  legs: null,
  trail_percent: null,
  trail_price: null,
  hwm: null,
  ...changes,
});
