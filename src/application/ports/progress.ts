import type { Position, RecordedEvent } from './event-store.ts';

/** How far a reaction has come; what it did must be safe to repeat from there. */
export interface Checkpoints {
  /** `START` for a reaction that never ran. */
  load(reaction: string): Promise<Position>;
  save(reaction: string, position: Position): Promise<void>;
}

/** Where an event stands. */
export type EventPlace = Pick<RecordedEvent, 'stream' | 'revision' | 'position'>;

/** The events that a reaction has passed over because it could not read them: kept until a code comes that can. */
export interface PassedOver {
  /** In the total order. */
  load(reaction: string): Promise<readonly EventPlace[]>;
  /** Adding one that is there already changes nothing. */
  add(reaction: string, event: EventPlace): Promise<void>;
  remove(reaction: string, event: EventPlace): Promise<void>;
}

/** Orders that are not finished, as the read model knows them: perhaps a moment behind. */
export interface UnfinishedOrders {
  /** Admitted but not placed yet, with what was admitted. */
  admittedOnly(): Promise<readonly { readonly orderId: string; readonly accountId: string }[]>;
  /** Placed and not final. */
  placed(): Promise<readonly { readonly orderId: string; readonly accountId: string }[]>;
}
