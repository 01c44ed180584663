/**
 * How an order is called at the broker: by its own id behind a prefix of ours, and with the number of the replacement
 * behind it once it was changed. The prefix tells our orders from those that were entered elsewhere, to which the broker
 * gives UUIDs of its own. At most 48 ASCII characters, as many as Alpaca takes everywhere (128 in its newer interface).
 */
const PREFIX = 'tradsy-';

/** The largest number of a replacement that an id has room for. */
export const MOST_CHANGES = 999;

export const clientOrderId = (orderId: string, revision: number): string =>
  `${PREFIX}${formerClientOrderId(orderId, revision)}`;

/** How orders were called before there was a prefix. */
export const formerClientOrderId = (orderId: string, revision: number): string =>
  revision === 0 ? orderId : `${orderId}~r${revision}`;

const SHAPE = /^(?:tradsy-)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:~r([1-9]\d{0,2}))?$/;

/** The order and replacement that a client order id names; null for one that was not made here. */
export function readClientOrderId(id: string): { readonly orderId: string; readonly revision: number } | null {
  const match = SHAPE.exec(id);
  return match === null ? null : { orderId: match[1] as string, revision: Number(match[2] ?? '0') };
}

/** Whether the id can only be one of ours. Without the prefix it may be a UUID of the broker's own. */
export const isSurelyOurs = (id: string): boolean => id.startsWith(PREFIX) && SHAPE.test(id);
