/** An account as the risk engine sees it, folded from its risk stream. */
import { larger, minus, money, NO_MONEY, NO_QUANTITY, plus, price, quantity } from '../kernel/decimal.ts';
import type { Money, Quantity } from '../kernel/decimal.ts';
import { EMPTY, find, put } from '../kernel/dictionary.ts';
import type { Dictionary } from '../kernel/dictionary.ts';
import { book, FLAT } from '../kernel/lots.ts';
import type { Holding, Side } from '../kernel/lots.ts';
import type { OrderTerms, OrderTicket } from '../order/events.ts';
import type { Breach, FillBooked, RiskEvent } from './events.ts';

/** What was answered to an order, for ever: a repeated request gets the same answer. */
export type Answer =
  | {
      readonly kind: 'admitted';
      readonly ticket: OrderTicket;
      readonly admittedAt: string;
      /** Shares of it that are booked. */
      readonly executed: Quantity;
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
  readonly bookedExecutions: Dictionary<true>;
  /** Realized profit or loss of the latest trading day that had any. */
  readonly realized: { readonly tradingDay: string; readonly amount: Money };
  readonly tradesExecuted: number;
  /** The market's time at which the opening positions were read; null before. */
  readonly openedAt: string | null;
}

export const NO_RISK: RiskState = {
  answers: EMPTY,
  reservations: new Map(),
  holdings: new Map(),
  bookedExecutions: EMPTY,
  realized: { tradingDay: '', amount: NO_MONEY },
  tradesExecuted: 0,
  openedAt: null,
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

export function evolveRisk(state: RiskState, event: RiskEvent): RiskState {
  switch (event.type) {
    case 'OrderAdmitted': {
      const { ticket, admittedAt } = event.data;
      const answer: Answer = { kind: 'admitted', ticket, admittedAt, executed: NO_QUANTITY, changes: [] };
      return {
        ...state,
        answers: put(state.answers, ticket.orderId, answer),
        reservations: added(state.reservations, ticket.orderId, reservationFor(ticket, ticket.quantity)),
      };
    }
    case 'OrderDenied': {
      const { ticket, breaches } = event.data;
      return { ...state, answers: put(state.answers, ticket.orderId, { kind: 'denied', ticket, breaches }) };
    }
    case 'ReplacementAdmitted': {
      const { orderId, revision, terms } = event.data;
      const answer = find(state.answers, orderId);
      const changed =
        answer?.kind === 'admitted'
          ? {
              ...state,
              answers: put(state.answers, orderId, { ...answer, changes: [...answer.changes, { revision, terms }] }),
            }
          : state;
      const held = state.reservations.get(orderId);
      if (held === undefined) return changed;
      // Until the broker has changed it, either of the two may be executed.
      const reserved = { ...held, quantity: larger(held.quantity, quantity(terms.quantity)) };
      return { ...changed, reservations: added(state.reservations, orderId, reserved) };
    }
    case 'ReplacementDenied':
      return state;
    case 'FillBooked':
      return fillBooked(state, event.data);
    case 'ReservationReleased':
      return without(state, event.data.orderId);
    case 'ReservationAdjusted': {
      const { orderId, symbol, side, quantity: open } = event.data;
      return { ...state, reservations: added(state.reservations, orderId, { symbol, side, quantity: quantity(open) }) };
    }
    case 'OpeningPositionsRecorded': {
      const holdings = new Map(state.holdings);
      for (const { symbol, quantity: held, averagePrice } of event.data.positions) {
        holdings.set(symbol, [{ quantity: quantity(held), price: price(averagePrice) }]);
      }
      return { ...state, holdings, openedAt: event.data.recordedAt };
    }
  }
}

function fillBooked(state: RiskState, fill: FillBooked['data']): RiskState {
  const shares = quantity(fill.quantity);
  const booking = book(holdingOf(state, fill.symbol), fill.side, shares, price(fill.price));
  const reservation = state.reservations.get(fill.orderId);
  const answer = find(state.answers, fill.orderId);
  const isOwn = answer?.kind === 'admitted';
  const left = reservation === undefined ? NO_QUANTITY : minus(reservation.quantity, shares);
  return {
    ...state,
    holdings: added(state.holdings, fill.symbol, booking.holding),
    bookedExecutions: put(state.bookedExecutions, fill.executionKey, true),
    // An execution of an earlier day that is learnt late takes nothing from what the latest day has realized.
    realized:
      fill.tradingDay < state.realized.tradingDay
        ? state.realized
        : {
            tradingDay: fill.tradingDay,
            amount: plus(realizedOn(state, fill.tradingDay), money(fill.realized)),
          },
    tradesExecuted: state.tradesExecuted + (isOwn && answer.executed === 0n ? 1 : 0),
    answers: isOwn
      ? put(state.answers, fill.orderId, { ...answer, executed: plus(answer.executed, shares) })
      : state.answers,
    reservations:
      reservation === undefined
        ? state.reservations
        : added(state.reservations, fill.orderId, { ...reservation, quantity: left < 0n ? NO_QUANTITY : left }),
  };
}

const reservationFor = (ticket: OrderTicket, shares: string): Reservation => ({
  symbol: ticket.symbol,
  side: ticket.side,
  quantity: quantity(shares),
});

const added = <K, V>(map: ReadonlyMap<K, V>, key: K, entry: V): ReadonlyMap<K, V> => new Map(map).set(key, entry);

function dropped<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
