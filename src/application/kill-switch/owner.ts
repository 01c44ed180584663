/** What the owner of the kill switch does: it carries out what is halted, and keeps the watches that halt by themselves. */
import type { OwnersWork } from '../as-owner.ts';
import type { RecordedEvent } from '../ports/event-store.ts';
import { runReaction } from '../react.ts';
import type { ReactionNeeds } from '../react.ts';
import type { CarryOutHalts } from './carry-out.ts';

export interface KillSwitchOwnerNeeds extends Omit<ReactionNeeds, 'fence'> {
  readonly carryOutHalts: CarryOutHalts;
  readonly watch: (signal: AbortSignal) => Promise<void>;
  readonly rejectStorm: (event: RecordedEvent) => Promise<void>;
  /** A signal that ends with `parent`, or when asked to. */
  readonly childOf: (parent: AbortSignal) => { readonly signal: AbortSignal; abort(): void };
}

/** Should one part end, all of them do, and the owner begins anew. */
export const createKillSwitchOwner =
  ({ carryOutHalts, watch, rejectStorm, childOf, ...reacting }: KillSwitchOwnerNeeds): OwnersWork =>
  async (fence, signal) => {
    const all = childOf(signal);
    const parts = [
      carryOutHalts(all.signal),
      watch(all.signal),
      runReaction('reject-storm', rejectStorm, { ...reacting, fence }, all.signal),
    ].map((part) => part.finally(all.abort));
    await Promise.allSettled(parts);
    await Promise.all(parts);
  };
