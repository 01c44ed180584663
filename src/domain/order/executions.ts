/**
 * The executions of one order: which are known, what of them counts after busts and corrections, and whether the broker
 * counts more. All of it follows from what was told, in whatever order it was told.
 */
import { larger, minus, NO_QUANTITY, plus, price, quantity } from '../kernel/decimal.ts';
import type { Price, Quantity } from '../kernel/decimal.ts';
import type { Execution, ExecutionBusted, ExecutionCorrected } from './execution-events.ts';

export interface KnownExecution extends Execution {
  /** How many earlier ones of its broker order have the same cumulative quantity. */
  readonly repeat: number;
}

export interface ExecutionBook {
  readonly executions: readonly KnownExecution[];
  /** One for each execution that was busted, known or not. */
  readonly busts: readonly ExecutionBusted['data'][];
  /** One for each corrected id. */
  readonly corrections: readonly ExecutionCorrected['data'][];
  /** Told with the cumulative quantity of another execution, and not counted until it is certain to be one of its own. */
  readonly heldBack: readonly Execution[];
  /** By how much the broker's count was found to be more than what stands, without an execution that is unknown. */
  readonly confirmed: readonly { readonly brokerOrderId: string; readonly surplus: Quantity }[];
}

/** What of an execution counts now. */
export interface Standing {
  readonly quantity: Quantity;
  readonly price: Price;
  /** The id that a correction gave it; null for one that is as it first was. */
  readonly version: string | null;
  readonly busted: boolean;
  /** The largest quantity that it ever had. */
  readonly most: Quantity;
  /** When the broker has changed it last; null for one that is as it first was. */
  readonly amendedAt: string | null;
  /** Every quantity and price that it ever had, the first one too. */
  readonly versions: readonly { readonly quantity: Quantity; readonly price: Price }[];
}

/** What counts of an execution after everything the broker has told about it. */
export function standingOf(book: ExecutionBook, execution: Execution): Standing {
  const { brokerOrderId } = execution;
  /** How it was called before, and how it is called now. */
  const former: string[] = [];
  let names = namesOf(execution);
  let now = { quantity: quantity(execution.quantity), price: price(execution.price), version: null as string | null };
  const versions = [{ quantity: now.quantity, price: now.price }];
  let most = now.quantity;
  let amendedAt: string | null = null;
  for (;;) {
    former.push(...names);
    const next = latest(
      book.corrections.filter(
        (each) =>
          each.brokerOrderId === brokerOrderId &&
          names.includes(each.executionId) &&
          !former.includes(each.correctedId),
      ),
    );
    if (next === undefined) break;
    const { correctedId, corrected } = next;
    names = [correctedId];
    now = { quantity: quantity(corrected.quantity), price: price(corrected.price), version: correctedId };
    versions.push({ quantity: now.quantity, price: now.price });
    most = larger(most, now.quantity);
    amendedAt = next.correctedAt;
  }
  const all = allNamesOf(book, execution);
  const bust = book.busts.find((each) => each.brokerOrderId === brokerOrderId && all.includes(each.executionId));
  if (bust === undefined) return { ...now, busted: false, most, amendedAt, versions };
  return { ...now, quantity: NO_QUANTITY, busted: true, most, amendedAt: bust.bustedAt, versions };
}

/** A known execution by its place: what events say of which one they speak. */
export const executionAt = (
  { executions }: ExecutionBook,
  place: Pick<KnownExecution, 'brokerOrderId' | 'cumulativeQuantity' | 'repeat'>,
): KnownExecution | undefined =>
  executions.find(
    (each) =>
      each.brokerOrderId === place.brokerOrderId &&
      each.cumulativeQuantity === place.cumulativeQuantity &&
      each.repeat === place.repeat,
  );

/** The known execution that a bust or correction of this name is about; undefined while it is not known. */
export const namedBy = (book: ExecutionBook, brokerOrderId: string, name: string): KnownExecution | undefined =>
  ofBrokerOrder(book, brokerOrderId).find((each) => allNamesOf(book, each).includes(name));

/** How the broker calls an execution. */
export const namesOf = ({ executionId, recordId }: Pick<Execution, 'executionId' | 'recordId'>): string[] =>
  [executionId, recordId].filter((name) => name !== null);

/** With the names that corrections gave it. */
export function allNamesOf(book: ExecutionBook, execution: Execution): readonly string[] {
  const names = namesOf(execution);
  for (let index = 0; index < names.length; index += 1) {
    for (const each of book.corrections) {
      const isNext = each.brokerOrderId === execution.brokerOrderId && each.executionId === names[index];
      if (isNext && !names.includes(each.correctedId)) names.push(each.correctedId);
    }
  }
  return names;
}

/** Of two corrections of one execution the later one holds. */
const latest = (corrections: readonly ExecutionCorrected['data'][]): ExecutionCorrected['data'] | undefined =>
  corrections
    .toSorted((a, b) => moment(a.correctedAt) - moment(b.correctedAt) || (a.correctedId < b.correctedId ? -1 : 1))
    .at(-1);

/** Milliseconds: the broker's times are compared no more finely. */
export const moment = (at: string): number => Date.parse(at);

/** The known executions of one broker order. */
export const ofBrokerOrder = ({ executions }: ExecutionBook, brokerOrderId: string): readonly KnownExecution[] =>
  executions.filter((each) => each.brokerOrderId === brokerOrderId);

const total = (amounts: readonly Quantity[]): Quantity => amounts.reduce((sum, each) => plus(sum, each), NO_QUANTITY);

/** What stands of one broker order, as far as known here. */
export const filledOf = (book: ExecutionBook, brokerOrderId: string): Quantity =>
  total(ofBrokerOrder(book, brokerOrderId).map((each) => standingOf(book, each).quantity));

/**
 * What was ever executed of one broker order: busted executions count, and corrected ones with their largest quantity. The
 * first quantity of one that was corrected before it was learnt shows only in the count after it.
 */
function everFilled(book: ExecutionBook, brokerOrderId: string): Quantity {
  const own = ofBrokerOrder(book, brokerOrderId);
  return total(
    own.map((each) => {
      const { most, version } = standingOf(book, each);
      if (version === null) return most;
      const counted = quantity(each.cumulativeQuantity);
      const before = own.map((other) => quantity(other.cumulativeQuantity)).filter((other) => other < counted);
      return larger(most, minus(counted, before.reduce(larger, NO_QUANTITY)));
    }),
  );
}

export interface AmendmentOf {
  readonly executionId: string;
  readonly at: number;
  readonly brokerFilledQuantity: Quantity;
}

/** When executions of a broker order were busted or corrected, and what the broker counted then. */
export const amendmentsOf = ({ busts, corrections }: ExecutionBook, brokerOrderId: string): readonly AmendmentOf[] =>
  [
    ...busts.map((each) => ({ ...each, at: each.bustedAt })),
    ...corrections.map((each) => ({ ...each, at: each.correctedAt })),
  ]
    .filter((each) => each.brokerOrderId === brokerOrderId)
    .map(({ executionId, at, brokerFilledQuantity }) => ({
      executionId,
      at: moment(at),
      brokerFilledQuantity: quantity(brokerFilledQuantity),
    }));

export const isAmended = (book: ExecutionBook, brokerOrderId: string): boolean =>
  amendmentsOf(book, brokerOrderId).length > 0;

/** What the broker says of a broker order: how much it counts as filled, and when that was so. */
export interface BrokerCount {
  readonly brokerOrderId: string;
  readonly filledQuantity: string;
  readonly at: string;
}

/**
 * Whether the broker counts more than the executions that stand here: they must be asked for. What it counted before
 * executions were busted is compared with all that were ever known. A broker whose count does not go down with a bust
 * counts more from then on, which is no news once its records were found to hold nothing else.
 */
export function executionsMissing(book: ExecutionBook, count: BrokerCount): boolean {
  const { brokerOrderId } = count;
  const surplus = minus(quantity(count.filledQuantity), filledOf(book, brokerOrderId));
  if (surplus <= 0n) return false;
  const amendments = amendmentsOf(book, brokerOrderId);
  if (amendments.some(({ at }) => at > moment(count.at))) {
    return quantity(count.filledQuantity) > everFilled(book, brokerOrderId);
  }
  const known = book.confirmed.filter((each) => each.brokerOrderId === brokerOrderId).map((each) => each.surplus);
  return surplus > known.reduce(larger, NO_QUANTITY);
}

/** Whether the broker counts less than what stands here, at a moment when it must have known of all of it. */
export function countsLess(book: ExecutionBook, { brokerOrderId, filledQuantity, at }: BrokerCount): boolean {
  if (quantity(filledQuantity) >= filledOf(book, brokerOrderId)) return false;
  const times = ofBrokerOrder(book, brokerOrderId).map((each) => moment(each.executedAt));
  const changes = amendmentsOf(book, brokerOrderId).map((each) => each.at);
  return [...times, ...changes].every((known) => known < moment(at));
}

/**
 * Whether it may be concluded that a broker goes on counting what it busted, once its records hold nothing unknown: not
 * when it was seen to count less after a bust than was executed before; and not for more than was ever executed, unless a
 * bust is about an execution that its records do not show.
 */
export function explainsSurplus(book: ExecutionBook, { brokerOrderId, filledQuantity }: BrokerCount): boolean {
  const amendments = amendmentsOf(book, brokerOrderId);
  if (amendments.length === 0) return false;
  const allKnown = amendments.every(({ executionId }) => namedBy(book, brokerOrderId, executionId) !== undefined);
  if (allKnown && quantity(filledQuantity) > everFilled(book, brokerOrderId)) return false;
  const own = ofBrokerOrder(book, brokerOrderId);
  return amendments.every(({ at, brokerFilledQuantity }) => {
    const before = own.filter((each) => moment(each.executedAt) <= at).map((each) => quantity(each.quantity));
    return brokerFilledQuantity >= total(before);
  });
}

/**
 * Whether a broker order that nobody amended has executed so much: the broker has counted up to it, and all executions up
 * to there are known.
 */
export function hasExecuted(book: ExecutionBook, brokerOrderId: string, wanted: Quantity): boolean {
  const counted = reached(book, brokerOrderId);
  return counted >= wanted && everFilled(book, brokerOrderId) >= counted;
}

/** The largest cumulative quantity that an execution of the broker order was told with. */
const reached = (book: ExecutionBook, brokerOrderId: string): Quantity =>
  ofBrokerOrder(book, brokerOrderId)
    .map((each) => quantity(each.cumulativeQuantity))
    .reduce(larger, NO_QUANTITY);

/**
 * What a broker order has executed for certain: no more than its executions were told to add up to, since a bust that
 * is not known yet may hide behind what stands.
 */
export function certainlyFilled(book: ExecutionBook, brokerOrderId: string): Quantity {
  const own = ofBrokerOrder(book, brokerOrderId);
  const raised = total(own.map((each) => minus(standingOf(book, each).most, quantity(each.quantity))));
  const [told, stands] = [plus(reached(book, brokerOrderId), raised), filledOf(book, brokerOrderId)];
  return told < stands ? told : stands;
}
