/**
 * Closing what the broker says an account holds, after nothing is left there that could still trade. An order closes the
 * whole position of that moment; what it leaves is closed by another one, at most three for a symbol.
 */
import { quantity } from '../../domain/kernel/decimal.ts';
import { find } from '../../domain/kernel/dictionary.ts';
import type { HaltReport } from '../../domain/risk-policy/kill-switch/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { reservedQuantity } from '../../domain/risk-policy/state.ts';
import type { Aggregates } from '../aggregates.ts';
import { placeAdmitted } from '../order/place-order.ts';
import type { BrokerPosition } from '../ports/broker.ts';
import type { Clock, Ids } from '../ports/clock-and-ids.ts';
import type { MarketClock } from '../ports/market-data.ts';
import { mayStillChange } from './list-of-positions.ts';
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
/** Whatever kept the last attempt from closing the position is given this long to pass. */
const NEXT_ATTEMPT_AFTER_MS = 5_000;
/** So long a list of positions serves: people trade at the broker's own site too. */
const LIST_SERVES_MS = 5_000;

/** What the broker has told, and when it was asked for that. */
export interface ListOfPositions {
  readonly positions: readonly BrokerPosition[];
  readonly askedAt: string;
}

/** `isOver`: no order is left, here or there. */
export async function closePositions(
  needs: ClosePositionsNeeds,
  round: Round,
  { positions, askedAt }: ListOfPositions,
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
    const taken = await closePosition(needs, position, { ...round, market, askedAt });
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
  { halt, access, market, cause, askedAt }: Round & { readonly market: MarketClock; readonly askedAt: string },
): Promise<ClosingOrder | 'exhausted' | null> {
  const { accountId } = access;
  const since = (at: string): number => Date.parse(clock.now()) - Date.parse(at);
  const risk = await aggregates.risk.load(riskStream(accountId));
  const listed = { symbol, held: quantity(held), asOf: market.now };
  const work = halt.renewals === 0 ? halt.haltId : `${halt.haltId}#${halt.renewals}`;
  let latest: ClosingOrder | null = null;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const orderId = ids.named(`flatten/${work}/${accountId}/${symbol}/${attempt}`);
    const answer = find(risk.answers, orderId);
    if (answer?.kind === 'denied') continue;
    if (answer === undefined) {
      // The next round asks for a new list, and goes on with what is left of this one.
      if (since(askedAt) >= LIST_SERVES_MS) return latest;
      // An order in doubt counts too, and one whose end is not booked yet: together they could sell more than is held.
      if (reservedQuantity(risk, symbol, listed.held > 0n ? 'sell' : 'buy') > 0n) return latest;
      if (await mayStillChange(aggregates, risk, listed)) return latest;
      const placed = await placeClosingOrder({ orderId, accountId, symbol, held, market, cause });
      return placed === null ? 'exhausted' : { orderId, symbol, quantity: placed.quantity };
    }
    const { ticket, channel, admittedAt } = answer;
    // Whoever admitted it may have died before it was placed.
    await placeAdmitted(aggregates, { ticket, channel, at: admittedAt }, cause);
    latest = { orderId, symbol, quantity: ticket.quantity };
    if (since(admittedAt) < NEXT_ATTEMPT_AFTER_MS) return latest;
  }
  return latest !== null && (await mayStillChange(aggregates, risk, listed)) ? latest : 'exhausted';
}
