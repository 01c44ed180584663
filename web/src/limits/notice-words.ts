/** What is said of what holds orders back until the trader has looked at it. It says nothing of orders in general: something else may hold them back too. */
import type { RiskOverview } from '../../../contracts/risk.ts';
import { formatQuantity } from '../numbers/format.ts';

type Overfill = RiskOverview['overfills'][number];
type Repeated = NonNullable<RiskOverview['repeatedExecution']>;

export interface NoticeWords {
  readonly title: string;
  /** What has happened; what was executed counts, whichever side it was on. */
  readonly what: string;
  /** What can not be done before the trader has looked. */
  readonly until: string;
  /** What it is to have looked, and what that has changed. */
  readonly action: string;
  readonly done: { readonly title: string; readonly detail: string };
}

const shares = (count: string): string => `${formatQuantity(count)} ${/^1(\.0*)?$/.test(count) ? 'share' : 'shares'}`;

export function overfillWords({ symbol, cause, excess }: Overfill): NoticeWords {
  const isOrder = cause === 'order';
  return {
    title: isOrder
      ? `${shares(excess)} of ${symbol} more than ordered`
      : `Exits executed ${shares(excess)} of ${symbol} more than their order`,
    what: isOrder
      ? 'The broker has executed more of an order than you asked for. All of it counts, so the position may not be the one that you wanted.'
      : 'The exits of a bracket have executed more than the order that they belong to. All of it counts, so the position may have turned over.',
    until: `Until you have looked, ${isOrder ? 'your positions' : `positions in ${symbol}`} can only be made smaller.`,
    action: 'I have looked at it',
    done: { title: `${symbol} is looked at`, detail: 'What was executed too much holds no order back any more.' },
  };
}

export const repeatedWords = ({ symbol, side }: Repeated): NoticeWords => ({
  title: `Too many ${side} orders in ${symbol}`,
  what: 'Within a minute more came than your limits allow, as from a program that repeats itself.',
  until: 'Until you allow more, your positions can only be made smaller.',
  action: 'Allow orders again',
  done: { title: `Orders in ${symbol} are looked at`, detail: 'That they were too many holds no order back any more.' },
});
