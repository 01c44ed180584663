/**
 * Recording what the broker says of an order, whichever way it was learnt. An order that was not placed here is recorded
 * as observed; executions that the broker counts and we do not know are asked for.
 */
import type { Amendment } from '../../domain/order/amendments.ts';
import type { BrokerReport } from '../../domain/order/broker-report.ts';
import { countsLess, executionsMissing } from '../../domain/order/executions.ts';
import { readClientOrderId } from '../../domain/order/client-order-id.ts';
import { isFinal } from '../../domain/order/state.ts';
import type { OrderState } from '../../domain/order/state.ts';
import type { Execution, OrderTicket } from '../../domain/order/events.ts';
import { orderStream } from '../../domain/order/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { BrokerAccess, BrokerOrder, OrderRecords } from '../ports/broker.ts';
import type { Clock, Ids } from '../ports/clock-and-ids.ts';
import type { PassCrashPoint } from '../ports/crash-points.ts';
import type { Log } from '../ports/log.ts';

export interface RecordBrokerOrderNeeds {
  readonly aggregates: Aggregates;
  readonly records: OrderRecords;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly pass: PassCrashPoint;
}

export interface Learnt {
  readonly order: BrokerOrder;
  readonly execution: Execution | null;
  readonly reason: string | null;
  /** What was changed about an execution; only the update stream tells of that. */
  readonly amendment?: Amendment | null;
}

/** Resolves to the id of our order that it speaks of. */
export type RecordBrokerOrder = (access: BrokerAccess, learnt: Learnt, cause: Cause) => Promise<string>;

export function createRecordBrokerOrder(needs: RecordBrokerOrderNeeds): RecordBrokerOrder {
  const { aggregates, records, log, pass } = needs;
  /** Alarms that this process has raised already. */
  const doubted = new Set<string>();

  return async function record(access, learnt, cause) {
    const { order } = learnt;
    const { orderId, revision } = await identify(needs, access, order, cause);
    // An order that made way ends here only once its successor is recorded: the story goes on there.
    if (order.status === 'replaced' && !(await recordSuccessor(access, orderId, order, cause))) return orderId;
    if (!(await tell(access, orderId, revision, learnt, cause))) {
      log.alarm('the broker has an order that does not fit ours', { orderId, brokerOrderId: order.brokerOrderId });
      const observed = await observe(needs, access, order, null, cause);
      await tell(access, observed, 0, learnt, cause);
      return observed;
    }
    for (const leg of order.legs) {
      const exitOrderId = await observe(needs, access, leg, orderId, cause);
      await linkExit(orderId, exitOrderId, leg, cause);
      await record(access, { order: leg, execution: null, reason: null }, cause);
    }
    return orderId;
  };

  /** So that the order knows its exits: what they leave bare is found from there. */
  async function linkExit(orderId: string, exitOrderId: string, leg: BrokerOrder, cause: Cause): Promise<void> {
    const known = await aggregates.orders.glance(orderStream(orderId));
    if (known.status !== 'none' && known.exits.some((exit) => exit.exitOrderId === exitOrderId)) return;
    const command = { type: 'LinkExit', exitOrderId, role: exitRole(leg) } as const;
    await aggregates.orders.handle(orderStream(orderId), command, cause);
  }

  /** False when the successor of a replaced order could not be learnt. */
  async function recordSuccessor(
    access: BrokerAccess,
    orderId: string,
    { replacedBy }: BrokerOrder,
    cause: Cause,
  ): Promise<boolean> {
    if (replacedBy === null) return true;
    const known = await aggregates.orders.load(orderStream(orderId));
    if (known.status !== 'none' && [known.brokerOrderId, ...known.formerBrokerOrderIds].includes(replacedBy))
      return true;
    const found = await records.byId(access, replacedBy);
    if (found.kind !== 'found') {
      log.warn('the successor of a replaced order could not be read', { orderId, replacedBy, outcome: found.kind });
      return false;
    }
    const successor = await identify(needs, access, found.value, cause);
    const learnt = { order: found.value, execution: null, reason: null };
    await tell(access, successor.orderId, successor.revision, learnt, cause, successor.orderId === orderId);
    return true;
  }

  /** False when the order does not take the report for its own. */
  async function tell(
    access: BrokerAccess,
    orderId: string,
    revision: number,
    { order, execution, reason, amendment = null }: Learnt,
    cause: Cause,
    tookEffect = false,
  ): Promise<boolean> {
    const stream = orderStream(orderId);
    const before = await aggregates.orders.load(stream);
    const report: BrokerReport = {
      brokerOrderId: order.brokerOrderId,
      revision,
      status: order.status,
      terms: order.terms,
      tookEffect,
      filledQuantity: order.filledQuantity,
      executions: execution === null ? [] : [execution],
      isComplete: false,
      amendments: amendment === null ? [] : [amendment],
      replacedBy: order.replacedBy,
      reason,
      at: order.updatedAt,
    };
    const handle = async (told: BrokerReport) => {
      if (told.executions.length > 0) pass('before-fill-recorded');
      const answer = await aggregates.orders.handle(stream, { type: 'RecordReport', report: told }, cause);
      if (told.executions.length > 0) pass('after-fill-recorded');
      return answer;
    };
    const recorded = await handle(report);
    if (recorded.kind === 'refused') return false;
    const appeared = recorded.events.some((event) => event.type === 'OrderAcknowledged');
    if (appeared && before.status !== 'none' && isFinal(before)) {
      log.alarm('an order that had ended has appeared at the broker', { orderId, was: before.status });
    }
    if (recorded.state.status !== 'none' && executionsMissing(recorded.state, report)) {
      const known = await records.executionsOf(access, order.brokerOrderId);
      if (known.kind === 'found') await handle({ ...report, executions: known.value, isComplete: true });
      else log.warn('executions of an order could not be read', { orderId, outcome: known.kind });
    }
    doubtCount(orderId, recorded.state, report);
    return true;
  }

  /** A bust is told once, on the update stream: one that was missed shows only in the broker's lower count. */
  function doubtCount(orderId: string, state: OrderState, report: BrokerReport): void {
    if (state.status === 'none' || !countsLess(state, report)) return;
    const doubt = `${report.brokerOrderId} ${report.filledQuantity}`;
    if (doubted.has(doubt)) return;
    doubted.add(doubt);
    const { brokerOrderId, filledQuantity } = report;
    log.alarm('the broker counts less of an order than its executions add up to', {
      orderId,
      brokerOrderId,
      filledQuantity,
    });
  }
}

/** Which order of ours a broker order is. One that is none of ours is recorded under an id made from the broker's. */
async function identify(
  needs: RecordBrokerOrderNeeds,
  access: BrokerAccess,
  order: BrokerOrder,
  cause: Cause,
): Promise<{ readonly orderId: string; readonly revision: number }> {
  const { aggregates } = needs;
  const named = readClientOrderId(order.clientOrderId);
  if (named !== null) {
    const own = await aggregates.orders.load(orderStream(named.orderId));
    // Anyone can put any client order id on an order in their own account: only the account makes it ours.
    if (own.status !== 'none' && own.ticket.accountId === access.accountId) return named;
  }
  return { orderId: await observe(needs, access, order, null, cause), revision: 0 };
}

const exitRole = ({ type }: BrokerOrder): 'take_profit' | 'stop_loss' =>
  type === 'limit' ? 'take_profit' : 'stop_loss';

async function observe(
  { aggregates, ids, clock }: RecordBrokerOrderNeeds,
  access: BrokerAccess,
  order: BrokerOrder,
  parentOrderId: string | null,
  cause: Cause,
): Promise<string> {
  const orderId = ids.named(`broker-order/${access.accountId}/${order.brokerOrderId}`);
  const { brokerOrderId } = order;
  const role = parentOrderId === null ? 'external' : exitRole(order);
  const ticket: OrderTicket = {
    ...order.terms,
    orderId,
    accountId: access.accountId,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    trailPrice: order.trailPrice,
    extendedHours: order.extendedHours,
    takeProfit: null,
    stopLoss: null,
  };
  const command = { type: 'ObserveOrder', ticket, brokerOrderId, parentOrderId, role, at: clock.now() } as const;
  await aggregates.orders.handle(orderStream(orderId), command, cause);
  return orderId;
}
