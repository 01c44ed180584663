/** Asking the broker's table whether it takes an order, or a change of one, as the account stands. */
import { toText } from '../../domain/kernel/decimal.ts';
import { netQuantity } from '../../domain/kernel/lots.ts';
import type { BrokerCapabilities, UnsupportedReason } from '../../domain/order/capabilities.ts';
import type { OrderTerms, OrderTicket } from '../../domain/order/events.ts';
import { unsupportedChange, unsupportedReasons } from '../../domain/order/unsupported.ts';
import type { OrderFacts } from '../../domain/order/unsupported.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { holdingOf } from '../../domain/risk-policy/state.ts';
import type { RiskState } from '../../domain/risk-policy/state.ts';
import type { Aggregates } from '../aggregates.ts';

interface Needs {
  readonly aggregates: Pick<Aggregates, 'risk'>;
  readonly capabilities: BrokerCapabilities;
}

/** What an assessment has read already; the position is the account's own. */
export type ReadFacts = Omit<OrderFacts, 'position'>;

/** Every reason why the broker would not take a new order. */
export const reasonsAgainstOrder = (
  needs: Needs,
  ticket: OrderTicket,
  facts: ReadFacts,
): Promise<readonly UnsupportedReason[]> =>
  judged(needs, ticket, (position) => unsupportedReasons(ticket, needs.capabilities, { ...facts, position }));

/** Every reason why the broker would not take other terms for an order. */
export const reasonsAgainstChange = (
  needs: Needs,
  ticket: OrderTicket,
  terms: OrderTerms,
  facts: ReadFacts,
): Promise<readonly UnsupportedReason[]> =>
  judged(needs, ticket, (position) => unsupportedChange(ticket, terms, needs.capabilities, { ...facts, position }));

/** What this process knows of the account may be behind: only the stored state can stand against an order. */
async function judged(
  { aggregates }: Needs,
  { accountId, symbol }: OrderTicket,
  reasonsAt: (position: string) => readonly UnsupportedReason[],
): Promise<readonly UnsupportedReason[]> {
  const stream = riskStream(accountId);
  const held = (state: RiskState): string => toText(netQuantity(holdingOf(state, symbol)));
  const atFirst = reasonsAt(held(await aggregates.risk.glance(stream)));
  return atFirst.length === 0 ? atFirst : reasonsAt(held(await aggregates.risk.load(stream)));
}
