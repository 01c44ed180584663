/**
 * What follows from a report of the broker, whichever way it came: an answer, the update stream, or a look-up. Any
 * order of arrival and any repetition leads to the same state.
 */
import { absolute, minus, NO_QUANTITY, plus, quantity, toText } from '../kernel/decimal.ts';
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
    // The trader was told that it was not placed, so what has not been executed yet must not be.
    if (state.status === 'not_received') record({ type: 'CancelRequested', data: { requestedAt: report.at } });
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
 * A replacement shows either as the new order or as the old one's end. It may show long after it was taken for refused,
 * or the old order for cancelled: then the order works again, with the broker's terms.
 */
function confirmedReplacement(report: BrokerReport, state: LiveOrder): OrderEvent | null {
  const pending = state.replacement;
  const replaced = (revision: number, brokerOrderId: string, terms: OrderTerms): OrderEvent => ({
    type: 'OrderReplaced',
    data: { revision, terms, brokerOrderId, replacedAt: report.at },
  });
  if (report.revision > 0 && !isOurs(report.brokerOrderId, state)) {
    const isPending = pending?.revision === report.revision;
    if (report.status === 'pending') return null;
    if (report.status !== 'rejected') {
      return replaced(report.revision, report.brokerOrderId, isPending ? pending.terms : report.terms);
    }
    const reason = report.reason ?? 'The broker rejected the change.';
    return isPending ? { type: 'ReplaceRefused', data: { revision: report.revision, reason, at: report.at } } : null;
  }
  const isOldOne = report.brokerOrderId === state.brokerOrderId && report.status === 'replaced';
  if (!isOldOne || report.replacedBy === null || pending === null) return null;
  return replaced(pending.revision, report.replacedBy, pending.terms);
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
  const leaves = minus(quantity(state.ticket.quantity), filled);
  const over = leaves < 0n;
  return {
    type: leaves > 0n ? 'OrderPartiallyFilled' : 'OrderFilled',
    data: {
      execution,
      filledQuantity: toText(filled),
      leavesQuantity: toText(over ? NO_QUANTITY : absolute(leaves)),
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
      // All executions are in, and they are fewer than we asked for: someone made the order smaller at the broker.
      const reason = 'The broker counts the order as filled.';
      return { type: 'OrderCancelled', data: { filledQuantity, reason, cancelledAt: report.at } };
    }
    case 'pending':
    case 'open':
      return null;
  }
}
