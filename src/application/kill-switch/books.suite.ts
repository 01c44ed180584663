/** A broker that keeps books: orders, executions and positions of some accounts. For the tests beside this file. */
import { minus, plus, quantity, toText } from '../../domain/kernel/decimal.ts';
import type { Execution } from '../../domain/order/events.ts';
import { brokerOrder } from '../order/order-path.suite.ts';
import type { openDesk } from '../order/order-path.suite.ts';
import type { Broker, BrokerOrder, BrokerPosition } from '../ports/broker.ts';

interface Booked {
  readonly accountId: string;
  order: BrokerOrder;
  readonly executions: Execution[];
}

/** Told of every change of an order, with the execution that it is about. */
type Listener = (accountId: string, order: BrokerOrder, execution: Execution | null) => Promise<void>;

const unknown = { kind: 'unknown', reason: 'time-out' } as const;
const isOpen = ({ status }: BrokerOrder): boolean => status === 'open' || status === 'pending';

/** `links`: the accounts that are linked now. */
export function openBooks(
  accountIds: readonly string[],
  links: ReadonlySet<string>,
  { needs }: Pick<Awaited<ReturnType<typeof openDesk>>, 'needs'>,
) {
  const book = new Map<string, Booked>();
  const held = new Map<string, Map<string, string>>(accountIds.map((accountId) => [accountId, new Map()]));
  /** What came to the broker, in order. */
  const requests: string[] = [];
  const script = {
    /** `later`: cancels are taken and carried out when `settle` is called. */
    cancels: 'at once' as 'at once' | 'later' | 'refused',
    /** What becomes of market orders; a number: so much of one is filled, and the rest cancelled. */
    market: 'filled' as 'filled' | 'rejected' | 'resting' | number,
    answers: true,
    /** While false, the list of positions does not show what was executed since. */
    tellsPositions: true,
    isOpen: true,
  };
  let shown: ReadonlyMap<string, readonly BrokerPosition[]> = new Map();
  /** How often positions were asked for. */
  let lists = 0;
  let listening: Listener | null = null;

  async function change(brokerOrderId: string, changes: Partial<BrokerOrder>, execution: Execution | null = null) {
    const known = bookedAs(brokerOrderId);
    known.order = { ...known.order, ...changes };
    if (execution !== null) known.executions.push(execution);
    await listening?.(known.accountId, known.order, execution);
  }
  function bookedAs(brokerOrderId: string): Booked {
    const known = book.get(brokerOrderId);
    if (known === undefined) throw new Error(`the broker has no order ${brokerOrderId}`);
    return known;
  }
  const openOf = (accountId: string): BrokerOrder[] =>
    [...book.values()].filter((each) => each.accountId === accountId && isOpen(each.order)).map(({ order }) => order);
  const positionsOf = (accountId: string): readonly BrokerPosition[] =>
    [...(held.get(accountId) ?? [])].map(([symbol, shares]) => ({ symbol, quantity: shares, averagePrice: '90' }));

  async function cancelOne(brokerOrderId: string): Promise<boolean> {
    const known = book.get(brokerOrderId);
    if (known === undefined || !isOpen(known.order) || known.order.underWay === 'cancel') return false;
    if (script.cancels === 'refused') return false;
    if (script.cancels === 'later') known.order = { ...known.order, underWay: 'cancel' };
    else await change(brokerOrderId, { status: 'cancelled', underWay: null });
    return true;
  }
  function move(accountId: string, { symbol, side }: BrokerOrder, shares: string): void {
    const of = held.get(accountId)!;
    const before = quantity(of.get(symbol) ?? '0');
    const now = side === 'buy' ? plus(before, quantity(shares)) : minus(before, quantity(shares));
    if (now === 0n) of.delete(symbol);
    else of.set(symbol, toText(now));
  }

  /** Executes so many shares of an order; one that is not filled by them ends with them, unless it `goesOn`. */
  async function trade(brokerOrderId: string, shares: string, goesOn: 'goesOn' | null = null): Promise<void> {
    const { accountId, order } = bookedAs(brokerOrderId);
    move(accountId, order, shares);
    const filledQuantity = toText(plus(quantity(order.filledQuantity), quantity(shares)));
    const isFilled = quantity(filledQuantity) === quantity(order.terms.quantity);
    const status = isFilled ? 'filled' : goesOn === null ? 'cancelled' : 'open';
    await change(
      brokerOrderId,
      { status, filledQuantity },
      {
        brokerOrderId,
        executionId: null,
        recordId: null,
        quantity: shares,
        price: '100',
        cumulativeQuantity: filledQuantity,
        executedAt: needs.clock.now(),
      },
    );
  }

  const broker: Broker = {
    ...needs.broker,
    replace: () => Promise.resolve(unknown),
    account: () => Promise.resolve(unknown),
    submittedAfter: () => Promise.resolve(unknown),
    follow: () => Promise.resolve('stopped'),
    async submit({ accountId }, { ticket }, clientOrderId) {
      requests.push(`submit ${ticket.side} ${ticket.quantity} ${ticket.symbol}`);
      const { symbol, side, type, quantity: shares, limitPrice, stopPrice, timeInForce } = ticket;
      const terms = { quantity: shares, limitPrice, stopPrice, timeInForce };
      const order = brokerOrder(clientOrderId, { symbol, side, type, terms });
      book.set(order.brokerOrderId, { accountId, order, executions: [] });
      const fate = ticket.type === 'market' ? script.market : 'resting';
      if (fate === 'rejected') {
        book.delete(order.brokerOrderId);
        return { kind: 'rejected', code: '1', reason: 'The broker does not like it.' };
      }
      if (fate !== 'resting') {
        setImmediate(() => void trade(order.brokerOrderId, fate === 'filled' ? shares : String(fate)));
      }
      return Promise.resolve({ kind: 'acknowledged', order });
    },
    async cancel(_access, brokerOrderId) {
      requests.push('cancel');
      if (!script.answers) return unknown;
      return (await cancelOne(brokerOrderId)) ? { kind: 'accepted' } : { kind: 'refused', reason: 'not cancelable' };
    },
    async cancelAll({ accountId }, symbol) {
      requests.push(symbol === null ? 'cancel all' : `cancel all ${symbol}`);
      if (!script.answers) return unknown;
      const accepted: string[] = [];
      for (const order of openOf(accountId)) {
        if ((symbol ?? order.symbol) !== order.symbol) continue;
        if (await cancelOne(order.brokerOrderId)) accepted.push(order.brokerOrderId);
      }
      return { kind: 'asked', accepted, refused: [] };
    },
    unfinished: ({ accountId }) =>
      Promise.resolve(script.answers ? { kind: 'found', value: openOf(accountId), unread: 0 } : unknown),
    positions({ accountId }) {
      if (!script.answers) return Promise.resolve(unknown);
      lists += 1;
      if (script.tellsPositions) shown = new Map([...links].map((each) => [each, positionsOf(each)]));
      return Promise.resolve({ kind: 'found', value: shown.get(accountId) ?? [] });
    },
    byId: (_access, id) => {
      const known = book.get(id);
      return Promise.resolve(known === undefined ? { kind: 'not_found' } : { kind: 'found', value: known.order });
    },
    byClientOrderId: (_access, id) => {
      const known = [...book.values()].find(({ order }) => order.clientOrderId === id);
      return Promise.resolve(known === undefined ? { kind: 'not_found' } : { kind: 'found', value: known.order });
    },
    executionsOf: (_access, brokerOrderId) =>
      Promise.resolve({ kind: 'found', value: [...bookedAs(brokerOrderId).executions] }),
  };

  return {
    broker,
    script,
    requests,
    openOf,
    positionsOf,
    trade,
    lists: () => lists,
    /** The process that hears of changes from now on. */
    follow(listener: Listener): void {
      listening = listener;
    },
    /** An order that was entered at the broker itself. */
    elsewhere(accountId: string, changes: Partial<BrokerOrder> = {}): string {
      const order = brokerOrder(`elsewhere-${book.size}`, { type: 'limit', ...changes });
      book.set(order.brokerOrderId, { accountId, order, executions: [] });
      return order.brokerOrderId;
    },
    hold(accountId: string, symbol: string, shares: string): void {
      held.get(accountId)!.set(symbol, shares);
    },
    /** Carries out the cancels that were taken. */
    async settle(): Promise<void> {
      for (const { order } of book.values()) {
        if (order.underWay === 'cancel') await change(order.brokerOrderId, { status: 'cancelled', underWay: null });
      }
    },
  };
}
