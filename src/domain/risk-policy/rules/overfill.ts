/** Whether something was executed too much, and nobody has looked into it yet. */
import { toText } from '../../kernel/decimal.ts';
import { standingAgainst } from '../overfill.ts';
import { onlyOpening } from './check.ts';
import type { Rule } from './check.ts';

export const overfill: Rule = onlyOpening(({ ticket, account }) => {
  const standing = standingAgainst(account.overfills, ticket.symbol);
  if (standing === undefined) return null;
  return { rule: 'overfill', limit: '0', actual: toText(standing.excess), unit: 'shares', detail: standing.cause };
});
