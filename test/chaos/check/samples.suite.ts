/** A world in which all is well: one account, one order that was bought and is held. The tests spoil one thing at a time. */
import type { Actor, RecordedEvent } from '../../../src/application/ports/event-store.ts';
import { accountStream } from '../../../src/domain/account/events.ts';
import { orderStream } from '../../../src/domain/order/events.ts';
import {
  AT,
  ORDER_ID,
  after,
  claim,
  execution,
  later,
  place,
  reported,
  ticket,
} from '../../../src/domain/order/samples.suite.ts';
import type { OrderCommand } from '../../../src/domain/order/order.ts';
import { KILL_SWITCH_STREAM } from '../../../src/domain/risk-policy/kill-switch/events.ts';
import type { TradingHalted } from '../../../src/domain/risk-policy/kill-switch/events.ts';
import { riskStream } from '../../../src/domain/risk-policy/events.ts';
import { after as riskAfter, assess } from '../../../src/domain/risk-policy/samples.suite.ts';
import type { RiskCommand } from '../../../src/domain/risk-policy/risk-policy.ts';
import type { Evidence, LedgerOrder, QuietEvidence } from './evidence.ts';
import { violations } from './violations.ts';

export { AT, ORDER_ID, claim, execution, later, place, reported };

export const USER = '9d4e6a3c-1111-4222-8333-444455556666';
export const ACCOUNT = ticket().accountId;
const BROKER_ACCOUNT = 'PA1';

/** Everything on a stream, one second after another. */
export function stored(
  stream: string,
  events: readonly { readonly type: string; readonly data: unknown }[],
  from = 0,
  actor: Actor = { kind: 'system', id: 'test' },
): RecordedEvent[] {
  return events.map(({ type, data }, index) => ({
    id: `${stream}/${index}`,
    type,
    data,
    metadata: { actor, correlationId: 'c', causationId: null, schemaVersion: 1 },
    stream,
    revision: index,
    position: `${stream}/${index}`,
    recordedAt: later(from + index),
    hash: '',
  }));
}

/** The order's own stream: placed at second 1, claimed at 2, the rest from 3. */
export const orderEvents = (...then: readonly OrderCommand[]): RecordedEvent[] =>
  stored(orderStream(ORDER_ID), after(place(), claim(), ...then).events, 1);

export const filled = reported({ status: 'filled', filledQuantity: '10', executions: [execution('10', '10')] });

const QUOTE = { bid: '187.20', ask: '187.30', at: later(-1) };

/** The account's risk stream: the admission at second 0, the rest from 1. */
export const riskEvents = (...then: readonly RiskCommand[]): RecordedEvent[] =>
  stored(riskStream(ACCOUNT), riskAfter(assess(ticket(), { quote: QUOTE }), ...then).events);

export const booked = (cumulative = '10'): RiskCommand => ({
  type: 'BookFill',
  orderId: ORDER_ID,
  symbol: 'AAPL',
  side: 'buy',
  execution: execution('10', cumulative),
  tradingDay: '2026-03-02',
});

export const accountEvents = (actor: Actor = { kind: 'user', id: USER }): RecordedEvent[] =>
  stored(
    accountStream(USER),
    [
      { type: 'AccountOpened', data: { userId: USER, accountId: ACCOUNT, openedAt: AT } },
      { type: 'BrokerLinked', data: { brokerAccountId: BROKER_ACCOUNT } },
    ],
    -10,
    actor,
  );

/** A halt of the whole account from second 1, unless it is told otherwise, and what came of it a second later. */
export const haltEvents = (
  changes: Partial<TradingHalted['data']> = {},
  from = 1,
  ...then: readonly { readonly type: string; readonly data: unknown }[]
): RecordedEvent[] => {
  const scope = { kind: 'account', accountId: ACCOUNT, symbol: null };
  const halted = { haltId: 'halt-1', scope, level: 'halted', ...changes };
  return stored(KILL_SWITCH_STREAM, [{ type: 'TradingHalted', data: halted }, ...then], from);
};

/** The order as the broker has it: it came at second 3. */
export const atBroker = (changes: Partial<LedgerOrder> = {}): LedgerOrder => ({
  id: 'B1',
  client_order_id: ORDER_ID,
  account_id: BROKER_ACCOUNT,
  symbol: 'AAPL',
  side: 'buy',
  parent_id: null,
  replaces: null,
  qty: '10',
  status: 'filled',
  filled_qty: '10',
  received_at_real: later(2.5),
  ended_at_real: later(2.6),
  executions: [{ execution_id: 'E10', qty: '10', price: '187.20' }],
  ...changes,
});

export const quiet = (changes: Partial<QuietEvidence> = {}): QuietEvidence => ({
  holdings: [{ brokerAccountId: BROKER_ACCOUNT, symbol: 'AAPL', quantity: '10' }],
  shown: [
    {
      accountId: ACCOUNT,
      orders: [{ id: ORDER_ID, status: 'filled', filledQty: 10 }],
      positions: [{ instrument: 'AAPL', side: 'buy', qty: 10 }],
    },
  ],
  readModels: [{ table: 'orders', rows: 1, differences: 0, examples: [] }],
  doubts: 'waited',
  logFault: null,
  ...changes,
});

/** `ledger` is the ledger before, now, and as it was due. */
export function evidence({ ledger = [atBroker()], ...changes }: Partial<Evidence> = {}): Evidence {
  return {
    events: [...accountEvents(), ...riskEvents(booked()), ...orderEvents(filled)],
    ledgerBefore: ledger,
    ledger,
    due: { at: Date.parse(later(60)), ledger },
    acknowledged: [ORDER_ID],
    enteredElsewhere: new Set(),
    arrivals: [{ at: Date.parse(later(2.5)), verb: 'place', clientOrderId: ORDER_ID, turnedAway: false }],
    refusals: new Set(),
    alarms: [],
    trespasses: [],
    at: Date.parse(later(60)),
    quiet: quiet(),
    ...changes,
  };
}

/** What is violated, each as its invariant and what was found. */
export const found = (changes: Partial<Evidence>) =>
  violations(evidence(changes)).map(({ invariant, detail }) => `${invariant} ${detail}`);
/** Milliseconds of the wall clock, so many seconds after the beginning. */
export const at = (seconds: number): number => Date.parse(later(seconds));
/** The broker has nothing. */
export const unsent = { ledger: [], arrivals: [], quiet: quiet({ holdings: [], shown: [], readModels: [] }) };
/** Some other user or order. */
export const OTHER = '1f3c7a52-8a58-4f0e-9d0a-3f0f6f3a1c99';
