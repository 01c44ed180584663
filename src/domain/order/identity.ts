/**
 * Which execution a report speaks of. The stream and the records may name it differently, so it is known by its cumulative
 * quantity too; but a count that went down with a bust comes to the same quantity again. What can not be told apart is held
 * back and counts once: the broker's count says what is missing, and its later words tell the two apart.
 */
import { minus, quantity } from '../kernel/decimal.ts';
import type { Quantity } from '../kernel/decimal.ts';
import type { Execution } from './execution-events.ts';
import { allNamesOf, amendmentsOf, filledOf, moment, namesOf, ofBrokerOrder, standingOf } from './executions.ts';
import type { ExecutionBook, KnownExecution } from './executions.ts';

/** `execution`: as it was told, with what was told of it before while it was held back. */
export type Identity =
  | { readonly kind: 'known'; readonly as: KnownExecution; readonly execution: Execution }
  /** As far as can be said, it may be another execution with the same cumulative quantity. */
  | { readonly kind: 'doubtful'; readonly execution: Execution; readonly isNews: boolean }
  | { readonly kind: 'new'; readonly execution: Execution };

/** `brokerCounts`: what the broker counts as filled of the broker order. */
export function identify(book: ExecutionBook, told: Execution, brokerCounts: Quantity): Identity {
  const own = ofBrokerOrder(book, told.brokerOrderId);
  const names = namesOf(told);
  const named = own.find((each) => allNamesOf(book, each).some((name) => names.includes(name)));
  if (named !== undefined) return { kind: 'known', as: named, execution: told };
  const room = minus(brokerCounts, filledOf(book, told.brokerOrderId)) >= standingOf(book, told).quantity;
  const judge = (execution: Execution) =>
    own
      .filter((each) => quantity(each.cumulativeQuantity) === quantity(execution.cumulativeQuantity))
      .map((each) => ({ each, likeness: likenessOf(book, each, execution, room) }))
      .filter(({ likeness }) => likeness !== 'another');
  const nearest = (execution: Execution): KnownExecution | undefined =>
    judge(execution)
      .filter(({ likeness }) => likeness === 'same')
      .map(({ each }) => each)
      .toSorted((a, b) => apart(a, told) - apart(b, told))[0];
  const held = heldAs(book, told, nearest(told));
  const execution = held === undefined ? told : { ...held, ...namesOfBoth(held, told) };
  const same = nearest(execution);
  if (same !== undefined) return { kind: 'known', as: same, execution };
  if (judge(execution).length === 0) return { kind: 'new', execution };
  return {
    kind: 'doubtful',
    execution,
    isNews: names.length > 0 && (held === undefined || namesOf(held).length < namesOf(execution).length),
  };
}

/** The execution held back that this one is: by a name, or because it is nearer in time than the known one that it may be. */
function heldAs(book: ExecutionBook, told: Execution, nearest: KnownExecution | undefined): Execution | undefined {
  const names = namesOf(told);
  return book.heldBack.find((each) => {
    if (each.brokerOrderId !== told.brokerOrderId) return false;
    if (namesOf(each).some((name) => names.includes(name))) return true;
    if (quantity(each.cumulativeQuantity) !== quantity(told.cumulativeQuantity)) return false;
    if (differ(each.executionId, told.executionId) || differ(each.recordId, told.recordId)) return false;
    if (names.length === 0 || !areAlike(book, each, told)) return false;
    return nearest === undefined || apart(each, told) < apart(nearest, told);
  });
}

const namesOfBoth = (a: Execution, b: Execution): Pick<Execution, 'executionId' | 'recordId'> => ({
  executionId: a.executionId ?? b.executionId,
  recordId: a.recordId ?? b.recordId,
});

/** Whether two executions with the same cumulative quantity are one. */
function likenessOf(
  book: ExecutionBook,
  known: KnownExecution,
  told: Execution,
  room: boolean,
): 'same' | 'another' | 'doubtful' {
  const [first, second] = [moment(known.executedAt), moment(told.executedAt)].toSorted((a, b) => a - b) as [
    number,
    number,
  ];
  // The broker's count has begun anew between the two.
  const isApart = amendmentsOf(book, told.brokerOrderId).some(({ at }) => first <= at && at < second);
  const isAmended = standingOf(book, known).amendedAt !== null;
  if (differ(known.executionId, told.executionId)) return isApart || isAmended ? 'another' : 'doubtful';
  // The records may show a correction as a row of its own, with a time of its own.
  if (isApart) return told.executionId !== null || room ? 'another' : 'doubtful';
  if (differ(known.recordId, told.recordId)) return 'doubtful';
  return areAlike(book, known, told) ? 'same' : 'doubtful';
}

/** Whether both have a quantity at a price in common: either may be as it first was, or as a correction has made it. */
function areAlike(book: ExecutionBook, a: Execution, b: Execution): boolean {
  const [one, other] = [standingOf(book, a).versions, standingOf(book, b).versions];
  return one.some((x) => other.some((y) => x.quantity === y.quantity && x.price === y.price));
}

const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b;

const apart = (a: Execution, b: Execution): number => Math.abs(moment(a.executedAt) - moment(b.executedAt));
