/**
 * The risk engine of one account. Every order is admitted or denied here, against one stream at the revision read,
 * so that two racing orders can not both slip under one limit.
 */
import type { Decider, Decision } from '../kernel/decider.ts';
import { accept, refuse } from '../kernel/decider.ts';
import { larger, minus, NO_QUANTITY, price, quantity, toText } from '../kernel/decimal.ts';
import { find, has } from '../kernel/dictionary.ts';
import { book } from '../kernel/lots.ts';
import { sameTicket } from '../order/events.ts';
import type { Channel, Execution, OrderTerms, OrderTicket } from '../order/events.ts';
import type { AssessmentInputs, OpeningPositionsRecorded, RiskEvent } from './events.ts';
import { breachesOf } from './rules.ts';
import { evolveRisk, holdingOf, NO_RISK, without } from './state.ts';
import type { RiskState } from './state.ts';

// --- Commands ---

export type RiskCommand =
  | {
      readonly type: 'AssessOrder';
      readonly ticket: OrderTicket;
      readonly channel: Channel;
      readonly inputs: AssessmentInputs;
      readonly at: string;
    }
  | {
      readonly type: 'AssessReplacement';
      readonly orderId: string;
      /** Which change of the order it is, from 1. */
      readonly revision: number;
      readonly terms: OrderTerms;
      readonly inputs: AssessmentInputs;
      readonly at: string;
    }
  | {
      readonly type: 'BookFill';
      readonly orderId: string;
      readonly symbol: string;
      readonly side: 'buy' | 'sell';
      readonly execution: Execution;
      readonly tradingDay: string;
    }
  /** `wanted`: how many shares the order may execute in all. `reopens`: also when its reservation is gone. */
  | { readonly type: 'AdjustReservation'; readonly orderId: string; readonly wanted: string; readonly reopens: boolean }
  | { readonly type: 'ReleaseReservation'; readonly orderId: string; readonly outcome: string }
  | {
      readonly type: 'RecordOpeningPositions';
      readonly positions: OpeningPositionsRecorded['data']['positions'];
      readonly at: string;
    };

// --- Refusals ---

export type RiskRefusal =
  /** The same order id was used before, for another order. */
  { readonly code: 'request_id_reused' } | { readonly code: 'order_unknown' };

// --- Decide ---

export function decide(command: RiskCommand, state: RiskState): Decision<RiskEvent, RiskRefusal> {
  switch (command.type) {
    case 'AssessOrder':
      return assessOrder(command, state);
    case 'AssessReplacement':
      return assessReplacement(command, state);
    case 'BookFill':
      return bookFill(command, state);
    case 'AdjustReservation':
      return adjustReservation(command, state);
    case 'ReleaseReservation':
      if (!state.reservations.has(command.orderId)) return accept();
      return accept({
        type: 'ReservationReleased',
        data: { orderId: command.orderId, outcome: command.outcome },
      });
    case 'RecordOpeningPositions':
      if (state.openedAt !== null) return accept();
      return accept({
        type: 'OpeningPositionsRecorded',
        data: { positions: command.positions, recordedAt: command.at },
      });
  }
}

type Assess<Type> = Extract<RiskCommand, { type: Type }>;

function assessOrder(command: Assess<'AssessOrder'>, state: RiskState): Decision<RiskEvent, RiskRefusal> {
  const { ticket, channel, inputs } = command;
  const answer = find(state.answers, ticket.orderId);
  if (answer !== undefined) {
    return sameTicket(answer.ticket, ticket) ? accept() : refuse({ code: 'request_id_reused' });
  }
  const breaches = breachesOf(ticket, state, inputs);
  return breaches.length === 0
    ? accept({ type: 'OrderAdmitted', data: { ticket, channel, inputs, admittedAt: command.at } })
    : accept({ type: 'OrderDenied', data: { ticket, channel, breaches, inputs, deniedAt: command.at } });
}

/** Judged as a new order in place of the one it changes, each time anew; it uses no further trade of the plan. */
function assessReplacement(command: Assess<'AssessReplacement'>, state: RiskState): Decision<RiskEvent, RiskRefusal> {
  const { orderId, revision, terms, inputs } = command;
  const answer = find(state.answers, orderId);
  if (answer?.kind !== 'admitted') return refuse({ code: 'order_unknown' });
  const ticket = { ...answer.ticket, ...terms };
  const breaches = breachesOf(ticket, without(state, orderId), { ...inputs, tradesIncluded: null });
  return breaches.length === 0
    ? accept({ type: 'ReplacementAdmitted', data: { orderId, revision, terms, inputs, admittedAt: command.at } })
    : accept({ type: 'ReplacementDenied', data: { orderId, revision, terms, breaches, inputs, deniedAt: command.at } });
}

function adjustReservation(command: Assess<'AdjustReservation'>, state: RiskState): Decision<RiskEvent, RiskRefusal> {
  const { orderId, wanted, reopens } = command;
  const answer = find(state.answers, orderId);
  if (answer?.kind !== 'admitted' || !(reopens || state.reservations.has(orderId))) return accept();
  const open = larger(minus(quantity(wanted), answer.executed), NO_QUANTITY);
  if (open === (state.reservations.get(orderId)?.quantity ?? NO_QUANTITY)) return accept();
  const { symbol, side } = answer.ticket;
  return accept({ type: 'ReservationAdjusted', data: { orderId, symbol, side, quantity: toText(open) } });
}

function bookFill(command: Assess<'BookFill'>, state: RiskState): Decision<RiskEvent, RiskRefusal> {
  const { orderId, symbol, side, execution, tradingDay } = command;
  const executionKey = `${execution.brokerOrderId}:${execution.cumulativeQuantity}`;
  if (has(state.bookedExecutions, executionKey) || isInOpeningPositions(orderId, execution, state)) return accept();
  const booking = book(holdingOf(state, symbol), side, quantity(execution.quantity), price(execution.price));
  return accept({
    type: 'FillBooked',
    data: {
      orderId,
      executionKey,
      symbol,
      side,
      quantity: execution.quantity,
      price: execution.price,
      realized: toText(booking.realized),
      tradingDay,
    },
  });
}

/** An execution of an order from elsewhere that happened before the opening positions were read is part of them. */
const isInOpeningPositions = (orderId: string, execution: Execution, { answers, openedAt }: RiskState): boolean =>
  openedAt !== null && !has(answers, orderId) && Date.parse(execution.executedAt) <= Date.parse(openedAt);

export const riskPolicy: Decider<RiskCommand, RiskEvent, RiskState, RiskRefusal> = {
  initial: NO_RISK,
  evolve: evolveRisk,
  decide,
};
