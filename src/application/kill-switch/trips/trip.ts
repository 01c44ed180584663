/** What the watches of the house have in common: they halt and release by themselves, under their own names. */
import type { Cause } from '../../handle.ts';
import type { Ids } from '../../ports/clock-and-ids.ts';

/** The names under which they stand in the record. */
export type TripName = 'reject_storm' | 'loss_limit' | 'stale_data';

export const tripCause = (trip: TripName, ids: Pick<Ids, 'random'>): Cause => ({
  correlationId: ids.random(),
  causationId: null,
  actor: { kind: 'system', id: trip },
});
