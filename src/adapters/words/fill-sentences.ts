/** In words: what the broker changed about executions, what was executed too much, and what protects a position. */
import { absolute, money, quantity, toText } from '../../domain/kernel/decimal.ts';
import type { ExecutionBusted, ProtectionMissing } from '../../domain/order/events.ts';
import type { FillReversed, OverfillCleared, OverfillFound } from '../../domain/risk-policy/events.ts';
import { at, count, dollars, shares } from './figures.ts';

/** What is wrong with the protection of a bracket order's position. */
export function protectionSentence({
  openQuantity,
  protectedQuantity,
  bareQuantity,
}: ProtectionMissing['data']): string {
  if (quantity(bareQuantity) === 0n) {
    return `The stop loss is for ${shares(protectedQuantity)}, more than the ${shares(openQuantity)} that it has to protect.`;
  }
  if (quantity(protectedQuantity) === 0n) return `No stop loss protects the position of ${shares(openQuantity)}.`;
  return `The stop loss protects ${count(protectedQuantity)} of ${shares(openQuantity)}; ${count(bareQuantity)} have none.`;
}

/** What the broker has changed about an execution. */
export function amended(
  what: string,
  { recount, filledQuantity, reason }: Pick<ExecutionBusted['data'], 'recount' | 'filledQuantity' | 'reason'>,
): string {
  const why = reason === null ? '' : ` (${reason})`;
  if (recount === null) return `${what}${why}; it is not known here yet.`;
  const { before, after } = recount;
  const now = quantity(after.quantity) === 0n ? 'nothing' : `${count(after.quantity)} at ${at(after.price)}`;
  return `${what}${why}: ${count(before.quantity)} at ${at(before.price)} became ${now}. Filled in all: ${count(filledQuantity)}.`;
}

export function reversed({
  side,
  quantity: taken,
  symbol,
  price: each,
  realized,
  reason,
}: FillReversed['data']): string {
  const what = `Taken back, because the broker has ${reason} it: ${side === 'buy' ? 'bought' : 'sold'} ${count(taken)} ${symbol} at ${at(each)}`;
  const changed = money(realized);
  if (changed === 0n) return `${what}.`;
  const amount = dollars(toText(absolute(changed)));
  return `${what}; the realized profit is ${amount} ${changed > 0n ? 'more' : 'less'}.`;
}

export const overfilled = ({ cause, excess, symbol }: OverfillFound['data']): string =>
  cause === 'order'
    ? `${shares(excess)} more than ordered ${count(excess) === '1' ? 'was' : 'were'} executed: until somebody has looked into it, the account's positions can only be made smaller.`
    : `The exits have executed ${shares(excess)} more than the order: until somebody has looked into it, positions in ${symbol} can only be made smaller.`;

const WHAT_WAS_TOO_MUCH = { order: 'What the order', exits: 'What the exits' } as const;

/** Nothing is said of orders in general: something else may hold them back. */
export const overfillCleared = ({ cause }: OverfillCleared['data']): string =>
  `${cause === null ? 'What was' : WHAT_WAS_TOO_MUCH[cause]} executed too much was looked into: it holds no order back any more.`;
