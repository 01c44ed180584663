/** Orders, quotes and an account's risk stream for tests. */
import type { OrderTerms, OrderTicket } from '../order/events.ts';
import { execution, ticket } from '../order/samples.suite.ts';
import { admissionOf, replacementAdmissionOf } from './admission.ts';
import type { Admission, ReplacementAdmission } from './admission.ts';
import type { AssessmentInputs, Breach, BrokerFigures, RiskEvent, RiskLimits } from './events.ts';
import { LIMIT_TABLES } from './limit-tables.ts';
import { limitsFor } from './limits.ts';
import type { LimitBasis, LimitTable } from './limits.ts';
import { riskPolicy } from './risk-policy.ts';
import type { ReadInputs, RiskCommand } from './risk-policy.ts';
import type { RiskState } from './state.ts';

export const NOW = '2026-03-02T15:00:00.000Z';
export const DAY = '2026-03-02';

/** Those of an account that has chosen nothing, on the free plan. */
export const LIMITS = limitsFor({ tolerance: 'balanced', experience: 'new', plan: 'free' }, DAY, LIMIT_TABLES);
export const BASIS: LimitBasis = { plan: 'free', tables: LIMIT_TABLES };

/** Tables that give everybody these limits. */
export function tablesOf({ effectiveFrom, ...limits }: RiskLimits): readonly LimitTable[] {
  return [
    {
      effectiveFrom,
      defaults: { tolerance: 'balanced', experience: 'new' },
      tolerance: { cautious: limits, balanced: limits, bold: limits },
      experience: { new: {}, some: {}, experienced: {} },
      plan: { free: {}, basic: {}, pro: {}, elite: {} },
    },
  ];
}

export const figures = (changes: Partial<BrokerFigures> = {}): BrokerFigures => ({
  buyingPower: '400000',
  equity: '100000',
  cash: '100000',
  shortingEnabled: true,
  mayTrade: true,
  at: NOW,
  ...changes,
});

/** What was read; AAPL is at 100 dollars, and orders that are alike are meant. */
export const readInputs = (changes: Partial<ReadInputs> = {}): ReadInputs => ({
  marketTime: NOW,
  marketOpen: true,
  tradingDay: DAY,
  quote: { bid: '99.98', ask: '100.02', at: '2026-03-02T14:59:59.000Z' },
  tradesIncluded: 4,
  missing: [],
  halts: [],
  account: figures(),
  instrument: { fractionable: true, shortable: true, tradable: true },
  marks: [{ symbol: 'AAPL', price: '100', previousClose: null }],
  confirmed: true,
  margin: null,
  positionAtBroker: null,
  ...changes,
});

export const inputs = ({ limits = LIMITS, ...changes }: Partial<AssessmentInputs> = {}): AssessmentInputs => ({
  ...readInputs(changes),
  limits,
});

export const market = (changes: Partial<OrderTicket> = {}): OrderTicket =>
  ticket({ type: 'market', limitPrice: null, ...changes });

/** Everybody's limits, where a test has some of its own. */
const basisOf = (limits: RiskLimits | undefined): LimitBasis =>
  limits === undefined ? BASIS : { ...BASIS, tables: tablesOf(limits) };

export const assess = (
  each: OrderTicket,
  { limits, ...seen }: Partial<AssessmentInputs> = {},
  at: string = NOW,
): RiskCommand => ({
  type: 'AssessOrder',
  ticket: each,
  channel: 'broker-api',
  inputs: readInputs(seen),
  basis: basisOf(limits),
  at,
});
/** The first change of an order, to other shares at a limit of 100. */
export const change = (
  orderId: string,
  shares: string,
  { limits, ...seen }: Partial<AssessmentInputs> = {},
  at: string = NOW,
): RiskCommand => ({
  type: 'AssessReplacement',
  orderId,
  revision: 1,
  terms: { quantity: shares, limitPrice: '100', stopPrice: null, timeInForce: 'day' },
  inputs: readInputs(seen),
  basis: basisOf(limits),
  at,
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
/** What stands against the last of these commands, told first. */
export const breaches = (command: RiskCommand, ...before: readonly RiskCommand[]): readonly Breach[] => {
  const decision = riskPolicy.decide(command, after(...before).state);
  const events = decision.kind === 'refused' ? [] : decision.events;
  const denial = events.find(({ type }) => type === 'OrderDenied' || type === 'ReplacementDenied');
  return denial !== undefined && 'breaches' in denial.data ? denial.data.breaches : [];
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
