import { z } from 'zod';
import { type Dec, text, times } from '../decimal.ts';
import type { Exchange } from '../exchange.ts';
import { badInput, refuse } from '../failure.ts';
import { dayText, newYorkDay } from '../market/time.ts';
import { asBody } from '../orders/ticket.ts';
import { valuation } from '../orders/valuation.ts';
import type { Account } from '../state/types.ts';
import { type Desk, type Handler, ok } from './http.ts';

const CENTS = 2;

function money(value: Dec): string {
  return text(value, CENTS);
}

/** The account as the Trading API shows it. Cash is exact; values that depend on prices are rounded to cents. */
export function accountWire(exchange: Exchange, account: Account) {
  const worth = valuation(exchange, account);
  return {
    id: account.id,
    account_number: account.number,
    status: account.status,
    crypto_status: 'INACTIVE',
    currency: 'USD',
    cash: text(account.cash),
    equity: money(worth.equity),
    last_equity: money(account.lastEquity),
    portfolio_value: money(worth.equity),
    buying_power: money(worth.buyingPower),
    regt_buying_power: money(worth.regtBuyingPower),
    effective_buying_power: money(worth.buyingPower),
    non_marginable_buying_power: money(worth.nonMarginable),
    options_buying_power: money(worth.nonMarginable),
    bod_dtbp: '0',
    long_market_value: money(worth.long),
    short_market_value: money(worth.short),
    position_market_value: money(worth.long - worth.short),
    initial_margin: money(worth.initialMargin),
    maintenance_margin: money(worth.maintenanceMargin),
    last_maintenance_margin: '0',
    sma: money(times(worth.equity, 10n ** 18n)),
    multiplier: String(worth.multiplier),
    accrued_fees: '0',
    pending_reg_taf_fees: '0',
    pending_transfer_in: '0',
    pending_transfer_out: '0',
    intraday_adjustments: '0',
    balance_asof: dayText(newYorkDay(exchange.time()) - 1),
    created_at: account.createdAt,
    trading_blocked: account.tradingBlocked,
    transfers_blocked: false,
    account_blocked: account.accountBlocked,
    trade_suspended_by_user: account.configurations.suspend_trade,
    shorting_enabled: !account.configurations.no_shorting && worth.multiplier > 1,
    options_approved_level: 0,
    options_trading_level: 0,
    crypto_tier: 1,
  };
}

/** GET /v2/account. */
export function getAccount({ exchange }: Desk): Handler {
  return ({ account }) => ok(accountWire(exchange, account));
}

/** GET /v2/account/configurations. */
export const getConfigurations: Handler = ({ account }) => ok(account.configurations);

const change = z.object({
  suspend_trade: z.boolean().optional(),
  no_shorting: z.boolean().optional(),
  fractional_trading: z.boolean().optional(),
  trade_confirm_email: z.enum(['all', 'none']).optional(),
  max_margin_multiplier: z.enum(['1', '2', '4']).optional(),
  max_options_trading_level: z.int().min(0).max(3).optional(),
  ptp_no_exception_entry: z.boolean().optional(),
  disable_overnight_trading: z.boolean().optional(),
});

/** PATCH /v2/account/configurations. */
export function patchConfigurations({ exchange }: Desk): Handler {
  return ({ account, body }) => {
    const wanted = change.safeParse(asBody(body ?? {}));
    if (!wanted.success) throw badInput(`invalid ${wanted.error.issues[0]?.path.join('.') ?? 'request'}`);
    for (const [name, value] of Object.entries(wanted.data))
      if (value === undefined) delete wanted.data[name as keyof typeof wanted.data];
    account.configurations = { ...account.configurations, ...(wanted.data as Partial<Account['configurations']>) };
    exchange.store.put('account', account);
    return ok(account.configurations);
  };
}

/** A path the sandbox does not serve. */
export function unknownPath(): never {
  throw refuse(404, 40410000, 'endpoint not found');
}
