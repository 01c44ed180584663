/**
 * Closing what the broker says an account holds, after nothing is left there that could still trade. An order closes the
 * whole position of that moment; what it leaves is closed by another one, at most three for a symbol.
 */
import { absolute, quantity } from '../../domain/kernel/decimal.ts';
import { find, valuesOf } from '../../domain/kernel/dictionary.ts';
import type { Dictionary } from '../../domain/kernel/dictionary.ts';
import { orderStream } from '../../domain/order/events.ts';
import { isFinal } from '../../domain/order/state.ts';
import type { HaltReport } from '../../domain/risk-policy/kill-switch/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { reservedQuantity } from '../../domain/risk-policy/state.ts';
import type { Answer } from '../../domain/risk-policy/state.ts';
import type { Aggregates } from '../aggregates.ts';
import { placeAdmitted } from '../order/place-order.ts';
import type { BrokerPosition } from '../ports/broker.ts';
import type { Clock, Ids } from '../ports/clock-and-ids.ts';
import type { MarketClock } from '../ports/market-data.ts';
import type { PlaceClosingOrder } from './place-closing-order.ts';
import type { Round, RoundResult } from './round.ts';

export interface ClosePositionsNeeds {
  readonly aggregates: Aggregates;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly placeClosingOrder: PlaceClosingOrder;
}

/** More would be a loop: something keeps the position open, and a person must look. */
const MOST_ATTEMPTS = 3;
/** So late the broker's list of positions may still be the one from before an execution: what it shows is not sold again. */
const TOLD_WITHIN_MS = 60_000;
/** Whatever kept the last attempt from closing the position is given this long to pass. */
const NEXT_ATTEMPT_AFTER_MS = 5_000;

/** `isOver`: no order is left, here or there. */
export async function closePositions(
  needs: ClosePositionsNeeds,
  round: Round,
  positions: readonly BrokerPosition[],
  report: HaltReport,
  isOver: boolean,
): Promise<RoundResult> {
  const { market } = round;
  const held = positions.filter((position) => quantity(position.quantity) !== 0n);
  const shown = held.map(({ symbol, quantity: shares }) => ({ symbol, quantity: shares }));
  const left = report.left === null ? null : { ...report.left, positions: shown };
  if (held.length === 0) {
    return { stage: isOver ? 'done' : 'flattening', report: { ...report, left }, exhausted: false };
  }
  if (market?.isOpen !== true) {
    const stage = market === null ? 'flattening' : 'waiting_for_open';
    return { stage, report: { ...report, left }, exhausted: false };
  }
  const closing = new Map(report.closing.map((each) => [each.orderId, each]));
  let exhausted = false;
  for (const position of held) {
    const taken = await closePosition(needs, position, { ...round, market });
    if (taken === 'exhausted') exhausted = true;
    else if (taken !== null) closing.set(taken.orderId, taken);
  }
  return { stage: 'flattening', report: { ...report, closing: [...closing.values()], left }, exhausted };
}

type ClosingOrder = HaltReport['closing'][number];

/** Takes the next step for one position; gives the order that closes it, or null while something else may still do so. */
async function closePosition(
  { aggregates, ids, clock, placeClosingOrder }: ClosePositionsNeeds,
  { symbol, quantity: held }: BrokerPosition,
  { halt, access, market, cause }: Round & { readonly market: MarketClock },
): Promise<ClosingOrder | 'exhausted' | null> {
  const { accountId } = access;
  const risk = await aggregates.risk.load(riskStream(accountId));
  const { answers } = risk;
  const ageOf = ({ admittedAt }: Admitted): number => Date.parse(clock.now()) - Date.parse(admittedAt);
  /** Whether an order that closes it may still be executed, or has been and the list of positions is an older one. */
  const isAtWork = async (answer: Admitted): Promise<boolean> => {
    const order = await aggregates.orders.load(orderStream(answer.ticket.orderId));
    if (order.status === 'none' || !isFinal(order)) return true;
    const isAllStillHeld = absolute(quantity(held)) === quantity(answer.ticket.quantity);
    return order.filled > 0n && isAllStillHeld && ageOf(answer) < TOLD_WITHIN_MS;
  };

  const own = Array.from({ length: MOST_ATTEMPTS }, (_, n) =>
    ids.named(`flatten/${halt.haltId}/${accountId}/${symbol}/${n + 1}`),
  );
  for (const orderId of own) {
    const answer = find(answers, orderId);
    if (answer?.kind === 'denied') continue;
    if (answer === undefined) {
      // An order in doubt counts too, and one whose end is not booked yet: together they could sell more than is held.
      if (reservedQuantity(risk, symbol, quantity(held) > 0n ? 'sell' : 'buy') > 0n) return null;
      for (const other of closingOrders(answers, symbol)) if (await isAtWork(other)) return null;
      const placed = await placeClosingOrder({ orderId, accountId, symbol, held, market, cause });
      return placed === null ? 'exhausted' : { orderId, symbol, quantity: placed.quantity };
    }
    const { ticket, channel, admittedAt } = answer;
    // Whoever admitted it may have died before it was placed.
    await placeAdmitted(aggregates, { ticket, channel, at: admittedAt }, cause);
    if (ageOf(answer) < NEXT_ATTEMPT_AFTER_MS || (await isAtWork(answer))) {
      return { orderId, symbol, quantity: ticket.quantity };
    }
  }
  return 'exhausted';
}

type Admitted = Extract<Answer, { kind: 'admitted' }>;

/** Those of all halts. */
const closingOrders = (answers: Dictionary<Answer>, symbol: string): readonly Admitted[] =>
  [...valuesOf(answers)].filter(
    (answer): answer is Admitted =>
      answer.kind === 'admitted' && answer.channel === 'kill-switch' && answer.ticket.symbol === symbol,
  );
