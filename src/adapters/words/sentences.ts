/** What happened and why, in words for people: the one place where facts become sentences. */
import { absolute, money, plus, quantity, toText } from '../../domain/kernel/decimal.ts';
import type { UnsupportedReason } from '../../domain/order/capabilities.ts';
import type { Fill, OrderEvent, OrderTerms, OrderTicket } from '../../domain/order/events.ts';
import type {
  FillBooked,
  OpeningPositionsRecorded,
  OrderAdmitted,
  RepeatedExecutionTripped,
  RiskEvent,
} from '../../domain/risk-policy/events.ts';
import { breachSentence } from './breaches.ts';
import { at, count, dollars, sentence, shares } from './figures.ts';
import { amended, overfillCleared, overfilled, protectionSentence, reversed } from './fill-sentences.ts';
import { tightened } from './limits.ts';

// --- Why not ---

/** Why the broker does not take an order, or a change of one. */
export const UNSUPPORTED: Readonly<Record<UnsupportedReason, string>> = {
  order_type_not_taken: 'The broker does not take this order type.',
  time_in_force_not_taken: 'The broker does not take this time in force.',
  limit_price_missing: 'This order type needs a limit price.',
  stop_price_missing: 'This order type needs a stop price.',
  trail_price_missing: 'A trailing stop needs a distance to the market.',
  price_not_used: 'A price is given that this order type does not use.',
  price_step: 'Prices have at most two decimals from $1 on, and at most four below.',
  quantity_step: 'Quantities have at most nine decimals.',
  fraction_needs_day_order: 'An order for a fraction of a share must be a day order.',
  fraction_order_type: 'A trailing stop can not be for a fraction of a share.',
  fraction_of_this_instrument: 'This instrument is traded in whole shares only.',
  fraction_in_extended_hours: 'Fractions of this instrument are traded in the regular session only.',
  fraction_too_small: 'An order for a fraction of a share must be worth $1 at least.',
  time_in_force_order_type: 'This time in force is for market and limit orders only.',
  extended_hours_need_limit_day:
    'Outside the regular session only limit orders for the day, or until cancelled, are taken.',
  bracket_needs_both_exits: 'A bracket order needs a take profit and a stop loss.',
  bracket_time_in_force: 'A bracket order must be for the day or until cancelled, in the regular session.',
  bracket_whole_shares: 'A bracket order must be for whole shares.',
  bracket_order_type: 'A trailing stop can not carry a bracket.',
  bracket_entry_only: 'An order that closes a position can not carry a bracket.',
  bracket_exits_reversed: 'Take profit and stop loss stand on the wrong sides of each other.',
  bracket_exit_too_near:
    'Take profit and stop loss must be at least one cent away from the entry, each on its own side.',
  stop_beyond_market: 'A buy stop must be above the market, and a sell stop below it.',
  short_whole_shares: 'Only whole shares can be sold short.',
  short_not_borrowable: 'Shares of this instrument can not be borrowed to be sold short.',
  position_flip: 'The order is for more than the position; close it first to turn it round.',
  opening_order_window: 'Orders for the open are not taken from 09:28 to 19:00 ET.',
  closing_order_window: 'Orders for the close are not taken from 15:50 to 19:00 ET.',
  instrument_not_tradable: 'This instrument can not be traded at the moment.',
  change_not_taken: 'The broker does not take this change; cancel the order and place a new one.',
  change_whole_shares: 'Only orders for whole shares can be changed; cancel the order and place a new one.',
};

/** One sentence for the trader about an order that the broker does not take. */
export const unsupportedSentence = (reason: UnsupportedReason): string => UNSUPPORTED[reason];

// --- The order ---

/** The order in words: `Buy 10 AAPL at market, day`. */
export function orderSummary(ticket: OrderTicket): string {
  const parts = [
    `${ticket.side === 'buy' ? 'Buy' : 'Sell'} ${count(ticket.quantity)} ${ticket.symbol} ${kind(ticket)}`,
  ];
  parts.push(ticket.timeInForce);
  if (ticket.extendedHours) parts.push('extended hours too');
  if (ticket.takeProfit !== null) parts.push(`take profit at ${at(ticket.takeProfit)}`);
  if (ticket.stopLoss !== null) parts.push(`stop loss at ${at(ticket.stopLoss)}`);
  return parts.join(', ');
}

function kind({ type, limitPrice, stopPrice, trailPrice }: OrderTicket): string {
  const [limit, stop, trail] = [limitPrice ?? '0', stopPrice ?? '0', trailPrice ?? '0'];
  switch (type) {
    case 'market':
      return 'at market';
    case 'limit':
      return `at ${at(limit)} limit`;
    case 'stop':
      return `at ${at(stop)} stop`;
    case 'stop_limit':
      return `at ${at(stop)} stop, ${at(limit)} limit`;
    case 'trailing_stop':
      return trailPrice === null ? 'at a trailing stop' : `at a trailing stop ${at(trail)} away`;
  }
}

function terms({ quantity: wanted, limitPrice, stopPrice, timeInForce }: OrderTerms): string {
  const parts = [shares(wanted)];
  if (limitPrice !== null) parts.push(`limit ${at(limitPrice)}`);
  if (stopPrice !== null) parts.push(`stop ${at(stopPrice)}`);
  return [...parts, timeInForce].join(', ');
}

// --- What happened ---

/** What an order's story is made of. `metadata` tells who it was, where that is another one than usual. */
export type StoryFact = (OrderEvent | RiskEvent) & { readonly metadata?: { readonly actor: { readonly id: string } } };

/** One sentence about an event, with its facts. */
export function eventSentence(event: StoryFact): string {
  switch (event.type) {
    case 'OrderAdmitted':
      return `Checked against all rules and admitted; ${reckoned(event.data)}.`;
    case 'OrderDenied':
      return `Denied: ${event.data.breaches.map(breachSentence).join(' ')}`;
    case 'ReplacementAdmitted':
      return `The change to ${terms(event.data.terms)} was checked and admitted.`;
    case 'ReplacementDenied':
      return `The change to ${terms(event.data.terms)} was denied: ${event.data.breaches.map(breachSentence).join(' ')}`;
    case 'FillBooked':
      return booked(event.data);
    case 'ReservationAdjusted':
      return `Reserved for what may still be executed: ${shares(event.data.quantity)}.`;
    case 'ReservationReleased':
      return `What was reserved for the order is free again (${event.data.outcome.replaceAll('_', ' ')}).`;
    case 'OpeningPositionsRecorded':
      return `The account held ${held(event.data.positions)} before its first order here.`;
    case 'RepeatedExecutionTripped':
      return repeated(event.data);
    case 'RepeatedExecutionCleared':
      return 'A person has allowed orders that open positions again.';
    case 'RiskProfileChosen':
      return `Risk profile chosen: ${event.data.tolerance}, experience ${event.data.experience}.`;
    case 'LimitsTightened':
      return `Own limits tightened: ${tightened(event.data.limits)}.`;
    case 'PositionMismatchFound':
      return `By our record ${shares(event.data.ours)} of ${event.data.symbol} are held, by the broker's ${count(event.data.brokers)}.`;
    case 'PositionMismatchResolved':
      return `The broker holds ${shares(event.data.quantity)} of ${event.data.symbol} too.`;
    case 'BrokerPositionAdopted':
      return `The broker's position of ${shares(event.data.quantity)} of ${event.data.symbol} was taken over in place of ${count(event.data.previous)}.`;
    case 'OrderPlaced':
      return `Placed: ${orderSummary(event.data.ticket)}.`;
    case 'OrderObserved':
      return `Seen at the broker as ${ROLES[event.data.role]}: ${orderSummary(event.data.ticket)}.`;
    case 'OrderRecovered':
      return `Found at the broker as an order made here that the record had lost: ${orderSummary(event.data.ticket)}.`;
    case 'BracketLinked':
      return `Recognized as ${ROLES[event.data.role]}.`;
    case 'SubmissionDelayed':
      return `Not sent yet: ${sentence(event.data.reason)}`;
    case 'SubmissionClaimed':
      return `Sending to the broker (attempt ${event.data.attempt}).`;
    case 'SubmissionFailed':
      return `The broker was not reached, nothing was sent: ${sentence(event.data.reason)}`;
    case 'SubmissionUnconfirmed':
      return `No clear answer from the broker, the order is being looked up: ${sentence(event.data.reason)}`;
    case 'OrderAcknowledged':
      return `Acknowledged by the broker as ${event.data.brokerOrderId}.`;
    case 'OrderRejected':
      return `Rejected by the broker: ${sentence(event.data.reason)}`;
    case 'OrderNotSent':
      return `Not sent: ${sentence(event.data.reason)}`;
    case 'OrderNotReceived':
      return `Not received by the broker: ${sentence(event.data.reason)}`;
    case 'OrderPartiallyFilled':
    case 'OrderFilled':
      return filled(event.data);
    case 'CancelRequested':
      return event.metadata?.actor.id === 'kill-switch'
        ? 'The kill switch asked to cancel.'
        : 'It was asked to cancel the order.';
    case 'CancelRefused':
      return `The broker would not cancel: ${sentence(event.data.reason)}`;
    case 'OrderCancelled': {
      const { filledQuantity, reason } = event.data;
      const cancelled = `Cancelled with ${shares(filledQuantity)} filled`;
      return reason === null ? `${cancelled}.` : `${cancelled}: ${sentence(reason)}`;
    }
    case 'OrderExpired':
      return `Expired with ${shares(event.data.filledQuantity)} filled.`;
    case 'ReplaceRequested':
      return `The trader asked for a change to ${terms(event.data.terms)} (change ${event.data.revision}).`;
    case 'OrderReplaced':
      return `Changed at the broker to ${terms(event.data.terms)}; now order ${event.data.brokerOrderId} there.`;
    case 'ReplaceRefused':
      return `The broker would not make change ${event.data.revision}: ${sentence(event.data.reason)}`;
    case 'BrokerMessageRecorded':
      return `A message of the broker was not understood and is kept as it came: ${sentence(event.data.problem)}`;
    case 'ExecutionBusted':
      return amended('The broker has undone an execution', event.data);
    case 'ExecutionCorrected': {
      const { quantity: shown, price: each } = event.data.corrected;
      return amended(`The broker has corrected an execution to ${shares(shown)} at ${at(each)}`, event.data);
    }
    case 'ExecutionHeldBack': {
      const { quantity: told, price: each } = event.data.execution;
      return `The broker told of ${shares(told)} at ${at(each)} with the count of an execution that is known; they count once until the two can be told apart.`;
    }
    case 'ExecutionIdentified': {
      const { recount, filledQuantity } = event.data;
      if (recount === null) return 'The broker told of an execution that was known already, under its other name.';
      return amended('A change of the broker belongs to an execution that is known', {
        recount,
        filledQuantity,
        reason: null,
      });
    }
    case 'ExecutionsConfirmed': {
      const { brokerFilledQuantity, standingQuantity } = event.data;
      return `The broker goes on counting ${count(brokerFilledQuantity)} filled, and its records hold no more than the ${count(standingQuantity)} that stand.`;
    }
    case 'OrderCompleted':
      return `The broker counts the order as filled; ${shares(event.data.filledQuantity)} stand.`;
    case 'ChainExceeded': {
      const { possibleQuantity, orderedQuantity } = event.data;
      return `A part was filled while the order was changed, and ${count(possibleQuantity)} instead of ${shares(orderedQuantity)} could be executed: what is left is to be cancelled.`;
    }
    case 'OrderRestated':
      return `The broker has changed the quantity from ${count(event.data.before)} to ${count(event.data.quantity)}.`;
    case 'ExitLinked':
      return `The broker has ${ROLES[event.data.role]} for it.`;
    case 'ExitActivated':
      return 'The exit works at the venue now.';
    case 'ProtectionMissing':
      return protectionSentence(event.data);
    case 'ProtectionRestored': {
      const { openQuantity, protectedQuantity } = event.data;
      if (quantity(openQuantity) === 0n) return 'Nothing is left to be protected.';
      return `The stop loss protects what it has to again: ${shares(protectedQuantity)}.`;
    }
    case 'FillReversed':
      return reversed(event.data);
    case 'OverfillFound':
      return overfilled(event.data);
    case 'OverfillCleared':
      return overfillCleared(event.data);
    default:
      return newer(event);
  }
}

/** An event that a newer release recorded is told by its name. */
const newer = (event: never): string => sentence((event as StoryFact).type);

const ROLES: Readonly<Record<'take_profit' | 'stop_loss' | 'external', string>> = {
  take_profit: "a bracket's take profit",
  stop_loss: "a bracket's stop loss",
  external: 'an order entered elsewhere',
};

/** The price that the order's value was reckoned at. */
function reckoned({ ticket, inputs }: OrderAdmitted['data']): string {
  const wanted = shares(ticket.quantity);
  const own = ticket.limitPrice ?? ticket.stopPrice;
  if (own !== null) return `${wanted} at ${at(own)}`;
  if (inputs.quote === null) return wanted;
  return `${wanted} at about ${at(ticket.side === 'buy' ? inputs.quote.ask : inputs.quote.bid)}`;
}

function filled({ execution, counted, filledQuantity, leavesQuantity, late }: Fill): string {
  const [now, sofar] = [count(execution.quantity), count(filledQuantity)];
  if (quantity(counted.quantity) !== quantity(execution.quantity)) {
    return `Filled ${now} at ${at(execution.price)}, of which ${count(counted.quantity)} count: the broker had changed it before it became known; ${sofar} in all.`;
  }
  if (late) {
    return `Filled ${now} at ${at(execution.price)} after the order had ended or had nothing left; ${sofar} in all.`;
  }
  const whole = count(toText(plus(quantity(filledQuantity), quantity(leavesQuantity))));
  if (now === sofar) return `Filled ${now} of ${whole} at ${at(execution.price)}.`;
  return `Filled ${now} more at ${at(execution.price)}; ${sofar} of ${whole} by now.`;
}

function booked({ side, quantity: traded, symbol, price: each, realized }: FillBooked['data']): string {
  const what = `Booked: ${side === 'buy' ? 'bought' : 'sold'} ${count(traded)} ${symbol} at ${at(each)}`;
  const gained = money(realized);
  if (gained === 0n) return `${what}.`;
  return `${what}, a ${gained > 0n ? 'profit' : 'loss'} of ${dollars(toText(absolute(gained)))}.`;
}

function held(positions: OpeningPositionsRecorded['data']['positions']): string {
  if (positions.length === 0) return 'nothing';
  return positions.map(({ symbol, quantity: owned }) => `${count(owned)} ${symbol}`).join(', ');
}

function repeated({ orders, symbol, side, withinSeconds }: RepeatedExecutionTripped['data']): string {
  const what = `${orders} orders to ${side} ${symbol} within ${withinSeconds} seconds`;
  return `${what}: from here on positions can only be made smaller, until a person allows more.`;
}
