/** An account as the risk engine sees it, and what can be read off it. */
import { absolute, NO_MONEY, NO_QUANTITY, plus, quantity } from '../kernel/decimal.ts';
import type { Money, Price, Quantity } from '../kernel/decimal.ts';
import { EMPTY, find } from '../kernel/dictionary.ts';
import type { Dictionary } from '../kernel/dictionary.ts';
import { FLAT, netQuantity } from '../kernel/lots.ts';
import type { Holding, Side } from '../kernel/lots.ts';
import { dropped } from '../kernel/maps.ts';
import type { Channel, OrderTerms, OrderTicket } from '../order/events.ts';
import type { BookedExecution } from './booked.ts';
import { NO_TRADES } from './day.ts';
import type { DayTrades } from './day.ts';
import type { Breach, RepeatedExecutionTripped } from './events.ts';
import { NOTHING_TIGHTENED } from './limits.ts';
import type { OwnPolicy } from './limits.ts';
import { NO_OVERFILLS } from './overfill.ts';
import type { Overfills } from './overfill.ts';
import { NO_RECENT_ORDERS } from './recent.ts';
import type { RecentOrders } from './recent.ts';

/** What was answered to an order, for ever: a repeated request gets the same answer. */
export type Answer =
  | {
      readonly kind: 'admitted';
      readonly ticket: OrderTicket;
      readonly channel: Channel;
      readonly admittedAt: string;
      /** What a share of it was reckoned to cost when it was admitted; null where nothing was lent or paid for it. */
      readonly cost: Price | null;
      /** Shares of it that are booked. */
      readonly executed: Quantity;
      /** How often its reservation was released: more than once when it came back after its end. */
      readonly releases: number;
      /** The changes of it that were admitted; of those with one revision the order takes one. */
      readonly changes: readonly { readonly revision: number; readonly terms: OrderTerms }[];
    }
  | { readonly kind: 'denied'; readonly ticket: OrderTicket; readonly breaches: readonly Breach[] };

export interface Reservation {
  readonly symbol: string;
  readonly side: Side;
  /** Shares that may still be executed. */
  readonly quantity: Quantity;
}

export interface RiskState {
  readonly answers: Dictionary<Answer>;
  readonly reservations: ReadonlyMap<string, Reservation>;
  readonly holdings: ReadonlyMap<string, Holding>;
  /** By the key of the execution. */
  readonly bookedExecutions: Dictionary<BookedExecution>;
  /** How many executions are booked; whatever the broker says of the account is older when it was read before the last. */
  readonly bookings: number;
  /** Realized profit or loss of the latest trading day that had any. */
  readonly realized: { readonly tradingDay: string; readonly amount: Money };
  readonly day: DayTrades;
  readonly recent: RecentOrders;
  readonly policy: OwnPolicy;
  /** While it stands, positions can only be made smaller. */
  readonly tripped: RepeatedExecutionTripped['data'] | null;
  readonly tradesExecuted: number;
  /** The market's time at which the opening positions were read; null before. */
  readonly openedAt: string | null;
  readonly overfills: Overfills;
  /** By symbol. */
  readonly mismatches: ReadonlyMap<string, Mismatch>;
  /** The broker's positions that were declared to be the right ones, by symbol, the last one each. */
  readonly adopted: ReadonlyMap<string, { readonly quantity: Quantity; readonly at: string }>;
}

/** A position that is not what the broker says; it stops orders in its symbol until it is cleared up. */
export interface Mismatch {
  readonly ours: Quantity;
  readonly brokers: Quantity;
  /** When it was first found. */
  readonly since: string;
}

export const NO_RISK: RiskState = {
  answers: EMPTY,
  reservations: new Map(),
  holdings: new Map(),
  bookedExecutions: EMPTY,
  bookings: 0,
  realized: { tradingDay: '', amount: NO_MONEY },
  day: NO_TRADES,
  recent: NO_RECENT_ORDERS,
  policy: { profile: null, own: NOTHING_TIGHTENED },
  tripped: null,
  tradesExecuted: 0,
  openedAt: null,
  mismatches: new Map(),
  adopted: new Map(),
  overfills: NO_OVERFILLS,
};

export const holdingOf = (state: RiskState, symbol: string): Holding => state.holdings.get(symbol) ?? FLAT;

/** Shares that orders on their way may still buy or sell. */
export function reservedQuantity(state: RiskState, symbol: string, side: Side): Quantity {
  let total = NO_QUANTITY;
  for (const reservation of state.reservations.values()) {
    if (reservation.symbol === symbol && reservation.side === side) total = plus(total, reservation.quantity);
  }
  return total;
}

/** Whether an order can only make a position smaller, counting the orders already on their way in its direction. */
export function onlyReduces(ticket: OrderTicket, account: RiskState): boolean {
  const held = netQuantity(holdingOf(account, ticket.symbol));
  const onItsWay = reservedQuantity(account, ticket.symbol, ticket.side);
  const opposite = ticket.side === 'sell' ? held > 0n : held < 0n;
  return opposite && plus(quantity(ticket.quantity), onItsWay) <= absolute(held);
}

export const realizedOn = (state: RiskState, tradingDay: string): Money =>
  state.realized.tradingDay === tradingDay ? state.realized.amount : NO_MONEY;

/** Executed orders, and those on their way that may yet execute. */
export function tradesUsed(state: RiskState): number {
  let onTheirWay = 0;
  for (const orderId of state.reservations.keys()) {
    const answer = find(state.answers, orderId);
    if (answer?.kind === 'admitted' && answer.executed === 0n) onTheirWay += 1;
  }
  return state.tradesExecuted + onTheirWay;
}

/** The account as it would stand without an order's reservation. */
export const without = (state: RiskState, orderId: string): RiskState => ({
  ...state,
  reservations: dropped(state.reservations, orderId),
});

/** Shares of an admitted order that are booked, with some more. */
export function executedAfter({ answers }: RiskState, orderId: string, shares: Quantity): Quantity {
  const answer = find(answers, orderId);
  return answer?.kind === 'admitted' ? plus(answer.executed, shares) : NO_QUANTITY;
}
