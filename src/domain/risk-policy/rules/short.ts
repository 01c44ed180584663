/** Selling what is not held, and turning a position over. */
import { absolute, larger, minus, money, NO_QUANTITY, plus, quantity, toText } from '../../kernel/decimal.ts';
import { netQuantity } from '../../kernel/lots.ts';
import type { AssessmentInputs } from '../assessment.ts';
import { holdingOf, reservedQuantity } from '../state.ts';
import { plain } from './check.ts';
import type { Check, Rule } from './check.ts';

/** An order against a position is at most as large as what is left of it: brokers do not turn one over in one step. */
export const positionFlip: Rule = ({ ticket, account }) => {
  const held = netQuantity(holdingOf(account, ticket.symbol));
  const isAgainst = ticket.side === 'sell' ? held > 0n : held < 0n;
  if (!isAgainst) return null;
  const onItsWay = reservedQuantity(account, ticket.symbol, ticket.side);
  if (plus(quantity(ticket.quantity), onItsWay) <= absolute(held)) return null;
  const left = larger(minus(absolute(held), onItsWay), NO_QUANTITY);
  return { rule: 'position_flip', limit: toText(left), actual: ticket.quantity, unit: 'shares', detail: null };
};

const ONE = quantity('1');
export const isFraction = (shares: string): boolean => quantity(shares) % ONE !== 0n;

const onlyShort =
  (rule: Rule): Rule =>
  (check) =>
    check.ticket.side === 'sell' && netQuantity(holdingOf(check.account, check.ticket.symbol)) <= 0n
      ? rule(check)
      : null;

const unless =
  (isAllowed: (inputs: AssessmentInputs) => boolean | undefined, detail: string): Rule =>
  ({ inputs }: Check) =>
    isAllowed(inputs) === true ? null : plain('short_sale', detail);

/** The house's limits, the instrument and the broker's account must all allow it. Without a link the account is not asked. */
export const shortPolicy = onlyShort(unless(({ limits }) => limits.shortSelling, 'policy'));
export const shortInstrument = onlyShort(unless(({ instrument }) => instrument?.shortable, 'instrument'));
export const shortAccount = onlyShort(
  unless(({ account, missing }) => account?.shortingEnabled ?? missing.includes('broker_link'), 'account'),
);

/** Regulation T, and Alpaca: nobody sells short with less. */
const LEAST_EQUITY = '2000';

export const shortEquity: Rule = onlyShort(({ inputs: { account } }) => {
  if (account === null || money(account.equity) >= money(LEAST_EQUITY)) return null;
  return { rule: 'short_sale', limit: LEAST_EQUITY, actual: account.equity, unit: 'USD', detail: 'equity' };
});

export const shortFraction: Rule = onlyShort(({ ticket }) =>
  isFraction(ticket.quantity)
    ? { rule: 'short_sale', limit: null, actual: ticket.quantity, unit: 'shares', detail: 'fraction' }
    : null,
);
