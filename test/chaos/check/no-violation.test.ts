import { describe, expect, it } from 'vitest';
import {
  accountEvents,
  at,
  atBroker,
  booked,
  claim,
  evidence,
  filled,
  found,
  haltEvents,
  later,
  ORDER_ID,
  orderEvents,
  OTHER,
  riskEvents,
  unsent,
} from './samples.suite.ts';

it('nothing is found where all is well', () => {
  expect(found({})).toEqual([]);
});

describe('no violation', () => {
  it('is an order that was sent while a halt had just begun, or let it pass, or stood elsewhere, or had ended', () => {
    const { events } = evidence();
    const scope = { kind: 'account', accountId: OTHER, symbol: null } as const;
    const resumed = { type: 'TradingResumed', data: { haltId: 'halt-1' } };
    for (const halt of [
      haltEvents({}, 2),
      haltEvents({ level: 'reducing' }),
      haltEvents({ scope }),
      haltEvents({}, 0, resumed),
    ])
      expect(found({ events: [...events, ...halt] })).toEqual([]);
  });

  it('is a doubt that somebody was told of', () => {
    const left = { ...unsent, quiet: { ...unsent.quiet, doubts: 'left' as const } };
    const changes = { ...left, events: [...accountEvents(), ...riskEvents(), ...orderEvents()], at: at(120) };
    expect(found({ ...changes, alarms: [{ at: at(66), orderId: ORDER_ID, message: 'in doubt' }] })).toEqual([]);
  });

  it('is an order that the broker has refused, or turned away before it was sent again', () => {
    const events = [
      ...accountEvents(),
      ...riskEvents(),
      ...orderEvents({ type: 'RecordRejected', code: '40310000', reason: 'no', at: later(5) }),
    ];
    expect(found({ ...unsent, events, refusals: new Set([ORDER_ID]) })).toEqual([]);
    const again = orderEvents(
      { type: 'RecordSubmissionFailed', claimId: 'claim-1', reason: '429', at: later(3) },
      claim('claim-2', later(4)),
      filled,
    );
    const arrivals = [true, false].map((turnedAway, index) => ({
      at: at(2.5 + 2 * index),
      verb: 'place' as const,
      clientOrderId: ORDER_ID,
      turnedAway,
    }));
    const ledger = [atBroker({ received_at_real: later(4.5), ended_at_real: later(4.6) })];
    expect(found({ events: [...accountEvents(), ...riskEvents(booked()), ...again], arrivals, ledger })).toEqual([]);
  });

  it('is an order that was entered elsewhere and not recorded yet, nor what is not due', () => {
    const entered = atBroker({ id: 'B2', client_order_id: 'mine' });
    const ledger = [atBroker(), entered];
    const due = { at: at(0), ledger: [atBroker()] };
    expect(found({ ledger, due, enteredElsewhere: new Set(['mine']) })).toEqual([]);
  });
});
