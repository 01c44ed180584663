/** An execution as it was booked, so that it can be taken back. */
import { price, quantity } from '../kernel/decimal.ts';
import type { Booked } from '../kernel/lots.ts';
import type { FillReversed } from './events.ts';

/** As it was booked last. */
export interface BookedExecution extends Booked {
  readonly symbol: string;
  /** Of the booking; it begins with that of the execution. */
  readonly executionKey: string;
  readonly tradingDay: string;
  /** When the position that it was booked on was adopted from the broker; null for one that never was. */
  readonly adoptedAt: string | null;
  /** False once it was taken back. */
  readonly stands: boolean;
  readonly orderId: string;
}

/** The key of the execution that a booking is about, which may be that of a correction. */
export const firstKey = (executionKey: string): string => executionKey.split('/', 1)[0] as string;

/** The name that a correction has given what was booked; null for an execution as it first was. */
export const versionOf = (executionKey: string): string | null => executionKey.split('/').slice(1).join('/') || null;

/** A reversal as what it takes back. */
export const takenBack = (data: FillReversed['data']): Booked & { readonly orderId: string } => ({
  side: data.side,
  quantity: quantity(data.quantity),
  price: price(data.price),
  orderId: data.orderId,
  closedLots: data.closedLots.map((lot) => ({ ...lot, quantity: quantity(lot.quantity), price: price(lot.price) })),
});
