/** What must have come to an end once all is quiet: part of I1 no lost order, and of I12 bounded doubt. */
import { isFinal } from '../../../src/domain/order/state.ts';
import type { LiveOrder } from '../../../src/domain/order/state.ts';
import type { LedgerOrder, QuietEvidence, Violation } from './evidence.ts';
import type { Record } from './record.ts';

/** The ledger's words for what can not trade any more. */
export const FINISHED: readonly string[] = ['filled', 'canceled', 'expired', 'replaced', 'rejected'];

/** Every order that is known by a broker's id is there, ends here when it has ended there, and nothing asked for stays open. */
export function unsettled(ledger: readonly LedgerOrder[], { orders }: Record): readonly Violation[] {
  const byId = new Map(ledger.map((order) => [order.id, order]));
  return [...orders.values()].flatMap(({ orderId, state }): Violation[] => {
    const detail = openEnd(state, byId);
    return detail === null ? [] : [{ invariant: 'I1', subject: orderId, detail }];
  });
}

function openEnd(state: LiveOrder, ledger: ReadonlyMap<string, LedgerOrder>): string | null {
  const { brokerOrderId, status, cancelRequested, replacement } = state;
  if (brokerOrderId === null) return null;
  const there = ledger.get(brokerOrderId);
  if (there === undefined) return `it is known as ${brokerOrderId}, which the broker does not have`;
  if (isFinal(state)) return null;
  if (FINISHED.includes(there.status)) return `the broker has it as ${there.status}, and here it is still ${status}`;
  if (cancelRequested) return 'its cancel was asked for, and nothing has become of it';
  return replacement === null ? null : 'its change was asked for, and nothing has become of it';
}

/** No order is in doubt any more, where doubts were waited for: they end within a bounded time, one way or the other. */
export function doubtsLeft({ doubts }: QuietEvidence, { orders }: Record): readonly Violation[] {
  if (doubts === 'left') return [];
  return [...orders.values()].flatMap(({ orderId, state: { status } }): Violation[] =>
    status === 'claimed' || status === 'unconfirmed'
      ? [{ invariant: 'I12', subject: orderId, detail: `it has come to rest as ${status}` }]
      : [],
  );
}
