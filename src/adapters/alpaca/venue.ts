/** The market's clock and the instruments, from Alpaca's Trading API under the house's own key. */
import { trading } from '@alpacahq/alpaca-trade-api/rest';
import { z } from 'zod';
import type { Clock } from '../../application/ports/clock-and-ids.ts';
import type { Log } from '../../application/ports/log.ts';
import type { Instrument, MarketClock, Venue } from '../../application/ports/market-data.ts';
import type { AlpacaConfig } from './config.ts';
import { type Configurations, ask, inWords } from './http.ts';
import { readJson } from './own-words.ts';
import { maybe, problemOf, time } from './wire.ts';

const instant = time.transform((text) => new Date(text).toISOString());
/** Alpaca: GET /v2/clock; `is_open` speaks of the regular session. Times carry New York's offset. */
const alpacaClock = z
  .object({ timestamp: instant, is_open: z.boolean(), next_open: instant, next_close: instant })
  .transform((it): MarketClock => ({
    now: it.timestamp,
    isOpen: it.is_open,
    nextOpen: it.next_open,
    nextClose: it.next_close,
  }));

/**
 * Alpaca: GET /v2/assets. An active asset may be untradable all the same. `easy_to_borrow` has given way to
 * `borrow_status`; only such shares can be sold short.
 */
const alpacaAsset = z.object({
  class: z.string(),
  symbol: z.string().min(1),
  name: maybe(z.string()),
  status: z.string(),
  tradable: z.boolean(),
  fractionable: z.boolean(),
  shortable: z.boolean(),
  easy_to_borrow: maybe(z.boolean()),
  borrow_status: maybe(z.string()),
  attributes: maybe(z.array(z.string())),
});

/** Alpaca: the attribute of assets that trade in fractions outside of the regular session too. */
const FRACTIONS_AT_ALL_HOURS = 'fractional_eh_enabled';

export function createVenue(config: AlpacaConfig, configurations: Configurations, clock: Clock, log: Log): Venue {
  // Orders wait for both: without them none is admitted.
  const clocks = new trading.ClockApi(configurations.houseTrading('order'));
  const assets = new trading.AssetsApi(configurations.houseTrading('order'));
  const wall = (): number => Date.parse(clock.now());

  async function readClock(): Promise<MarketClock> {
    const read = alpacaClock.safeParse(await receive(() => clocks.legacyClockRaw()));
    if (!read.success) throw new Error(`the market clock could not be understood: ${problemOf(read.error)}`);
    return read.data;
  }

  async function readInstruments(): Promise<ReadonlyMap<string, Instrument>> {
    const answer = await receive(() => assets.getV2AssetsRaw({ status: 'active', assetClass: 'us_equity' }));
    const rows = z.array(z.unknown()).safeParse(answer);
    if (!rows.success) throw new Error(`the instruments could not be understood: ${problemOf(rows.error)}`);
    const found = new Map<string, Instrument>();
    const problems: string[] = [];
    for (const row of rows.data) {
      const read = alpacaAsset.safeParse(row);
      if (!read.success) {
        problems.push(problemOf(read.error));
        continue;
      }
      const asset = read.data;
      if (asset.class !== 'us_equity' || asset.status !== 'active') continue;
      const borrowable = asset.borrow_status === 'easy_to_borrow' || asset.easy_to_borrow === true;
      found.set(asset.symbol, {
        symbol: asset.symbol,
        name: asset.name ?? asset.symbol,
        tradable: asset.tradable,
        fractionable: asset.fractionable,
        fractionableInExtendedHours: asset.attributes?.includes(FRACTIONS_AT_ALL_HOURS) === true,
        shortable: asset.shortable && borrowable,
      });
    }
    if (problems.length > 0) {
      const facts = { rows: problems.length, problem: problems[0] };
      log.alarm('instruments were left out because they could not be understood', facts);
    }
    return found;
  }

  const clockReadings = createReadings(readClock, wall);
  const instrumentReadings = createReadings(readInstruments, wall);

  return {
    /** Between two readings the clock runs on; a reading ends with the session that it tells of. */
    async clock(reading) {
      const known = await clockReadings.latest(({ value, at }) => {
        const now = movedOn(value, wall() - at);
        const turn = value.isOpen ? value.nextClose : value.nextOpen;
        return reading !== 'fresh' && wall() - at < config.times.clockServes && now.now < turn;
      });
      return movedOn(known.value, wall() - known.at);
    },
    async instruments() {
      return (await instrumentReadings.latest(({ at }) => wall() - at < config.times.instrumentsServe)).value;
    },
  };
}

const movedOn = (read: MarketClock, milliseconds: number): MarketClock => ({
  ...read,
  now: new Date(Date.parse(read.now) + Math.max(0, milliseconds)).toISOString(),
});

/** `at`: our wall clock when the reading came, in milliseconds. */
interface Reading<Value> {
  readonly value: Value;
  readonly at: number;
}

/** The last reading as long as it serves; else a new one, asked for once however many wait for it. */
function createReadings<Value>(read: () => Promise<Value>, wall: () => number) {
  let last: Reading<Value> | null = null;
  let underWay: Promise<Reading<Value>> | null = null;

  async function readNow(): Promise<Reading<Value>> {
    try {
      const value = await read();
      last = { value, at: wall() };
      return last;
    } finally {
      underWay = null;
    }
  }

  return {
    latest: async (serves: (reading: Reading<Value>) => boolean): Promise<Reading<Value>> => {
      if (last !== null && serves(last)) return last;
      underWay ??= readNow();
      return underWay;
    },
  };
}

/** Throws when Alpaca does not answer. */
async function receive(send: () => Promise<{ readonly raw: Response }>): Promise<unknown> {
  const answer = await ask(send);
  if (answer.kind === 'ok') return readJson(answer.text);
  throw new Error(`the venue did not answer: ${answer.kind === 'error' ? inWords(answer) : answer.reason}`);
}
