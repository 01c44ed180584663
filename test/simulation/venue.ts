/**
 * The broker as it really is: its accounts, its orders by its own ids, what was executed, and what it tells of it. Nothing
 * in here knows of faults; they lie on the way to it and back.
 */
import type { BrokerUpdate } from '../../src/application/ports/broker.ts';
import type { Execution, OrderTerms } from '../../src/domain/order/events.ts';
import type { Cents, Thousandths } from './amounts.ts';
import { dollarsText, shares, sharesText } from './amounts.ts';
import { createFates } from './fates.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { VenueAccount, VenueExecution, VenueOrder, VenueStatus } from './venue-order.ts';
import { isOpen, toBrokerOrder, toExecution } from './venue-order.ts';

/** How the broker behaves in what its documentation leaves open. */
export interface VenueCharacter {
  /** Among which orders a client order id must be unique. */
  readonly idsUnique: 'for ever' | 'among active orders';
  /** Whether an order's filled quantity follows when one of its executions is undone or changed. */
  readonly countAfterBust: 'follows' | 'stays';
  /** What a replacement of a partly filled order does. */
  readonly partlyFilled: 'is not replaced' | 'is replaced by the full quantity';
}

export type NewVenueOrder = Pick<
  VenueOrder,
  'clientOrderId' | 'symbol' | 'side' | 'type' | 'terms' | 'trailPrice' | 'extendedHours'
> & { readonly takeProfit: string | null; readonly stopLoss: string | null };

export type Placed =
  | { readonly kind: 'placed'; readonly order: VenueOrder }
  | { readonly kind: 'id_taken' }
  | { readonly kind: 'rejected'; readonly code: string; readonly reason: string };
export type Asked<T> =
  { readonly kind: 'taken'; readonly value: T } | { readonly kind: 'refused'; readonly reason: string };

export type Publish = (account: VenueAccount, update: BrokerUpdate) => void;

const EXECUTABLE: readonly VenueStatus[] = ['new', 'partially_filled', 'pending_cancel', 'pending_replace'];

/** So many executions are undone or changed afterwards. */
const AMENDED = 0.02;

export type Venue = ReturnType<typeof createVenue>;

export function createVenue(scheduler: Scheduler, random: Random, character: VenueCharacter, publish: Publish) {
  const accounts = new Map<string, VenueAccount>();
  let counter = 0;
  let lastActivity = 0;
  const newId = (kind: string): string => `${kind}-${(counter += 1).toString().padStart(7, '0')}`;
  const shownFrom = (): number => scheduler.now() + (random.chance(0.2) ? random.between(0, 2_500) : 0);

  function tell(order: VenueOrder, extra: Partial<Extract<BrokerUpdate, { kind: 'order' }>> = {}): void {
    lastActivity = scheduler.now();
    order.updatedAt = scheduler.text();
    if (!isOpen(order)) order.endedAt ??= order.updatedAt;
    publish(order.account, {
      kind: 'order',
      order: toBrokerOrder(order),
      execution: null,
      amendment: null,
      refused: null,
      reason: null,
      ...extra,
    });
  }

  function add(
    account: VenueAccount,
    request: Omit<NewVenueOrder, 'takeProfit' | 'stopLoss'>,
    status: VenueStatus,
    place: { readonly replaces?: string; readonly parent?: VenueOrder } = {},
  ): VenueOrder {
    const order: VenueOrder = {
      id: newId('order'),
      account,
      clientOrderId: request.clientOrderId,
      symbol: request.symbol,
      side: request.side,
      type: request.type,
      terms: request.terms,
      trailPrice: request.trailPrice,
      extendedHours: request.extendedHours,
      replaces: place.replaces ?? null,
      parent: place.parent ?? null,
      receivedAt: scheduler.now(),
      shownFrom: shownFrom(),
      status,
      statusBefore: status,
      replacedBy: null,
      filled: 0,
      updatedAt: scheduler.text(),
      endedAt: null,
      legs: [],
      executions: [],
    };
    account.orders.push(order);
    account.byId.set(order.id, order);
    return order;
  }

  function isTaken(account: VenueAccount, clientOrderId: string): boolean {
    return account.orders.some(
      (order) => order.clientOrderId === clientOrderId && (character.idsUnique === 'for ever' || isOpen(order)),
    );
  }

  function end(order: VenueOrder, status: VenueStatus, reason: string | null = null): void {
    if (!isOpen(order)) return;
    order.status = status;
    tell(order, { reason });
    // The exits of an order that ends without being filled end with it.
    for (const leg of order.legs) if (status !== 'filled' && status !== 'replaced') end(leg, status);
  }

  function activate(order: VenueOrder): void {
    if (order.status !== 'pending_new' && order.status !== 'held') return;
    if (order.parent === null && random.chance(0.02)) return end(order, 'rejected', 'The exchange does not take it.');
    order.status = 'new';
    tell(order);
    fates.decide(order);
  }

  /** Nothing happens to an order that has ended, or that is not at the venue. */
  function execute(order: VenueOrder, most: Thousandths, price: Cents): void {
    if (EXECUTABLE.includes(order.status)) book(order, most, price);
  }

  /** The exchange tells late of an execution that came before the cancellation: it stands. */
  function executeLate(order: VenueOrder): void {
    if (order.status === 'canceled' && !order.account.left) book(order, 1000, 10_000);
  }

  function book(order: VenueOrder, most: Thousandths, price: Cents): void {
    const total = shares(order.terms.quantity);
    const now = Math.min(most, total - order.filled);
    if (now <= 0) return;
    order.filled += now;
    move(order, now, price);
    const lag = random.chance(0.15) ? random.between(0, 2_000) : 0;
    const execution: VenueExecution = {
      id: newId('execution'),
      activityId: newId('activity'),
      shares: now,
      price,
      cumulative: order.filled,
      at: scheduler.text(),
      shownFrom: scheduler.now() + lag,
      standing: { name: '', shares: now, price },
    };
    execution.standing = { ...execution.standing, name: execution.id };
    order.executions.push(execution);
    const wasReplacing = order.status === 'pending_replace';
    if (order.filled === total) order.status = 'filled';
    else if (order.status === 'new') order.status = 'partially_filled';
    else order.statusBefore = 'partially_filled';
    tell(order, { execution: toExecution(order, execution, { executionId: execution.id, recordId: null }) });
    if (random.chance(AMENDED)) scheduler.after(random.between(1_000, 15_000), () => amend(order, execution));
    if (order.status !== 'filled') return;
    if (wasReplacing) order.replacedBy = null;
    for (const leg of order.legs) activate(leg);
    for (const sibling of order.parent?.legs ?? []) {
      // It takes a moment, in which both may be executed.
      if (sibling !== order) scheduler.after(random.between(0, 200), () => end(sibling, 'canceled'));
    }
  }

  /** Once its order has ended, an execution may be undone or changed, and what was changed may be undone. */
  function amend(order: VenueOrder, execution: VenueExecution): void {
    if (order.account.left || isOpen(order) || execution.standing.shares === 0) return;
    const before = execution.standing;
    const isBust = random.chance(0.5);
    const id = newId(isBust ? 'bust' : 'correction');
    const fewer = before.shares > 1_000 && random.chance(0.5) ? 1_000 : 0;
    const standing = isBust
      ? { name: before.name, shares: 0, price: before.price }
      : { name: id, shares: before.shares - fewer, price: before.price + random.between(-20, 20) };
    execution.standing = standing;
    move(order, -before.shares, before.price);
    move(order, standing.shares, standing.price);
    if (character.countAfterBust === 'follows') order.filled += standing.shares - before.shares;
    order.account.amended.add(order.symbol);
    const at = scheduler.text();
    const corrected = { quantity: sharesText(standing.shares), price: dollarsText(standing.price) };
    tell(order, {
      amendment: isBust
        ? { kind: 'bust', executionId: before.name, bustId: id, at }
        : { kind: 'correction', executionId: before.name, correctedId: id, corrected, at },
    });
    if (!isBust && random.chance(0.5)) scheduler.after(random.between(200, 6_000), () => amend(order, execution));
  }

  function move(order: VenueOrder, amount: Thousandths, price: Cents): void {
    const held = order.account.positions.get(order.symbol) ?? { shares: 0, cost: 0 };
    const change = order.side === 'buy' ? amount : -amount;
    const after = held.shares + change;
    const isOpening = held.shares === 0 || held.shares > 0 === change > 0;
    if (isOpening) held.cost += change * price;
    else if (after === 0 || after > 0 !== held.shares > 0) held.cost = after * price;
    else held.cost = (held.cost / held.shares) * after;
    held.shares = after;
    order.account.positions.set(order.symbol, held);
  }

  function finishCancel(order: VenueOrder): void {
    if (order.status === 'filled') return tell(order, { refused: 'cancel', reason: 'too late to cancel' });
    if (order.status !== 'pending_cancel') return;
    if (!random.chance(0.05)) {
      end(order, 'canceled');
      if (random.chance(0.04)) scheduler.after(random.between(1, 3_000), () => executeLate(order));
      return;
    }
    order.status = order.statusBefore;
    tell(order, { refused: 'cancel', reason: 'the exchange refused to cancel' });
    activate(order);
  }

  function finishReplace(old: VenueOrder, successor: VenueOrder): void {
    const refuses = random.chance(0.07) || (old.filled > 0 && character.partlyFilled === 'is not replaced');
    if (old.status !== 'pending_replace' || refuses) {
      old.replacedBy = null;
      if (old.status === 'pending_replace') old.status = old.statusBefore;
      tell(old, { refused: 'replace', reason: 'the order could not be replaced' });
      return end(successor, 'rejected', 'the order that it replaces was executed');
    }
    old.status = 'replaced';
    tell(old);
    activate(successor);
  }

  const venue = {
    account(id: string): VenueAccount {
      const known = accounts.get(id);
      if (known !== undefined) return known;
      const opened = { id, orders: [], byId: new Map(), positions: new Map(), left: false, amended: new Set<string>() };
      accounts.set(id, opened);
      return opened;
    },
    accounts: (): readonly VenueAccount[] => [...accounts.values()],
    /** When something last happened to an order. */
    lastActivity: (): number => lastActivity,
    hasOpen: (): boolean => [...accounts.values()].some(({ orders }) => orders.some(isOpen)),

    place(account: VenueAccount, request: NewVenueOrder): Placed {
      if (isTaken(account, request.clientOrderId)) return { kind: 'id_taken' };
      if (random.chance(0.03)) return { kind: 'rejected', code: '40310000', reason: 'insufficient buying power' };
      const order = add(account, request, 'pending_new');
      const { takeProfit, stopLoss } = request;
      if (takeProfit !== null && stopLoss !== null) {
        const side = request.side === 'buy' ? 'sell' : 'buy';
        const exit = { ...request, side, terms: request.terms } as const;
        const legTerms = { ...request.terms, limitPrice: takeProfit, stopPrice: null };
        order.legs = [
          add(account, { ...exit, type: 'limit', clientOrderId: newId('leg'), terms: legTerms }, 'held', {
            parent: order,
          }),
          add(
            account,
            {
              ...exit,
              type: 'stop',
              clientOrderId: newId('leg'),
              terms: { ...request.terms, limitPrice: null, stopPrice: stopLoss },
            },
            'held',
            { parent: order },
          ),
        ];
      }
      tell(order);
      scheduler.after(random.chance(0.05) ? random.between(1_000, 6_000) : random.between(0, 150), () =>
        activate(order),
      );
      return { kind: 'placed', order };
    },

    cancel(order: VenueOrder): Asked<null> {
      if (!isOpen(order) || order.status === 'pending_cancel' || order.status === 'pending_replace') {
        return { kind: 'refused', reason: `order is in "${order.status}" state` };
      }
      if (order.status === 'held') {
        end(order, 'canceled');
        return { kind: 'taken', value: null };
      }
      order.statusBefore = order.status;
      order.status = 'pending_cancel';
      tell(order);
      scheduler.after(random.between(10, 600), () => finishCancel(order));
      return { kind: 'taken', value: null };
    },

    replace(old: VenueOrder, terms: OrderTerms, clientOrderId: string): Asked<VenueOrder> {
      if (old.status !== 'new' && old.status !== 'partially_filled') {
        return { kind: 'refused', reason: `cannot replace order in ${old.status} status` };
      }
      if (isTaken(old.account, clientOrderId)) return { kind: 'refused', reason: 'client_order_id must be unique' };
      const successor = add(old.account, { ...old, terms, clientOrderId }, 'pending_new', { replaces: old.id });
      old.statusBefore = old.status;
      old.status = 'pending_replace';
      old.replacedBy = successor.id;
      tell(old);
      tell(successor);
      scheduler.after(random.between(10, 600), () => finishReplace(old, successor));
      return { kind: 'taken', value: successor };
    },

    /** What an account holds of a symbol from before: no order of ours. */
    endow(account: VenueAccount, symbol: string, amount: Thousandths, price: Cents): void {
      account.positions.set(symbol, { shares: amount, cost: amount * price });
    },
    isShown: (order: VenueOrder): boolean => order.shownFrom <= scheduler.now(),
    executionsOf: (order: VenueOrder): readonly Execution[] =>
      order.executions
        .filter((execution) => execution.shownFrom <= scheduler.now())
        .map((execution) => toExecution(order, execution, { executionId: null, recordId: execution.activityId })),
  };

  const fates = createFates(scheduler, random, {
    execute,
    expire: (order) => end(order, 'expired'),
    cancel: (order) => end(order, 'canceled'),
  });
  return venue;
}
