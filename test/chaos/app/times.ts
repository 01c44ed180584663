/**
 * What the product is told of the broker in these runs: it waits a tenth of the time that it waits for the real one, and may ask
 * as often as it likes, since a process that is killed every other second asks more than one that lives for days.
 */
import type { AlpacaConfig, AlpacaTimes } from '../../../src/adapters/alpaca/config.ts';
import { ALPACA_TIMES } from '../../../src/adapters/alpaca/config.ts';

export const REQUESTS_A_MINUTE: AlpacaConfig['requestsAMinute'] = { account: 1_000_000, house: 1_000_000 };

export const TIMES: AlpacaTimes = {
  connect: 400,
  change: 900,
  read: 900,
  lookUp: 600,
  turn: ALPACA_TIMES.turn,
  breaker: { failures: 8, firstProbe: 100, longestProbe: 1_000 },
  clockServes: 1_000,
  instrumentsServe: 15 * 60_000,
  stream: {
    open: 1_000,
    pingEvery: 500,
    pongWithin: 400,
    reconnect: [50, 100, 200, 400, 800],
    steadyAfter: 2_000,
  },
};
