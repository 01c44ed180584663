import { z } from 'zod';
import { type Dec, dec, decimalsOf, fromInt, parseDec, text, times, toMicros } from '../decimal.ts';
import { Refusal } from '../failure.ts';
import { instantText, parseInstant } from '../market/time.ts';
import { activate, fill, leavesOf } from '../matching/book.ts';
import { findAsset } from '../orders/assets.ts';
import { type Order, isOpen } from '../state/types.ts';
import { faultRequest } from './faults.ts';
import type { ControlParts } from './parts.ts';

const amount = z
  .union([z.string(), z.number()])
  .transform((value) => parseDec(String(value)))
  .refine((value): value is Dec => value !== null && value > 0n, 'must be a positive number');

const signed = z
  .union([z.string(), z.number()])
  .transform((value) => parseDec(String(value)))
  .refine((value): value is Dec => value !== null, 'must be a number');

const priceRequest = z.strictObject({ symbol: z.string(), price: amount.nullable() });
const fillRequest = z.strictObject({
  order_id: z.string(),
  qty: amount.optional(),
  price: amount.optional(),
  late: z.boolean().optional(),
});
const clockRequest = z.strictObject({
  set: z.string().optional(),
  advance_seconds: z
    .number()
    .min(0)
    .max(400 * 86_400)
    .optional(),
  speed: z.number().min(0).max(100_000).optional(),
  paused: z.boolean().optional(),
});
const revokeRequest = z.strictObject({ token: z.string().optional(), account_id: z.string().optional() });
const clientRequest = z.strictObject({
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  redirect_uris: z.array(z.string().min(1)),
});
const settingsRequest = z.strictObject({
  rate_limit: z.int().positive().nullable().optional(),
  rate_window_ms: z.int().min(100).max(600_000).optional(),
  rate_windows: z.enum(['clock', 'sliding']).optional(),
  client_order_ids: z.enum(['forever', 'active']).optional(),
  hold_fills: z.boolean().optional(),
  order_stream: z.enum(['open', 'closed']).optional(),
  frames: z.enum(['binary', 'text']).optional(),
  partial_fills: z.number().min(0).max(1).optional(),
  volume_share: z.number().positive().max(1).nullable().optional(),
  ack_ms: z.int().min(0).max(600_000).optional(),
  cancel_ms: z.int().min(0).max(600_000).optional(),
});
const assetRequest = z.strictObject({
  symbol: z.string(),
  status: z.enum(['active', 'inactive']).optional(),
  tradable: z.boolean().optional(),
  shortable: z.boolean().optional(),
  easy_to_borrow: z.boolean().optional(),
  fractionable: z.boolean().optional(),
  fractional_eh_enabled: z.boolean().optional(),
  marginable: z.boolean().optional(),
});
const positionRequest = z.strictObject({
  account_id: z.string(),
  symbol: z.string(),
  qty: signed,
  price: amount.optional(),
});
const accountRequest = z.strictObject({
  account_id: z.string(),
  status: z.enum(['ACTIVE', 'ACCOUNT_UPDATED', 'REJECTED', 'ACCOUNT_CLOSED', 'ACTION_REQUIRED']).optional(),
  trading_blocked: z.boolean().optional(),
  account_blocked: z.boolean().optional(),
  cash: z.string().optional(),
});

function missing(what: string): Refusal {
  return new Refusal(404, { message: `there is no ${what}` });
}

function unusable(message: string): Refusal {
  return new Refusal(422, { message });
}

/** What each control does; every one gives back the body of its answer. */
export function createActions(parts: ControlParts) {
  const { desk, timekeeper, connections, feeds, grants } = parts;
  const { exchange, engine, faults } = desk;
  const { store, settings, market, clock } = exchange;

  function clockNow() {
    return { now: instantText(clock.now()), speed: clock.speed(), paused: clock.paused() };
  }

  function findOrder(id: string): Order {
    const order = store.orders.get(id) ?? [...store.orders.values()].findLast((each) => each.clientOrderId === id);
    if (!order) throw missing(`order ${id}`);
    return order;
  }

  function holdFills(isHeld: boolean): void {
    settings.hold_fills = isHeld;
    if (!isHeld) engine.look(undefined, true);
  }

  return {
    clockNow,

    price: (body: unknown) => {
      const { symbol, price } = priceRequest.parse(body);
      const asset = findAsset(exchange, symbol);
      if (!asset) throw missing(`symbol ${symbol}`);
      if (price !== null && (decimalsOf(price) > 6 || price > fromInt(10_000_000)))
        throw unusable('the price must be at most 10000000 with at most 6 decimals');
      market.pin(asset.symbol, price === null ? null : toMicros(price), exchange.time());
      engine.look(asset.symbol, true);
      for (const feed of feeds) feed.push(asset.symbol);
      const now = exchange.price(asset.symbol);
      return { symbol: asset.symbol, price: now === null ? null : text(now), set_by_hand: price !== null };
    },

    /** Fills (part of) an order now, whatever the market says; with `late`, also one that has already ended. */
    fill: (body: unknown) => {
      const request = fillRequest.parse(body);
      const order = findOrder(request.order_id);
      if (!isOpen(order) && !request.late) throw unusable(`order is already in "${order.status}" state`);
      if (order.qty === null) throw unusable('a notional order can not be filled by hand');
      const qty = request.qty ?? leavesOf(order);
      if (qty <= 0n || qty > leavesOf(order)) throw unusable(`qty must be > 0 and at most ${text(leavesOf(order))}`);
      const price = request.price ?? exchange.price(order.symbol) ?? order.limitPrice;
      if (price === null) throw unusable('the symbol has no price: give one');
      if (['pending_new', 'accepted', 'held'].includes(order.status) && order.replaces === null)
        activate(exchange, order);
      const execution = fill(exchange, order, qty, price);
      return {
        order_id: order.id,
        execution_id: execution.id,
        qty: text(qty),
        price: text(price),
        status: order.status,
        filled_qty: text(order.filledQty),
      };
    },

    fault: (body: unknown) => {
      const request = faultRequest.parse(body);
      if (request.kind === 'hold_fills') {
        holdFills(request.on ?? true);
        return { kind: request.kind, on: settings.hold_fills };
      }
      if (request.kind === 'close_stream') {
        const { stream, account_id: accountId } = request.match ?? {};
        const closed = connections.drop(
          (each) => (!stream || each.stream === stream) && (!accountId || each.accountId() === accountId),
        );
        return { kind: request.kind, closed };
      }
      if (request.kind === 'forget_client_ids') {
        const finished = [...store.orders.values()].filter((order) => !isOpen(order));
        for (const order of finished) store.forgetClientId(order.accountId, order.clientOrderId);
        return { kind: request.kind, forgotten: finished.length };
      }
      return { ...faults.add(request), kind: request.kind };
    },

    clearFaults: () => {
      faults.clear();
      holdFills(false);
      return { faults: [] };
    },

    clock: (body: unknown) => {
      const request = clockRequest.parse(body);
      if (request.speed !== undefined) clock.setSpeed(request.speed);
      if (request.paused !== undefined) clock.setPaused(request.paused);
      desk.lifecycle.settle();
      const target = request.set === undefined ? clock.now() : parseInstant(request.set);
      if (target === null) throw unusable('set must be an RFC 3339 time');
      if (request.set !== undefined || request.advance_seconds !== undefined) {
        timekeeper.moveTo(target + Math.round((request.advance_seconds ?? 0) * 1000));
      }
      return clockNow();
    },

    revoke: (body: unknown) => {
      const request = revokeRequest.parse(body);
      const tokens = [...store.tokens.values()].filter(
        (each) => each.token === request.token || each.accountId === request.account_id,
      );
      if (tokens.length === 0) throw missing('such token');
      for (const token of tokens) {
        token.revoked = true;
        store.put('token', token);
      }
      exchange.commit();
      const revoked = new Set(tokens.map((each) => each.token));
      const dropped = connections.drop((each) => revoked.has(each.token() ?? ''));
      return { revoked: tokens.length, streams_dropped: dropped };
    },

    settings: (body: unknown) => {
      const { hold_fills: isHeld, ...rest } = settingsRequest.parse(body);
      Object.assign(settings, Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)));
      if (isHeld !== undefined) holdFills(isHeld);
      if (settings.order_stream === 'closed') connections.drop((each) => each.stream === 'trading');
      return settings;
    },

    registerClient: (body: unknown) => {
      const request = clientRequest.parse(body);
      const client = {
        clientId: request.client_id,
        clientSecret: request.client_secret,
        redirectUris: request.redirect_uris,
      };
      store.put('client', client);
      return { client_id: client.clientId, redirect_uris: grants.client(client.clientId)?.redirectUris };
    },

    asset: (body: unknown) => {
      const request = assetRequest.parse(body);
      const asset = findAsset(exchange, request.symbol);
      if (!asset) throw missing(`symbol ${request.symbol}`);
      store.put('asset', { ...store.assets.get(asset.symbol), ...request, symbol: asset.symbol });
      return findAsset(exchange, asset.symbol);
    },

    /** Moves a position without an order, as a split or a transfer does. */
    position: (body: unknown) => {
      const request = positionRequest.parse(body);
      const account = store.accounts.get(request.account_id);
      const asset = findAsset(exchange, request.symbol);
      if (!account) throw missing(`account ${request.account_id}`);
      if (!asset) throw missing(`symbol ${request.symbol}`);
      const price = request.price ?? exchange.price(asset.symbol);
      if (price === null) throw unusable('the symbol has no price: give one');
      const { qty } = request;
      store.put('position', { accountId: account.id, symbol: asset.symbol, qty, cost: times(qty, price) });
      return { account_id: account.id, symbol: asset.symbol, qty: text(qty), price: text(price) };
    },

    account: (body: unknown) => {
      const request = accountRequest.parse(body);
      const account = store.accounts.get(request.account_id);
      if (!account) throw missing(`account ${request.account_id}`);
      if (request.cash !== undefined && parseDec(request.cash) === null) throw unusable('cash must be a decimal');
      account.status = request.status ?? account.status;
      account.tradingBlocked = request.trading_blocked ?? account.tradingBlocked;
      account.accountBlocked = request.account_blocked ?? account.accountBlocked;
      account.cash = request.cash === undefined ? account.cash : dec(request.cash);
      store.put('account', account);
      return {
        id: account.id,
        status: account.status,
        trading_blocked: account.tradingBlocked,
        account_blocked: account.accountBlocked,
        cash: text(account.cash),
      };
    },
  };
}
