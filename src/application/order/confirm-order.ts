/** Looking up an order whose sending ended in doubt, until the doubt ends. */
import { clientOrderId, formerClientOrderId } from '../../domain/order/client-order-id.ts';
import { orderStream } from '../../domain/order/events.ts';
import type { Cause } from '../handle.ts';
import type { Submitted, SubmitOrderNeeds } from './sending.ts';

export type ConfirmOrder = (orderId: string, cause: Cause) => Promise<Submitted>;

/** A claim this old belongs to a process that died: the broker call gives up long before. */
const CLAIM_ENDS_AFTER_MS = 15_000;
/** For so long the broker must have said that it does not know an order: it may show late what it has received. */
const GIVE_UP_AFTER_MS = 60_000;
/** That the broker does not know an order must be said again within this time, to go on counting. */
const NO_SERVES_MS = 20_000;
/** Around the moment at which it may be given up, look-ups follow quickly: one that fails then must not cost much time. */
const GIVING_UP_MS = 4_000;
const TRY_AGAIN_MS = 500;

const SETTLED: Submitted = { kind: 'settled' };

/** Safe at any time, by any process. */
export function createConfirmOrder(needs: SubmitOrderNeeds): ConfirmOrder {
  const { aggregates, broker, linked, clock, log, recordBrokerOrder, watchDoubt, pass } = needs;
  /** Since when the broker says that it does not know an order, and when it has said so last. A restart counts anew. */
  const unknown = new Map<string, { readonly since: number; readonly last: number }>();

  function stillInDoubt(orderId: string, at: string): Submitted {
    const said = unknown.get(orderId);
    if (said === undefined) return { kind: 'doubt' };
    const left = GIVE_UP_AFTER_MS - (Date.parse(at) - said.since);
    return Math.abs(left) > GIVING_UP_MS ? { kind: 'doubt' } : { kind: 'doubt', afterMs: Math.max(left, TRY_AGAIN_MS) };
  }

  /** A silence breaks off the time for which the broker has said so. */
  function sinceWhen(orderId: string, now: number): number {
    const said = unknown.get(orderId);
    const since = said === undefined || now - said.last > NO_SERVES_MS ? now : said.since;
    unknown.set(orderId, { since, last: now });
    return since;
  }

  return async (orderId, cause) => {
    const stream = orderStream(orderId);
    const order = await aggregates.orders.load(stream);
    watchDoubt(order);
    if (order.status !== 'claimed' && order.status !== 'unconfirmed') {
      unknown.delete(orderId);
      return SETTLED;
    }
    const access = await linked.accessFor(order.ticket.accountId);
    if (access === null) return { kind: 'doubt' };

    /** Looks it up under one of its names; true when it is found. */
    const lookUp = async (name: string): Promise<boolean | 'unanswered'> => {
      const found = await broker.byClientOrderId(access, name);
      pass('after-look-up');
      if (found.kind === 'unauthorized') await needs.reportRevoked(access, found.reason, cause);
      if (found.kind === 'not_found') return false;
      if (found.kind !== 'found') return 'unanswered';
      await recordBrokerOrder(access, { order: found.value, execution: null, reason: null }, cause);
      return true;
    };
    const isThere = await lookUp(clientOrderId(orderId, 0));
    if (isThere === true) {
      unknown.delete(orderId);
      return SETTLED;
    }
    const at = clock.now();
    if (isThere === 'unanswered') return stillInDoubt(orderId, at);

    const since = sinceWhen(orderId, Date.parse(at));
    const age = Date.parse(at) - Date.parse(order.sentSince ?? order.intendedAt);
    if (order.status === 'claimed' && age >= CLAIM_ENDS_AFTER_MS) {
      const reason = 'The process that sent the order ended before the broker had answered.';
      await aggregates.orders.handle(stream, { type: 'RecordUnconfirmed', reason, at }, cause);
    }
    const isLongEnough = order.status === 'unconfirmed' && Date.parse(at) - since >= GIVE_UP_AFTER_MS;
    if (!isLongEnough) return stillInDoubt(orderId, at);
    // A former release may have sent it.
    const isThereStill = await lookUp(formerClientOrderId(orderId, 0));
    if (isThereStill === 'unanswered') return stillInDoubt(orderId, at);
    unknown.delete(orderId);
    if (isThereStill) return SETTLED;
    const reason = 'The broker knows nothing of the order a minute after it was sent.';
    await aggregates.orders.handle(stream, { type: 'RecordNotReceived', reason, at }, cause);
    log.alarm('an order is given up for lost', { orderId });
    return SETTLED;
  };
}
