/** The exits that the account's limits propose for a bracket: the trader's own figures always stay. */
import type { Quote } from '../../../../contracts/market.ts';
import type { RiskLimits } from '../../../../contracts/risk.ts';
import { add, compare, divide, multiply, subtract, trimmed } from '../../numbers/decimal.ts';
import { priceStep } from './broker-table.ts';
import { isPositive, ownPrice, type Draft, type Table } from './draft.ts';

export type ExitLimits = Pick<RiskLimits, 'stopLossPercent' | 'takeProfitPercent'>;

interface Basis {
  readonly table: Table;
  readonly quote: Quote | null;
  /** Null while they are not known. */
  readonly limits: ExitLimits | null;
}

/** A price so many per cent above or below another, in the broker's steps; empty when it would be none. */
function priceAt(table: Table, entry: string, percent: string | null, way: 1 | -1): string {
  if (percent === null) return '';
  const distance = divide(multiply(entry, percent), '100', 9);
  const exact = way === 1 ? add(entry, distance) : subtract(entry, distance);
  if (compare(exact, '0') <= 0) return '';
  const step = priceStep(table, exact);
  const price = multiply(divide(exact, step, 0), step);
  return isPositive(price) ? trimmed(price) : '';
}

/** The draft with the exits that the limits propose from its entry, while the trader has given none of their own. */
export function withProposedExits(draft: Draft, { table, quote, limits }: Basis): Draft {
  if (!draft.bracket || !draft.exitsProposed || limits === null) return draft;
  const market = quote === null ? null : draft.side === 'buy' ? quote.ask : quote.bid;
  const entry = ownPrice(table, draft) ?? market;
  if (entry === null || !isPositive(entry)) return { ...draft, takeProfit: '', stopLoss: '' };
  const way = draft.side === 'buy' ? 1 : -1;
  return {
    ...draft,
    takeProfit: priceAt(table, entry, limits.takeProfitPercent, way),
    stopLoss: priceAt(table, entry, limits.stopLossPercent, way === 1 ? -1 : 1),
  };
}

/** The change that makes the exits the trader's own, as they stand: nothing that is being edited is replaced. */
export const ownExits = ({
  takeProfit,
  stopLoss,
}: Draft): Pick<Draft, 'takeProfit' | 'stopLoss' | 'exitsProposed'> => ({
  takeProfit,
  stopLoss,
  exitsProposed: false,
});
