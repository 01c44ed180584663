/**
 * What follows from a report of the broker, whichever way it came: an answer, the update stream, or a look-up. Any
 * order of arrival and any repetition leads to the same state.
 */
import { minus, NO_QUANTITY, plus, quantity, toText } from '../kernel/decimal.ts';
import type { Decision } from '../kernel/decider.ts';
import { refuse } from '../kernel/decider.ts';
import { decideAmendment, identification } from './amendments.ts';
import type { Amendment } from './amendments.ts';
import { excessOf, possibleOf, quantityOf } from './chain.ts';
import type { Execution, OrderEvent, OrderTerms } from './events.ts';
import { executionsMissing, explainsSurplus, filledOf, hasExecuted, isAmended, standingOf } from './executions.ts';
import { identify } from './identity.ts';
import { evolveOrder, isFinal } from './state.ts';
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
  /** Its executions are all that the broker's records hold of this broker order. */
  readonly isComplete: boolean;
  /** What the broker has changed about executions of this broker order. */
  readonly amendments: readonly Amendment[];
  readonly replacedBy: string | null;
  readonly reason: string | null;
  readonly at: string;
}

export type ReportRefusal =
  | { readonly code: 'order_unknown' }
  /** The broker has two orders under one client order id. */
  | { readonly code: 'second_broker_order'; readonly brokerOrderId: string };

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
  const restated = restatement(report, now);
  if (restated !== null) record(restated);
  for (const amendment of report.amendments) {
    const amended = decideAmendment(now, amendment, report);
    if (amended !== null) record(amended);
  }
  const byProgress = [...report.executions].sort((a, b) =>
    quantity(a.cumulativeQuantity) < quantity(b.cumulativeQuantity) ? -1 : 1,
  );
  for (const execution of byProgress) {
    const event = learn(now, execution, report);
    if (event !== null) record(event);
  }
  // What was held back may be told apart by now; each that is may tell more.
  for (let tells = true; tells;) {
    tells = false;
    for (const execution of now.heldBack) {
      if (execution.brokerOrderId !== report.brokerOrderId) continue;
      const event = learn(now, execution, report);
      if (event === null) continue;
      record(event);
      tells = true;
      break;
    }
  }
  if (report.isComplete && executionsMissing(now, report) && explainsSurplus(now, report)) {
    record({
      type: 'ExecutionsConfirmed',
      data: {
        brokerOrderId: report.brokerOrderId,
        brokerFilledQuantity: report.filledQuantity,
        standingQuantity: toText(filledOf(now, report.brokerOrderId)),
        confirmedAt: report.at,
      },
    });
  }
  if (isExitAtWork(report, now)) record({ type: 'ExitActivated', data: { activatedAt: report.at } });
  // The end is recorded only with all its executions, so that a final order never hides a fill.
  if (!isFinal(now) && !executionsMissing(now, report)) {
    const end = ending(report, now);
    if (end !== null) record(end);
  }
  for (const event of tooMuch(report, now)) record(event);
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

/** Another quantity at the broker for an order that was not placed here; an older report than the last one tells nothing. */
function restatement({ brokerOrderId, terms, at }: BrokerReport, state: LiveOrder): OrderEvent | null {
  const link = state.chain.find((each) => each.brokerOrderId === brokerOrderId);
  if (!state.observed || link === undefined || link.quantity === 0n) return null;
  const isOld = link.toldAt !== null && Date.parse(at) <= Date.parse(link.toldAt);
  if (isOld || quantity(terms.quantity) === link.quantity) return null;
  const before = toText(link.quantity);
  return { type: 'OrderRestated', data: { brokerOrderId, before, quantity: terms.quantity, restatedAt: at } };
}

/** What is news about an execution that was told of, or is held back; null when nothing is. */
function learn(state: LiveOrder, execution: Execution, report: BrokerReport): OrderEvent | null {
  const identity = identify(state, execution, quantity(report.filledQuantity));
  switch (identity.kind) {
    case 'new':
      return fill(state, identity.execution, report);
    case 'known':
      return identification(state, identity.as, identity.execution);
    case 'doubtful':
      if (!identity.isNews) return null;
      return { type: 'ExecutionHeldBack', data: { execution: identity.execution } };
  }
}

function fill(state: LiveOrder, execution: Execution, report: BrokerReport): OrderEvent {
  const { brokerOrderId } = execution;
  const repeat = state.executions.filter(
    (each) =>
      each.brokerOrderId === brokerOrderId &&
      quantity(each.cumulativeQuantity) === quantity(execution.cumulativeQuantity),
  ).length;
  const after = { ...state, executions: [...state.executions, { ...execution, repeat }] };
  const standing = standingOf(after, execution);
  const filled = plus(state.filled, standing.quantity);
  const ordered = quantity(state.ticket.quantity);
  const leaves = minus(ordered, filled);
  const over = excessOf(state.chain, after) > 0n || (leaves < 0n && ordered > 0n);
  return {
    type: isFilledBy(after, report) ? 'OrderFilled' : 'OrderPartiallyFilled',
    data: {
      execution,
      repeat,
      counted: { quantity: toText(standing.quantity), price: toText(standing.price) },
      filledQuantity: toText(filled),
      leavesQuantity: toText(leaves < 0n ? NO_QUANTITY : leaves),
      late: isFinal(state) || over,
    },
  };
}

/**
 * Whether the broker order that works now is filled, by the broker's count: what others before it have executed does not
 * end it. Once executions were busted or corrected, only the broker can say so, as of an order over an amount of dollars.
 */
function isFilledBy(state: LiveOrder, report: BrokerReport): boolean {
  const { brokerOrderId } = report;
  if (brokerOrderId !== state.brokerOrderId) return false;
  if (isAmended(state, brokerOrderId)) return report.status === 'filled' && !executionsMissing(state, report);
  const ordered = quantityOf(state.chain, brokerOrderId);
  return ordered > 0n && hasExecuted(state, brokerOrderId, ordered);
}

const isExitAtWork = ({ brokerOrderId, status }: BrokerReport, state: LiveOrder): boolean =>
  state.parentOrderId !== null && !state.exitActive && status === 'open' && brokerOrderId === state.brokerOrderId;

/**
 * What a change and a fill at once could make too much is not left to the market: the order is cancelled, and again when
 * the broker would not do it.
 */
function tooMuch({ at }: BrokerReport, state: LiveOrder): readonly OrderEvent[] {
  const { brokerOrderId, ticket, chain } = state;
  const ordered = quantity(ticket.quantity);
  const possible = possibleOf(chain, state);
  if (isFinal(state) || brokerOrderId === null || chain.length < 2 || ordered === 0n || possible <= ordered) return [];
  const events: OrderEvent[] = [];
  if (!state.exceeding.includes(brokerOrderId)) {
    const quantities = { orderedQuantity: ticket.quantity, possibleQuantity: toText(possible) };
    events.push({ type: 'ChainExceeded', data: { brokerOrderId, ...quantities, foundAt: at } });
  }
  if (!state.cancelRequested) events.push({ type: 'CancelRequested', data: { requestedAt: at } });
  return events;
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
    case 'filled':
      // All executions are in, and what stands is not what was asked for, or there is no quantity to compare it with.
      return { type: 'OrderCompleted', data: { filledQuantity, completedAt: report.at } };
    case 'pending':
    case 'open':
      return null;
  }
}
