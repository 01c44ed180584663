/** Orders, quotes and an account's risk stream for tests. */
import type { OrderTerms, OrderTicket } from '../order/events.ts';
import { execution, ticket } from '../order/samples.suite.ts';
import { admissionOf, replacementAdmissionOf } from './admission.ts';
import type { Admission, ReplacementAdmission } from './admission.ts';
import type { AssessmentInputs, RiskEvent } from './events.ts';
import { limitsOn } from './limits.ts';
import { riskPolicy } from './risk-policy.ts';
import type { RiskCommand } from './risk-policy.ts';
import type { RiskState } from './state.ts';

export const NOW = '2026-03-02T15:00:00.000Z';
export const DAY = '2026-03-02';

export const inputs = (changes: Partial<AssessmentInputs> = {}): AssessmentInputs => ({
  marketTime: NOW,
  marketOpen: true,
  tradingDay: DAY,
  quote: { bid: '99.98', ask: '100.02', at: '2026-03-02T14:59:59.000Z' },
  tradesIncluded: 4,
  missing: [],
  limits: limitsOn(DAY),
  ...changes,
});

export const market = (changes: Partial<OrderTicket> = {}): OrderTicket =>
  ticket({ type: 'market', limitPrice: null, ...changes });
export const assess = (each: OrderTicket, seen: Partial<AssessmentInputs> = {}): RiskCommand => ({
  type: 'AssessOrder',
  ticket: each,
  channel: 'broker-api',
  inputs: inputs(seen),
  at: NOW,
});
export const fill = (
  orderId: string,
  side: 'buy' | 'sell',
  shares: string,
  at: string,
  tradingDay = DAY,
): RiskCommand => ({
  type: 'BookFill',
  orderId,
  symbol: 'AAPL',
  side,
  execution: execution(shares, shares, { brokerOrderId: `B-${orderId}`, price: at }),
  tradingDay,
});
export const release = (orderId: string): RiskCommand => ({ type: 'ReleaseReservation', orderId, outcome: 'filled' });

export function after(...commands: readonly RiskCommand[]): { state: RiskState; events: RiskEvent[] } {
  let state = riskPolicy.initial;
  const events: RiskEvent[] = [];
  for (const command of commands) {
    const decision = riskPolicy.decide(command, state);
    if (decision.kind === 'refused') throw new Error(decision.refusal.code);
    events.push(...decision.events);
    state = decision.events.reduce(riskPolicy.evolve, state);
  }
  return { state, events };
}
export const breaches = (command: RiskCommand, ...before: readonly RiskCommand[]) => {
  const last = after(...before, command).events.at(-1);
  return last?.type === 'OrderDenied' ? last.data.breaches : [];
};

/** Bought and sold again: one trade of the plan for each order. */
export const roundTrip = (n: number, bought: string, sold: string, shares = '1'): RiskCommand[] => [
  assess(market({ orderId: `buy-${n}`, quantity: shares })),
  fill(`buy-${n}`, 'buy', shares, bought),
  release(`buy-${n}`),
  assess(market({ orderId: `sell-${n}`, side: 'sell', quantity: shares }), { tradesIncluded: null }),
  fill(`sell-${n}`, 'sell', shares, sold),
  release(`sell-${n}`),
];

/** An order as the risk engine has admitted it, for those who send. */
export function admitted(order: OrderTicket): Admission {
  const data = { ticket: order, channel: 'broker-api', inputs: inputs(), admittedAt: NOW } as const;
  return admissionOf(riskPolicy.evolve(riskPolicy.initial, { type: 'OrderAdmitted', data }), order) as Admission;
}

/** A change of an order as the risk engine has admitted it. */
export function changeAdmitted(order: OrderTicket, revision: number, terms: OrderTerms): ReplacementAdmission {
  const change = { orderId: order.orderId, revision, terms };
  const state = [
    {
      type: 'OrderAdmitted',
      data: { ticket: order, channel: 'broker-api', inputs: inputs(), admittedAt: NOW },
    } as const,
    { type: 'ReplacementAdmitted', data: { ...change, inputs: inputs(), admittedAt: NOW } } as const,
  ].reduce<RiskState>(riskPolicy.evolve, riskPolicy.initial);
  return replacementAdmissionOf(state, change) as ReplacementAdmission;
}
