/** Whether the account can carry the order: the broker's word, read a moment ago, less what it could not know of yet. */
import {
  absolute,
  larger,
  minus,
  money,
  multiple,
  NO_MONEY,
  NO_QUANTITY,
  plus,
  price,
  quantity,
  toText,
  value,
} from '../../kernel/decimal.ts';
import type { Money } from '../../kernel/decimal.ts';
import { find } from '../../kernel/dictionary.ts';
import { netQuantity } from '../../kernel/lots.ts';
import type { Breach, BrokerFigures } from '../assessment.ts';
import { recentOrders } from '../recent.ts';
import { reckonedCost } from '../reckoning.ts';
import { onlyOpening } from './check.ts';
import type { Check, Rule } from './check.ts';

/** An order that was admitted so shortly before the account was read may not have been at the broker then. */
const ON_ITS_WAY_MS = 2_000;

/** What orders have taken of the account's means since it was read. */
function spentSince({ account, at }: Check, readAt: string): Money {
  const read = Date.parse(readAt);
  const seen = new Set<string>();
  let spent = NO_MONEY;
  for (const { at: admitted, ticket } of recentOrders(account.recent, at, Infinity)) {
    if (admitted < read - ON_ITS_WAY_MS || seen.has(ticket.orderId)) continue;
    seen.add(ticket.orderId);
    const answer = find(account.answers, ticket.orderId);
    if (answer?.kind !== 'admitted' || answer.cost === null) continue;
    const open = account.reservations.get(ticket.orderId)?.quantity ?? NO_QUANTITY;
    // What was executed of an order from before is in what was read, or as good as.
    const shares = admitted >= read ? plus(open, answer.executed) : open;
    spent = plus(spent, value(answer.cost, shares));
  }
  return spent;
}

/** A breach when the order costs more than there is. */
function beyond(check: Check, rule: 'buying_power' | 'margin', means: string, figures: BrokerFigures): Breach | null {
  const each = reckonedCost(check.ticket, check.inputs.quote);
  if (each === null) return null;
  const cost = value(each, quantity(check.ticket.quantity));
  const left = plus(minus(money(means), spentSince(check, figures.at)), check.held);
  if (cost <= left) return null;
  const detail = rule === 'margin' ? 'cash' : null;
  return { rule, limit: toText(larger(left, NO_MONEY)), actual: toText(cost), unit: 'USD', detail };
}

/** The broker has the last word; this one comes before the order leaves. */
export const buyingPower: Rule = onlyOpening((check) => {
  const { account: figures, missing } = check.inputs;
  if (figures !== null) return beyond(check, 'buying_power', figures.buyingPower, figures);
  // Without a link there is nothing to read, and that is told by a rule of its own.
  if (missing.includes('broker_link')) return null;
  return { rule: 'buying_power', limit: null, actual: null, unit: 'USD', detail: null };
});

/** The broker's margin rule of the day: with little equity nothing is lent, and nothing is sold short. */
export const marginEquity: Rule = onlyOpening((check) => {
  const { margin, account: figures } = check.inputs;
  if (margin === null || figures === null || money(figures.equity) >= money(margin.minimumEquity)) return null;
  if (check.ticket.side === 'buy') return beyond(check, 'margin', figures.cash, figures);
  return { rule: 'margin', limit: margin.minimumEquity, actual: figures.equity, unit: 'USD', detail: 'short' };
});

/** Likewise: beyond a multiple of the equity positions can only be made smaller. */
export const marginPositions: Rule = onlyOpening((check) => {
  const { margin, account: figures } = check.inputs;
  if (margin === null || figures === null) return null;
  const most = multiple(margin.largestPositionsToEquity, larger(money(figures.equity), NO_MONEY));
  const positions = positionsWorth(check);
  if (positions !== null && positions <= most) return null;
  const actual = positions === null ? null : toText(positions);
  return { rule: 'margin', limit: toText(most), actual, unit: 'USD', detail: 'positions' };
});

/** Null when nobody prices one of them. */
function positionsWorth({ account, inputs }: Check): Money | null {
  let worth = NO_MONEY;
  for (const [symbol, holding] of account.holdings) {
    if (holding.length === 0) continue;
    const mark = inputs.marks.find((each) => each.symbol === symbol);
    if (mark === undefined) return null;
    worth = plus(worth, value(price(mark.price), absolute(netQuantity(holding))));
  }
  return worth;
}

/** What the broker holds for an order that is to be changed, and gives up for it; nothing while it may not know of it yet. */
export function heldFor(orderId: string, { account, inputs }: Pick<Check, 'account' | 'inputs'>, at: number): Money {
  const answer = find(account.answers, orderId);
  const open = account.reservations.get(orderId)?.quantity ?? NO_QUANTITY;
  if (answer?.kind !== 'admitted' || answer.cost === null || inputs.account === null) return NO_MONEY;
  const known = Date.parse(inputs.account.at) - ON_ITS_WAY_MS;
  for (const { at: admitted, ticket } of recentOrders(account.recent, at, Infinity)) {
    if (ticket.orderId === orderId && admitted >= known) return NO_MONEY;
  }
  return value(answer.cost, open);
}
