/** Halting and releasing: for traders, operators, the command line and the watches alike. */
import { KILL_SWITCH_STREAM } from '../../domain/risk-policy/kill-switch/events.ts';
import type { HaltLevel, HaltScope, TradingHalted } from '../../domain/risk-policy/kill-switch/events.ts';
import { partyFor, standingLike } from '../../domain/risk-policy/kill-switch/kill-switch.ts';
import type { KillSwitchRefusal, Requester } from '../../domain/risk-policy/kill-switch/kill-switch.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { Clock, Ids } from '../ports/clock-and-ids.ts';
import type { Position } from '../ports/event-store.ts';

export interface HaltTradingNeeds {
  readonly aggregates: Pick<Aggregates, 'killSwitch'>;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface HaltRequest {
  readonly scope: HaltScope;
  readonly level: HaltLevel;
  readonly reason: TradingHalted['data']['reason'];
  readonly cancelOrders: boolean;
  readonly flatten: boolean;
  readonly by: Requester;
  readonly cause: Cause;
  /** Makes the request repeatable; without it, a halt of its own. */
  readonly haltId?: string;
  /** False: what a halt that stands has done is not done again. */
  readonly renew?: boolean;
  /** Of a watch: it ends the halt itself, and on which day of the exchange at the latest. */
  readonly clearsItself?: boolean;
  readonly until?: string;
}

type Refused = { readonly kind: 'refused'; readonly code: KillSwitchRefusal['code'] };

/**
 * `recorded`: false when such a halt stands already, with all its work still to do or under way: then that one is named.
 * `renewed`: it stands already, and what it has done is done again.
 */
export type HaltResult =
  | {
      readonly kind: 'done';
      readonly haltId: string;
      readonly recorded: boolean;
      readonly renewed: boolean;
      readonly position: Position | null;
    }
  | Refused;

export type HaltTradingNow = (request: HaltRequest) => Promise<HaltResult>;

export function createHaltTrading({ aggregates, clock, ids }: HaltTradingNeeds): HaltTradingNow {
  return async ({ cause, by, clearsItself = false, until = null, haltId = ids.random(), ...asked }) => {
    const wanted = { ...asked, haltId, clearsItself, until };
    const command = { type: 'HaltTrading', ...wanted, by, at: clock.now() } as const;
    const halted = await aggregates.killSwitch.handle(KILL_SWITCH_STREAM, command, cause);
    if (halted.kind === 'refused') return { kind: 'refused', code: halted.refusal.code };
    const recorded = halted.events.find((event) => event.type === 'TradingHalted' || event.type === 'HaltRenewed');
    if (recorded !== undefined) {
      const renewed = recorded.type === 'HaltRenewed';
      return { kind: 'done', haltId: recorded.data.haltId, recorded: true, renewed, position: halted.position };
    }
    const party = partyFor(by, asked.scope, halted.state);
    const standing = party === null ? null : standingLike(halted.state, { ...wanted, by: party });
    return { kind: 'done', haltId: standing?.haltId ?? haltId, recorded: false, renewed: false, position: null };
  };
}

/** `resumed`: the halt stands no longer. Otherwise one more operator is needed. */
export type ReleaseResult =
  { readonly kind: 'done'; readonly resumed: boolean; readonly position: Position | null } | Refused;

export type ReleaseHalt = (request: {
  readonly haltId: string;
  readonly by: Requester;
  readonly cause: Cause;
}) => Promise<ReleaseResult>;

export function createReleaseHalt({ aggregates, clock }: Omit<HaltTradingNeeds, 'ids'>): ReleaseHalt {
  return async ({ haltId, by, cause }) => {
    const command = { type: 'ReleaseHalt', haltId, by, at: clock.now() } as const;
    const released = await aggregates.killSwitch.handle(KILL_SWITCH_STREAM, command, cause);
    if (released.kind === 'refused') return { kind: 'refused', code: released.refusal.code };
    return { kind: 'done', resumed: !released.state.standing.has(haltId), position: released.position };
  };
}
