/** Looks at the market and at all linked accounts every few seconds, and shows what it sees to the watches. */
import { tradingDay } from '../../../domain/kernel/trading-day.ts';
import { KILL_SWITCH_STREAM } from '../../../domain/risk-policy/kill-switch/events.ts';
import { riskStream } from '../../../domain/risk-policy/events.ts';
import { symbolsToMark } from '../../../domain/risk-policy/result.ts';
import type { RiskState } from '../../../domain/risk-policy/state.ts';
import type { Aggregates } from '../../aggregates.ts';
import type { LinkedAccounts } from '../../ports/broker.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import { unlessUnreadable } from '../../ports/event-store.ts';
import type { Log } from '../../ports/log.ts';
import type { MarketData, MarketSnapshot, Venue } from '../../ports/market-data.ts';
import { marksOf } from '../../risk-policy/gather-inputs.ts';
import type { Reckoning } from './loss-limit.ts';
import type { Sight } from './stale-data.ts';

export interface WatchNeeds {
  readonly aggregates: Pick<Aggregates, 'risk' | 'killSwitch'>;
  readonly linked: Pick<LinkedAccounts, 'all'>;
  readonly venue: Pick<Venue, 'clock' | 'instruments'>;
  readonly marketData: Pick<MarketData, 'snapshots'>;
  readonly staleData: (sight: Sight) => Promise<void>;
  readonly lossLimit: (reckoning: Reckoning) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_EVERY_MS = 5_000;

/** One look, unless there is nothing to watch. Rejects when the venue or the record can not be read: nothing is concluded from that. */
export function createLook(needs: Omit<WatchNeeds, 'clock' | 'log'>): () => Promise<void> {
  const { aggregates, linked, venue, marketData, staleData, lossLimit } = needs;
  async function clearsItself(): Promise<boolean> {
    const { standing } = await aggregates.killSwitch.load(KILL_SWITCH_STREAM);
    return [...standing.values()].some((halt) => halt.clearsItself);
  }
  return async () => {
    const links = await linked.all();
    if (links.length === 0 && !(await clearsItself())) return;
    const [market, instruments] = await Promise.all([venue.clock(), venue.instruments()]);
    const day = tradingDay(market.now);
    const accounts: { readonly accountId: string; readonly risk: RiskState }[] = [];
    for (const { accountId } of links) {
      const risk = await unlessUnreadable(aggregates.risk.load(riskStream(accountId)));
      if (risk !== undefined) accounts.push({ accountId, risk });
    }
    const symbols = [...new Set(accounts.flatMap(({ risk }) => symbolsToMark(risk, day)))];
    const none: ReadonlyMap<string, MarketSnapshot> = new Map();
    const snapshots = symbols.length === 0 ? none : await marketData.snapshots(symbols).catch(() => none);
    const halts = await aggregates.killSwitch.load(KILL_SWITCH_STREAM);
    await staleData({ market, quotedAt: symbols.map((symbol) => snapshots.get(symbol)?.quote.at ?? null), halts });
    const marked = accounts.map((each) => ({ ...each, marks: marksOf(each.risk, day, instruments, snapshots) }));
    await lossLimit({ day, accounts: marked, halts });
  };
}

/** Until `signal` aborts. */
export function createWatch(needs: WatchNeeds): (signal: AbortSignal) => Promise<void> {
  const { clock, log } = needs;
  const look = createLook(needs);
  return async (signal) => {
    while (!signal.aborted) {
      await look().catch((error: unknown) => log.warn('the watches could not look', { error: String(error) }));
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  };
}
