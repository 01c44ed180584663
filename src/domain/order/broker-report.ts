/**
 * What follows from a report of the broker, whichever way it came: an answer, the update stream, or a look-up. Any
 * order of arrival and any repetition leads to the same state.
 */
import { minus, NO_QUANTITY, plus, quantity, toText } from '../kernel/decimal.ts';
import type { Decision } from '../kernel/decider.ts';
import { refuse } from '../kernel/decider.ts';
import type { Execution, OrderEvent, OrderTerms } from './events.ts';
import { evolveOrder, filledOf, isFinal } from './state.ts';
import type { LiveOrder, OrderState } from './state.ts';

/**
 * `pending`: the broker has it, the venue has not confirmed it. `open`: confirmed and unfinished. `replaced`: finished,
 * its life goes on in `replacedBy`.
 */
export type ReportedStatus = 'pending' | 'open' | 'filled' | 'cancelled' | 'expired' | 'rejected' | 'replaced';

export interface BrokerReport {
  readonly brokerOrderId: string;
  /** Which replacement of the order it speaks of: 0 for the order as first sent. */
  readonly revision: number;
  readonly status: ReportedStatus;
  /** As the broker has them. */
  readonly terms: OrderTerms;
  /** The order that it replaces is known to have made way for it. */
  readonly tookEffect: boolean;
  /** Filled of this broker order, by the broker's count. */
  readonly filledQuantity: string;
  /** Executions of this broker order that the report brings, in any order; known ones may be among them. */
  readonly executions: readonly Execution[];
  readonly replacedBy: string | null;
  readonly reason: string | null;
  readonly at: string;
}

export type ReportRefusal =
  | { readonly code: 'order_unknown' }
  /** The broker has two orders under one client order id. */
  | { readonly code: 'second_broker_order'; readonly brokerOrderId: string };

/** Whether the broker counts more filled than the executions known here: they must be asked for. */
export const executionsMissing = (state: LiveOrder, report: BrokerReport): boolean =>
  filledOf(state, report.brokerOrderId) < quantity(report.filledQuantity);

export function decideReport(report: BrokerReport, state: OrderState): Decision<OrderEvent, ReportRefusal> {
  if (state.status === 'none') return refuse({ code: 'order_unknown' });
  if (isSecondOrder(report, state)) return refuse({ code: 'second_broker_order', brokerOrderId: report.brokerOrderId });

  const events: OrderEvent[] = [];
  let now = state;
  const record = (event: OrderEvent): void => {
    events.push(event);
    now = evolveOrder(now, event) as LiveOrder;
  };

  if (now.brokerOrderId === null && report.revision === 0) {
    record({
      type: 'OrderAcknowledged',
      data: { brokerOrderId: report.brokerOrderId, acknowledgedAt: report.at },
    });
    // The trader was told that it had ended, so what has not been executed yet must not be.
    if (isFinal(state)) record({ type: 'CancelRequested', data: { requestedAt: report.at } });
  }
  const replacement = confirmedReplacement(report, now);
  if (replacement !== null) record(replacement);
  const byProgress = [...report.executions].sort((a, b) =>
    quantity(a.cumulativeQuantity) < quantity(b.cumulativeQuantity) ? -1 : 1,
  );
  for (const execution of byProgress) {
    if (!isKnown(now, execution)) record(fill(now, execution));
  }
  // The end is recorded only with all its executions, so that a final order never hides a fill.
  if (!isFinal(now) && !executionsMissing(now, report)) {
    const end = ending(report, now);
    if (end !== null) record(end);
  }
  return { kind: 'accepted', events };
}

const isOurs = (brokerOrderId: string, state: LiveOrder): boolean =>
  state.brokerOrderId === brokerOrderId || state.formerBrokerOrderIds.includes(brokerOrderId);

/** A broker order that is neither this order nor a replacement that was asked for, though it carries the client id. */
function isSecondOrder(report: BrokerReport, state: LiveOrder): boolean {
  if (isOurs(report.brokerOrderId, state)) return false;
  return report.revision === 0 ? state.brokerOrderId !== null : report.revision > state.replacements;
}

/**
 * The replacement of an order, as its own report confirms it: by being at work or executed, or because the order before
 * it has made way. It may be confirmed long after it was taken for refused, or the order for cancelled: then the
 * order works again, with the broker's terms.
 */
function confirmedReplacement(report: BrokerReport, state: LiveOrder): OrderEvent | null {
  if (report.revision === 0 || isOurs(report.brokerOrderId, state)) return null;
  const { revision, brokerOrderId, status, at } = report;
  const pending = state.replacement?.revision === revision ? state.replacement : null;
  const atWork =
    status === 'open' || status === 'filled' || status === 'replaced' || quantity(report.filledQuantity) > 0n;
  if (atWork || report.tookEffect) {
    const terms = pending?.terms ?? report.terms;
    return { type: 'OrderReplaced', data: { revision, terms, brokerOrderId, replacedAt: at } };
  }
  if (status === 'pending' || pending === null) return null;
  const reason = report.reason ?? 'The broker did not carry out the change.';
  return { type: 'ReplaceRefused', data: { revision, reason, at } };
}

const isKnown = (state: LiveOrder, execution: Execution): boolean =>
  state.executions.some(
    (known) =>
      (known.brokerOrderId === execution.brokerOrderId &&
        quantity(known.cumulativeQuantity) === quantity(execution.cumulativeQuantity)) ||
      (known.executionId !== null && known.executionId === execution.executionId),
  );

function fill(state: LiveOrder, execution: Execution): OrderEvent {
  const filled = plus(state.filled, quantity(execution.quantity));
  const ordered = quantity(state.ticket.quantity);
  const leaves = minus(ordered, filled);
  // An order over an amount of dollars has no quantity: only the broker can say that it is filled.
  const isOpenEnded = ordered === 0n;
  const over = leaves < 0n && !isOpenEnded;
  return {
    type: leaves > 0n || isOpenEnded ? 'OrderPartiallyFilled' : 'OrderFilled',
    data: {
      execution,
      filledQuantity: toText(filled),
      leavesQuantity: toText(leaves < 0n ? NO_QUANTITY : leaves),
      late: isFinal(state) || over,
    },
  };
}

function ending(report: BrokerReport, state: LiveOrder): OrderEvent | null {
  if (report.brokerOrderId !== state.brokerOrderId) return null;
  const filledQuantity = toText(state.filled);
  switch (report.status) {
    case 'cancelled':
      return { type: 'OrderCancelled', data: { filledQuantity, reason: report.reason, cancelledAt: report.at } };
    case 'expired':
      return { type: 'OrderExpired', data: { filledQuantity, expiredAt: report.at } };
    case 'rejected':
      return {
        type: 'OrderRejected',
        data: { code: null, reason: report.reason ?? 'The broker rejected the order.', rejectedAt: report.at },
      };
    case 'replaced': {
      const reason = `Replaced at the broker by order ${report.replacedBy ?? 'unknown'}.`;
      return { type: 'OrderCancelled', data: { filledQuantity, reason, cancelledAt: report.at } };
    }
    case 'filled': {
      // All executions are in, and they are fewer than we asked for, or we know no quantity to compare them with.
      const reason = 'The broker counts the order as filled.';
      return { type: 'OrderCancelled', data: { filledQuantity, reason, cancelledAt: report.at } };
    }
    case 'pending':
    case 'open':
      return null;
  }
}
