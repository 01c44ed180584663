/** Orders and broker reports for tests. */
import type { BrokerReport } from './broker-report.ts';
import type { Execution, OrderEvent, OrderTicket } from './events.ts';
import type { OrderCommand } from './order.ts';
import { order } from './order.ts';
import type { OrderState } from './state.ts';
import type { InstrumentFacts, OrderFacts } from './unsupported.ts';

export const ORDER_ID = '0d3c7a52-8a58-5f0e-9d0a-3f0f6f3a1c11';
export const AT = '2026-03-02T15:00:00.000Z';
export const later = (seconds: number): string => new Date(Date.parse(AT) + seconds * 1000).toISOString();

export const ticket = (changes: Partial<OrderTicket> = {}): OrderTicket => ({
  orderId: ORDER_ID,
  accountId: 'f5f3a0a8-6c0a-5a53-8f26-0b9f0c6d2e77',
  symbol: 'AAPL',
  side: 'buy',
  type: 'limit',
  quantity: '10',
  limitPrice: '187.25',
  stopPrice: null,
  trailPrice: null,
  timeInForce: 'day',
  extendedHours: false,
  takeProfit: null,
  stopLoss: null,
  ...changes,
});

/** A share that can be traded in every way. */
export const COMMON_SHARE: InstrumentFacts = {
  tradable: true,
  fractionable: true,
  fractionableInExtendedHours: true,
  shortable: true,
};

/** The world around a ticket: around 187, in the session, with nothing held. */
export const orderFacts = (changes: Partial<OrderFacts> = {}): OrderFacts => ({
  instrument: COMMON_SHARE,
  marketTime: AT,
  quote: { bid: '187.20', ask: '187.30' },
  position: '0',
  ...changes,
});

export const place = (changes: Partial<OrderTicket> = {}): OrderCommand => ({
  type: 'PlaceOrder',
  ticket: ticket(changes),
  channel: 'broker-api',
  at: AT,
});

export const claim = (claimId = 'claim-1', at = AT): OrderCommand => ({ type: 'ClaimSubmission', claimId, at });

export const execution = (
  quantity: string,
  cumulativeQuantity: string,
  changes: Partial<Execution> = {},
): Execution => ({
  brokerOrderId: 'B1',
  executionId: `E${cumulativeQuantity}`,
  recordId: null,
  quantity,
  price: '187.20',
  cumulativeQuantity,
  executedAt: later(5),
  ...changes,
});

export const report = (changes: Partial<BrokerReport> = {}): BrokerReport => ({
  brokerOrderId: 'B1',
  revision: 0,
  status: 'open',
  terms: { quantity: '10', limitPrice: '187.25', stopPrice: null, timeInForce: 'day' },
  tookEffect: false,
  filledQuantity: '0',
  executions: [],
  isComplete: false,
  amendments: [],
  replacedBy: null,
  reason: null,
  at: later(5),
  ...changes,
});

export const reported = (changes: Partial<BrokerReport> = {}): OrderCommand => ({
  type: 'RecordReport',
  report: report(changes),
});

/** Carries out commands one after another; a refusal is an error of the test. */
export function after(...commands: readonly OrderCommand[]): { state: OrderState; events: OrderEvent[] } {
  let state = order.initial;
  const events: OrderEvent[] = [];
  for (const command of commands) {
    const decision = order.decide(command, state);
    if (decision.kind === 'refused') throw new Error(`${command.type} was refused: ${decision.refusal.code}`);
    events.push(...decision.events);
    state = decision.events.reduce(order.evolve, state);
  }
  return { state, events };
}
