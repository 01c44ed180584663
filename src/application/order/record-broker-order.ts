/**
 * Recording what the broker says of an order, whichever way it was learnt. An order that was not placed here is recorded
 * as observed, one that was and that the record has lost as recovered; executions that the broker counts and we do not
 * know are asked for.
 */
import type { Amendment } from '../../domain/order/amendments.ts';
import type { BrokerReport } from '../../domain/order/broker-report.ts';
import { clientOrderId } from '../../domain/order/client-order-id.ts';
import { countsLess, executionsMissing } from '../../domain/order/executions.ts';
import type { OrderState } from '../../domain/order/state.ts';
import type { Execution } from '../../domain/order/events.ts';
import { orderStream } from '../../domain/order/events.ts';
import type { Cause } from '../handle.ts';
import type { BrokerAccess, BrokerOrder, OrderRecords } from '../ports/broker.ts';
import type { PassCrashPoint } from '../ports/crash-points.ts';
import { exitRole, identify, observe, observedId } from './identify-order.ts';
import type { IdentifyNeeds } from './identify-order.ts';

export interface RecordBrokerOrderNeeds extends IdentifyNeeds {
  readonly records: OrderRecords;
  readonly pass: PassCrashPoint;
}

export interface Learnt {
  readonly order: BrokerOrder;
  readonly execution: Execution | null;
  readonly reason: string | null;
  /** What was changed about an execution; only the update stream tells of that. */
  readonly amendment?: Amendment | null;
  /** What else was learnt of the account at the same time, by the broker's order ids: it need not be asked for. */
  readonly along?: {
    readonly orders: ReadonlyMap<string, BrokerOrder>;
    readonly executions: ReadonlyMap<string, readonly Execution[]>;
  };
}

/** Resolves to the id of our order that it speaks of. */
export type RecordBrokerOrder = (access: BrokerAccess, learnt: Learnt, cause: Cause) => Promise<string>;

export function createRecordBrokerOrder(needs: RecordBrokerOrderNeeds): RecordBrokerOrder {
  const { aggregates, ids, records, log, pass } = needs;
  /** Alarms that this process has raised already. */
  const doubted = new Set<string>();

  return async function record(access, learnt, cause) {
    const { order, along } = learnt;
    const { orderId, revision } = await identify(needs, access, order, cause);
    // An order that made way ends here only once its successor is recorded: the story goes on there.
    if (order.status === 'replaced' && !(await recordSuccessor(access, orderId, learnt, cause))) return orderId;
    if (!(await tell(access, orderId, revision, learnt, cause))) {
      const observed = await observe(needs, access, order, null, cause);
      if (observed.isNew)
        log.alarm('the broker has an order that does not fit ours', { orderId, brokerOrderId: order.brokerOrderId });
      await tell(access, observed.orderId, 0, learnt, cause);
      return observed.orderId;
    }
    for (const leg of order.legs) {
      const { orderId: exitOrderId } = await observe(needs, access, leg, orderId, cause);
      await linkExit(orderId, exitOrderId, leg, cause);
      await record(access, { order: leg, execution: null, reason: null, ...(along && { along }) }, cause);
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
    { order, along }: Learnt,
    cause: Cause,
  ): Promise<boolean> {
    const successor = await successorOf(access, orderId, order);
    if (successor === null) return false;
    const { replacedBy } = successor;
    if (replacedBy === null || (await isSuccessorKnown({ aggregates, ids }, access, orderId, replacedBy))) return true;
    const known = along?.orders.get(replacedBy);
    const found =
      known === undefined ? await records.byId(access, replacedBy) : { kind: 'found' as const, value: known };
    if (found.kind !== 'found') {
      log.warn('the successor of a replaced order could not be read', { orderId, replacedBy, outcome: found.kind });
      return false;
    }
    const identified = await identify(needs, access, found.value, cause);
    const learnt = { order: found.value, execution: null, reason: null, ...(along && { along }) };
    await tell(access, identified.orderId, identified.revision, learnt, cause, identified.orderId === orderId);
    return true;
  }

  /**
   * What has replaced an order. The broker may not say: then it is looked for under the name of the change that we asked for;
   * null while the broker does not answer.
   */
  async function successorOf(
    access: BrokerAccess,
    orderId: string,
    { brokerOrderId, replacedBy }: BrokerOrder,
  ): Promise<{ readonly replacedBy: string | null } | null> {
    if (replacedBy !== null) return { replacedBy };
    const own = await aggregates.orders.load(orderStream(orderId));
    if (own.status === 'none' || own.replacement === null || own.brokerOrderId !== brokerOrderId)
      return { replacedBy: null };
    const found = await records.byClientOrderId(access, clientOrderId(orderId, own.replacement.revision));
    if (found.kind === 'found') return { replacedBy: found.value.brokerOrderId };
    if (found.kind === 'not_found') return { replacedBy: null };
    log.warn('the successor of a replaced order could not be looked for', { orderId, outcome: found.kind });
    return null;
  }

  /** False when the order does not take the report for its own. */
  async function tell(
    access: BrokerAccess,
    orderId: string,
    revision: number,
    learnt: Learnt,
    cause: Cause,
    tookEffect = false,
  ): Promise<boolean> {
    const { order } = learnt;
    const stream = orderStream(orderId);
    const before = await aggregates.orders.glance(stream);
    const report: BrokerReport = { ...reportOf(learnt, revision), tookEffect };
    const handle = async (told: BrokerReport) => {
      if (told.executions.length > 0) pass('before-fill-recorded');
      const answer = await aggregates.orders.handle(stream, { type: 'RecordReport', report: told }, cause);
      if (told.executions.length > 0) pass('after-fill-recorded');
      return answer;
    };
    const recorded = await handle(report);
    if (recorded.kind === 'refused') return false;
    // It is cancelled as it appears only when it had ended here.
    const events = recorded.events.map((event) => event.type);
    if (events.includes('OrderAcknowledged') && events.includes('CancelRequested')) {
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

/** What was learnt of an order as a report, of which the order's own record decides what follows. */
export function reportOf(
  { order, execution, reason, along, amendment = null }: Learnt,
  revision: number,
): BrokerReport {
  const others = along?.executions.get(order.brokerOrderId) ?? [];
  return {
    brokerOrderId: order.brokerOrderId,
    revision,
    status: order.status,
    terms: order.terms,
    tookEffect: false,
    filledQuantity: order.filledQuantity,
    executions: execution === null ? others : [execution, ...others],
    isComplete: false,
    amendments: amendment === null ? [] : [amendment],
    replacedBy: order.replacedBy,
    reason,
    at: order.updatedAt,
  };
}

/** Whether the order that has taken another's place is recorded: as that order's own, or as one that was entered elsewhere. */
export async function isSuccessorKnown(
  { aggregates, ids }: Pick<RecordBrokerOrderNeeds, 'aggregates' | 'ids'>,
  access: BrokerAccess,
  orderId: string,
  replacedBy: string,
): Promise<boolean> {
  const known = await aggregates.orders.glance(orderStream(orderId));
  if (known.status !== 'none' && [known.brokerOrderId, ...known.formerBrokerOrderIds].includes(replacedBy)) return true;
  const observed = await aggregates.orders.glance(orderStream(observedId(ids, access, replacedBy)));
  return observed.status !== 'none';
}
