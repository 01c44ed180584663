import { describe, expect, it } from 'vitest';

import { breach as contractBreach } from '../../../contracts/problem.ts';
import { execution, ticket } from '../../domain/order/samples.suite.ts';
import type { Breach } from '../../domain/risk-policy/events.ts';
import { NOTHING_TIGHTENED } from '../../domain/risk-policy/limits.ts';
import { inputs as riskInputs } from '../../domain/risk-policy/samples.suite.ts';
import { breachSentence, explained } from './breaches.ts';
import type { StoryFact } from './sentences.ts';
import { eventSentence, orderSummary, unsupportedSentence } from './sentences.ts';

const AT = '2026-03-02T15:00:00.000Z';
const market = ticket({ type: 'market', limitPrice: null });
const terms = { quantity: '12.5', limitPrice: '186.5', stopPrice: '1185', timeInForce: 'gtc' } as const;
const breaches: readonly Breach[] = [
  { rule: 'trades_left', limit: '4', actual: '5', unit: 'trades', detail: null },
  { rule: 'daily_loss', limit: '2500', actual: '2500.105', unit: 'USD', detail: null },
];
const inputs = riskInputs({ quote: { bid: '187.2', ask: '187.25', at: AT } });
const fill = (quantity: string, filledQuantity: string, leavesQuantity: string, late = false, counts = quantity) => ({
  execution: execution(quantity, filledQuantity, { price: '187.25' }),
  repeat: 0,
  counted: { quantity: counts, price: '187.25' },
  filledQuantity,
  leavesQuantity,
  late,
});
const booked = (side: 'buy' | 'sell', realized: string): StoryFact => ({
  type: 'FillBooked',
  data: {
    orderId: 'o',
    executionKey: 'B1:4',
    symbol: 'AAPL',
    side,
    quantity: '4',
    price: '1187.2',
    realized,
    tradingDay: '2026-03-02',
  },
});
const recount = (quantity: string, price: string) => ({
  brokerOrderId: 'B1',
  cumulativeQuantity: '4',
  repeat: 0,
  before: { quantity: '4', price: '187.25' },
  after: { quantity, price },
});
const amended = (filledQuantity: string, change: ReturnType<typeof recount> | null, why: string | null) => ({
  brokerOrderId: 'B1',
  executionId: 'E4',
  brokerFilledQuantity: '10',
  recount: change,
  filledQuantity,
  late: false,
  reason: why,
});
const cleared = (cause: 'order' | 'exits' | null): StoryFact => ({
  type: 'OverfillCleared',
  data: { orderId: 'o', symbol: 'AAPL', cause, clearedBy: 'ada', clearedAt: AT },
});

const reversed = (reason: 'busted' | 'corrected', realized: string): StoryFact => ({
  type: 'FillReversed',
  data: {
    orderId: 'o',
    executionKey: 'B1:4',
    symbol: 'AAPL',
    side: 'sell',
    quantity: '4',
    price: '1187.2',
    closedLots: [],
    realized,
    executed: '0',
    tradingDay: '2026-03-02',
    reason,
  },
});
const channel = 'broker-api';
const [reason, at] = ['insufficient buying power', AT];

/** A sentence for every type; some types have several. */
const CASES: { readonly [Type in StoryFact['type']]: readonly (readonly [StoryFact & { type: Type }, string])[] } = {
  OrderAdmitted: [
    [
      { type: 'OrderAdmitted', data: { ticket: market, channel, inputs, admittedAt: AT } },
      'Checked against all rules and admitted; 10 shares at about $187.25.',
    ],
    [
      { type: 'OrderAdmitted', data: { ticket: ticket({ quantity: '1' }), channel, inputs, admittedAt: AT } },
      'Checked against all rules and admitted; 1 share at $187.25.',
    ],
  ],
  OrderDenied: [
    [
      { type: 'OrderDenied', data: { ticket: market, channel, breaches, inputs, deniedAt: AT } },
      "Denied: The plan includes 4 trades, and this would be number 5. The day's loss, open positions included, is $2,500.10; from $2,500.00 on, positions can only be made smaller.",
    ],
  ],
  ReplacementAdmitted: [
    [
      { type: 'ReplacementAdmitted', data: { orderId: 'o', revision: 1, terms, inputs, admittedAt: AT } },
      'The change to 12.5 shares, limit $186.50, stop $1,185.00, gtc was checked and admitted.',
    ],
  ],
  ReplacementDenied: [
    [
      {
        type: 'ReplacementDenied',
        data: { orderId: 'o', revision: 1, terms, breaches: breaches.slice(0, 1), inputs, deniedAt: AT },
      },
      'The change to 12.5 shares, limit $186.50, stop $1,185.00, gtc was denied: The plan includes 4 trades, and this would be number 5.',
    ],
  ],
  FillBooked: [
    [booked('buy', '0') as never, 'Booked: bought 4 AAPL at $1,187.20.'],
    [booked('sell', '-3.456') as never, 'Booked: sold 4 AAPL at $1,187.20, a loss of $3.46.'],
    [booked('sell', '1000') as never, 'Booked: sold 4 AAPL at $1,187.20, a profit of $1,000.00.'],
  ],
  ReservationAdjusted: [
    [
      { type: 'ReservationAdjusted', data: { orderId: 'o', symbol: 'AAPL', side: 'buy', quantity: '4' } },
      'Reserved for what may still be executed: 4 shares.',
    ],
  ],
  ReservationReleased: [
    [
      { type: 'ReservationReleased', data: { orderId: 'o', outcome: 'not_sent' } },
      'What was reserved for the order is free again (not sent).',
    ],
  ],
  OpeningPositionsRecorded: [
    [
      {
        type: 'OpeningPositionsRecorded',
        data: { positions: [{ symbol: 'AAPL', quantity: '-3', averagePrice: '1' }], recordedAt: AT },
      },
      'The account held -3 AAPL before its first order here.',
    ],
    [
      { type: 'OpeningPositionsRecorded', data: { positions: [], recordedAt: AT } },
      'The account held nothing before its first order here.',
    ],
  ],
  RepeatedExecutionTripped: [
    [
      {
        type: 'RepeatedExecutionTripped',
        data: { orderId: 'o', symbol: 'AAPL', side: 'buy', orders: 11, withinSeconds: 60, trippedAt: AT },
      },
      '11 orders to buy AAPL within 60 seconds: from here on positions can only be made smaller, until a person allows more.',
    ],
  ],
  RepeatedExecutionCleared: [
    [
      { type: 'RepeatedExecutionCleared', data: { clearedBy: 'u', clearedAt: AT } },
      'A person has allowed orders that open positions again.',
    ],
  ],
  RiskProfileChosen: [
    [
      { type: 'RiskProfileChosen', data: { tolerance: 'cautious', experience: 'new', chosenAt: AT } },
      'Risk profile chosen: cautious, experience new.',
    ],
  ],
  LimitsTightened: [
    [
      {
        type: 'LimitsTightened',
        data: {
          limits: { ...NOTHING_TIGHTENED, dailyLoss: '1000', mostOpenOrders: 5, shortSelling: false },
          tightenedAt: AT,
        },
      },
      'Own limits tightened: at most 5 open orders, at most $1,000.00 lost in a day, no short sales.',
    ],
    [
      {
        type: 'LimitsTightened',
        data: {
          limits: {
            largestOrderValue: '1',
            largestOrderQuantity: '2',
            largestPositionValue: '3',
            largestExposure: '4',
            mostOpenOrders: null,
            dailyLoss: null,
            mostOrdersInTenSeconds: 7,
            shortSelling: null,
            protectionRequired: true,
          },
          tightenedAt: AT,
        },
      },
      'Own limits tightened: at most $1.00 an order, at most 2 shares an order, at most $3.00 a position, at most $4.00 in all, at most 7 orders in ten seconds, no position without its exits.',
    ],
  ],
  PositionMismatchFound: [
    [
      { type: 'PositionMismatchFound', data: { symbol: 'AAPL', ours: '10', brokers: '-2.5', foundAt: AT } },
      "By our record 10 shares of AAPL are held, by the broker's -2.5.",
    ],
  ],
  PositionMismatchResolved: [
    [
      { type: 'PositionMismatchResolved', data: { symbol: 'AAPL', quantity: '10', resolvedAt: AT } },
      'The broker holds 10 shares of AAPL too.',
    ],
  ],
  BrokerPositionAdopted: [
    [
      {
        type: 'BrokerPositionAdopted',
        data: { symbol: 'AAPL', quantity: '15', averagePrice: '100', previous: '10', adoptedBy: 'u', adoptedAt: AT },
      },
      "The broker's position of 15 shares of AAPL was taken over in place of 10.",
    ],
  ],
  OrderPlaced: [
    [{ type: 'OrderPlaced', data: { ticket: market, channel, placedAt: AT } }, 'Placed: Buy 10 AAPL at market, day.'],
  ],
  OrderObserved: [
    [
      {
        type: 'OrderObserved',
        data: { ticket: market, brokerOrderId: 'B', parentOrderId: null, role: 'external', observedAt: AT },
      },
      'Seen at the broker as an order entered elsewhere: Buy 10 AAPL at market, day.',
    ],
  ],
  OrderRecovered: [
    [
      {
        type: 'OrderRecovered',
        data: { ticket: market, brokerOrderId: 'B', clientOrderId: 'tradsy-o', recoveredAt: AT },
      },
      'Found at the broker as an order made here that the record had lost: Buy 10 AAPL at market, day.',
    ],
  ],
  BracketLinked: [
    [
      { type: 'BracketLinked', data: { parentOrderId: 'p', role: 'stop_loss' } },
      "Recognized as a bracket's stop loss.",
    ],
  ],
  SubmissionDelayed: [
    [
      { type: 'SubmissionDelayed', data: { reason: 'Waiting for the broker connection.', since: AT } },
      'Not sent yet: Waiting for the broker connection.',
    ],
  ],
  SubmissionClaimed: [
    [
      { type: 'SubmissionClaimed', data: { claimId: 'c', attempt: 2, claimedAt: AT } },
      'Sending to the broker (attempt 2).',
    ],
  ],
  SubmissionFailed: [
    [
      { type: 'SubmissionFailed', data: { reason: 'connection refused', failedAt: AT } },
      'The broker was not reached, nothing was sent: connection refused.',
    ],
  ],
  SubmissionUnconfirmed: [
    [
      { type: 'SubmissionUnconfirmed', data: { reason: 'No answer within 10 s.', since: AT } },
      'No clear answer from the broker, the order is being looked up: No answer within 10 s.',
    ],
  ],
  OrderAcknowledged: [
    [
      { type: 'OrderAcknowledged', data: { brokerOrderId: 'B1', acknowledgedAt: AT } },
      'Acknowledged by the broker as B1.',
    ],
  ],
  OrderRejected: [
    [
      { type: 'OrderRejected', data: { code: null, reason, rejectedAt: AT } },
      'Rejected by the broker: insufficient buying power.',
    ],
  ],
  OrderNotSent: [[{ type: 'OrderNotSent', data: { reason: 'Too old.', at } }, 'Not sent: Too old.']],
  OrderNotReceived: [
    [
      { type: 'OrderNotReceived', data: { reason: 'Unknown there.', at } },
      'Not received by the broker: Unknown there.',
    ],
  ],
  OrderPartiallyFilled: [
    [{ type: 'OrderPartiallyFilled', data: fill('4', '4', '6') }, 'Filled 4 of 10 at $187.25.'],
    [{ type: 'OrderPartiallyFilled', data: fill('3', '7', '3') }, 'Filled 3 more at $187.25; 7 of 10 by now.'],
  ],
  OrderFilled: [
    [{ type: 'OrderFilled', data: fill('10', '10', '0') }, 'Filled 10 of 10 at $187.25.'],
    [
      { type: 'OrderFilled', data: fill('2', '12', '0', true) },
      'Filled 2 at $187.25 after the order had ended or had nothing left; 12 in all.',
    ],
    [
      { type: 'OrderFilled', data: fill('4', '6', '4', false, '0') },
      'Filled 4 at $187.25, of which 0 count: the broker had changed it before it became known; 6 in all.',
    ],
  ],
  CancelRequested: [
    [{ type: 'CancelRequested', data: { requestedAt: AT } }, 'It was asked to cancel the order.'],
    [
      { type: 'CancelRequested', data: { requestedAt: AT }, metadata: { actor: { id: 'kill-switch' } } },
      'The kill switch asked to cancel.',
    ],
  ],
  CancelRefused: [
    [{ type: 'CancelRefused', data: { reason: 'too late', at } }, 'The broker would not cancel: too late.'],
  ],
  OrderCancelled: [
    [
      { type: 'OrderCancelled', data: { filledQuantity: '4', reason: null, cancelledAt: AT } },
      'Cancelled with 4 shares filled.',
    ],
    [
      {
        type: 'OrderCancelled',
        data: { filledQuantity: '0', reason: 'Cancelled before it was sent.', cancelledAt: AT },
      },
      'Cancelled with 0 shares filled: Cancelled before it was sent.',
    ],
  ],
  OrderExpired: [
    [{ type: 'OrderExpired', data: { filledQuantity: '1', expiredAt: AT } }, 'Expired with 1 share filled.'],
  ],
  ReplaceRequested: [
    [
      { type: 'ReplaceRequested', data: { revision: 1, terms, requestedAt: AT } },
      'The trader asked for a change to 12.5 shares, limit $186.50, stop $1,185.00, gtc (change 1).',
    ],
  ],
  OrderReplaced: [
    [
      { type: 'OrderReplaced', data: { revision: 1, terms, brokerOrderId: 'B2', replacedAt: AT } },
      'Changed at the broker to 12.5 shares, limit $186.50, stop $1,185.00, gtc; now order B2 there.',
    ],
  ],
  ReplaceRefused: [
    [
      { type: 'ReplaceRefused', data: { revision: 1, reason: 'not now', at } },
      'The broker would not make change 1: not now.',
    ],
  ],
  BrokerMessageRecorded: [
    [
      { type: 'BrokerMessageRecorded', data: { raw: '?', problem: 'not JSON', receivedAt: AT } },
      'A message of the broker was not understood and is kept as it came: not JSON.',
    ],
  ],
  ExecutionBusted: [
    [
      {
        type: 'ExecutionBusted',
        data: { ...amended('6', recount('0', '187.25'), 'TRADE_BUST'), bustId: null, bustedAt: AT },
      },
      'The broker has undone an execution (TRADE_BUST): 4 at $187.25 became nothing. Filled in all: 6.',
    ],
    [
      { type: 'ExecutionBusted', data: { ...amended('6', null, null), bustId: 'X', bustedAt: AT } },
      'The broker has undone an execution; it is not known here yet.',
    ],
  ],
  ExecutionCorrected: [
    [
      {
        type: 'ExecutionCorrected',
        data: {
          ...amended('9', recount('3', '1187.3'), null),
          correctedId: 'E5',
          corrected: { quantity: '3', price: '1187.3' },
          correctedAt: AT,
        },
      },
      'The broker has corrected an execution to 3 shares at $1,187.30: 4 at $187.25 became 3 at $1,187.30. Filled in all: 9.',
    ],
  ],
  ExecutionHeldBack: [
    [
      { type: 'ExecutionHeldBack', data: { execution: execution('4', '4', { price: '187.25' }) } },
      'The broker told of 4 shares at $187.25 with the count of an execution that is known; they count once until the two can be told apart.',
    ],
  ],
  ExecutionIdentified: [
    [
      {
        type: 'ExecutionIdentified',
        data: {
          ...recount('0', '187.25'),
          executionId: 'E',
          recordId: 'R',
          recount: null,
          filledQuantity: '4',
          late: false,
        },
      },
      'The broker told of an execution that was known already, under its other name.',
    ],
    [
      {
        type: 'ExecutionIdentified',
        data: {
          ...recount('0', '187.25'),
          executionId: 'E',
          recordId: 'R',
          recount: recount('0', '187.25'),
          filledQuantity: '6',
          late: false,
        },
      },
      'A change of the broker belongs to an execution that is known: 4 at $187.25 became nothing. Filled in all: 6.',
    ],
  ],
  ExecutionsConfirmed: [
    [
      {
        type: 'ExecutionsConfirmed',
        data: { brokerOrderId: 'B1', brokerFilledQuantity: '10', standingQuantity: '6', confirmedAt: AT },
      },
      'The broker goes on counting 10 filled, and its records hold no more than the 6 that stand.',
    ],
  ],
  OrderCompleted: [
    [
      { type: 'OrderCompleted', data: { filledQuantity: '6', completedAt: AT } },
      'The broker counts the order as filled; 6 shares stand.',
    ],
  ],
  ChainExceeded: [
    [
      {
        type: 'ChainExceeded',
        data: { brokerOrderId: 'B2', orderedQuantity: '12', possibleQuantity: '16', foundAt: AT },
      },
      'A part was filled while the order was changed, and 16 instead of 12 shares could be executed: what is left is to be cancelled.',
    ],
  ],
  OrderRestated: [
    [
      { type: 'OrderRestated', data: { brokerOrderId: 'B1', before: '10', quantity: '4', restatedAt: AT } },
      'The broker has changed the quantity from 10 to 4.',
    ],
  ],
  ExitLinked: [
    [
      { type: 'ExitLinked', data: { exitOrderId: 'x', role: 'stop_loss' } },
      "The broker has a bracket's stop loss for it.",
    ],
  ],
  ExitActivated: [[{ type: 'ExitActivated', data: { activatedAt: AT } }, 'The exit works at the venue now.']],
  ProtectionMissing: [
    [
      {
        type: 'ProtectionMissing',
        data: { since: AT, openQuantity: '10', protectedQuantity: '0', bareQuantity: '10' },
      },
      'No stop loss protects the position of 10 shares.',
    ],
    [
      {
        type: 'ProtectionMissing',
        data: { since: AT, openQuantity: '10', protectedQuantity: '4', bareQuantity: '6' },
      },
      'The stop loss protects 4 of 10 shares; 6 have none.',
    ],
    [
      {
        type: 'ProtectionMissing',
        data: { since: AT, openQuantity: '4', protectedQuantity: '10', bareQuantity: '0' },
      },
      'The stop loss is for 10 shares, more than the 4 shares that it has to protect.',
    ],
  ],
  ProtectionRestored: [
    [
      { type: 'ProtectionRestored', data: { openQuantity: '4', protectedQuantity: '4', restoredAt: AT } },
      'The stop loss protects what it has to again: 4 shares.',
    ],
    [
      { type: 'ProtectionRestored', data: { openQuantity: '0', protectedQuantity: '0', restoredAt: AT } },
      'Nothing is left to be protected.',
    ],
  ],
  FillReversed: [
    [
      reversed('busted', '-3.456') as never,
      'Taken back, because the broker has busted it: sold 4 AAPL at $1,187.20; the realized profit is $3.46 less.',
    ],
    [reversed('corrected', '0') as never, 'Taken back, because the broker has corrected it: sold 4 AAPL at $1,187.20.'],
  ],
  OverfillFound: [
    [
      { type: 'OverfillFound', data: { orderId: 'o', symbol: 'AAPL', cause: 'order', excess: '1', foundAt: AT } },
      "1 share more than ordered was executed: until somebody has looked into it, the account's positions can only be made smaller.",
    ],
    [
      { type: 'OverfillFound', data: { orderId: 'o', symbol: 'AAPL', cause: 'exits', excess: '10', foundAt: AT } },
      'The exits have executed 10 shares more than the order: until somebody has looked into it, positions in AAPL can only be made smaller.',
    ],
  ],
  OverfillCleared: [
    [cleared('order') as never, 'What the order executed too much was looked into: it holds no order back any more.'],
    [cleared('exits') as never, 'What the exits executed too much was looked into: it holds no order back any more.'],
    [cleared(null) as never, 'What was executed too much was looked into: it holds no order back any more.'],
  ],
};

describe('sentences', () => {
  it.each(Object.values(CASES).flat())('$0.type: $1', (event, expected) => {
    expect(eventSentence(event)).toBe(expected);
  });

  it('an event of a newer release is told by its name', () => {
    expect(eventSentence({ type: 'OrderTeleported', data: {} } as unknown as StoryFact)).toBe('OrderTeleported.');
  });

  const of = (rule: Breach['rule'], detail: string | null = null): Breach => ({
    rule,
    limit: null,
    actual: null,
    unit: null,
    detail,
  });
  const figures = (
    rule: Breach['rule'],
    limit: string,
    actual: string | null,
    unit: Breach['unit'],
    detail: string | null = null,
  ): Breach => ({ rule, limit, actual, unit, detail });

  it.each<[Breach, string]>([
    [of('disclaimer'), 'The risk disclaimer has to be read and accepted first.'],
    [of('terms'), 'The terms of use have to be read and accepted first.'],
    [of('broker_link'), 'A broker account has to be linked first.'],
    [of('account_blocked'), 'The broker does not let this account trade.'],
    [of('trading_halted', 'symbol AAPL: No quotes'), 'Trading is halted (symbol AAPL: No quotes).'],
    [
      of('repeated_execution', 'tripped'),
      'Orders came again and again, so positions can only be made smaller until a person allows more.',
    ],
    [
      figures('repeated_execution', '10', '11', 'orders'),
      'This would be order number 11 in this symbol on this side within a minute; at most 10 are allowed.',
    ],
    [of('instrument_state', 'not_tradable'), 'This instrument can not be traded at the moment.'],
    [of('instrument_state', 'fraction'), 'Only whole shares of this instrument can be traded.'],
    [
      figures('largest_order_value', '50000', '1234567.891', 'USD'),
      'The order is worth $1,234,567.89; at most $50,000.00 is allowed.',
    ],
    [
      figures('largest_order_quantity', '10000', '10000.5', 'shares'),
      'The order is for 10,000.5 shares; at most 10,000 shares are allowed.',
    ],
    [
      figures('largest_position', '100000', '100000.01', 'USD'),
      'The position could come to be worth $100,000.01; at most $100,000.00 is allowed.',
    ],
    [
      figures('largest_exposure', '250000', '250000.01', 'USD'),
      'Everything held and ordered could come to be worth $250,000.01; at most $250,000.00 is allowed.',
    ],
    [
      figures('largest_exposure', '250000', null, 'USD'),
      'Something that is held has no price, so it can not be told what everything is worth.',
    ],
    [figures('open_orders', '50', '51', 'orders'), 'This would be open order number 51; at most 50 may be open.'],
    [
      figures('daily_loss', '2500', null, 'USD'),
      "Something that was traded has no price, so the day's loss can not be told; positions can only be made smaller.",
    ],
    [
      figures('position_flip', '1', '10.5', 'shares'),
      'The order is for 10.5 shares, and 1 share of the position can be closed; no order turns a position over.',
    ],
    [of('short_sale', 'policy'), 'The limits of this account allow no short sales.'],
    [of('short_sale', 'instrument'), 'These shares can not be borrowed, so they can not be sold short.'],
    [of('short_sale', 'account'), 'The broker does not let this account sell short.'],
    [
      figures('short_sale', '2000', '1999.99', 'USD', 'equity'),
      'Selling short takes an equity of $2,000.00; the account has $1,999.99.',
    ],
    [of('short_sale', 'fraction'), 'Only whole shares can be sold short.'],
    [
      figures('buying_power', '1000', '1872.5', 'USD'),
      'The order takes about $1,872.50 of buying power, and $1,000.00 is left.',
    ],
    [of('buying_power'), "The broker's account could not be read, so the buying power is not known."],
    [
      figures('margin', '100', '187.25', 'USD', 'cash'),
      'With so little equity only cash counts: the order takes about $187.25, and $100.00 is left.',
    ],
    [
      figures('margin', '2000', '1999', 'USD', 'short'),
      'The broker lends shares from an equity of $2,000.00 on; the account has $1,999.00.',
    ],
    [
      figures('margin', '12000', '12000.01', 'USD', 'positions'),
      'The positions are worth $12,000.01, and the margin is for $12,000.00; they can only be made smaller.',
    ],
    [
      figures('margin', '12000', null, 'USD', 'positions'),
      'Something that is held has no price, so the margin can not be told.',
    ],
    [of('protection_required'), 'An order that opens a position must bring its stop loss and its take profit.'],
    [
      figures('price_collar', '10', '12.5', 'percent'),
      'The price is 12.5% away from the market; at most 10% is allowed.',
    ],
    [figures('fresh_quote', '5', '7.2', 'seconds'), 'The last quote is 7.2 seconds old; at most 5 are allowed.'],
    [figures('fresh_quote', '5', null, 'seconds'), 'There is no quote to check the order against.'],
    [
      figures('duplicate_order', '10', '1.5', 'seconds'),
      'The same order came 1.5 seconds ago; confirm that another one is meant, or wait until 10 seconds have passed.',
    ],
    [
      figures('order_rate', '10', '11', 'orders'),
      'This would be order number 11 within ten seconds; at most 10 are allowed.',
    ],
    [
      figures('key_rate', '120', '121', 'orders'),
      'This would be order number 121 within a minute; at most 120 are passed on to the broker.',
    ],
    [figures('reduce_only', '10', '11', 'shares'), 'The order would close 11 shares, and 10 shares can be closed.'],
    [
      figures('position_mismatch', '10', '-1', 'shares'),
      "By our record 10 shares are held, by the broker's -1; no orders for this symbol until that is cleared up.",
    ],
    [
      figures('overfill', '0', '2', 'shares'),
      '2 shares more were executed than ordered; until somebody has looked into it, positions can only be made smaller.',
    ],
  ])('%j', (breach, expected) => {
    expect(breachSentence(breach)).toBe(expected);
    const { detail: _, ...told } = breach;
    expect(contractBreach.parse(explained(breach))).toEqual({ ...told, message: expected });
  });

  it('puts orders in words', () => {
    const sell = { side: 'sell', limitPrice: null } as const;
    expect(orderSummary(market)).toBe('Buy 10 AAPL at market, day');
    expect(orderSummary(ticket({ extendedHours: true }))).toBe('Buy 10 AAPL at $187.25 limit, day, extended hours too');
    expect(orderSummary(ticket({ ...sell, type: 'stop', stopPrice: '0.1234' }))).toBe(
      'Sell 10 AAPL at $0.1234 stop, day',
    );
    expect(orderSummary(ticket({ type: 'stop_limit', stopPrice: '188', quantity: '1000', timeInForce: 'gtc' }))).toBe(
      'Buy 1,000 AAPL at $188.00 stop, $187.25 limit, gtc',
    );
    expect(orderSummary(ticket({ ...sell, type: 'trailing_stop', trailPrice: '1.5' }))).toBe(
      'Sell 10 AAPL at a trailing stop $1.50 away, day',
    );
    expect(orderSummary(ticket({ takeProfit: '200', stopLoss: '170' }))).toBe(
      'Buy 10 AAPL at $187.25 limit, day, take profit at $200.00, stop loss at $170.00',
    );
  });

  it('says why an order is not taken', () => {
    expect(unsupportedSentence('bracket_needs_both_exits')).toBe(
      'A bracket order needs a take profit and a stop loss.',
    );
  });
});
