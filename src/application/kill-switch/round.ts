/** One round of what a halt asks for in one account: what it is given, and what it tells. */
import type { HaltReport, HaltStage } from '../../domain/risk-policy/kill-switch/events.ts';
import type { Halt } from '../../domain/risk-policy/kill-switch/state.ts';
import type { Cause } from '../handle.ts';
import type { BrokerAccess } from '../ports/broker.ts';
import type { MarketClock } from '../ports/market-data.ts';

export interface Round {
  readonly halt: Halt;
  readonly access: BrokerAccess;
  /** What earlier rounds have told. */
  readonly report: HaltReport;
  /** Of this process: it asks for the cancels before it looks at anything. */
  readonly isFirst: boolean;
  /** Null when the market's clock can not be read. */
  readonly market: MarketClock | null;
  /** Whether every order that was sent before the halt can be found among the unfinished ones. */
  readonly allKnown: boolean;
  readonly cause: Cause;
  /** Records which orders are about to be cancelled, before they are. */
  readonly tell: (report: HaltReport) => Promise<void>;
}

export interface RoundResult {
  readonly stage: Exclude<HaltStage, 'overdue'>;
  readonly report: HaltReport;
  /** There is a position that no further attempt is made to close. */
  readonly exhausted: boolean;
}
