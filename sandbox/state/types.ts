import type { Dec } from '../decimal.ts';

export type Side = 'buy' | 'sell';
export type OrderType = 'market' | 'limit' | 'stop' | 'stop_limit' | 'trailing_stop';
export type TimeInForce = 'day' | 'gtc' | 'opg' | 'cls' | 'ioc' | 'fok';
export type OrderClass = '' | 'bracket' | 'oco' | 'oto';
export type PositionIntent = 'buy_to_open' | 'buy_to_close' | 'sell_to_open' | 'sell_to_close';
export type OrderStatus =
  | 'pending_new'
  | 'accepted'
  | 'held'
  | 'new'
  | 'partially_filled'
  | 'pending_cancel'
  | 'pending_replace'
  | 'filled'
  | 'canceled'
  | 'expired'
  | 'replaced'
  | 'rejected';

const FINISHED: ReadonlySet<OrderStatus> = new Set(['filled', 'canceled', 'expired', 'replaced', 'rejected']);

/** Whether an order can still trade or change. */
export function isOpen(order: Pick<Order, 'status'>): boolean {
  return !FINISHED.has(order.status);
}

/** Times are RFC 3339 in UTC with nine decimals, so that they order as texts. Amounts are exact decimals. */
export type Order = {
  readonly id: string;
  /** Counts all orders of this sandbox; the seed of what chance decides about the order. */
  readonly seq: number;
  readonly accountId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly orderClass: OrderClass;
  readonly intent: PositionIntent;
  readonly extendedHours: boolean;
  qty: Dec | null;
  readonly notional: Dec | null;
  readonly limitPrice: Dec | null;
  stopPrice: Dec | null;
  readonly trailPrice: Dec | null;
  readonly trailPercent: Dec | null;
  hwm: Dec | null;
  /** The worst price of a triggered buy stop. */
  readonly collar: Dec | null;
  triggered: boolean;
  status: OrderStatus;
  filledQty: Dec;
  filledCost: Dec;
  fills: number;
  /** The order this one is a leg of, and which leg. */
  parentId: string | null;
  readonly role: 'take_profit' | 'stop_loss' | null;
  legIds: string[];
  readonly createdAt: string;
  updatedAt: string;
  readonly submittedAt: string;
  filledAt: string | null;
  expiredAt: string | null;
  canceledAt: string | null;
  failedAt: string | null;
  replacedAt: string | null;
  replacedBy: string | null;
  readonly replaces: string | null;
  cancelRequestedAt: string | null;
  /** The status to fall back to when a pending cancel or replace is refused. */
  statusBefore: OrderStatus | null;
  /** Market milliseconds at which the order runs out. */
  readonly expiresAt: number;
  /** Real time of arrival. */
  readonly receivedAtReal: string;
  /** Real time at which it could not trade any more; null while it can. */
  endedAtReal: string | null;
};

export type Execution = {
  readonly id: string;
  readonly orderId: string;
  readonly accountId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell' | 'sell_short';
  readonly qty: Dec;
  readonly price: Dec;
  readonly cumQty: Dec;
  readonly leavesQty: Dec;
  readonly isLast: boolean;
  readonly at: string;
  readonly atMs: number;
};

/** What was done to an execution afterwards; the execution itself is never changed. */
export type ExecutionAmendment = {
  /** How the execution is called from now on, or the name of the bust. */
  readonly id: string;
  /** The execution as it first was, and its name until now. */
  readonly executionId: string;
  readonly previousId: string;
  readonly orderId: string;
  readonly busted: boolean;
  /** What stands of it; nothing of a busted one. */
  readonly qty: Dec;
  readonly price: Dec;
  readonly at: string;
};

/** Signed quantity; `cost` is what the open part cost (negative for a short). */
export type Position = { readonly accountId: string; readonly symbol: string; qty: Dec; cost: Dec };

export type Configurations = {
  suspend_trade: boolean;
  no_shorting: boolean;
  fractional_trading: boolean;
  trade_confirm_email: 'all' | 'none';
  max_margin_multiplier: '1' | '2' | '4';
  max_options_trading_level: number;
  ptp_no_exception_entry: boolean;
  disable_overnight_trading: boolean;
};

export type Account = {
  readonly id: string;
  readonly number: string;
  readonly createdAt: string;
  readonly openingCash: Dec;
  readonly openedAtMs: number;
  cash: Dec;
  lastEquity: Dec;
  status: string;
  tradingBlocked: boolean;
  accountBlocked: boolean;
  configurations: Configurations;
};

export type ApiKey = { readonly keyId: string; readonly secretHash: string; readonly accountId: string };
export type Token = {
  readonly token: string;
  readonly accountId: string;
  readonly clientId: string;
  readonly scope: string;
  readonly env: 'paper' | 'live';
  revoked: boolean;
};
export type OAuthClient = {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
};

/** A `trade_updates` payload as it was sent. */
export type TradeUpdate = Readonly<Record<string, unknown>> & {
  readonly event: string;
  readonly event_id: string;
  readonly at: string;
};
export type StoredUpdate = { readonly accountId: string; readonly update: TradeUpdate };

export type AssetOverride = {
  readonly symbol: string;
  readonly status?: 'active' | 'inactive' | undefined;
  readonly tradable?: boolean | undefined;
  readonly shortable?: boolean | undefined;
  readonly easy_to_borrow?: boolean | undefined;
  readonly fractionable?: boolean | undefined;
  readonly fractional_eh_enabled?: boolean | undefined;
  readonly marginable?: boolean | undefined;
};

/** Everything that survives a restart, by kind. */
export type Entities = {
  account: Account;
  position: Position;
  order: Order;
  execution: Execution;
  amendment: ExecutionAmendment;
  update: StoredUpdate;
  key: ApiKey;
  token: Token;
  client: OAuthClient;
  asset: AssetOverride;
};
