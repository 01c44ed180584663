/** A trader's account and positions at Alpaca. */
import { trading } from '@alpacahq/alpaca-trade-api/rest';
import { z } from 'zod';
import type { BrokerAccounts, LookUp } from '../../application/ports/broker.ts';
import type { Log } from '../../application/ports/log.ts';
import { type Answer, type Configurations, ask, failureOf } from './http.ts';
import { readJson } from './own-words.ts';
import { decimal, problemOf } from './wire.ts';

/** Alpaca: Account, the members in use. Only an ACTIVE account without a block may trade. */
const alpacaAccount = z
  .object({
    id: z.string().min(1),
    account_number: z.string(),
    status: z.string(),
    trading_blocked: z.boolean(),
    account_blocked: z.boolean(),
    trade_suspended_by_user: z.boolean(),
    cash: decimal,
    equity: decimal,
    buying_power: decimal,
    shorting_enabled: z.boolean(),
  })
  .transform((it) => ({
    brokerAccountId: it.id,
    brokerAccountNumber: it.account_number,
    mayTrade: it.status === 'ACTIVE' && !it.trading_blocked && !it.account_blocked && !it.trade_suspended_by_user,
    cash: it.cash,
    equity: it.equity,
    buyingPower: it.buying_power,
    shortingEnabled: it.shorting_enabled,
  }));

/** Alpaca: Position. The quantity of a short position is negative. */
const alpacaPositions = z.array(
  z
    .object({ symbol: z.string().min(1), qty: decimal, avg_entry_price: decimal })
    .transform((it) => ({ symbol: it.symbol, quantity: it.qty, averagePrice: it.avg_entry_price })),
);

export function createBrokerAccounts(configurations: Configurations, log: Log): BrokerAccounts {
  function read<Schema extends z.ZodType>(answer: Answer, schema: Schema, what: string): LookUp<z.output<Schema>> {
    if (answer.kind !== 'ok') return failureOf(answer);
    const found = schema.safeParse(readJson(answer.text));
    if (found.success) return { kind: 'found', value: found.data };
    const problem = problemOf(found.error);
    log.alarm(`the broker's ${what} could not be understood`, { problem });
    return { kind: 'unknown', reason: problem };
  }

  return {
    async account(access) {
      const accounts = new trading.AccountsApi(configurations.trader(access, 'look-up'));
      return read(await ask(() => accounts.getAccountRaw()), alpacaAccount, 'account');
    },
    async positions(access) {
      const positions = new trading.PositionsApi(configurations.trader(access, 'look-up'));
      return read(await ask(() => positions.getAllOpenPositionsRaw()), alpacaPositions, 'positions');
    },
  };
}
