/** Why an order is denied, in one sentence a rule. */
import type { Breach as ExplainedBreach } from '../../../contracts/problem.ts';
import type { Breach } from '../../domain/risk-policy/events.ts';
import { count, dollars, sentence, shares } from './figures.ts';

/** One sentence for the trader about a rule that stands against an order. */
export function breachSentence({ rule, limit, actual, detail }: Breach): string {
  const [allowed, would] = [limit ?? '0', actual ?? '0'];
  switch (rule) {
    case 'disclaimer':
      return 'The risk disclaimer has to be read and accepted first.';
    case 'terms':
      return 'The terms of use have to be read and accepted first.';
    case 'broker_link':
      return 'A broker account has to be linked first.';
    case 'account_blocked':
      return 'The broker does not let this account trade.';
    case 'trading_halted':
      return sentence(`Trading is halted${detail === null ? '' : ` (${detail})`}`);
    case 'overfill':
      return `${shares(would)} more ${count(would) === '1' ? 'was' : 'were'} executed than ordered; until somebody has looked into it, positions can only be made smaller.`;
    case 'repeated_execution':
      if (detail === 'tripped') {
        return 'Orders came again and again, so positions can only be made smaller until a person allows more.';
      }
      return `This would be order number ${count(would)} in this symbol on this side within a minute; at most ${count(allowed)} are allowed.`;
    case 'trades_left':
      return `The plan includes ${count(allowed)} trades, and this would be number ${count(would)}.`;
    case 'instrument_state':
      return detail === 'fraction'
        ? 'Only whole shares of this instrument can be traded.'
        : 'This instrument can not be traded at the moment.';
    case 'largest_order_value':
      return `The order is worth ${dollars(would)}; at most ${dollars(allowed)} is allowed.`;
    case 'largest_order_quantity':
      return `The order is for ${shares(would)}; at most ${shares(allowed)} are allowed.`;
    case 'largest_position':
      return `The position could come to be worth ${dollars(would)}; at most ${dollars(allowed)} is allowed.`;
    case 'largest_exposure':
      if (actual === null)
        return 'Something that is held has no price, so it can not be told what everything is worth.';
      return `Everything held and ordered could come to be worth ${dollars(would)}; at most ${dollars(allowed)} is allowed.`;
    case 'open_orders':
      return `This would be open order number ${count(would)}; at most ${count(allowed)} may be open.`;
    case 'daily_loss':
      if (actual === null) {
        return "Something that was traded has no price, so the day's loss can not be told; positions can only be made smaller.";
      }
      return `The day's loss, open positions included, is ${dollars(would)}; from ${dollars(allowed)} on, positions can only be made smaller.`;
    case 'position_flip':
      return `The order is for ${shares(would)}, and ${shares(allowed)} of the position can be closed; no order turns a position over.`;
    case 'short_sale':
      return shortSale(detail, allowed, would);
    case 'buying_power':
      if (actual === null) return "The broker's account could not be read, so the buying power is not known.";
      return `The order takes about ${dollars(would)} of buying power, and ${dollars(allowed)} is left.`;
    case 'margin':
      return margin(detail, allowed, actual);
    case 'protection_required':
      return 'An order that opens a position must bring its stop loss and its take profit.';
    case 'price_collar':
      return `The price is ${count(would)}% away from the market; at most ${count(allowed)}% is allowed.`;
    case 'fresh_quote':
      if (actual === null) return 'There is no quote to check the order against.';
      return `The last quote is ${count(would)} seconds old; at most ${count(allowed)} are allowed.`;
    case 'duplicate_order':
      return `The same order came ${count(would)} seconds ago; confirm that another one is meant, or wait until ${count(allowed)} seconds have passed.`;
    case 'order_rate':
      return `This would be order number ${count(would)} within ten seconds; at most ${count(allowed)} are allowed.`;
    case 'key_rate':
      return `This would be order number ${count(would)} within a minute; at most ${count(allowed)} are passed on to the broker.`;
    case 'position_mismatch':
      return `By our record ${shares(allowed)} are held, by the broker's ${count(would)}; no orders for this symbol until that is cleared up.`;
    case 'reduce_only':
      return `The order would close ${shares(would)}, and ${shares(allowed)} can be closed.`;
  }
}

function shortSale(detail: string | null, allowed: string, would: string): string {
  switch (detail) {
    case 'instrument':
      return 'These shares can not be borrowed, so they can not be sold short.';
    case 'account':
      return 'The broker does not let this account sell short.';
    case 'equity':
      return `Selling short takes an equity of ${dollars(allowed)}; the account has ${dollars(would)}.`;
    case 'fraction':
      return 'Only whole shares can be sold short.';
    default:
      return 'The limits of this account allow no short sales.';
  }
}

function margin(detail: string | null, allowed: string, actual: string | null): string {
  const would = actual ?? '0';
  switch (detail) {
    case 'cash':
      return `With so little equity only cash counts: the order takes about ${dollars(would)}, and ${dollars(allowed)} is left.`;
    case 'short':
      return `The broker lends shares from an equity of ${dollars(allowed)} on; the account has ${dollars(would)}.`;
    default:
      if (actual === null) return 'Something that is held has no price, so the margin can not be told.';
      return `The positions are worth ${dollars(would)}, and the margin is for ${dollars(allowed)}; they can only be made smaller.`;
  }
}

/** The breach as our APIs tell it. */
export const explained = ({ detail, ...breach }: Breach): ExplainedBreach => ({
  ...breach,
  message: breachSentence({ ...breach, detail }),
});
