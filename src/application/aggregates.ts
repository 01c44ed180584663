/** The aggregates, ready to be commanded. */
import { account } from '../domain/account/account.ts';
import { order } from '../domain/order/order.ts';
import { riskPolicy } from '../domain/risk-policy/risk-policy.ts';
import { createHandler } from './handle.ts';
import type { Ids } from './ports/clock-and-ids.ts';
import type { EventStore } from './ports/event-store.ts';

export type Aggregates = ReturnType<typeof createAggregates>;

/** One set serves the whole process, so that its abilities share what they have read. */
export function createAggregates(on: { readonly store: EventStore; readonly ids: Ids }) {
  return {
    accounts: createHandler(account, on),
    orders: createHandler(order, on),
    risk: createHandler(riskPolicy, on),
  };
}
