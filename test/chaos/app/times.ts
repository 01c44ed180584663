/** How long the product waits for the broker in these runs: a tenth of what it waits for the real one. */
import type { AlpacaTimes } from '../../../src/adapters/alpaca/config.ts';

export const TIMES: AlpacaTimes = {
  connect: 400,
  change: 900,
  read: 900,
  lookUp: 600,
  turn: { sending: 250, cancel: 2_000, order: 1_000, 'look-up': 2_000, list: 2_000 },
  breaker: { failures: 8, firstProbe: 100, longestProbe: 800 },
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
