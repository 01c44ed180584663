/** The broker's positions at a moment of the market's time. */
import type { BrokerAccess, BrokerAccounts, BrokerPosition } from '../ports/broker.ts';
import type { Venue } from '../ports/market-data.ts';

export interface PositionsAt {
  readonly positions: readonly BrokerPosition[];
  /** RFC 3339, the market's time. */
  readonly at: string;
}

const READS = 5;

/**
 * The positions with the market's time at which they were held: read before and after the clock, until both readings
 * agree, so that every execution is clearly before or after that time. Null when the broker does not answer, or they
 * will not keep still.
 */
export async function readPositions(
  { broker, venue }: { readonly broker: BrokerAccounts; readonly venue: Venue },
  access: BrokerAccess,
): Promise<PositionsAt | null> {
  let before = await broker.positions(access);
  for (let reads = 0; reads < READS && before.kind === 'found'; reads += 1) {
    const clock = await venue.clock('fresh').catch(() => null);
    if (clock === null) return null;
    const after = await broker.positions(access);
    if (after.kind !== 'found') return null;
    if (JSON.stringify(after.value) === JSON.stringify(before.value)) return { positions: after.value, at: clock.now };
    before = after;
  }
  return null;
}
