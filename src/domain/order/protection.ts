/**
 * Whether a bracket order has the stop loss that its position needs. The broker lets the exits wait until the order is
 * completely filled, takes them away when the rest of it is cancelled, and cancels both when one is cancelled: each
 * leaves a position bare.
 */
import { larger, minus, NO_QUANTITY, plus, quantity, smaller, toText } from '../kernel/decimal.ts';
import type { Quantity } from '../kernel/decimal.ts';
import type { ProtectionMissing, ProtectionRestored } from './exit-events.ts';
import { isFinal } from './state.ts';
import type { LiveOrder } from './state.ts';

export interface Protection {
  /** Shares of the order that are still held. */
  readonly open: Quantity;
  /** What its working stop losses would close. */
  readonly stopped: Quantity;
  /** Shares that nothing protects. */
  readonly bare: Quantity;
  readonly isRight: boolean;
}

/** What the account holds, in the order's direction; none of it negative. */
export interface HeldOfOrder {
  /** Of the lots that the order itself opened. */
  readonly opened: Quantity;
  /** Of the symbol at all. */
  readonly inAll: Quantity;
}

/** Whether an order is of the kind that is protected by exits. */
export const hasBracket = ({ placed }: LiveOrder): boolean => placed.takeProfit !== null && placed.stopLoss !== null;

/**
 * What protects an order. Its own exits count, and of them the stop loss that works at the venue: an exit that waits
 * protects nothing. A stop loss for more than is held would turn the position over, so it is wrong too.
 */
export function protectionOf(order: LiveOrder, exits: readonly LiveOrder[], held: HeldOfOrder): Protection {
  const closed = exits.reduce((sum, exit) => plus(sum, exit.filled), NO_QUANTITY);
  const remaining = larger(minus(order.filled, closed), NO_QUANTITY);
  const open = smaller(remaining, held.opened);
  const stopped = exits
    .filter((exit) => exit.ticket.type !== 'limit' && exit.exitActive && !isFinal(exit))
    .map((exit) => larger(minus(quantity(exit.ticket.quantity), exit.filled), NO_QUANTITY))
    .reduce((sum, leaves) => plus(sum, leaves), NO_QUANTITY);
  const bare = larger(minus(open, stopped), NO_QUANTITY);
  return { open, stopped, bare, isRight: bare === 0n && stopped <= smaller(remaining, held.inAll) };
}

/** What is news about the protection of an order. */
export function decideProtection(
  { unprotected }: LiveOrder,
  { open, stopped, bare, isRight }: Protection,
  { since, at }: { readonly since: string; readonly at: string },
): readonly (ProtectionMissing | ProtectionRestored)[] {
  const [openQuantity, protectedQuantity, bareQuantity] = [toText(open), toText(stopped), toText(bare)];
  if (isRight) {
    if (unprotected === null) return [];
    return [{ type: 'ProtectionRestored', data: { openQuantity, protectedQuantity, restoredAt: at } }];
  }
  const isKnown = unprotected?.openQuantity === openQuantity && unprotected.protectedQuantity === protectedQuantity;
  if (isKnown) return [];
  const data = { since: unprotected?.since ?? since, openQuantity, protectedQuantity, bareQuantity };
  return [{ type: 'ProtectionMissing', data }];
}

/**
 * By how much the exits of a filled order have executed more than it did: in a fast market both may, and the position
 * turns over. Zero while the order may yet execute.
 */
export function exitsExcess(order: LiveOrder, exits: readonly LiveOrder[]): Quantity {
  if (!isFinal(order)) return NO_QUANTITY;
  const closed = exits.reduce((sum, exit) => plus(sum, exit.filled), NO_QUANTITY);
  return larger(minus(closed, order.filled), NO_QUANTITY);
}
