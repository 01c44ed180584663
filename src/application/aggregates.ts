/** The aggregates, ready to be commanded. */
import { account } from '../domain/account/account.ts';
import { ACCOUNT_EVENT_VERSIONS } from '../domain/account/events.ts';
import { ORDER_EVENT_VERSIONS } from '../domain/order/events.ts';
import { order } from '../domain/order/order.ts';
import { RISK_EVENT_VERSIONS } from '../domain/risk-policy/events.ts';
import { KILL_SWITCH_EVENT_VERSIONS } from '../domain/risk-policy/kill-switch/events.ts';
import { killSwitch } from '../domain/risk-policy/kill-switch/kill-switch.ts';
import { riskPolicy } from '../domain/risk-policy/risk-policy.ts';
import { createHandler } from './handle.ts';
import type { Ids } from './ports/clock-and-ids.ts';
import type { EventStore } from './ports/event-store.ts';

export type Aggregates = ReturnType<typeof createAggregates>;

/** One set serves the whole process, so that its abilities share what they have read. */
export function createAggregates(on: { readonly store: EventStore; readonly ids: Ids }) {
  return {
    accounts: createHandler(account, { ...on, versions: ACCOUNT_EVENT_VERSIONS }),
    orders: createHandler(order, { ...on, versions: ORDER_EVENT_VERSIONS }),
    risk: createHandler(riskPolicy, { ...on, versions: RISK_EVENT_VERSIONS }),
    killSwitch: createHandler(killSwitch, { ...on, versions: KILL_SWITCH_EVENT_VERSIONS }),
  };
}
