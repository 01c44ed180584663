import { describe, expect, it } from 'vitest';
import { clientOrderId } from '../../../src/domain/order/client-order-id.ts';
import type { Evidence, Invariant } from './evidence.ts';
import {
  accountEvents,
  at,
  atBroker,
  booked,
  evidence,
  execution,
  filled,
  found,
  haltEvents,
  later,
  ORDER_ID,
  orderEvents,
  OTHER,
  quiet,
  reported,
  riskEvents,
  unsent,
  USER,
} from './samples.suite.ts';
import { ALL } from './violations.ts';

/** One violation of each kind, made by hand: what must be said of it, and what was spoilt. */
const VIOLATIONS: readonly (readonly [Invariant, RegExp, Partial<Evidence>])[] = [
  ['I1', /answered with success and is not recorded/, { acknowledged: [ORDER_ID, OTHER] }],
  [
    'I1',
    /the broker has it, and here it is still claimed/,
    { events: [...accountEvents(), ...riskEvents(), ...orderEvents()] },
  ],
  [
    'I1',
    /recorded as rejected, and the broker has never refused it/,
    {
      ...unsent,
      events: [
        ...riskEvents(),
        ...orderEvents({ type: 'RecordRejected', code: null, reason: 'time-out', at: later(5) }),
      ],
    },
  ],
  ['I1', /known as B1, which the broker does not have/, { ...unsent }],
  [
    'I1',
    /the broker has it as canceled, and here it is still working/,
    {
      events: [...accountEvents(), ...riskEvents(), ...orderEvents(reported({}))],
      ledger: [atBroker({ status: 'canceled', filled_qty: '0', executions: [] })],
    },
  ],
  [
    'I1',
    /its cancel was asked for, and nothing has become of it/,
    {
      events: [
        ...accountEvents(),
        ...riskEvents(),
        ...orderEvents(reported({}), { type: 'RequestCancel', at: later(9) }),
      ],
      ledger: [atBroker({ status: 'new', ended_at_real: null, filled_qty: '0', executions: [] })],
    },
  ],
  [
    'I1',
    /the broker has it, and here it is still not_received/,
    {
      events: [
        ...accountEvents(),
        ...riskEvents(),
        ...orderEvents(
          { type: 'RecordUnconfirmed', reason: 'time-out', at: later(4) },
          { type: 'RecordNotReceived', reason: 'unknown there', at: later(70) },
        ),
      ],
      ledger: [atBroker({ status: 'new', ended_at_real: null, filled_qty: '0', executions: [] })],
    },
  ],
  ['I1', /admitted, and is not placed/, { ...unsent, acknowledged: [], events: [...accountEvents(), ...riskEvents()] }],
  ['I1', /still to be sent/, { ...unsent, events: [...riskEvents(), ...orderEvents().slice(0, 1)] }],
  ['I2', /2 orders under this id/, { ledger: [atBroker(), atBroker({ id: 'B2', executions: [], filled_qty: '0' })] }],
  [
    'I2',
    /nobody has a recorded intent/,
    { ledger: [atBroker(), atBroker({ id: 'B2', client_order_id: OTHER, executions: [] })] },
  ],
  [
    'I2',
    /an id that nobody has given/,
    { ledger: [atBroker(), atBroker({ id: 'B2', client_order_id: 'mine', executions: [] })] },
  ],
  [
    'I2',
    /works beside the first/,
    { ledger: [atBroker(), atBroker({ id: 'B2', client_order_id: clientOrderId(ORDER_ID, 1), executions: [] })] },
  ],
  [
    'I2',
    /sent again/,
    {
      arrivals: [2.5, 4].map((seconds) => ({
        at: at(seconds),
        verb: 'place',
        clientOrderId: ORDER_ID,
        turnedAway: false,
      })),
    },
  ],
  [
    'I3',
    /10 at 187.2 .* is not recorded/,
    { events: [...accountEvents(), ...riskEvents(), ...orderEvents(reported({}))] },
  ],
  [
    'I3',
    /is recorded as 10 at 187.2/,
    { ledger: [atBroker({ executions: [{ execution_id: 'E10', qty: '10', price: '187.3' }] })] },
  ],
  ['I3', /is not booked on the account/, { events: [...accountEvents(), ...riskEvents(), ...orderEvents(filled)] }],
  [
    'I4',
    /the broker has no such execution/,
    {
      events: [
        ...accountEvents(),
        ...riskEvents(booked(), booked('20')),
        ...orderEvents(
          filled,
          reported({ status: 'filled', filledQuantity: '20', executions: [execution('10', '20')] }),
        ),
      ],
    },
  ],
  [
    'I4',
    /booked, and recorded on no order/,
    { events: [...accountEvents(), ...riskEvents(booked(), booked('20')), ...orderEvents(filled)] },
  ],
  [
    'I5',
    /OrderFilled is recorded, and the broker has the order as new/,
    { ledger: [atBroker({ status: 'new', ended_at_real: null })] },
  ],
  ['I5', /the broker's order ended at/, { ledger: [atBroker({ ended_at_real: later(30) })] }],
  [
    'I5',
    /OrderExpired is recorded, and the broker has the order as filled/,
    { events: [...accountEvents(), ...riskEvents(), ...orderEvents(reported({ status: 'expired' }))] },
  ],
  [
    'I5',
    /recorded as cancelled, and the broker has it as filled/,
    { events: [...accountEvents(), ...riskEvents(), ...orderEvents(reported({ status: 'cancelled' }))] },
  ],
  [
    'I5',
    /OrderRejected is recorded, and the broker has the order/,
    {
      events: [
        ...accountEvents(),
        ...riskEvents(booked()),
        ...orderEvents({ type: 'RecordRejected', code: null, reason: '', at: later(5) }, filled),
      ],
    },
  ],
  [
    'I6',
    /AAPL: 10 here, 9 at the broker/,
    { quiet: quiet({ holdings: [{ brokerAccountId: 'PA1', symbol: 'AAPL', quantity: '9' }] }) },
  ],
  [
    'I6',
    /KO: 0 here, 1 at the broker/,
    { quiet: quiet({ holdings: [...quiet().holdings, { brokerAccountId: 'PA1', symbol: 'KO', quantity: '1' }] }) },
  ],
  [
    'I7',
    /was caused by user/,
    { events: [...accountEvents({ kind: 'user', id: OTHER }), ...riskEvents(booked()), ...orderEvents(filled)] },
  ],
  ['I7', /a stranger's request was answered/, { trespasses: ['cancel: ok'] }],
  [
    'I7',
    /TradingResumed on kill-switch was caused by user/,
    {
      events: [
        ...evidence().events,
        ...haltEvents({}, 1, { type: 'TradingResumed', data: { haltId: 'halt-1' } }).map((event) => ({
          ...event,
          metadata: {
            ...event.metadata,
            actor: { kind: 'user' as const, id: event.type === 'TradingHalted' ? USER : OTHER },
          },
        })),
      ],
    },
  ],
  ['I8', /10 was admitted, and the broker has 90/, { ledger: [atBroker({ qty: '90' })] }],
  ['I8', /buy AAPL was admitted, and the broker has sell AAPL/, { ledger: [atBroker({ side: 'sell' })] }],
  ['I8', /at the broker in account PA2/, { ledger: [atBroker({ account_id: 'PA2' })] }],
  ['I8', /never admitted/, { arrivals: [{ at: at(2.5), verb: 'place', clientOrderId: OTHER, turnedAway: false }] }],
  [
    'I8',
    /before it was admitted/,
    { arrivals: [{ at: at(-1), verb: 'place', clientOrderId: ORDER_ID, turnedAway: false }] },
  ],
  ['I8', /1500 ms after trading was halted \(account\)/, { events: [...evidence().events, ...haltEvents()] }],
  [
    'I9',
    /before the intent was recorded/,
    { arrivals: [{ at: at(1.5), verb: 'place', clientOrderId: ORDER_ID, turnedAway: false }] },
  ],
  [
    'I9',
    /without a recorded intent to send it/,
    {
      arrivals: [true, false].map((turnedAway, index) => ({
        at: at(2.5 + index),
        verb: 'place',
        clientOrderId: ORDER_ID,
        turnedAway,
      })),
    },
  ],
  [
    'I10',
    /1 rows differ/,
    {
      quiet: quiet({
        readModels: [{ table: 'orders', rows: 1, differences: 1, examples: [{ side: 'live', row: 'x' }] }],
      }),
    },
  ],
  [
    'I10',
    /is filled and shown as working/,
    {
      quiet: quiet({ shown: [{ ...quiet().shown[0]!, orders: [{ id: ORDER_ID, status: 'working', filledQty: 10 }] }] }),
    },
  ],
  [
    'I10',
    /is shown, and is not the account's/,
    {
      quiet: quiet({
        shown: [
          {
            ...quiet().shown[0]!,
            orders: [...quiet().shown[0]!.orders, { id: OTHER, status: 'filled', filledQty: 1 }],
          },
        ],
      }),
    },
  ],
  ['I10', /AAPL: 10 are held, and 0 shown/, { quiet: quiet({ shown: [{ ...quiet().shown[0]!, positions: [] }] }) }],
  [
    'I11',
    /stands where 1 belongs/,
    {
      events: [
        ...accountEvents(),
        ...riskEvents(booked()).map((event, index) => ({ ...event, revision: index * 2 })),
        ...orderEvents(filled),
      ],
    },
  ],
  ['I11', /failed: events are lost/, { quiet: quiet({ logFault: 'failed: events are lost' }) }],
  [
    'I12',
    /it has come to rest as claimed/,
    { ...unsent, events: [...accountEvents(), ...riskEvents(), ...orderEvents()] },
  ],
  [
    'I12',
    /in doubt for 118 s without an alarm/,
    { ...unsent, events: [...accountEvents(), ...riskEvents(), ...orderEvents()], at: at(120) },
  ],
];

describe('a violation', () => {
  it.each(VIOLATIONS)('of %s is named: %s', (invariant, detail, changes) => {
    expect(found(changes)).toContainEqual(expect.stringMatching(new RegExp(`^${invariant} .*${detail.source}`)));
  });

  it('is made by hand for each invariant', () => {
    expect(new Set(VIOLATIONS.map(([invariant]) => invariant))).toEqual(new Set(ALL));
  });
});
