/**
 * What a halt asks for in one account, one round of it: cancel the orders in its scope, wherever they were placed, close
 * the positions if it says so, and look at the broker whether it is done. Rounds may be repeated as often as one likes,
 * by any process, from any point.
 */
import { orderStream } from '../../domain/order/events.ts';
import type { LiveOrder } from '../../domain/order/state.ts';
import { onlyReduces, without } from '../../domain/risk-policy/state.ts';
import type { HaltReport } from '../../domain/risk-policy/kill-switch/events.ts';
import { symbolOf } from '../../domain/risk-policy/kill-switch/scope.ts';
import type { ReportRevoked } from '../account/link-broker.ts';
import type { Broker, BrokerOrder, LookUp } from '../ports/broker.ts';
import type { Log } from '../ports/log.ts';
import type { UnfinishedOrders } from '../ports/progress.ts';
import { closePositions } from './close-positions.ts';
import type { ClosePositionsNeeds } from './close-positions.ts';
import { readOwnOrders } from './own-orders.ts';
import type { OwnOrders } from './own-orders.ts';
import { reducingOrders } from './reducing-orders.ts';
import type { Round, RoundResult } from './round.ts';

export interface AccountWorkNeeds extends ClosePositionsNeeds {
  readonly broker: Pick<Broker, 'cancel' | 'cancelAll' | 'unfinished' | 'positions'>;
  readonly unfinished: Pick<UnfinishedOrders, 'placed'>;
  readonly reportRevoked: ReportRevoked;
  readonly log: Log;
}

/** What takes longer to record than this is recorded while the broker is asked already: a cancel waits for nothing. */
const RECORDED_WITHIN_MS = 1_000;

export type WorkOnAccount = (round: Round, signal: AbortSignal) => Promise<RoundResult>;

export function createAccountWork(needs: AccountWorkNeeds): WorkOnAccount {
  const { aggregates, broker, clock, log } = needs;

  return async (round, signal) => {
    const { halt, access } = round;
    const symbol = symbolOf(halt.scope);
    const inScope = (each: { readonly symbol: string }): boolean => symbol === null || each.symbol === symbol;
    // Who may only get smaller keeps the orders that make it so, such as the stops of positions.
    const keeps = halt.level === 'reducing' && !halt.flatten;
    const reducing: ReadonlySet<string> | null = keeps ? await reducingOrders(broker, access) : new Set();
    if (reducing === null) return unanswered(round.report);

    const own = await readOwnOrders(needs, access.accountId, symbol);
    const isKept = (order: LiveOrder): boolean =>
      keeps &&
      (order.brokerOrderId === null
        ? onlyReduces(order.ticket, without(own.risk, order.ticket.orderId))
        : reducing.has(order.brokerOrderId));
    const concerned = own.unfinished.filter((order) => !isKept(order));
    const toCancel = concerned.filter(({ ticket }) => !own.isClosing(ticket.orderId));
    /** All in one request, where none of them shall stay. */
    const atOnce = !keeps && toCancel.length === concerned.length;

    const before = withOrders(round.report, toCancel);
    const recorded = recordCancels(round, before, toCancel);
    await Promise.race([recorded, clock.sleep(RECORDED_WITHIN_MS, signal)]);
    if (round.isFirst && atOnce) await broker.cancelAll(access, symbol);
    await recorded;

    const open = await told(await broker.unfinished(access), round);
    if (open === null) return unanswered(before);
    const there = open.filter((order) => inScope(order) && !reducing.has(order.brokerOrderId));
    const rest = there.filter((order) => !isClosingThere(order, own));
    await cancelRest(round, rest, atOnce);

    const elsewhere = rest.filter((order) => own.idOf(order) === null).map(({ brokerOrderId }) => brokerOrderId);
    const report: HaltReport = {
      ...before,
      elsewhere: [...new Set([...before.elsewhere, ...elsewhere])],
      left: { orders: there.length, unfinished: concerned.length, positions: [] },
    };
    const isOver = there.length === 0 && concerned.length === 0 && round.allKnown;
    if (!halt.flatten) return { stage: isOver ? 'done' : 'cancelling', report, exhausted: false };
    if (rest.length > 0) return { stage: 'cancelling', report, exhausted: false };
    const askedAt = clock.now();
    const listed = await told(await broker.positions(access), round);
    if (listed === null) return unanswered(report);
    return closePositions(needs, round, { positions: listed.filter(inScope), askedAt }, report, isOver);
  };

  async function recordCancels(round: Round, report: HaltReport, orders: readonly LiveOrder[]): Promise<void> {
    try {
      if (report !== round.report) await round.tell(report);
      await Promise.all(
        orders
          .filter(({ cancelRequested }) => !cancelRequested)
          .map(({ ticket }) => {
            const command = { type: 'RequestCancel', at: clock.now() } as const;
            return aggregates.orders.handle(orderStream(ticket.orderId), command, round.cause);
          }),
      );
    } catch (error) {
      log.warn('cancels of a halt could not be recorded; they are asked for all the same', { error: String(error) });
    }
  }

  /** What the first request of all did not reach, or the broker would not cancel then. */
  async function cancelRest({ access, halt, isFirst }: Round, rest: readonly BrokerOrder[], atOnce: boolean) {
    const idle = rest.filter(({ underWay }) => underWay !== 'cancel');
    if (idle.length === 0 || (atOnce && isFirst)) return;
    if (atOnce) await broker.cancelAll(access, symbolOf(halt.scope));
    else for (const { brokerOrderId } of idle) await broker.cancel(access, brokerOrderId);
  }

  /** What the broker tells; null when it does not. */
  async function told<T>(found: LookUp<T>, { access, cause }: Round): Promise<T | null> {
    if (found.kind === 'unauthorized') await needs.reportRevoked(access, found.reason, cause);
    return found.kind === 'found' ? found.value : null;
  }
}

const unanswered = (report: HaltReport): RoundResult => ({
  stage: 'cancelling',
  report: { ...report, left: null },
  exhausted: false,
});

/** The same report when it names them all already. One from elsewhere may have been learnt of since. */
function withOrders(report: HaltReport, orders: readonly LiveOrder[]): HaltReport {
  const more = orders
    .filter(({ brokerOrderId, ticket }) => !report.orders.includes(ticket.orderId) && !isAmong(report, brokerOrderId))
    .map(({ ticket }) => ticket.orderId);
  return more.length === 0 ? report : { ...report, orders: [...report.orders, ...more] };
}

const isAmong = ({ elsewhere }: HaltReport, brokerOrderId: string | null): boolean =>
  brokerOrderId !== null && elsewhere.includes(brokerOrderId);

function isClosingThere(order: BrokerOrder, own: OwnOrders): boolean {
  const orderId = own.idOf(order);
  return orderId !== null && own.isClosing(orderId);
}
