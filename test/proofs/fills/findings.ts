/** What is compared: our side after two ways of bringing the same trace, and our side with the broker's own books. */
import { minus, money, plus, price, quantity, toText, value } from '../../../src/domain/kernel/decimal.ts';
import { netQuantity, unrealized } from '../../../src/domain/kernel/lots.ts';
import type { OrderEvent } from '../../../src/domain/order/events.ts';
import { standingOf } from '../../../src/domain/order/executions.ts';
import type { OrderState, OrderStatus } from '../../../src/domain/order/state.ts';
import { evolveOrder, isFinal, NO_ORDER } from '../../../src/domain/order/state.ts';
import { holdingOf, reservedQuantity, tradesUsed } from '../../../src/domain/risk-policy/state.ts';
import type { RiskState } from '../../../src/domain/risk-policy/state.ts';
import { standsOf } from './broker-model.ts';
import type { ModelOrder } from './broker-model.ts';
import type { Played } from './play.ts';

const MARK = price('101.5');

/** Of an order: all but what depends on when it was learnt, such as the names of its executions. */
function essence(state: OrderState): unknown {
  if (state.status === 'none') return 'none';
  const executions = state.executions.map((execution) => {
    const { quantity: stands, price: each, busted } = standingOf(state, execution);
    const { brokerOrderId, cumulativeQuantity } = execution;
    return `${brokerOrderId}:${cumulativeQuantity} ${toText(stands)}@${toText(each)}${busted ? ' busted' : ''}`;
  });
  return {
    status: state.status,
    ordered: [state.ticket.quantity, state.ticket.limitPrice],
    chain: state.chain.map((link) => `${link.brokerOrderId} ${link.revision} ${toText(link.quantity)}`),
    filled: toText(state.filled),
    executions: executions.toSorted(),
    exits: state.exits.map(({ exitOrderId, role }) => `${exitOrderId} ${role}`).toSorted(),
    // Of an order that has ended it does not matter any more.
    working: isFinal(state) ? null : [state.cancelRequested, state.replacement, state.exitActive],
  };
}

/** Of an account: what is worth as much in whatever order it was booked, and the realized profit where nothing is open. */
function riskEssence(risk: RiskState, isAmended: boolean): unknown {
  const holding = holdingOf(risk, 'AAPL');
  const realized = risk.realized.amount;
  return {
    position: toText(netQuantity(holding)),
    worth: toText(plus(realized, unrealized(holding, MARK))),
    realized: holding.length === 0 ? toText(realized) : null,
    trades: tradesUsed(risk),
    reserved: (['buy', 'sell'] as const).map((side) => toText(reservedQuantity(risk, 'AAPL', side))),
    // A bust may arrive before or after what it makes right again, and what has stopped the account stays.
    overfills: isAmended ? null : overfillsOf(risk),
  };
}

const overfillsOf = (risk: RiskState): readonly string[] =>
  [...risk.overfills.values()].map(({ orderId, cause, excess }) => `${orderId} ${cause} ${toText(excess)}`).toSorted();

/** Everything compared of a played trace. */
export async function findingsOf({ trace, outcome }: Played): Promise<Readonly<Record<string, unknown>>> {
  const found: Record<string, unknown> = {};
  for (const order of trace.model.orders) {
    if (trace.chain.includes(order) && order !== trace.chain[0]) continue;
    found[`order ${order.brokerOrderId}`] = essence(await outcome.orderOf(order));
  }
  found['risk'] = riskEssence(outcome.risk, isAmended(trace.model.orders));
  return found;
}

const isAmended = (orders: readonly ModelOrder[]): boolean =>
  orders.some((order) =>
    order.executions.some(({ executionId, standing }) => standing.name !== executionId || standing.quantity === 0),
  );

const STATUS: Readonly<Record<ModelOrder['status'], OrderStatus>> = {
  pending: 'working',
  open: 'working',
  filled: 'filled',
  cancelled: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
  replaced: 'cancelled',
};

/** One line for each way in which our side is not what the broker's books say. */
export async function againstBooks({ trace, outcome }: Played): Promise<readonly string[]> {
  const wrong: string[] = [];
  const { model, chain } = trace;
  const check = (what: string, ours: string, theirs: string): void => {
    if (ours !== theirs) wrong.push(`${what}: ours ${ours}, the broker's ${theirs}`);
  };
  let cash = money('0');
  let position = quantity('0');
  for (const order of model.orders) {
    for (const { standing } of order.executions) {
      const shares = quantity(`${standing.quantity}`);
      const worth = value(price(`${standing.price}`), shares);
      position = order.side === 'buy' ? plus(position, shares) : minus(position, shares);
      cash = order.side === 'buy' ? minus(cash, worth) : plus(cash, worth);
    }
    if (chain.includes(order)) continue;
    const ours = await outcome.orderOf(order);
    if (ours.status === 'none') wrong.push(`${order.brokerOrderId} is not known`);
    else {
      check(`status of ${order.brokerOrderId}`, ours.status, STATUS[order.status]);
      check(`filled of ${order.brokerOrderId}`, toText(ours.filled), `${standsOf(order)}`);
    }
  }
  const last = chain.at(-1);
  if (last !== undefined) {
    const ours = await outcome.orderOf(last);
    if (ours.status === 'none') wrong.push('the order is not known');
    else {
      check('status', ours.status, STATUS[last.status]);
      check('filled', toText(ours.filled), `${chain.reduce((sum, order) => sum + standsOf(order), 0)}`);
      check('broker order', `${ours.brokerOrderId}`, last.brokerOrderId);
    }
  }
  const holding = holdingOf(outcome.risk, 'AAPL');
  check('position', toText(netQuantity(holding)), toText(position));
  const worth = plus(outcome.risk.realized.amount, unrealized(holding, MARK));
  check('profit', toText(worth), toText(plus(cash, value(MARK, position))));
  if (outcome.addedByLookingAgain > 0) wrong.push(`looking again added ${outcome.addedByLookingAgain} events`);
  return wrong;
}

/** Which event came to an order of which status, as `working OrderFilled`. */
export function pairsOf({ outcome }: Played): ReadonlySet<string> {
  const pairs = new Set<string>();
  const states = new Map<string, OrderState>();
  for (const event of outcome.events) {
    if (!event.stream.startsWith('order-')) continue;
    const before = states.get(event.stream) ?? NO_ORDER;
    pairs.add(`${before.status} ${event.type}`);
    states.set(event.stream, evolveOrder(before, event as unknown as OrderEvent));
  }
  return pairs;
}
