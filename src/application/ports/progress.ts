import type { Position } from './event-store.ts';

/** How far a reaction has come; what it did must be safe to repeat from there. */
export interface Checkpoints {
  /** `START` for a reaction that never ran. */
  load(reaction: string): Promise<Position>;
  save(reaction: string, position: Position): Promise<void>;
}

/** Orders that are not finished, as the read model knows them: perhaps a moment behind. */
export interface UnfinishedOrders {
  /** Admitted but not placed yet, with what was admitted. */
  admittedOnly(): Promise<readonly { readonly orderId: string; readonly accountId: string }[]>;
  /** Placed and not final. */
  placed(): Promise<readonly { readonly orderId: string; readonly accountId: string }[]>;
}
