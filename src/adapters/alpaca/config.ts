/** Where Alpaca is, who we are there, and how long we wait. */
import type { BrokerAccess } from '../../application/ports/broker.ts';

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
  readonly times: AlpacaTimes;
}

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
  clockServes: 5_000,
  instrumentsServe: 15 * 60_000,
  stream: {
    open: 10_000,
    pingEvery: 10_000,
    pongWithin: 5_000,
    reconnect: [250, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000],
    steadyAfter: 30_000,
  },
};
