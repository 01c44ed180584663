/** The unfinished orders of an account, as a halt looks at them. */
import { find } from '../../domain/kernel/dictionary.ts';
import { readClientOrderId } from '../../domain/order/client-order-id.ts';
import { orderStream } from '../../domain/order/events.ts';
import { isFinal } from '../../domain/order/state.ts';
import type { LiveOrder } from '../../domain/order/state.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { RiskState } from '../../domain/risk-policy/state.ts';
import type { Aggregates } from '../aggregates.ts';
import type { BrokerOrder } from '../ports/broker.ts';
import { unlessUnreadable } from '../ports/event-store.ts';
import type { UnfinishedOrders } from '../ports/progress.ts';

export interface OwnOrders {
  readonly unfinished: readonly LiveOrder[];
  readonly risk: RiskState;
  /** Whether the order closes a position because a halt asks for it. */
  isClosing(orderId: string): boolean;
  /** The order here that a broker order belongs to, finished ones too; null when it was placed elsewhere. */
  idOf(order: BrokerOrder): string | null;
}

export interface OwnOrdersNeeds {
  readonly aggregates: Pick<Aggregates, 'orders' | 'risk'>;
  readonly unfinished: Pick<UnfinishedOrders, 'placed'>;
}

/** Those in one symbol, or all. An order whose stream can not be read is passed over: the broker's own list has it too. */
export async function readOwnOrders(
  { aggregates, unfinished }: OwnOrdersNeeds,
  accountId: string,
  symbol: string | null,
): Promise<OwnOrders> {
  const [placed, risk] = await Promise.all([unfinished.placed(), aggregates.risk.load(riskStream(accountId))]);
  const loaded = await Promise.all(
    placed
      .filter((each) => each.accountId === accountId)
      .map(({ orderId }) => unlessUnreadable(aggregates.orders.load(orderStream(orderId)))),
  );
  const orders = loaded.filter(
    (order): order is LiveOrder =>
      order !== undefined &&
      order.status !== 'none' &&
      !isFinal(order) &&
      (symbol === null || order.ticket.symbol === symbol),
  );
  const byBrokerId = new Map(
    orders.flatMap(({ brokerOrderId, formerBrokerOrderIds, ticket }) =>
      [brokerOrderId, ...formerBrokerOrderIds].map((id) => [id, ticket.orderId] as const),
    ),
  );
  return {
    unfinished: orders,
    risk,
    isClosing(orderId) {
      const answer = find(risk.answers, orderId);
      return answer?.kind === 'admitted' && answer.channel === 'kill-switch';
    },
    idOf({ brokerOrderId, clientOrderId }) {
      const named = readClientOrderId(clientOrderId)?.orderId;
      if (named !== undefined && find(risk.answers, named) !== undefined) return named;
      return byBrokerId.get(brokerOrderId) ?? null;
    },
  };
}
