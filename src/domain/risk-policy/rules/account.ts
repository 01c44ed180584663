/** Whether the account may trade at all: what it lacks, what the broker and the plan allow, what is halted. */
import { absolute, plus, quantity, toText } from '../../kernel/decimal.ts';
import { netQuantity } from '../../kernel/lots.ts';
import { holdingOf, onlyReduces, reservedQuantity, tradesUsed } from '../state.ts';
import { onlyOpening, plain } from './check.ts';
import type { Rule } from './check.ts';

const missing =
  (what: 'disclaimer' | 'terms' | 'broker_link'): Rule =>
  ({ inputs }) =>
    inputs.missing.includes(what) ? plain(what) : null;

export const disclaimer = missing('disclaimer');
export const terms = missing('terms');
export const brokerLink = missing('broker_link');

/** The broker takes no order of the account. */
export const accountBlocked: Rule = ({ inputs }) =>
  inputs.account?.mayTrade === false ? plain('account_blocked') : null;

/** The strictest halt counts; one that only reduces lets people out. */
export const tradingHalted: Rule = ({ ticket, account, inputs }) => {
  const reduces = onlyReduces(ticket, account);
  const standing =
    inputs.halts.find(({ level }) => level === 'halted') ??
    inputs.halts.find(({ level }) => level === 'reducing' && !reduces);
  return standing === undefined ? null : plain('trading_halted', `${standing.scope}: ${standing.reason}`);
};

/** Closing is never stopped by the plan. */
export const tradesLeft: Rule = onlyOpening(({ account, inputs: { tradesIncluded } }) => {
  const used = tradesUsed(account);
  if (tradesIncluded === null || used < tradesIncluded) return null;
  return { rule: 'trades_left', limit: `${tradesIncluded}`, actual: `${used + 1}`, unit: 'trades', detail: null };
});

/**
 * The only rule for orders of the kill switch: they make the position at hand smaller, and never turn it. What the broker
 * holds counts, where it was asked: it may know of executions that are not booked here yet.
 */
export const reduceOnly: Rule = ({ ticket, account, inputs }) => {
  const held =
    inputs.positionAtBroker === null
      ? netQuantity(holdingOf(account, ticket.symbol))
      : quantity(inputs.positionAtBroker);
  const isOpposite = ticket.side === 'sell' ? held > 0n : held < 0n;
  const wanted = plus(quantity(ticket.quantity), reservedQuantity(account, ticket.symbol, ticket.side));
  if (isOpposite && wanted <= absolute(held)) return null;
  return {
    rule: 'reduce_only',
    limit: isOpposite ? toText(absolute(held)) : '0',
    actual: toText(wanted),
    unit: 'shares',
    detail: null,
  };
};
