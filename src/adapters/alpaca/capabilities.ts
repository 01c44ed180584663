/**
 * What Alpaca takes of US equities, line by line with the vendor's fact behind it. The sandbox holds every line to what a
 * compatible server does (test/adapters/capabilities.test.ts).
 */
import type { BrokerCapabilities } from '../../domain/order/capabilities.ts';

export const ALPACA_CAPABILITIES: BrokerCapabilities = {
  broker: 'alpaca',
  // POST /v2/orders: `limit_price` is required for limit and stop_limit, `stop_price` for stop and stop_limit, one of
  // `trail_price` and `trail_percent` for trailing_stop; each is refused with any other type.
  orderTypes: [
    { type: 'market', prices: [] },
    { type: 'limit', prices: ['limit'] },
    { type: 'stop', prices: ['stop'] },
    { type: 'stop_limit', prices: ['stop', 'limit'] },
    { type: 'trailing_stop', prices: ['trail'] },
  ],
  timesInForce: ['day', 'gtc', 'ioc', 'fok', 'opg', 'cls'],
  combinations: [
    // Whole shares: day and gtc go with every type; opg, cls, ioc and fok with market and limit.
    {
      of: { timeInForce: ['opg', 'cls', 'ioc', 'fok'] },
      only: { type: ['market', 'limit'] },
      reason: 'time_in_force_order_type',
    },
    // Fractional trading: time in force day only ("fractional orders must be DAY orders").
    { of: { size: ['fraction'] }, only: { timeInForce: ['day'] }, reason: 'fraction_needs_day_order' },
    // Fractional trading: market, limit, stop and stop_limit; no trailing stop.
    {
      of: { size: ['fraction'] },
      only: { type: ['market', 'limit', 'stop', 'stop_limit'] },
      reason: 'fraction_order_type',
    },
    // GET /v2/assets: only an asset with `fractionable` trades in fractions (403 otherwise).
    { of: { fractions: ['never'] }, only: { size: ['whole'] }, reason: 'fraction_of_this_instrument' },
    // GET /v2/assets: in extended hours only with the attribute `fractional_eh_enabled`.
    {
      of: { fractions: ['regular_hours'], size: ['fraction'] },
      only: { hours: ['regular'] },
      reason: 'fraction_in_extended_hours',
    },
    // `extended_hours`: "extended hours order must be DAY or GTC limit orders".
    {
      of: { hours: ['extended'] },
      only: { type: ['limit'], timeInForce: ['day', 'gtc'] },
      reason: 'extended_hours_need_limit_day',
    },
    // `order_class` bracket needs take_profit and stop_loss. With one of them it would be an oto order, which can not be
    // replaced and which this adapter does not send.
    { of: { exits: ['one'] }, only: { exits: ['both'] }, reason: 'bracket_needs_both_exits' },
    // Bracket orders: time in force day or gtc, no extended hours.
    {
      of: { exits: ['both'] },
      only: { timeInForce: ['day', 'gtc'], hours: ['regular'] },
      reason: 'bracket_time_in_force',
    },
    // Fractional trading: simple class only.
    { of: { exits: ['both'] }, only: { size: ['whole'] }, reason: 'bracket_whole_shares' },
    // Trailing stops: simple class only.
    {
      of: { exits: ['both'] },
      only: { type: ['market', 'limit', 'stop', 'stop_limit'] },
      reason: 'bracket_order_type',
    },
    // Ours: the exits of an order that closes a position would open one the other way.
    { of: { exits: ['both'] }, only: { effect: ['opens_long', 'opens_short'] }, reason: 'bracket_entry_only' },
    // Short sales: whole shares only ("fractional orders cannot be sold short").
    { of: { effect: ['opens_short'] }, only: { size: ['whole'] }, reason: 'short_whole_shares' },
    // Short sales: the asset must be shortable and easy to borrow.
    { of: { effect: ['opens_short'] }, only: { borrowing: ['possible'] }, reason: 'short_not_borrowable' },
  ],
  // "Sub-penny increment" (42210000): two decimals from one dollar on, four below (SEC rule 612).
  priceSteps: [
    { from: '0', step: '0.0001' },
    { from: '1', step: '0.01' },
  ],
  // `qty`: up to nine decimals.
  quantityStep: '0.000000001',
  // A fractional `qty` worth less than a dollar is refused as a smaller `notional` is ("minimal amount of order 1").
  smallestFractionValue: '1',
  // "stop_loss.stop_price must be <= base_price - 0.01"; the base is the entry's own price, else the market's.
  bracketDistance: '0.01',
  // A sell larger than the long position does not flip it: refused for want of quantity.
  flips: false,
  orderWindows: [
    // Opening auction: refused from 09:28 to 19:00 New York.
    { timeInForce: 'opg', closedFrom: '09:28', closedUntil: '19:00', reason: 'opening_order_window' },
    // Closing auction: refused from 15:50 to 19:00 New York.
    { timeInForce: 'cls', closedFrom: '15:50', closedUntil: '19:00', reason: 'closing_order_window' },
  ],
  // PATCH /v2/orders/{id}: `qty` in whole shares, `limit_price`, `stop_price`, `time_in_force`; a fractional quantity can
  // not be changed. (`trail` could be, and is not offered here.)
  replacement: { terms: ['quantity', 'limitPrice', 'stopPrice', 'timeInForce'], wholeSharesOnly: true },
  // `client_order_id`: 128 characters in the Trading API, 48 in older documents of the Broker API.
  longestClientOrderId: 48,
  margin: [
    // Below 2,000 dollars of equity `multiplier` is 1 and nothing can be sold short; beyond six times the equity, positions
    // can only be made smaller. No date is given, so it holds for every earlier day that is replayed.
    {
      effectiveFrom: '1990-01-01',
      kind: 'margin',
      minimumEquity: '2000',
      largestPositionsToEquity: '6',
      deficit: null,
    },
    // SR-FINRA-2025-017 (91 FR 20731): standards for the margin within the day, taken up by Alpaca on their first day. A
    // deficit is due in two business days; unmet by the fifth, the account is frozen for 90 days.
    {
      effectiveFrom: '2026-06-04',
      kind: 'intraday_margin',
      minimumEquity: '2000',
      largestPositionsToEquity: '6',
      deficit: { dueInBusinessDays: 2, frozenAfterBusinessDays: 5, frozenForDays: 90 },
    },
  ],
};
