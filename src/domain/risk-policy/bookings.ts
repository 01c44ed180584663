/** What is booked of an account's executions: each once, and taken back exactly when the broker takes it back. */
import { negated, price, quantity, toText } from '../kernel/decimal.ts';
import { find } from '../kernel/dictionary.ts';
import { book, unbook } from '../kernel/lots.ts';
import type { Lot } from '../kernel/lots.ts';
import { executionKey } from '../order/events.ts';
import type { Counted, Execution } from '../order/events.ts';
import type { FillBooked, FillReversed } from './events.ts';
import { versionOf } from './booked.ts';
import type { BookedExecution } from './booked.ts';
import { evolveRisk } from './evolve.ts';
import { executedAfter, holdingOf } from './state.ts';
import type { RiskState } from './state.ts';

/** An execution of an order, as the order's own record has it now. */
export interface ExecutionToBook {
  readonly orderId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly execution: Execution;
  readonly repeat: number;
  readonly tradingDay: string;
}

/** How an execution is to count after the broker has changed it. */
export interface AmendedExecution extends ExecutionToBook {
  /** Null when it was busted. `version` is what a correction has called it. */
  readonly counted: (Counted & { readonly version: string }) | null;
  /** When the broker has changed it last. */
  readonly amendedAt: string;
  /** Every name of it that whoever asks knows, those that corrections gave it too. */
  readonly names: readonly string[];
}

/** Books an execution once. */
export function bookFill(fill: ExecutionToBook, state: RiskState): readonly FillBooked[] {
  const key = executionKey(fill.execution, fill.repeat);
  if (find(state.bookedExecutions, key) !== undefined || containedIn(fill, state) !== null) return [];
  return [booking(fill, key, fill.execution, state)];
}

/**
 * Brings what is booked of an execution to what counts of it now; nothing when it is so already, or when whoever asks does
 * not know of the correction that is booked: they have stood still since, and would bring back what it was before.
 */
export function amendFill(fill: AmendedExecution, state: RiskState): readonly (FillBooked | FillReversed)[] {
  const { execution, repeat, counted, amendedAt, names } = fill;
  const first = executionKey(execution, repeat);
  const key = counted === null ? null : executionKey(execution, repeat, counted.version);
  const booked = find(state.bookedExecutions, first);
  const readAt = booked === undefined ? containedIn(fill, state) : adoptedSince(booked, state);
  // A position that was read contains a change that was made before.
  if (readAt !== null && Date.parse(amendedAt) <= Date.parse(readAt)) return [];
  const standing = booked ?? (readAt === null ? undefined : asFirstTold(fill, first));
  if (standing?.executionKey === key) return [];
  const version = standing === undefined ? null : versionOf(standing.executionKey);
  if (version !== null && !names.includes(version)) return [];
  const events: (FillBooked | FillReversed)[] = [];
  let now = state;
  if (standing?.stands === true) {
    const reversed = reversal(standing, fill, state);
    events.push(reversed);
    now = evolveRisk(state, reversed);
  }
  if (counted !== null && key !== null) events.push(booking(fill, key, counted, now));
  return events;
}

/**
 * When positions were read last of which an execution is a part: of an order from elsewhere, and before the opening
 * positions were read, or the broker's position was adopted. Null when it is part of none.
 */
function containedIn({ orderId, symbol, execution }: ExecutionToBook, state: RiskState): string | null {
  if (find(state.answers, orderId) !== undefined) return null;
  const executed = Date.parse(execution.executedAt);
  const readings = [state.adopted.get(symbol)?.at ?? null, state.openedAt].filter((read) => read !== null);
  return readings.find((read) => executed <= Date.parse(read)) ?? null;
}

/** When a position of the broker's was adopted after an execution was booked, the last time. */
function adoptedSince({ symbol, adoptedAt }: BookedExecution, { adopted }: RiskState): string | null {
  const last = adopted.get(symbol)?.at ?? null;
  return last === adoptedAt ? null : last;
}

const asFirstTold = (fill: ExecutionToBook, executionKey: string): BookedExecution => ({
  symbol: fill.symbol,
  side: fill.side,
  quantity: quantity(fill.execution.quantity),
  price: price(fill.execution.price),
  orderId: fill.orderId,
  closedLots: [],
  executionKey,
  tradingDay: fill.tradingDay,
  adoptedAt: null,
  stands: true,
});

function booking(fill: ExecutionToBook, executionKey: string, counted: Counted, state: RiskState): FillBooked {
  const { orderId, symbol, side, tradingDay } = fill;
  const { quantity: shares, price: at } = counted;
  const { realized } = book(holdingOf(state, symbol), side, quantity(shares), price(at), orderId);
  return {
    type: 'FillBooked',
    data: { orderId, executionKey, symbol, side, quantity: shares, price: at, realized: toText(realized), tradingDay },
  };
}

function reversal(booked: BookedExecution, { orderId, counted }: AmendedExecution, state: RiskState): FillReversed {
  const { executionKey, symbol, side, tradingDay } = booked;
  const { realized } = unbook(holdingOf(state, symbol), booked);
  return {
    type: 'FillReversed',
    data: {
      orderId,
      executionKey,
      symbol,
      side,
      quantity: toText(booked.quantity),
      price: toText(booked.price),
      closedLots: booked.closedLots.map(lotInText),
      realized: toText(realized),
      executed: toText(executedAfter(state, orderId, negated(booked.quantity))),
      tradingDay,
      reason: counted === null ? 'busted' : 'corrected',
    },
  };
}

const lotInText = (lot: Lot): FillReversed['data']['closedLots'][number] => ({
  quantity: toText(lot.quantity),
  price: toText(lot.price),
  orderId: lot.orderId,
});
