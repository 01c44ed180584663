/**
 * Looking at the halts in force before an order leaves. A halt that is committed in any process stops every order that has
 * not left by then, so nobody relies on a look that is older than half a second, and without a look nothing leaves.
 */
import type { OrderTicket } from '../../domain/order/events.ts';
import { haltAgainst, haltsOn } from '../../domain/risk-policy/kill-switch/scope.ts';
import type { HaltedOrder } from '../../domain/risk-policy/kill-switch/scope.ts';
import { onlyReduces, without } from '../../domain/risk-policy/state.ts';
import type { RiskState } from '../../domain/risk-policy/state.ts';
import type { BrokerAccess, LastLook } from '../ports/broker.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { Log } from '../ports/log.ts';
import type { ReadHalts } from './halts-on.ts';

export interface HaltLookNeeds {
  readonly readHalts: ReadHalts;
  readonly clock: Clock;
  readonly log: Log;
}

/** `stopped`: by a halt. `unknown`: the halts could not be read, which stops it for now. */
export type Looked = { readonly kind: 'clear' } | { readonly kind: 'stopped' | 'unknown'; readonly reason: string };

export interface HaltLook {
  /** Looks now. Whoever gets `clear` must go on without waiting for anything. */
  look(): Promise<Looked>;
  /** For an adapter, once it has nothing left to wait for: the last look while it serves, or a new one. */
  readonly lastLook: LastLook;
}

/** Counted from the moment at which the reading began. */
const SERVES_MS = 500;
/** A store this slow can not be relied on for a look; the order is tried again later. */
const MOST_READS = 3;

/** For one order, or a change of it, as the risk engine has admitted it. */
export function createHaltLook(
  { readHalts, clock, log }: HaltLookNeeds,
  access: Pick<BrokerAccess, 'userId' | 'accountId'>,
  ticket: OrderTicket,
  order: HaltedOrder,
): HaltLook {
  const { userId, accountId } = access;
  /** When the reading began that was clear last; null before. */
  let clearSince: string | null = null;
  const subject = { userId, accountId, symbol: ticket.symbol, broker: 'alpaca', strategyId: null } as const;

  /** A clock that was set back says nothing about how old a look is. */
  function serves(asOf: string): boolean {
    const age = Date.parse(clock.now()) - Date.parse(asOf);
    return age >= 0 && age <= SERVES_MS;
  }

  async function look(): Promise<Looked> {
    try {
      for (let reads = 0; reads < MOST_READS; reads += 1) {
        const { state, asOf } = await readHalts();
        const notice = haltAgainst(haltsOn(state, subject), order);
        if (notice !== null) {
          return { kind: 'stopped', reason: `Trading is halted (${notice.scope}): ${notice.reason}` };
        }
        if (!serves(asOf)) continue;
        clearSince = asOf;
        return { kind: 'clear' };
      }
      throw new Error('reading them takes too long');
    } catch (error) {
      log.warn('the halts in force could not be read: nothing is sent', { accountId, error: String(error) });
      return { kind: 'unknown', reason: 'The halts in force could not be read.' };
    }
  }

  return {
    look,
    lastLook: async () => (clearSince !== null && serves(clearSince)) || (await look()).kind === 'clear',
  };
}

/** How a halt sees an order: judged without what is reserved for itself. */
export const haltedOrder = (risk: RiskState, ticket: OrderTicket, isClosing: boolean): HaltedOrder => ({
  isClosing,
  onlyReduces: onlyReduces(ticket, without(risk, ticket.orderId)),
});
