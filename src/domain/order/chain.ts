/**
 * The broker orders that one order has been: each change makes the broker work a new one. What they execute together must
 * not become more than the trader wants.
 */
import { larger, minus, NO_QUANTITY, plus } from '../kernel/decimal.ts';
import type { Quantity } from '../kernel/decimal.ts';
import { certainlyFilled, filledOf } from './executions.ts';
import type { ExecutionBook } from './executions.ts';

export interface BrokerOrderLink {
  readonly brokerOrderId: string;
  /** Which change made it; 0 for the order as first sent. */
  readonly revision: number;
  /** What it is to execute, with nothing of the others; zero for an order over an amount of dollars. */
  readonly quantity: Quantity;
  /** When the broker told its quantity; null for the one that it was asked for. */
  readonly toldAt: string | null;
}

/** By revision; the last one works. */
export type Chain = readonly BrokerOrderLink[];

/** The chain with one more broker order, wherever its revision puts it. One that is there already changes nothing. */
export const linked = (chain: Chain, link: BrokerOrderLink): Chain =>
  chain.some((each) => each.brokerOrderId === link.brokerOrderId)
    ? chain
    : [...chain, link].toSorted((a, b) => a.revision - b.revision);

/** The quantity of one broker order; zero for one that is not in the chain. */
export const quantityOf = (chain: Chain, brokerOrderId: string): Quantity =>
  chain.find((each) => each.brokerOrderId === brokerOrderId)?.quantity ?? NO_QUANTITY;

/** What the whole chain could execute in the end, if the last broker order were filled. */
export function possibleOf(chain: Chain, book: ExecutionBook): Quantity {
  const former = chain.slice(0, -1).map((each) => filledOf(book, each.brokerOrderId));
  const last = chain.at(-1)?.quantity ?? NO_QUANTITY;
  return former.reduce((sum, each) => plus(sum, each), last);
}

/**
 * By how much more was executed than was ordered at the time: the largest excess of what a broker order and those before
 * it have executed over its quantity. Zero when all is as it should be.
 */
export function excessOf(chain: Chain, book: ExecutionBook): Quantity {
  let filled = NO_QUANTITY;
  let excess = NO_QUANTITY;
  for (const { brokerOrderId, quantity: ordered } of chain) {
    const own = certainlyFilled(book, brokerOrderId);
    filled = plus(filled, own);
    if (own > 0n && ordered > 0n) excess = larger(excess, minus(filled, ordered));
  }
  return excess;
}
