/** What follows from the broker undoing or changing an execution, and from learning another name of one. */
import { minus, plus, toText } from '../kernel/decimal.ts';
import type { OrderEvent } from './events.ts';
import type { Counted, Execution, ExecutionBusted, ExecutionCorrected } from './execution-events.ts';
import { isAmended, namedBy, standingOf } from './executions.ts';
import type { KnownExecution, Standing } from './executions.ts';
import { evolveOrder, isFinal } from './state.ts';
import type { LiveOrder } from './state.ts';

/** `executionId`: the broker's name for the execution that it changes. Times are those of the broker. */
export type Amendment =
  | { readonly kind: 'bust'; readonly executionId: string; readonly bustId: string | null; readonly at: string }
  | {
      readonly kind: 'correction';
      readonly executionId: string;
      /** How the execution is called from now on. */
      readonly correctedId: string;
      readonly corrected: Counted;
      readonly at: string;
    };

interface Told {
  readonly brokerOrderId: string;
  /** Filled of the broker order, by the broker's count after the amendment. */
  readonly filledQuantity: string;
  readonly reason: string | null;
}

/** Null when it is known already, whether its execution is or not. */
export function decideAmendment(
  state: LiveOrder,
  amendment: Amendment,
  { brokerOrderId, filledQuantity, reason }: Told,
): ExecutionBusted | ExecutionCorrected | null {
  const { executionId, at } = amendment;
  const known = { brokerOrderId, executionId, brokerFilledQuantity: filledQuantity, late: isFinal(state), reason };
  const unchanged = { ...known, recount: null, filledQuantity: toText(state.filled) };
  if (amendment.kind === 'bust') {
    if (state.busts.some((each) => each.brokerOrderId === brokerOrderId && each.executionId === executionId))
      return null;
    const data = { ...unchanged, bustId: amendment.bustId, bustedAt: at };
    return { type: 'ExecutionBusted', data: { ...data, ...effect(state, { type: 'ExecutionBusted', data }, data) } };
  }
  const { correctedId, corrected } = amendment;
  if (state.corrections.some((each) => each.brokerOrderId === brokerOrderId && each.correctedId === correctedId))
    return null;
  const data = { ...unchanged, correctedId, corrected, correctedAt: at };
  return {
    type: 'ExecutionCorrected',
    data: { ...data, ...effect(state, { type: 'ExecutionCorrected', data }, data) },
  };
}

/**
 * A known execution told under a name that is new; null when it is not. The broker's name in its records matters only once
 * it has changed executions, since its records may show them differently then.
 */
export function identification(state: LiveOrder, known: KnownExecution, told: Execution): OrderEvent | null {
  const { brokerOrderId, cumulativeQuantity, repeat } = known;
  const isAwaited = isAmended(state, brokerOrderId) || state.heldBack.length > 0;
  const isNamed = known.executionId === null && told.executionId !== null;
  const isFound = known.recordId === null && told.recordId !== null && isAwaited;
  if (!isNamed && !isFound) return null;
  const data = {
    brokerOrderId,
    cumulativeQuantity,
    repeat,
    executionId: known.executionId ?? told.executionId,
    recordId: known.recordId ?? told.recordId,
    recount: null,
    filledQuantity: toText(state.filled),
    late: isFinal(state),
  };
  const after = evolveOrder(state, { type: 'ExecutionIdentified', data }) as LiveOrder;
  return { type: 'ExecutionIdentified', data: { ...data, ...recountOf(state, after, known) } };
}

/** What an amendment changes about the execution that it names. */
function effect(
  state: LiveOrder,
  event: OrderEvent,
  { brokerOrderId, executionId }: { readonly brokerOrderId: string; readonly executionId: string },
): Pick<ExecutionBusted['data'], 'recount' | 'filledQuantity'> {
  const execution = namedBy(state, brokerOrderId, executionId);
  if (execution === undefined) return { recount: null, filledQuantity: toText(state.filled) };
  return recountOf(state, evolveOrder(state, event) as LiveOrder, execution);
}

/** What counts of an execution after, where that is not what counted before. */
function recountOf(
  state: LiveOrder,
  after: LiveOrder,
  execution: KnownExecution,
): Pick<ExecutionBusted['data'], 'recount' | 'filledQuantity'> {
  const { brokerOrderId, cumulativeQuantity, repeat } = execution;
  const renamed = after.executions[state.executions.indexOf(execution)] as KnownExecution;
  const [before, now] = [standingOf(state, execution), standingOf(after, renamed)];
  if (before.quantity === now.quantity && before.price === now.price) {
    return { recount: null, filledQuantity: toText(state.filled) };
  }
  const recount = { brokerOrderId, cumulativeQuantity, repeat, before: inText(before), after: inText(now) };
  return { recount, filledQuantity: toText(plus(minus(state.filled, before.quantity), now.quantity)) };
}

const inText = (standing: Standing): Counted => ({
  quantity: toText(standing.quantity),
  price: toText(standing.price),
});
