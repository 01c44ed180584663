/** What a rule is: a look at one order, and at the account as it would stand, that finds a breach or nothing. */
import type { Money } from '../../kernel/decimal.ts';
import type { Channel, OrderTicket } from '../../order/events.ts';
import type { AssessmentInputs, Breach } from '../assessment.ts';
import { onlyReduces } from '../state.ts';
import type { RiskState } from '../state.ts';

export interface Check {
  /** With the wanted terms, where an order is changed. */
  readonly ticket: OrderTicket;
  readonly channel: Channel;
  /** Whether it is a new order, or other terms for one that was admitted. */
  readonly kind: 'order' | 'change';
  /** Without the order that is changed. */
  readonly account: RiskState;
  readonly inputs: AssessmentInputs;
  /** Our clock, in milliseconds since the epoch. */
  readonly at: number;
  /** Dollars that the broker holds already for the order that is changed, and takes into account. */
  readonly held: Money;
}

export type Rule = (check: Check) => Breach | null;

/** People must be able to get out: what only makes a position smaller is let through by most rules. */
export const onlyOpening =
  (rule: Rule): Rule =>
  (check) =>
    onlyReduces(check.ticket, check.account) ? null : rule(check);

/** A breach of a rule that has no figures. */
export const plain = (rule: Breach['rule'], detail: string | null = null): Breach => ({
  rule,
  limit: null,
  actual: null,
  unit: null,
  detail,
});
