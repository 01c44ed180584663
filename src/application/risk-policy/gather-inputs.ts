/** Reading all that an assessment looks at. What can not be read is not guessed: then nothing is decided. */
import { toText } from '../../domain/kernel/decimal.ts';
import { averagePrice } from '../../domain/kernel/lots.ts';
import { tradingDay } from '../../domain/kernel/trading-day.ts';
import { marginRuleOn } from '../../domain/order/capabilities.ts';
import type { BrokerCapabilities } from '../../domain/order/capabilities.ts';
import type { AssessmentInputs, Mark } from '../../domain/risk-policy/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { tableOn } from '../../domain/risk-policy/limits.ts';
import type { LimitBasis, LimitTable } from '../../domain/risk-policy/limits.ts';
import { symbolsToMark } from '../../domain/risk-policy/result.ts';
import type { ReadInputs } from '../../domain/risk-policy/risk-policy.ts';
import { holdingOf } from '../../domain/risk-policy/state.ts';
import type { RiskState } from '../../domain/risk-policy/state.ts';
import { tradesIncluded } from '../../domain/subscription/plans.ts';
import type { ReportRevoked } from '../account/link-broker.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { ReadFacts } from '../order/check-capabilities.ts';
import type { Log } from '../ports/log.ts';
import type { Instrument, MarketData, MarketSnapshot, Venue } from '../ports/market-data.ts';
import type { HaltsOn } from './halts-on.ts';
import type { ReadFigures } from './read-figures.ts';

export interface GatherNeeds {
  readonly aggregates: Pick<Aggregates, 'risk'>;
  readonly venue: Venue;
  readonly marketData: Pick<MarketData, 'quote' | 'snapshots'>;
  readonly readFigures: ReadFigures;
  readonly haltsOn: HaltsOn;
  readonly reportRevoked: ReportRevoked;
  readonly limitTables: readonly LimitTable[];
  /** What the broker takes, and the margin that it demands. */
  readonly capabilities: BrokerCapabilities;
  readonly log: Log;
}

export interface Assessed {
  readonly userId: string;
  readonly accountId: string;
  readonly symbol: string;
  readonly missing: AssessmentInputs['missing'];
  readonly confirmed: boolean;
  readonly cause: Cause;
}

export type Gathered =
  | {
      readonly kind: 'gathered';
      readonly value: ReadInputs;
      readonly basis: LimitBasis;
      /** The same, for the broker's own table. */
      readonly facts: ReadFacts;
    }
  | {
      readonly kind: 'missing';
      readonly refusal:
        { readonly kind: 'unavailable' } | { readonly kind: 'refused'; readonly code: 'unknown_instrument' };
    };

/** Until subscriptions exist. */
const PLAN = 'free';

export const limitBasis = ({ limitTables }: Pick<GatherNeeds, 'limitTables'>): LimitBasis => ({
  plan: PLAN,
  tables: limitTables,
});

/** Reads what an assessment looks at. */
export async function gatherInputs(needs: GatherNeeds, order: Assessed): Promise<Gathered> {
  const { venue, marketData, haltsOn, log } = needs;
  const { userId, accountId, symbol, confirmed } = order;
  try {
    const [instruments, clock, state] = await Promise.all([
      venue.instruments(),
      venue.clock(),
      needs.aggregates.risk.load(riskStream(accountId)),
    ]);
    const instrument = instruments.get(symbol);
    if (instrument === undefined) {
      return { kind: 'missing', refusal: { kind: 'refused', code: 'unknown_instrument' } };
    }
    const day = tradingDay(clock.now);
    const basis = limitBasis(needs);
    tableOn(day, basis.tables);
    const subject = { userId, accountId, symbol, broker: 'alpaca', strategyId: null } as const;
    const [quote, marks, means, halts] = await Promise.all([
      marketData.quote(symbol),
      readMarks(needs, state, day, instruments),
      readMeans(needs, order, state.bookings),
      haltsOn(subject),
    ]);
    const { fractionable, shortable, tradable } = instrument;
    const value: ReadInputs = {
      marketTime: clock.now,
      marketOpen: clock.isOpen,
      tradingDay: day,
      quote: quote === null ? null : { bid: quote.bid, ask: quote.ask, at: quote.at },
      tradesIncluded: tradesIncluded[basis.plan],
      missing: means.missing,
      halts,
      account: means.account,
      instrument: { fractionable, shortable, tradable },
      marks,
      confirmed,
      margin: marginOn(needs, day),
      positionAtBroker: null,
    };
    return { kind: 'gathered', value, basis, facts: { instrument, marketTime: clock.now, quote } };
  } catch (error) {
    log.warn('an order could not be assessed', { accountId, symbol, error: String(error) });
    return { kind: 'missing', refusal: { kind: 'unavailable' } };
  }
}

function marginOn({ capabilities }: GatherNeeds, day: string): ReadInputs['margin'] {
  const rule = marginRuleOn(capabilities, day);
  if (rule === null) return null;
  const { effectiveFrom, minimumEquity, largestPositionsToEquity } = rule;
  return { effectiveFrom, minimumEquity, largestPositionsToEquity };
}

/** The broker's account, where there is one to be read. A token that it refuses is told to everybody at once. */
async function readMeans(
  { readFigures, reportRevoked }: GatherNeeds,
  { accountId, missing, cause }: Assessed,
  bookings: number,
): Promise<Pick<ReadInputs, 'account' | 'missing'>> {
  if (missing.includes('broker_link')) return { account: null, missing };
  const figures = await readFigures(accountId, bookings);
  if (figures.kind === 'read') return { account: figures.value, missing };
  if (figures.kind === 'unauthorized') await reportRevoked(figures.access, figures.reason, cause);
  return { account: null, missing: [...missing, 'broker_link'] };
}

/** The prices of all that is held, on its way, or was traded on the day, in one request. */
export async function readMarks(
  { marketData }: Pick<GatherNeeds, 'marketData'>,
  state: RiskState,
  day: string,
  instruments: ReadonlyMap<string, Instrument>,
): Promise<readonly Mark[]> {
  const symbols = symbolsToMark(state, day);
  return symbols.length === 0 ? [] : marksOf(state, day, instruments, await marketData.snapshots(symbols));
}

/** The same, of what was read for several accounts. */
export function marksOf(
  state: RiskState,
  day: string,
  instruments: ReadonlyMap<string, Instrument>,
  snapshots: ReadonlyMap<string, MarketSnapshot>,
): readonly Mark[] {
  return symbolsToMark(state, day).flatMap((symbol) => {
    const snapshot = snapshots.get(symbol);
    if (snapshot !== undefined) return [{ symbol, price: snapshot.last, previousClose: closeBefore(snapshot, day) }];
    // What can not be traded any more, and nobody prices, neither gains nor loses: it is worth what it cost.
    const cost = averagePrice(holdingOf(state, symbol));
    if (cost === null || instruments.get(symbol)?.tradable === true) return [];
    return [{ symbol, price: toText(cost), previousClose: null }];
  });
}

/** The last close before a trading day: of the newest daily bar, until the day has one of its own. */
const closeBefore = ({ dailyBar, previousClose }: MarketSnapshot, day: string): string | null =>
  dailyBar !== null && dailyBar.tradingDay < day ? dailyBar.close : previousClose;
