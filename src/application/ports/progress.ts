import type { Position, RecordedEvent } from './event-store.ts';

/**
 * How far a reaction has come in the total order of one event store; what it did must be safe to repeat from there. With
 * another store a reaction begins anew.
 */
export interface Checkpoints {
  /** `START` for a reaction that never ran on this store. */
  load(reaction: string): Promise<Position>;
  /** Throws `Overtaken`, and changes nothing, when an owner with a greater fence has saved already. */
  save(reaction: string, position: Position, fence: number): Promise<void>;
}

/** When each account was last compared with the broker's records. It never goes back, whoever tells it. */
export interface Reconciliations {
  /** RFC 3339; null for an account that never was. */
  lastOf(accountId: string): Promise<string | null>;
  record(accountId: string, at: string): Promise<void>;
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

/** Bracket orders whose protection is to be looked at, as the read models know them: perhaps a moment behind. */
export interface BracketOrders {
  /** Those with shares that are still held, with exits that have not ended, or with something wrong. */
  toWatch(): Promise<readonly { readonly orderId: string; readonly accountId: string }[]>;
}

/** Orders that are not finished, as the read model knows them: perhaps a moment behind. */
export interface UnfinishedOrders {
  /** What was recorded up to this position shows in what is read from now on, but for streams that a view can not take. */
  knownUpTo(): Promise<Position>;
  /** Admitted but not placed yet. `any`: also those of this second, which whoever asked for them is about to place. */
  admittedOnly(age: 'any' | 'a second'): Promise<readonly { readonly orderId: string; readonly accountId: string }[]>;
  /** Placed and not final. */
  placed(): Promise<readonly { readonly orderId: string; readonly accountId: string }[]>;
}
