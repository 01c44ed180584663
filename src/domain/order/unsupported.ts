/** Whether a broker takes an order or a change of one: its table of capabilities, read against one ticket. Pure. */
import { absolute, minus, money, plus, price, quantity, value } from '../kernel/decimal.ts';
import type { Price } from '../kernel/decimal.ts';
import { exchangeTime } from '../kernel/trading-day.ts';
import type { BrokerCapabilities, OrderTraits, TraitValues, UnsupportedReason } from './capabilities.ts';
import type { OrderTerms, OrderTicket } from './events.ts';

/** What the broker says of an instrument. */
export interface InstrumentFacts {
  readonly tradable: boolean;
  readonly fractionable: boolean;
  /** Whether a fraction of a share can be traded outside of the regular session too. */
  readonly fractionableInExtendedHours: boolean;
  readonly shortable: boolean;
}

/** What must be known of the world to judge a ticket. */
export interface OrderFacts {
  readonly instrument: InstrumentFacts;
  /** The market's time. */
  readonly marketTime: string;
  /** Best bid and ask; null when there is no quote. */
  readonly quote: { readonly bid: string; readonly ask: string } | null;
  /** Shares of the symbol that the account holds, negative for a short position. */
  readonly position: string;
}

/** Every reason why the broker would not take the order; empty when it would. */
export function unsupportedReasons(
  ticket: OrderTicket,
  capabilities: BrokerCapabilities,
  facts: OrderFacts,
): readonly UnsupportedReason[] {
  const subject = { ticket, capabilities, facts };
  return [
    ...instrumentReasons(subject),
    ...typeReasons(subject),
    ...stepReasons(subject),
    ...combinationReasons(traitsOf(ticket, facts), capabilities),
    ...windowReasons(subject),
    ...sizeReasons(subject),
    ...stopReasons(subject),
    ...exitReasons(subject),
  ];
}

/** Every reason why the broker would not take other terms for a working order. */
export function unsupportedChange(
  ticket: OrderTicket,
  terms: OrderTerms,
  capabilities: BrokerCapabilities,
  facts: OrderFacts,
): readonly UnsupportedReason[] {
  const { replacement } = capabilities;
  const changed = (Object.keys(terms) as (keyof OrderTerms)[]).filter((term) => terms[term] !== ticket[term]);
  if (replacement === null || changed.some((term) => !replacement.terms.includes(term))) return ['change_not_taken'];
  const parted = [ticket, terms].some((each) => isFraction(each.quantity));
  if (replacement.wholeSharesOnly && parted) return ['change_whole_shares'];
  return unsupportedReasons({ ...ticket, ...terms }, capabilities, facts);
}

/** The reasons that the traits alone give. A trait that is not known stands against nothing. */
export const combinationReasons = (
  traits: Partial<OrderTraits>,
  { combinations }: Pick<BrokerCapabilities, 'combinations'>,
): readonly UnsupportedReason[] =>
  combinations
    .filter(({ of, only }) => agree(of, traits, false) && !agree(only, traits, true))
    .map(({ reason }) => reason);

/** Whether each of the traits has one of its values; one that is not known counts as `unknown` says. */
function agree(values: TraitValues, traits: Partial<OrderTraits>, unknown: boolean): boolean {
  return (Object.keys(values) as (keyof OrderTraits)[]).every((trait) => {
    const [own, wanted] = [traits[trait], values[trait] as readonly string[] | undefined];
    return own === undefined ? unknown : wanted?.includes(own) === true;
  });
}

export function traitsOf(ticket: OrderTicket, { instrument, position }: OrderFacts): OrderTraits {
  const exits = [ticket.takeProfit, ticket.stopLoss].filter((exit) => exit !== null).length;
  const held = quantity(position);
  return {
    type: ticket.type,
    timeInForce: ticket.timeInForce,
    size: isFraction(ticket.quantity) ? 'fraction' : 'whole',
    hours: ticket.extendedHours ? 'extended' : 'regular',
    exits: exits === 0 ? 'none' : exits === 1 ? 'one' : 'both',
    effect: ticket.side === 'buy' ? (held < 0n ? 'closes' : 'opens_long') : held > 0n ? 'closes' : 'opens_short',
    fractions: !instrument.fractionable
      ? 'never'
      : instrument.fractionableInExtendedHours
        ? 'all_hours'
        : 'regular_hours',
    borrowing: instrument.shortable ? 'possible' : 'impossible',
  };
}

// --- The rules ---

interface Subject {
  readonly ticket: OrderTicket;
  readonly capabilities: BrokerCapabilities;
  readonly facts: OrderFacts;
}

const isFraction = (shares: string): boolean => quantity(shares) % quantity('1') !== 0n;

const instrumentReasons = ({ facts }: Subject): UnsupportedReason[] =>
  facts.instrument.tradable ? [] : ['instrument_not_tradable'];

/** Whether type and time in force exist at the broker, and the prices are those of the type. */
function typeReasons({ ticket, capabilities }: Subject): UnsupportedReason[] {
  const reasons: UnsupportedReason[] = [];
  if (!capabilities.timesInForce.includes(ticket.timeInForce)) reasons.push('time_in_force_not_taken');
  const known = capabilities.orderTypes.find(({ type }) => type === ticket.type);
  if (known === undefined) return [...reasons, 'order_type_not_taken'];
  const given = { limit: ticket.limitPrice, stop: ticket.stopPrice, trail: ticket.trailPrice };
  for (const name of known.prices) if (given[name] === null) reasons.push(`${name}_price_missing`);
  const names = ['limit', 'stop', 'trail'] as const;
  if (names.some((name) => given[name] !== null && !known.prices.includes(name))) reasons.push('price_not_used');
  return reasons;
}

function stepReasons({ ticket, capabilities }: Subject): UnsupportedReason[] {
  const { limitPrice, stopPrice, trailPrice, takeProfit, stopLoss } = ticket;
  const reasons: UnsupportedReason[] = [];
  const isOff = (each: string): boolean => {
    const step = capabilities.priceSteps.findLast(({ from }) => price(from) <= price(each))?.step;
    return step === undefined || price(each) % price(step) !== 0n;
  };
  if ([limitPrice, stopPrice, trailPrice, takeProfit, stopLoss].some((each) => each !== null && isOff(each))) {
    reasons.push('price_step');
  }
  if (quantity(ticket.quantity) % quantity(capabilities.quantityStep) !== 0n) reasons.push('quantity_step');
  return reasons;
}

function windowReasons({ ticket, capabilities, facts }: Subject): UnsupportedReason[] {
  const window = capabilities.orderWindows.find(({ timeInForce }) => timeInForce === ticket.timeInForce);
  if (window === undefined) return [];
  const { isWeekday, time } = exchangeTime(facts.marketTime);
  return isWeekday && window.closedFrom <= time && time < window.closedUntil ? [window.reason] : [];
}

/** Worth and size, as far as they are certain: the market may move before the order is there. */
function sizeReasons({ ticket, capabilities, facts }: Subject): UnsupportedReason[] {
  const reasons: UnsupportedReason[] = [];
  const wanted = quantity(ticket.quantity);
  const dearest = ticket.limitPrice === null ? sideOf(facts, 'ask') : price(ticket.limitPrice);
  const isSmall = dearest !== null && value(dearest, wanted) < money(capabilities.smallestFractionValue);
  if (isSmall && isFraction(ticket.quantity)) reasons.push('fraction_too_small');
  const closes = traitsOf(ticket, facts).effect === 'closes';
  if (closes && !capabilities.flips && wanted > absolute(quantity(facts.position))) reasons.push('position_flip');
  return reasons;
}

/** A buy stop lies above the market, a sell stop below. Within the spread the broker decides. */
function stopReasons({ ticket, facts }: Subject): UnsupportedReason[] {
  if (ticket.stopPrice === null) return [];
  const [bid, ask, stop] = [sideOf(facts, 'bid'), sideOf(facts, 'ask'), price(ticket.stopPrice)];
  const isBeyond = ticket.side === 'buy' ? bid !== null && stop <= bid : ask !== null && stop >= ask;
  return isBeyond ? ['stop_beyond_market'] : [];
}

/** The exits of a bracket: on their sides of each other, and of the entry. */
function exitReasons({ ticket, capabilities, facts }: Subject): UnsupportedReason[] {
  if (ticket.takeProfit === null || ticket.stopLoss === null) return [];
  const [profit, loss] = [price(ticket.takeProfit), price(ticket.stopLoss)];
  const [upper, lower] = ticket.side === 'buy' ? [profit, loss] : [loss, profit];
  if (upper <= lower) return ['bracket_exits_reversed'];
  const own = ticket.limitPrice ?? ticket.stopPrice;
  const [lowest, highest] = own === null ? [sideOf(facts, 'bid'), sideOf(facts, 'ask')] : [price(own), price(own)];
  const room = price(capabilities.bracketDistance);
  const isNear = (lowest !== null && upper < plus(lowest, room)) || (highest !== null && lower > minus(highest, room));
  return isNear ? ['bracket_exit_too_near'] : [];
}

/** One side of the quote; null where nobody quotes. */
function sideOf({ quote }: OrderFacts, side: 'bid' | 'ask'): Price | null {
  const quoted = quote === null ? null : price(quote[side]);
  return quoted === 0n ? null : quoted;
}
