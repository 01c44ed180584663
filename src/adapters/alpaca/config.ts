/** Where Alpaca is, who we are there, and how long we wait. */
import type { BrokerAccess } from '../../application/ports/broker.ts';
import { allowanceOf } from '../../application/ports/request-budget.ts';
import type { Allowance, RequestPriority } from '../../application/ports/request-budget.ts';
import type { BreakerTimes } from './breaker.ts';

export type Environment = BrokerAccess['environment'];

export interface AlpacaAddresses {
  /** Origin of the Trading API; the paths begin with `/v2`. */
  readonly tradingUrl: Readonly<Record<Environment, string>>;
  /** The WebSocket of the order updates. */
  readonly tradingStreamUrl: Readonly<Record<Environment, string>>;
  /** Origin of the Market Data API. */
  readonly dataUrl: string;
  /** The page on which a trader lets us in. */
  readonly authorizeUrl: string;
  /** Where the code of that page is turned into a token: one host for paper and live. */
  readonly tokenUrl: string;
}

/** Milliseconds. */
export interface AlpacaTimes {
  /** To open a connection. */
  readonly connect: number;
  /** For a request that could change something at the broker, from the first byte to the last. */
  readonly change: number;
  /** For a request that only reads. */
  readonly read: number;
  /** For looking up one order: whoever is in doubt asks again soon, and must not hang on an answer that never comes. */
  readonly lookUp: number;
  /**
   * For its turn in the request budget. `sending`: what could place or change an order has waited before it was claimed and
   * looked at for the last time, so that it waits no more than a moment here.
   */
  readonly turn: Readonly<Record<RequestPriority | 'sending', number>>;
  readonly breaker: BreakerTimes;
  /** How long one reading of the market clock serves. */
  readonly clockServes: number;
  /** How long one reading of the instrument list serves. */
  readonly instrumentsServe: number;
  readonly stream: {
    /** To connect, authenticate and subscribe. */
    readonly open: number;
    readonly pingEvery: number;
    readonly pongWithin: number;
    /** The waits before one reconnection after another; the last one repeats. Each is varied by a fifth. */
    readonly reconnect: readonly number[];
    /** A connection that stood this long was a good one: the waits begin anew after it. */
    readonly steadyAfter: number;
  };
}

export interface AlpacaConfig extends AlpacaAddresses {
  /** Our registration as an OAuth application. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** One of the registration's redirect addresses, to the letter. */
  readonly redirectUri: string;
  /** The house's own key, for market data, clock and assets, and the environment that it belongs to. */
  readonly houseKeyId: string;
  readonly houseSecret: string;
  readonly houseEnvironment: Environment;
  /** `iex` comes with every account; `sip` needs a data plan. */
  readonly dataFeed: 'iex' | 'sip';
  /** How many requests we allow ourselves in any minute, of those that Alpaca does: for each account, and for the house. */
  readonly requestsAMinute: { readonly account: number; readonly house: number };
  readonly times: AlpacaTimes;
}

/**
 * What requests count as in the budget. Alpaca counts by account, whichever token is used, and an account of ours is linked
 * to one of Alpaca's for good.
 */
export const BUDGET_KEYS = {
  account: (accountId: string): string => `alpaca account ${accountId}`,
  house: 'alpaca house',
  registration: 'alpaca registration',
} as const;

/** What a key of the budget may do in a minute. */
export const budgetAllowance =
  ({ account, house }: AlpacaConfig['requestsAMinute']) =>
  (key: string): Allowance =>
    key === BUDGET_KEYS.house ? allowanceOf('house', house) : allowanceOf('account', account);

/** Alpaca: hosts of the Trading API, the Market Data API and OAuth. */
export const ALPACA_ADDRESSES: AlpacaAddresses = {
  tradingUrl: { paper: 'https://paper-api.alpaca.markets', live: 'https://api.alpaca.markets' },
  tradingStreamUrl: { paper: 'wss://paper-api.alpaca.markets/stream', live: 'wss://api.alpaca.markets/stream' },
  dataUrl: 'https://data.alpaca.markets',
  authorizeUrl: 'https://app.alpaca.markets/oauth/authorize',
  tokenUrl: 'https://api.alpaca.markets/oauth/token',
};

export const ALPACA_TIMES: AlpacaTimes = {
  connect: 2_000,
  change: 10_000,
  read: 10_000,
  lookUp: 3_000,
  turn: { sending: 250, cancel: 10_000, order: 2_000, 'look-up': 10_000, list: 10_000 },
  breaker: { failures: 8, firstProbe: 1_000, longestProbe: 30_000 },
  clockServes: 5_000,
  instrumentsServe: 15 * 60_000,
  stream: {
    open: 10_000,
    pingEvery: 10_000,
    pongWithin: 5_000,
    // Orders wait for the stream, so it is not waited for longer than an order may wait.
    reconnect: [250, 1_000, 2_000, 4_000, 8_000],
    steadyAfter: 30_000,
  },
};
