/**
 * Whether the broker's list of positions may be older than what is known here. What has been sold already must not be sold
 * again because a list still shows it.
 */
import { minus, NO_QUANTITY, quantity } from '../../domain/kernel/decimal.ts';
import type { Quantity } from '../../domain/kernel/decimal.ts';
import { valuesOf } from '../../domain/kernel/dictionary.ts';
import { netQuantity } from '../../domain/kernel/lots.ts';
import { tradingDay } from '../../domain/kernel/trading-day.ts';
import { orderStream } from '../../domain/order/events.ts';
import { moment, standingOf } from '../../domain/order/executions.ts';
import { isFinal } from '../../domain/order/state.ts';
import type { LiveOrder } from '../../domain/order/state.ts';
import { holdingOf } from '../../domain/risk-policy/state.ts';
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

/** True as well while an order that closes the position may still be executed. */
export async function mayStillChange(
  aggregates: Pick<Aggregates, 'orders'>,
  risk: RiskState,
  listed: Listed,
): Promise<boolean> {
  const closing = closingOrders(risk, listed.symbol);
  const recent: LiveOrder[] = [];
  for (const { ticket } of closing) {
    const order = await aggregates.orders.load(orderStream(ticket.orderId));
    if (order.status === 'none' || !isFinal(order)) return true;
    if (wasExecutedLately(order, listed)) recent.push(order);
  }
  if (lacksClosings(recent, listed)) return true;
  const others = ordersThatReduced(risk, listed, new Set(closing.map(({ ticket }) => ticket.orderId)));
  for (const orderId of others) {
    const order = await aggregates.orders.load(orderStream(orderId));
    if (order.status !== 'none' && wasExecutedLately(order, listed)) return true;
  }
  return false;
}

/**
 * Each closing order was made out for all that was held; what its executions have left of that is what the next one was made
 * out for, and after the last one it is what the list must show.
 */
function lacksClosings(recent: readonly LiveOrder[], { held }: Listed): boolean {
  const shown = [...recent.slice(1).map(madeOutFor), held];
  return recent.some((order, index) => leftBy(order) !== shown[index]);
}

/**
 * The other orders of the day that have made the position smaller, those from elsewhere too; none where the list shows what
 * the record has, and so all of them.
 */
function ordersThatReduced(
  risk: RiskState,
  { symbol, held, asOf }: Listed,
  closing: ReadonlySet<string>,
): ReadonlySet<string> {
  if (netQuantity(holdingOf(risk, symbol)) === held) return new Set();
  const [side, day] = [held > 0n ? 'sell' : 'buy', tradingDay(asOf)];
  const bookings = [...valuesOf(risk.bookedExecutions)].filter(
    (each) => each.symbol === symbol && each.side === side && each.tradingDay === day && !closing.has(each.orderId),
  );
  return new Set(bookings.map(({ orderId }) => orderId));
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

/** Orders that were executed longer ago say nothing more: the list shows it by now. */
const wasExecutedLately = (order: LiveOrder, { asOf }: Listed): boolean =>
  moment(asOf) - lastExecuted(order) < TOLD_WITHIN_MS;

/** When the broker has executed the order last, or changed what it had executed: milliseconds; -Infinity for never. */
const lastExecuted = (order: LiveOrder): number =>
  Math.max(
    ...order.executions.flatMap((each) => [
      moment(each.executedAt),
      moment(standingOf(order, each).amendedAt ?? each.executedAt),
    ]),
  );
