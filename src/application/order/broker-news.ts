/**
 * Whether what the broker says of an order would record anything, judged by what this process has seen of the order
 * before. That may be behind the record, and then it finds news where there is none: recording it changes nothing.
 */
import { find } from '../../domain/kernel/dictionary.ts';
import { decideReport } from '../../domain/order/broker-report.ts';
import { isSurelyOurs, readClientOrderId } from '../../domain/order/client-order-id.ts';
import { countsLess, executionsMissing } from '../../domain/order/executions.ts';
import { orderStream } from '../../domain/order/events.ts';
import type { LiveOrder, OrderState } from '../../domain/order/state.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { BrokerAccess, BrokerOrder } from '../ports/broker.ts';
import type { Ids } from '../ports/clock-and-ids.ts';
import { observedId } from './identify-order.ts';
import { isSuccessorKnown, reportOf } from './record-broker-order.ts';
import type { Learnt } from './record-broker-order.ts';

export interface News {
  /** `lost`: it was made here, and the record does not have it. */
  readonly kind: 'none' | 'some' | 'lost';
  /** Under which ids the order and its exits are, or will be, recorded. */
  readonly orderIds: readonly string[];
}

/** `along`: what else was learnt of the account at the same time. */
export type NewsOf = (access: BrokerAccess, order: BrokerOrder, along?: Learnt['along']) => Promise<News>;

export function createNewsOf(needs: { readonly aggregates: Aggregates; readonly ids: Ids }): NewsOf {
  const { aggregates, ids } = needs;
  const glance = (orderId: string): Promise<OrderState> => aggregates.orders.glance(orderStream(orderId));

  /** As which order, and which revision of it, the record takes the broker's; null for one that it would have to begin. */
  async function recordedAs(access: BrokerAccess, learnt: Learnt) {
    const { order } = learnt;
    const asOurs = async () => {
      const named = readClientOrderId(order.clientOrderId);
      if (named === null) return null;
      const state = await glance(named.orderId);
      const isOurs = state.status !== 'none' && state.ticket.accountId === access.accountId;
      return isOurs && told(learnt, named.revision, state).kind === 'accepted' ? { ...named, state } : null;
    };
    const asObserved = async () => {
      const orderId = observedId(ids, access, order.brokerOrderId);
      const state = await glance(orderId);
      return state.status === 'none' ? null : { orderId, revision: 0, state };
    };
    // First as what it probably is, since what is not known yet has to be read.
    if (isSurelyOurs(order.clientOrderId)) return (await asOurs()) ?? asObserved();
    return (await asObserved()) ?? asOurs();
  }

  async function isLost(access: BrokerAccess, order: BrokerOrder): Promise<boolean> {
    const named = readClientOrderId(order.clientOrderId);
    if (named === null || !isSurelyOurs(order.clientOrderId)) return false;
    if ((await aggregates.orders.load(orderStream(named.orderId))).status !== 'none') return false;
    const { answers } = await aggregates.risk.load(riskStream(access.accountId));
    return find(answers, named.orderId)?.kind !== 'admitted';
  }

  async function newsOf(access: BrokerAccess, order: BrokerOrder, along?: Learnt['along']): Promise<News> {
    const learnt: Learnt = { order, execution: null, reason: null, ...(along && { along }) };
    const recorded = await recordedAs(access, learnt);
    if (recorded === null) {
      const named = readClientOrderId(order.clientOrderId);
      const lost = await isLost(access, order);
      const exits = order.legs.map((leg) => observedId(ids, access, leg.brokerOrderId));
      const own = lost && named !== null ? named.orderId : observedId(ids, access, order.brokerOrderId);
      return { kind: lost ? 'lost' : 'some', orderIds: [own, ...exits] };
    }
    const { orderId, revision, state } = recorded;
    const legs = await Promise.all(order.legs.map((leg) => newsOf(access, leg, along)));
    const report = reportOf(learnt, revision);
    const decision = told(learnt, revision, state);
    const isNew =
      decision.kind === 'refused' ||
      decision.events.length > 0 ||
      executionsMissing(state, report) ||
      countsLess(state, report) ||
      legs.some(({ kind }) => kind !== 'none') ||
      (await hasUnlinkedLeg(access, order, state)) ||
      (order.replacedBy !== null && !(await isSuccessorKnown(needs, access, orderId, order.replacedBy)));
    const orderIds = [orderId, ...legs.flatMap((leg) => leg.orderIds)];
    return { kind: isNew ? 'some' : 'none', orderIds };
  }

  /** An exit knows its order, and the order its exits. */
  async function hasUnlinkedLeg(access: BrokerAccess, { legs }: BrokerOrder, order: LiveOrder): Promise<boolean> {
    for (const leg of legs) {
      const exitOrderId = observedId(ids, access, leg.brokerOrderId);
      const state = await glance(exitOrderId);
      if (state.status === 'none' || state.parentOrderId === null) return true;
      if (!order.exits.some((exit) => exit.exitOrderId === exitOrderId)) return true;
    }
    return false;
  }

  return newsOf;
}

const told = (learnt: Learnt, revision: number, state: OrderState) => decideReport(reportOf(learnt, revision), state);
