/**
 * Whether the broker's list of positions may be older than what is known here. What has been sold already must not be sold
 * again because a list still shows it.
 */
import { minus, NO_QUANTITY, quantity } from '../../domain/kernel/decimal.ts';
import type { Quantity } from '../../domain/kernel/decimal.ts';
import { valuesOf } from '../../domain/kernel/dictionary.ts';
import { orderStream } from '../../domain/order/events.ts';
import { moment, standingOf } from '../../domain/order/executions.ts';
import { isFinal } from '../../domain/order/state.ts';
import type { LiveOrder } from '../../domain/order/state.ts';
import type { Answer, RiskState } from '../../domain/risk-policy/state.ts';
import type { Aggregates } from '../aggregates.ts';

export interface Listed {
  readonly symbol: string;
  /** Negative for a short position. */
  readonly held: Quantity;
  /** The market's time when the list was about to be asked for: by the same clock the broker tells executions. */
  readonly asOf: string;
}

/** So late the broker's list of positions may still be the one from before an execution. */
const TOLD_WITHIN_MS = 60_000;

/**
 * True as well while an order that closes the position may still be executed. Each closing order was made out for all that
 * was held; what its executions have left of that is what the next one was made out for, and after the last one it is what
 * the list must show. Orders that were executed longer ago, by the broker's clock, say nothing more.
 */
export async function mayStillChange(
  aggregates: Pick<Aggregates, 'orders'>,
  risk: RiskState,
  { symbol, held, asOf }: Listed,
): Promise<boolean> {
  const recent: LiveOrder[] = [];
  for (const { ticket } of closingOrders(risk, symbol)) {
    const order = await aggregates.orders.load(orderStream(ticket.orderId));
    if (order.status === 'none' || !isFinal(order)) return true;
    if (moment(asOf) - lastExecuted(order) < TOLD_WITHIN_MS) recent.push(order);
  }
  const shown = [...recent.slice(1).map(madeOutFor), held];
  return recent.some((order, index) => leftBy(order) !== shown[index]);
}

/** Those of all halts, the oldest first. */
const closingOrders = ({ answers }: RiskState, symbol: string): readonly Admitted[] =>
  [...valuesOf(answers)]
    .filter(
      (answer): answer is Admitted =>
        answer.kind === 'admitted' && answer.channel === 'kill-switch' && answer.ticket.symbol === symbol,
    )
    .toSorted((a, b) => moment(a.admittedAt) - moment(b.admittedAt));
type Admitted = Extract<Answer, { kind: 'admitted' }>;

/** The position that a closing order was to close. */
const madeOutFor = ({ placed }: LiveOrder): Quantity => signed(placed.side, quantity(placed.quantity));

const leftBy = (order: LiveOrder): Quantity => minus(madeOutFor(order), signed(order.placed.side, order.filled));

/** As the position that a closing order of this side closes. */
const signed = (side: 'buy' | 'sell', shares: Quantity): Quantity =>
  side === 'sell' ? shares : minus(NO_QUANTITY, shares);

/** When the broker has executed the order last, or changed what it had executed: milliseconds; -Infinity for never. */
const lastExecuted = (order: LiveOrder): number =>
  Math.max(
    ...order.executions.flatMap((each) => [
      moment(each.executedAt),
      moment(standingOf(order, each).amendedAt ?? each.executedAt),
    ]),
  );
