/** An account as the risk engine sees it, folded from its risk stream. */
import {
  absolute,
  larger,
  minus,
  money,
  negated,
  NO_MONEY,
  NO_QUANTITY,
  plus,
  price,
  quantity,
} from '../kernel/decimal.ts';
import type { Money, Price, Quantity } from '../kernel/decimal.ts';
import { EMPTY, find, put } from '../kernel/dictionary.ts';
import type { Dictionary } from '../kernel/dictionary.ts';
import { book, FLAT, netQuantity, unbook } from '../kernel/lots.ts';
import type { Holding, Side } from '../kernel/lots.ts';
import type { Channel, OrderTerms, OrderTicket } from '../order/events.ts';
import { firstKey, takenBack } from './booked.ts';
import type { BookedExecution } from './booked.ts';
import { NO_TRADES, withTrade } from './day.ts';
import type { DayTrades } from './day.ts';
import type {
  Breach,
  FillBooked,
  FillReversed,
  OrderAdmitted,
  ReplacementAdmitted,
  RepeatedExecutionTripped,
  RiskEvent,
} from './events.ts';
import { NOTHING_TIGHTENED, strictest } from './limits.ts';
import type { OwnPolicy } from './limits.ts';
import { NO_OVERFILLS, overfillsCleared, overfillsWith } from './overfill.ts';
import type { Overfills } from './overfill.ts';
import { NO_RECENT_ORDERS, remember } from './recent.ts';
import type { RecentOrders } from './recent.ts';
import { reckonedCost } from './reckoning.ts';

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

export function evolveRisk(state: RiskState, event: RiskEvent): RiskState {
  switch (event.type) {
    case 'OrderAdmitted':
      return orderAdmitted(state, event.data);
    case 'OrderDenied': {
      const { ticket, breaches } = event.data;
      return { ...state, answers: put(state.answers, ticket.orderId, { kind: 'denied', ticket, breaches }) };
    }
    case 'ReplacementAdmitted':
      return replacementAdmitted(state, event.data);
    case 'ReplacementDenied':
      return state;
    case 'FillBooked':
      return fillBooked(state, event.data);
    case 'ReservationReleased':
      return released(state, event.data.orderId);
    case 'ReservationAdjusted': {
      const { orderId, symbol, side, quantity: open } = event.data;
      return { ...state, reservations: added(state.reservations, orderId, { symbol, side, quantity: quantity(open) }) };
    }
    case 'OpeningPositionsRecorded': {
      const holdings = new Map(state.holdings);
      for (const { symbol, quantity: held, averagePrice } of event.data.positions) {
        holdings.set(symbol, [{ quantity: quantity(held), price: price(averagePrice), orderId: null }]);
      }
      return { ...state, holdings, openedAt: event.data.recordedAt };
    }
    case 'RepeatedExecutionTripped':
      return { ...state, tripped: event.data };
    case 'RepeatedExecutionCleared':
      return { ...state, tripped: null };
    case 'RiskProfileChosen': {
      const { tolerance, experience } = event.data;
      return { ...state, policy: { ...state.policy, profile: { tolerance, experience } } };
    }
    case 'LimitsTightened':
      return { ...state, policy: { ...state.policy, own: strictest(state.policy.own, event.data.limits) } };
    case 'PositionMismatchFound': {
      const { symbol, ours, brokers, foundAt } = event.data;
      const since = state.mismatches.get(symbol)?.since ?? foundAt;
      const found: Mismatch = { ours: quantity(ours), brokers: quantity(brokers), since };
      return { ...state, mismatches: added(state.mismatches, symbol, found) };
    }
    case 'PositionMismatchResolved':
      return { ...state, mismatches: dropped(state.mismatches, event.data.symbol) };
    case 'BrokerPositionAdopted': {
      const { symbol, averagePrice, adoptedAt: at } = event.data;
      const held = quantity(event.data.quantity);
      const holding = held === NO_QUANTITY ? FLAT : [{ quantity: held, price: price(averagePrice), orderId: null }];
      return {
        ...state,
        holdings: added(state.holdings, symbol, holding),
        mismatches: dropped(state.mismatches, symbol),
        adopted: added(state.adopted, symbol, { quantity: held, at }),
      };
    }
    case 'FillReversed':
      return fillReversed(state, event.data);
    case 'OverfillFound':
      return { ...state, overfills: overfillsWith(state.overfills, event.data) };
    case 'OverfillCleared':
      return { ...state, overfills: overfillsCleared(state.overfills, event.data.orderId) };
  }
}

function orderAdmitted(state: RiskState, { ticket, channel, inputs, admittedAt }: OrderAdmitted['data']): RiskState {
  const cost = onlyReduces(ticket, state) ? null : reckonedCost(ticket, inputs.quote);
  const answer: Answer = {
    kind: 'admitted',
    ticket,
    channel,
    admittedAt,
    cost,
    executed: NO_QUANTITY,
    releases: 0,
    changes: [],
  };
  return {
    ...state,
    answers: put(state.answers, ticket.orderId, answer),
    reservations: added(state.reservations, ticket.orderId, reservationFor(ticket, ticket.quantity)),
    recent: remember(state.recent, { kind: 'order', at: Date.parse(admittedAt), ticket }),
  };
}

function replacementAdmitted(state: RiskState, data: ReplacementAdmitted['data']): RiskState {
  const { orderId, revision, terms, inputs, admittedAt } = data;
  const answer = find(state.answers, orderId);
  if (answer?.kind !== 'admitted') return state;
  const ticket = { ...answer.ticket, ...terms };
  const cost = onlyReduces(ticket, without(state, orderId)) ? null : reckonedCost(ticket, inputs.quote);
  const changed: Answer = { ...answer, cost, changes: [...answer.changes, { revision, terms }] };
  const held = state.reservations.get(orderId);
  return {
    ...state,
    answers: put(state.answers, orderId, changed),
    recent: remember(state.recent, { kind: 'change', at: Date.parse(admittedAt), ticket }),
    // Until the broker has changed it, either of the two may be executed.
    reservations:
      held === undefined
        ? state.reservations
        : added(state.reservations, orderId, { ...held, quantity: larger(held.quantity, quantity(terms.quantity)) }),
  };
}

function released(state: RiskState, orderId: string): RiskState {
  const answer = find(state.answers, orderId);
  const freed = without(state, orderId);
  if (answer?.kind !== 'admitted') return freed;
  return { ...freed, answers: put(freed.answers, orderId, { ...answer, releases: answer.releases + 1 }) };
}

function fillBooked(state: RiskState, fill: FillBooked['data']): RiskState {
  const { orderId, executionKey, symbol, side, tradingDay } = fill;
  const [shares, at] = [quantity(fill.quantity), price(fill.price)];
  const { holding, closedLots } = book(holdingOf(state, symbol), side, shares, at, orderId);
  const booked = { executionKey, symbol, side, quantity: shares, price: at, orderId, closedLots, tradingDay };
  return moved(state, holding, { ...booked, ...adoption(state, symbol), stands: true }, money(fill.realized));
}

function fillReversed(state: RiskState, fill: FillReversed['data']): RiskState {
  const { executionKey, symbol, tradingDay } = fill;
  const booked = takenBack(fill);
  const { holding } = unbook(holdingOf(state, symbol), booked);
  const reversed = { ...booked, executionKey, symbol, tradingDay, ...adoption(state, symbol), stands: false };
  return moved(state, holding, reversed, money(fill.realized));
}

const adoption = ({ adopted }: RiskState, symbol: string): Pick<BookedExecution, 'adoptedAt'> => ({
  adoptedAt: adopted.get(symbol)?.at ?? null,
});

/** The account after an execution was booked or taken back. */
function moved(state: RiskState, holding: Holding, booked: BookedExecution, realized: Money): RiskState {
  const { orderId, executionKey, symbol, side, tradingDay, stands } = booked;
  const trade = stands ? side : side === 'buy' ? 'sell' : 'buy';
  return {
    ...counted(state, orderId, stands ? booked.quantity : negated(booked.quantity)),
    holdings: added(state.holdings, symbol, holding),
    bookedExecutions: put(state.bookedExecutions, firstKey(executionKey), booked),
    bookings: state.bookings + 1,
    day: withTrade(state.day, { ...booked, side: trade }),
    // An execution of an earlier day that is learnt late changes nothing of what the latest day has realized.
    realized:
      tradingDay < state.realized.tradingDay
        ? state.realized
        : { tradingDay, amount: plus(realizedOn(state, tradingDay), realized) },
  };
}

/** The order's trade of the plan and its reservation after more, or fewer, of its shares are booked. */
function counted(state: RiskState, orderId: string, shares: Quantity): RiskState {
  const reservation = state.reservations.get(orderId);
  const answer = find(state.answers, orderId);
  const isOwn = answer?.kind === 'admitted';
  const executed = executedAfter(state, orderId, shares);
  const trades = isOwn ? Number(executed !== 0n) - Number(answer.executed !== 0n) : 0;
  return {
    ...state,
    tradesExecuted: state.tradesExecuted + trades,
    answers: isOwn ? put(state.answers, orderId, { ...answer, executed }) : state.answers,
    reservations:
      reservation === undefined
        ? state.reservations
        : added(state.reservations, orderId, {
            ...reservation,
            quantity: larger(minus(reservation.quantity, shares), NO_QUANTITY),
          }),
  };
}

/** Shares of an admitted order that are booked, with some more. */
export function executedAfter({ answers }: RiskState, orderId: string, shares: Quantity): Quantity {
  const answer = find(answers, orderId);
  return answer?.kind === 'admitted' ? plus(answer.executed, shares) : NO_QUANTITY;
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
