/**
 * How an order is called at the broker: by its own id as first sent, and with the number of the replacement behind it
 * afterwards. At most 40 ASCII characters; Alpaca takes 48 everywhere (128 in its newer interface).
 */
export const clientOrderId = (orderId: string, revision: number): string =>
  revision === 0 ? orderId : `${orderId}~r${revision}`;

const SHAPE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:~r([1-9]\d{0,2}))?$/;

/** The order and replacement that a client order id names; null for one that was not made here. */
export function readClientOrderId(id: string): { readonly orderId: string; readonly revision: number } | null {
  const match = SHAPE.exec(id);
  return match === null ? null : { orderId: match[1] as string, revision: Number(match[2] ?? '0') };
}
