/**
 * Halts the broker, but for what makes positions smaller, when no quote comes any more while the market is open: nobody
 * knows what an order would trade at. Ends the halt when quotes come again.
 */
import type { KillSwitchState } from '../../../domain/risk-policy/kill-switch/state.ts';
import type { Ids } from '../../ports/clock-and-ids.ts';
import type { Log } from '../../ports/log.ts';
import type { MarketClock } from '../../ports/market-data.ts';
import type { HaltTradingNow, ReleaseHalt } from '../halt-trading.ts';
import { tripCause } from './trip.ts';

export interface StaleDataNeeds {
  readonly haltTrading: HaltTradingNow;
  readonly releaseHalt: ReleaseHalt;
  readonly ids: Ids;
  readonly log: Log;
}

export interface Sight {
  readonly market: MarketClock;
  /** When the newest quote of each symbol that is held or traded came; null where there is none. */
  readonly quotedAt: readonly (string | null)[];
  readonly halts: KillSwitchState;
}

const FRESH_FOR_MS = 60_000;
const LOOKS_IN_A_ROW = 3;
const BY = { kind: 'trip', trip: 'stale_data' } as const;

/** Is shown what there is, every few seconds. */
export function createStaleData(needs: StaleDataNeeds): (sight: Sight) => Promise<void> {
  const { haltTrading, releaseHalt, ids, log } = needs;
  let staleLooks = 0;

  return async ({ market, quotedAt, halts }) => {
    const isFresh = (at: string | null): boolean =>
      at !== null && Date.parse(market.now) - Date.parse(at) <= FRESH_FOR_MS;
    const isStale = market.isOpen && quotedAt.length > 0 && !quotedAt.some(isFresh);
    staleLooks = isStale ? staleLooks + 1 : 0;
    const cause = tripCause('stale_data', ids);
    if (!isStale) {
      for (const { haltId, by } of halts.standing.values()) {
        if (by.kind === 'trip' && by.trip === BY.trip) await releaseHalt({ haltId, by: BY, cause });
      }
    }
    if (staleLooks < LOOKS_IN_A_ROW) return;
    const halted = await haltTrading({
      scope: { kind: 'broker', broker: 'alpaca' },
      level: 'reducing',
      reason: { code: 'stale_data', text: `No quote is younger than ${FRESH_FOR_MS / 1000} seconds.` },
      cancelOrders: false,
      flatten: false,
      by: BY,
      clearsItself: true,
      cause,
    });
    if (halted.kind === 'done' && halted.recorded)
      log.alarm('no quotes come any more: positions can only be made smaller');
  };
}
