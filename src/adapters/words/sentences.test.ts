import { describe, expect, it } from 'vitest';

import { breach as contractBreach } from '../../../contracts/problem.ts';
import { execution, ticket } from '../../domain/order/samples.suite.ts';
import type { Breach } from '../../domain/risk-policy/events.ts';
import { limitsOn } from '../../domain/risk-policy/limits.ts';
import type { StoryFact } from './sentences.ts';
import { breachSentence, eventSentence, explained, orderSummary, unsupportedSentence } from './sentences.ts';

const AT = '2026-03-02T15:00:00.000Z';
const market = ticket({ type: 'market', limitPrice: null });
const terms = { quantity: '12.5', limitPrice: '186.5', stopPrice: '1185', timeInForce: 'gtc' } as const;
const breaches: readonly Breach[] = [
  { rule: 'trades_left', limit: '4', actual: '5', unit: 'trades' },
  { rule: 'daily_loss', limit: '2500', actual: '2500.105', unit: 'USD' },
];
const inputs = {
  marketTime: AT,
  marketOpen: true,
  tradingDay: '2026-03-02',
  quote: { bid: '187.2', ask: '187.25', at: AT },
  tradesIncluded: 4,
  missing: [],
  limits: limitsOn('2026-03-02'),
};
const fill = (quantity: string, filledQuantity: string, leavesQuantity: string, late = false) => ({
  execution: execution(quantity, filledQuantity, { price: '187.25' }),
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
const channel = 'broker-api';
const [reason, at] = ['insufficient buying power', AT];

/** A sentence for every type; some types have several. */
const CASES: { readonly [Type in StoryFact['type']]: readonly (readonly [StoryFact & { type: Type }, string])[] } = {
  OrderAdmitted: [
    [
      { type: 'OrderAdmitted', data: { ticket: market, channel, inputs, admittedAt: AT } },
      'Checked against 10 rules and admitted; 10 shares at about $187.25.',
    ],
    [
      { type: 'OrderAdmitted', data: { ticket: ticket({ quantity: '1' }), channel, inputs, admittedAt: AT } },
      'Checked against 10 rules and admitted; 1 share at $187.25.',
    ],
  ],
  OrderDenied: [
    [
      { type: 'OrderDenied', data: { ticket: market, channel, breaches, inputs, deniedAt: AT } },
      "Denied: The plan includes 4 trades, and this would be number 5. The day's realized loss is $2,500.10; from $2,500.00 on, positions can only be made smaller.",
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
  BracketLinked: [
    [
      { type: 'BracketLinked', data: { parentOrderId: 'p', role: 'stop_loss' } },
      "Recognized as a bracket's stop loss.",
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
  ],
  CancelRequested: [[{ type: 'CancelRequested', data: { requestedAt: AT } }, 'The trader asked to cancel.']],
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
};

describe('sentences', () => {
  it.each(Object.values(CASES).flat())('$0.type: $1', (event, expected) => {
    expect(eventSentence(event)).toBe(expected);
  });

  it('an event of a newer release is told by its name', () => {
    expect(eventSentence({ type: 'OrderTeleported', data: {} } as unknown as StoryFact)).toBe('OrderTeleported.');
  });

  it.each<[Breach, string]>([
    [
      { rule: 'disclaimer', limit: null, actual: null, unit: null },
      'The risk disclaimer has to be read and accepted first.',
    ],
    [{ rule: 'terms', limit: null, actual: null, unit: null }, 'The terms of use have to be read and accepted first.'],
    [{ rule: 'broker_link', limit: null, actual: null, unit: null }, 'A broker account has to be linked first.'],
    [
      { rule: 'largest_order_value', limit: '50000', actual: '1234567.891', unit: 'USD' },
      'The order is worth $1,234,567.89; at most $50,000.00 is allowed.',
    ],
    [
      { rule: 'largest_order_quantity', limit: '10000', actual: '10000.5', unit: 'shares' },
      'The order is for 10,000.5 shares; at most 10,000 shares are allowed.',
    ],
    [
      { rule: 'largest_position', limit: '100000', actual: '100000.01', unit: 'USD' },
      'The position could come to be worth $100,000.01; at most $100,000.00 is allowed.',
    ],
    [
      { rule: 'price_collar', limit: '10', actual: '12.5', unit: 'percent' },
      'The price is 12.5% away from the market; at most 10% is allowed.',
    ],
    [
      { rule: 'fresh_quote', limit: '5', actual: '7.2', unit: 'seconds' },
      'The last quote is 7.2 seconds old; at most 5 are allowed.',
    ],
    [
      { rule: 'fresh_quote', limit: '5', actual: null, unit: 'seconds' },
      'There is no quote to check the order against.',
    ],
  ])('%j', (breach, expected) => {
    expect(breachSentence(breach)).toBe(expected);
    expect(contractBreach.parse(explained(breach))).toEqual({ ...breach, message: expected });
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
