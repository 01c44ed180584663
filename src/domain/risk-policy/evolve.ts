/** Folds an account's risk stream, event by event. */
import { larger, minus, money, negated, NO_QUANTITY, plus, price, quantity } from '../kernel/decimal.ts';
import type { Money, Quantity } from '../kernel/decimal.ts';
import { find, put } from '../kernel/dictionary.ts';
import { book, FLAT, unbook } from '../kernel/lots.ts';
import type { Holding } from '../kernel/lots.ts';
import { added, dropped } from '../kernel/maps.ts';
import type { OrderTicket } from '../order/events.ts';
import { firstKey, takenBack } from './booked.ts';
import type { BookedExecution } from './booked.ts';
import { withTrade } from './day.ts';
import type { FillBooked, FillReversed, OrderAdmitted, ReplacementAdmitted, RiskEvent } from './events.ts';
import { strictest } from './limits.ts';
import { overfillsCleared, overfillsWith } from './overfill.ts';
import { remember } from './recent.ts';
import { reckonedCost } from './reckoning.ts';
import { executedAfter, holdingOf, onlyReduces, realizedOn, without } from './state.ts';
import type { Answer, Mismatch, Reservation, RiskState } from './state.ts';

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
      return { ...state, overfills: overfillsCleared(state.overfills, event.data) };
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

const reservationFor = (ticket: OrderTicket, shares: string): Reservation => ({
  symbol: ticket.symbol,
  side: ticket.side,
  quantity: quantity(shares),
});
