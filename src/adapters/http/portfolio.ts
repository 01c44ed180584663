/** What an account holds and is worth: own lots from the read model, cash from the broker, marks from the market. */
import type { AccountState, BrokerPosition } from '../../../contracts/broker-api.ts';
import type { BrokerAccounts, LinkedAccounts } from '../../application/ports/broker.ts';
import type { MarketSnapshot, Venue } from '../../application/ports/market-data.ts';
import type { Money } from '../../domain/kernel/decimal.ts';
import { NO_MONEY, money, plus, toCents, toText } from '../../domain/kernel/decimal.ts';
import { tradingDay } from '../../domain/kernel/trading-day.ts';
import { toBrokerPosition, unrealizedProfit } from './position-at-market.ts';
import type { OpenPosition, ReadSide } from './read-side.ts';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';

export interface Portfolio {
  readonly positions: readonly OpenPosition[];
  readonly realizedToday: Money;
  /** At the broker. */
  readonly cash: Money;
}

export interface Portfolios {
  /** Open positions on the exchange's day; null when that can not be told. */
  positions(accountId: string): Promise<readonly OpenPosition[] | null>;
  load(accountId: string): Promise<{ readonly kind: 'found'; readonly value: Portfolio } | Refusal>;
  /** The account's cash has changed: it is asked for anew. */
  forget(accountId: string): void;
}

export interface PortfolioNeeds {
  readonly read: Pick<ReadSide, 'positions' | 'accountFigures'>;
  readonly broker: Pick<BrokerAccounts, 'account'>;
  readonly linked: Pick<LinkedAccounts, 'accessFor'>;
  readonly venue: Pick<Venue, 'clock'>;
}

/** For so long an account's cash is not asked for again. */
const CASH_SERVES_MS = 5_000;
const MOST_KNOWN = 10_000;

export function createPortfolios({ read, broker, linked, venue }: PortfolioNeeds): Portfolios {
  const known = new Map<string, { readonly cash: Money; readonly until: number }>();
  const underWay = new Map<string, Promise<Money | Refusal>>();
  const today = (): Promise<string | null> =>
    venue.clock().then(
      ({ now }) => tradingDay(now),
      () => null,
    );

  async function askForCash(accountId: string): Promise<Money | Refusal> {
    const access = await linked.accessFor(accountId);
    if (access === null) return refuse('broker_link_missing');
    const found = await broker.account(access);
    if (found.kind === 'unauthorized') return refuse('broker_link_missing');
    if (found.kind !== 'found') return known.get(accountId)?.cash ?? refuse('broker_unavailable');
    return money(found.value.cash);
  }

  function cashOf(accountId: string): Promise<Money | Refusal> {
    const last = known.get(accountId);
    if (last !== undefined && last.until > performance.now()) return Promise.resolve(last.cash);
    const waiting = underWay.get(accountId);
    if (waiting !== undefined) return waiting;
    const asked: Promise<Money | Refusal> = askForCash(accountId)
      .then((cash) => {
        if (typeof cash !== 'bigint') return cash;
        // What was asked before a change may tell of the time before it: good as a last resort only.
        const until = underWay.get(accountId) === asked ? performance.now() + CASH_SERVES_MS : 0;
        known.delete(accountId);
        known.set(accountId, { cash, until });
        const oldest = known.keys().next();
        if (known.size > MOST_KNOWN && !oldest.done) known.delete(oldest.value);
        return cash;
      })
      .finally(() => {
        if (underWay.get(accountId) === asked) underWay.delete(accountId);
      });
    underWay.set(accountId, asked);
    return asked;
  }

  return {
    async positions(accountId) {
      const day = await today();
      return day === null ? null : read.positions(accountId, day);
    },
    async load(accountId) {
      const cash = await cashOf(accountId);
      if (typeof cash !== 'bigint') return cash;
      const day = await today();
      if (day === null) return refuse('unavailable', { detail: 'The market’s clock can not be read at the moment.' });
      const [positions, figures] = await Promise.all([
        read.positions(accountId, day),
        read.accountFigures(accountId, day),
      ]);
      return { kind: 'found', value: { positions, realizedToday: money(figures.realizedToday), cash } };
    },
    forget(accountId) {
      underWay.delete(accountId);
      const last = known.get(accountId);
      if (last !== undefined) known.set(accountId, { ...last, until: 0 });
    },
  };
}

/** Finds a symbol's snapshot, where there is one. */
export type SnapshotOf = (symbol: string) => MarketSnapshot | undefined;

/** A long position is marked at the bid and a short one at the ask; where nobody quotes, at the last trade. */
function markOf(symbol: string, snapshotOf: SnapshotOf): { readonly bid: string; readonly ask: string } | null {
  const snapshot = snapshotOf(symbol);
  if (snapshot === undefined) return null;
  const { quote, last } = snapshot;
  return { bid: quote.bid === '0' ? last : quote.bid, ask: quote.ask === '0' ? last : quote.ask };
}

export const markedPositions = (positions: readonly OpenPosition[], snapshotOf: SnapshotOf): BrokerPosition[] =>
  positions.map((position) => toBrokerPosition(position, markOf(position.symbol, snapshotOf)));

/** The row of figures that platforms show above everything else; `stateOf` fills it in this order. */
export const SUMMARY_ROW = [
  { id: 'equity', title: 'Equity' },
  { id: 'balance', title: 'Balance' },
  { id: 'unrealizedPl', title: 'Unrealized P&L' },
  { id: 'dayPl', title: 'Realized P&L today' },
];

/**
 * TradingView: AccountState, where equity is balance and unrealized profit. The balance is the cash and what the open
 * positions cost, so that a trade moves it by what was realized and nothing else.
 */
export function stateOf({ positions, cash, realizedToday }: Portfolio, snapshotOf: SnapshotOf): AccountState {
  const balance = positions.reduce((total, { costBasis }) => plus(total, money(costBasis)), cash);
  const unrealizedPl = positions.reduce((total, position) => {
    const mark = markOf(position.symbol, snapshotOf);
    return mark === null ? total : plus(total, unrealizedProfit(position, mark));
  }, NO_MONEY);
  const equity = plus(balance, unrealizedPl);
  return {
    balance: Number(toText(balance)),
    unrealizedPl: Number(toText(unrealizedPl)),
    equity: Number(toText(equity)),
    accountSummaryRowData: [equity, balance, unrealizedPl, realizedToday].map(inDollars),
  };
}

const inDollars = (amount: Money): string => toCents(amount).replaceAll(/\d(?=(\d{3})+\.)/g, '$&,');
