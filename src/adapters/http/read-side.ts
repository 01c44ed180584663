/** The read models that the HTTP surfaces look into. Perhaps a moment behind the event store. */
import type { BrokerExecution, BrokerOrder } from '../../../contracts/broker-api.ts';
import type { OrderStory } from '../../../contracts/story.ts';
import type { Position } from '../../application/ports/event-store.ts';
import type { Execution } from '../../domain/order/events.ts';

/** A position that is open here, or at the broker only; decimals as text. */
export interface OpenPosition {
  readonly symbol: string;
  /** Negative for a short position. */
  readonly quantity: string;
  readonly averagePrice: string;
  /** What the open lots cost, negative when short. */
  readonly costBasis: string;
  readonly realizedToday: string;
  readonly realizedTotal: string;
  /** Shares by our record and by the broker's, where they differ, and since when that is known. */
  readonly mismatch: { readonly ours: string; readonly brokers: string; readonly since: string } | null;
}

/** A position of which the broker has another quantity than our record. */
export interface PositionMismatch {
  readonly accountId: string;
  readonly symbol: string;
  readonly ours: string;
  readonly brokers: string;
  readonly since: string;
}

export interface ReadSide {
  /** Every open order, and those that ended of late. Last changed first. */
  listOrders(accountId: string): Promise<readonly BrokerOrder[]>;
  /** Orders that have ended; the last ended first. */
  ordersHistory(accountId: string, maxCount: number): Promise<readonly BrokerOrder[]>;
  /** Of one instrument, newest first. */
  executions(accountId: string, instrument: string, maxCount: number): Promise<readonly BrokerExecution[]>;
  /** The execution that an event speaks of, busted ones too; null until it can be read. */
  findExecution(
    place: Pick<Execution, 'brokerOrderId' | 'cumulativeQuantity'> & { readonly repeat?: number },
  ): Promise<BrokerExecution | null>;
  /** An order and its bracket's exits, with the account they belong to. */
  findWithLegs(orderId: string): Promise<readonly { readonly accountId: string; readonly order: BrokerOrder }[]>;
  /** Open positions by symbol; `tradingDay` is the exchange's day that counts as today. */
  positions(accountId: string, tradingDay: string): Promise<readonly OpenPosition[]>;
  /** Of all accounts, as long as they stand; the oldest first. */
  positionMismatches(): Promise<readonly PositionMismatch[]>;
  /** Realized by all symbols of the account, closed ones too. Dollars as text. */
  accountFigures(
    accountId: string,
    tradingDay: string,
  ): Promise<{ readonly realizedToday: string; readonly realizedTotal: string }>;
  /** Trades of the plan that are used; null while the account is not known here. */
  onboardingFigures(userId: string): Promise<{ readonly tradesUsed: number } | null>;
  /** Null when the account has no such order. */
  readStory(accountId: string, orderId: string): Promise<OrderStory | null>;
  /** True once everything up to `position` can be read; false when that takes longer than `timeoutMs`. */
  waitUntilApplied(position: Position, timeoutMs: number): Promise<boolean>;
}
