/**
 * The risk engine of one account. Every order is admitted or denied here, against one stream at the revision read,
 * so that two racing orders can not both slip under one limit.
 */
import type { Decider, Decision } from '../kernel/decider.ts';
import { accept, refuse } from '../kernel/decider.ts';
import { larger, minus, NO_MONEY, NO_QUANTITY, quantity, toText } from '../kernel/decimal.ts';
import { find } from '../kernel/dictionary.ts';
import { sameTicket } from '../order/events.ts';
import type { Channel, Execution, OrderTerms, OrderTicket } from '../order/events.ts';
import { amendFill, bookFill } from './bookings.ts';
import type { AmendedExecution } from './bookings.ts';
import type { AssessmentInputs, OpeningPositionsRecorded, OverfillFound, RiskEvent } from './events.ts';
import { evolveRisk } from './evolve.ts';
import { limitsInForce } from './limits.ts';
import type { LimitBasis, LimitName } from './limits.ts';
import { clearOverfill, findOverfill } from './overfill.ts';
import type { ClearOverfill, OverfillRefusal } from './overfill.ts';
import { chooseProfile, tighten } from './policy.ts';
import type { ChooseRiskProfile, TightenLimits } from './policy.ts';
import { decidePosition } from './position-mismatch.ts';
import type { PositionCommand, PositionRefusal } from './position-mismatch.ts';
import { breachesOf } from './rules.ts';
import type { Check } from './rules/check.ts';
import { heldFor } from './rules/means.ts';
import { repetitions, REPETITION_SECONDS } from './rules/rate.ts';
import { NO_RISK, without } from './state.ts';
import type { RiskState } from './state.ts';

// --- Commands ---

/** What is read for an assessment. Which limits are in force is decided together with the order. */
export type ReadInputs = Omit<AssessmentInputs, 'limits'>;

export type RiskCommand =
  | {
      readonly type: 'AssessOrder';
      readonly ticket: OrderTicket;
      readonly channel: Channel;
      readonly inputs: ReadInputs;
      readonly basis: LimitBasis;
      readonly at: string;
    }
  | {
      readonly type: 'AssessReplacement';
      readonly orderId: string;
      /** Which change of the order it is, from 1. */
      readonly revision: number;
      readonly terms: OrderTerms;
      readonly inputs: ReadInputs;
      readonly basis: LimitBasis;
      readonly at: string;
    }
  | {
      readonly type: 'BookFill';
      readonly orderId: string;
      readonly symbol: string;
      readonly side: 'buy' | 'sell';
      readonly execution: Execution;
      /** How many earlier executions of the broker order had the same cumulative quantity. */
      readonly repeat?: number;
      readonly tradingDay: string;
    }
  /** Brings what is booked of an execution that the broker has busted or corrected to what counts of it. */
  | ({ readonly type: 'AmendFill' } & AmendedExecution)
  | ({ readonly type: 'RecordOverfill'; readonly at: string } & Omit<OverfillFound['data'], 'foundAt'>)
  /** A person has looked at it. */
  | ClearOverfill
  /**
   * `wanted`: how many shares the order may execute in all. A reservation that is gone comes back only for one who knows
   * of its last release: `releasesSeen` is how many there were before the order was looked at; null: it never does.
   */
  | {
      readonly type: 'AdjustReservation';
      readonly orderId: string;
      readonly wanted: string;
      readonly releasesSeen: number | null;
      /** How many changes of it had been asked for then: what was admitted for a later one may be asked for yet. */
      readonly changesSeen: number;
    }
  | { readonly type: 'ReleaseReservation'; readonly orderId: string; readonly outcome: string }
  | {
      readonly type: 'RecordOpeningPositions';
      readonly positions: OpeningPositionsRecorded['data']['positions'];
      readonly at: string;
    }
  | ChooseRiskProfile
  | TightenLimits
  /** A person, by their user id, takes it on themselves that orders may open positions again. */
  | { readonly type: 'ClearRepeatedExecution'; readonly by: string; readonly at: string }
  | PositionCommand;

// --- Refusals ---

export type RiskRefusal =
  /** The same order id was used before, for another order. */
  | { readonly code: 'request_id_reused' }
  | { readonly code: 'order_unknown' }
  | OverfillRefusal
  /** The limits that would allow more than those in force. */
  | { readonly code: 'only_tighter'; readonly limits: readonly LimitName[] }
  | PositionRefusal;

// --- Decide ---

export function decide(command: RiskCommand, state: RiskState): Decision<RiskEvent, RiskRefusal> {
  switch (command.type) {
    case 'AssessOrder':
      return assessOrder(command, state);
    case 'AssessReplacement':
      return assessReplacement(command, state);
    case 'BookFill':
      return accept(...bookFill({ ...command, repeat: command.repeat ?? 0 }, state));
    case 'AmendFill':
      return accept(...amendFill(command, state));
    case 'RecordOverfill': {
      const { orderId, symbol, cause, excess, at: foundAt } = command;
      return accept(...findOverfill(state.overfills, { orderId, symbol, cause, excess, foundAt }));
    }
    case 'ClearOverfill':
      return clearOverfill(state.overfills, command);
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
    case 'ChooseRiskProfile':
      return chooseProfile(command, state.policy);
    case 'TightenLimits':
      return tighten(command, state.policy);
    case 'ClearRepeatedExecution':
      if (state.tripped === null) return accept();
      return accept({ type: 'RepeatedExecutionCleared', data: { clearedBy: command.by, clearedAt: command.at } });
    case 'ReportPositionMismatch':
    case 'ResolvePositionMismatch':
    case 'AdoptBrokerPosition':
      return decidePosition(command, state);
  }
}

type Assess<Type> = Extract<RiskCommand, { type: Type }>;

const limited = (inputs: ReadInputs, basis: LimitBasis, state: RiskState): AssessmentInputs => ({
  ...inputs,
  limits: limitsInForce(state.policy, inputs.tradingDay, basis),
});

function assessOrder(command: Assess<'AssessOrder'>, state: RiskState): Decision<RiskEvent, RiskRefusal> {
  const { ticket, channel, at } = command;
  const answer = find(state.answers, ticket.orderId);
  if (answer !== undefined) {
    return sameTicket(answer.ticket, ticket) ? accept() : refuse({ code: 'request_id_reused' });
  }
  const inputs = limited(command.inputs, command.basis, state);
  const check: Check = { ticket, channel, kind: 'order', account: state, inputs, at: Date.parse(at), held: NO_MONEY };
  const breaches = breachesOf(check);
  if (breaches.length === 0) {
    return accept({ type: 'OrderAdmitted', data: { ticket, channel, inputs, admittedAt: at } });
  }
  const denied: RiskEvent = { type: 'OrderDenied', data: { ticket, channel, breaches, inputs, deniedAt: at } };
  const trips = state.tripped === null && breaches.some(({ rule }) => rule === 'repeated_execution');
  return trips ? accept(denied, tripped(check, at)) : accept(denied);
}

/** In the same append as the denial, so that no order slips in between. */
const tripped = (check: Check, at: string): RiskEvent => ({
  type: 'RepeatedExecutionTripped',
  data: {
    orderId: check.ticket.orderId,
    symbol: check.ticket.symbol,
    side: check.ticket.side,
    orders: repetitions(check),
    withinSeconds: REPETITION_SECONDS,
    trippedAt: at,
  },
});

/** Judged as a new order in place of the one it changes, each time anew; it uses no further trade of the plan. */
function assessReplacement(command: Assess<'AssessReplacement'>, state: RiskState): Decision<RiskEvent, RiskRefusal> {
  const { orderId, revision, terms, at } = command;
  const answer = find(state.answers, orderId);
  if (answer?.kind !== 'admitted') return refuse({ code: 'order_unknown' });
  const ticket = { ...answer.ticket, ...terms };
  const inputs = limited(command.inputs, command.basis, state);
  const now = Date.parse(at);
  const breaches = breachesOf({
    ticket,
    channel: 'broker-api',
    kind: 'change',
    account: without(state, orderId),
    inputs: { ...inputs, tradesIncluded: null },
    at: now,
    held: heldFor(orderId, { account: state, inputs }, now),
  });
  return breaches.length === 0
    ? accept({ type: 'ReplacementAdmitted', data: { orderId, revision, terms, inputs, admittedAt: at } })
    : accept({ type: 'ReplacementDenied', data: { orderId, revision, terms, breaches, inputs, deniedAt: at } });
}

function adjustReservation(command: Assess<'AdjustReservation'>, state: RiskState): Decision<RiskEvent, RiskRefusal> {
  const { orderId, releasesSeen, changesSeen } = command;
  const answer = find(state.answers, orderId);
  if (answer?.kind !== 'admitted') return accept();
  if (!state.reservations.has(orderId) && releasesSeen !== answer.releases) return accept();
  const wanted = answer.changes
    .filter(({ revision }) => revision > changesSeen)
    .map(({ terms }) => quantity(terms.quantity))
    .reduce(larger, quantity(command.wanted));
  const open = larger(minus(wanted, answer.executed), NO_QUANTITY);
  if (open === (state.reservations.get(orderId)?.quantity ?? NO_QUANTITY)) return accept();
  const { symbol, side } = answer.ticket;
  return accept({ type: 'ReservationAdjusted', data: { orderId, symbol, side, quantity: toText(open) } });
}

export const riskPolicy: Decider<RiskCommand, RiskEvent, RiskState, RiskRefusal> = {
  initial: NO_RISK,
  evolve: evolveRisk,
  decide,
};
