/**
 * Halts an account whose day's result has come down to the limit, realized or not: until the exchange's next day its
 * positions can only be made smaller.
 */
import { absolute, toCents, toText } from '../../../domain/kernel/decimal.ts';
import type { Money, Price } from '../../../domain/kernel/decimal.ts';
import type { KillSwitchState } from '../../../domain/risk-policy/kill-switch/state.ts';
import type { RiskState } from '../../../domain/risk-policy/state.ts';
import type { Ids } from '../../ports/clock-and-ids.ts';
import type { Log } from '../../ports/log.ts';
import type { HaltTradingNow, ReleaseHalt } from '../halt-trading.ts';
import { tripCause } from './trip.ts';

export interface LossLimitNeeds {
  readonly haltTrading: HaltTradingNow;
  readonly releaseHalt: ReleaseHalt;
  /** What the account has gained or lost on a day of the exchange, at these prices. */
  readonly dayResult: (account: RiskState, day: string, marks: ReadonlyMap<string, Price>) => Money;
  /** The loss at which it is enough; not negative. */
  readonly lossLimit: (account: RiskState, day: string) => Money;
  readonly ids: Ids;
  readonly log: Log;
}

export interface Reckoning {
  /** The exchange's day. */
  readonly day: string;
  readonly accounts: readonly { readonly accountId: string; readonly risk: RiskState }[];
  readonly marks: ReadonlyMap<string, Price>;
  readonly halts: KillSwitchState;
}

const BY = { kind: 'trip', trip: 'loss_limit' } as const;

/** Reckons for all accounts, every few seconds. */
export function createLossLimit(needs: LossLimitNeeds): (reckoning: Reckoning) => Promise<void> {
  const { haltTrading, releaseHalt, dayResult, lossLimit, ids, log } = needs;

  return async ({ day, accounts, marks, halts }) => {
    for (const { haltId, by, until } of halts.standing.values()) {
      const isOver = by.kind === 'trip' && by.trip === BY.trip && until !== null && until < day;
      if (isOver) await releaseHalt({ haltId, by: BY, cause: tripCause('loss_limit', ids) });
    }
    for (const { accountId, risk } of accounts) {
      const [result, limit] = [dayResult(risk, day, marks), lossLimit(risk, day)];
      if (result > -limit) continue;
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
