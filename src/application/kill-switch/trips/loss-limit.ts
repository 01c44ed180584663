/**
 * Halts an account whose day's result has come down to the limit, realized or not: until the exchange's next day its
 * positions can only be made smaller.
 */
import { absolute, money, toCents, toText } from '../../../domain/kernel/decimal.ts';
import type { Mark } from '../../../domain/risk-policy/events.ts';
import type { KillSwitchState } from '../../../domain/risk-policy/kill-switch/state.ts';
import { limitsInForce } from '../../../domain/risk-policy/limits.ts';
import type { LimitBasis } from '../../../domain/risk-policy/limits.ts';
import { resultOfDay } from '../../../domain/risk-policy/result.ts';
import type { RiskState } from '../../../domain/risk-policy/state.ts';
import type { Ids } from '../../ports/clock-and-ids.ts';
import type { Log } from '../../ports/log.ts';
import type { HaltTradingNow, ReleaseHalt } from '../halt-trading.ts';
import { tripCause } from './trip.ts';

export interface LossLimitNeeds {
  readonly haltTrading: HaltTradingNow;
  readonly releaseHalt: ReleaseHalt;
  readonly basis: LimitBasis;
  readonly ids: Ids;
  readonly log: Log;
}

export interface Reckoning {
  /** The exchange's day. */
  readonly day: string;
  readonly accounts: readonly {
    readonly accountId: string;
    readonly risk: RiskState;
    readonly marks: readonly Mark[];
  }[];
  readonly halts: KillSwitchState;
}

const BY = { kind: 'trip', trip: 'loss_limit' } as const;

/** Reckons for all accounts, every few seconds. */
export function createLossLimit(needs: LossLimitNeeds): (reckoning: Reckoning) => Promise<void> {
  const { haltTrading, releaseHalt, basis, ids, log } = needs;

  return async ({ day, accounts, halts }) => {
    for (const { haltId, by, until } of halts.standing.values()) {
      const isOver = by.kind === 'trip' && by.trip === BY.trip && until !== null && until < day;
      if (isOver) await releaseHalt({ haltId, by: BY, cause: tripCause('loss_limit', ids) });
    }
    for (const { accountId, risk, marks } of accounts) {
      const result = resultOfDay(risk, day, marks);
      const limit = money(limitsInForce(risk.policy, day, basis).dailyLoss);
      // While nobody prices what is held, the rules let no position grow; that is no loss yet.
      if (result === null || result > -limit) continue;
      const halted = await haltTrading({
        // Once a day: an operator who has released it has decided for that day.
        haltId: ids.named(`loss_limit/${accountId}/${day}`),
        scope: { kind: 'account', accountId, symbol: null },
        level: 'reducing',
        reason: {
          code: 'loss_limit',
          text: `The day’s loss of $${toCents(absolute(result))} has reached the limit of $${toCents(limit)}.`,
        },
        cancelOrders: true,
        flatten: false,
        by: BY,
        clearsItself: true,
        until: day,
        cause: tripCause('loss_limit', ids),
      });
      if (halted.kind === 'done' && halted.recorded) {
        log.warn('an account has reached its loss limit', { accountId, day, result: toText(result) });
      }
    }
  };
}
