/** A broker that keeps orders, executions and positions of one account, and counts what it is asked. For tests beside this file. */
import { minus, plus, quantity, toText } from '../../domain/kernel/decimal.ts';
import type { Execution } from '../../domain/order/events.ts';
import type { BrokerAccounts, BrokerOrder, BrokerPosition, Failure, LookUp, OrderRecords } from '../ports/broker.ts';
import { brokerOrder } from './order-path.suite.ts';

const found = <Value>(value: Value) => Promise.resolve({ kind: 'found', value } as const);
const foundOr = (order: BrokerOrder | undefined): Promise<LookUp<BrokerOrder>> =>
  order === undefined ? Promise.resolve({ kind: 'not_found' }) : found(order);

export type PaperBroker = ReturnType<typeof createPaperBroker>;

/** `now`: the market's time, at which whatever happens is stamped. */
export function createPaperBroker(now: () => string) {
  const orders = new Map<string, BrokerOrder & { readonly submittedAt: string; readonly parentId: string | null }>();
  const executions: (Execution & { readonly at: string })[] = [];
  const held = new Map<string, string>();
  const asked: string[] = [];
  /** So many rows of each list can not be read. */
  let unread = 0;
  const listed = <Row>(value: readonly Row[]) => Promise.resolve({ kind: 'found', value, unread } as const);
  let silent: 'unknown' | 'unauthorized' | null = null;

  const change = (id: string, changes: Partial<BrokerOrder>): void => {
    const order = orders.get(id);
    if (order === undefined) throw new Error(`no order ${id}`);
    orders.set(id, { ...order, ...changes, updatedAt: now() });
  };
  const legsOf = (id: string): BrokerOrder[] => [...orders.values()].filter((each) => each.parentId === id).map(shown);
  function shown({
    submittedAt: _at,
    parentId: _parent,
    ...order
  }: BrokerOrder & { submittedAt: string; parentId: string | null }): BrokerOrder {
    return order;
  }
  const nested = (id: string): BrokerOrder => ({ ...shown(orders.get(id)!), legs: legsOf(id) });
  const isOpen = ({ status }: BrokerOrder): boolean => status === 'open' || status === 'pending';

  async function answer<Answer extends { readonly kind: string }>(
    request: string,
    value: () => Promise<Answer>,
  ): Promise<Answer | Failure> {
    asked.push(request);
    if (silent !== null) return { kind: silent, reason: 'silent' };
    return value();
  }

  const records: OrderRecords & BrokerAccounts = {
    byId: (_access, id) => answer('byId', () => foundOr(orders.has(id) ? nested(id) : undefined)),
    byClientOrderId: (_access, clientId) =>
      answer('byClientOrderId', () => {
        const order = [...orders.values()].find((each) => each.clientOrderId === clientId);
        return foundOr(order === undefined ? undefined : nested(order.brokerOrderId));
      }),
    executionsOf: (_access, id) =>
      answer('executionsOf', () => found(executions.filter((each) => each.brokerOrderId === id).map(bare))),
    executionsAfter: (_access, moment) =>
      answer('executionsAfter', () => listed(executions.filter(({ at }) => at > moment).map(bare))),
    submittedAfter: (_access, moment) =>
      answer('submittedAfter', () =>
        listed(
          [...orders.values()]
            .filter(({ submittedAt, parentId }) => parentId === null && submittedAt > moment)
            .map(({ brokerOrderId }) => nested(brokerOrderId)),
        ),
      ),
    unfinished: () => answer('unfinished', () => listed([...orders.values()].filter(isOpen).map(shown))),
    account: () => answer('account', () => Promise.resolve({ kind: 'unknown', reason: 'not part of this test' })),
    positions: () =>
      answer('positions', () =>
        found([...held].map(([symbol, shares]): BrokerPosition => ({ symbol, quantity: shares, averagePrice: '100' }))),
      ),
  };

  return {
    records,
    /** The names of the requests since the last call. */
    requests: (): readonly string[] => asked.splice(0),
    /** Whether it answers at all. */
    fallSilent: (how: typeof silent = 'unknown') => {
      silent = how;
    },
    /** Lists so many rows, with everything it lists, that can not be read. */
    garble: (rows: number) => {
      unread = rows;
    },
    /** An order that it has, as open; by its client order id, or under one of the broker's own. */
    add(clientOrderId: string, changes: Partial<BrokerOrder> = {}, parentId: string | null = null): string {
      const order = brokerOrder(clientOrderId, { updatedAt: now(), ...changes });
      orders.set(order.brokerOrderId, { ...order, submittedAt: now(), parentId });
      return order.brokerOrderId;
    },
    change,
    /** As if it had never had the order. */
    forget: (id: string) => void orders.delete(id),
    /** Executes so many shares of an order. */
    fill(id: string, shares: string, price = '100'): void {
      const order = orders.get(id);
      if (order === undefined) throw new Error(`no order ${id}`);
      const filled = plus(quantity(order.filledQuantity), quantity(shares));
      const cumulativeQuantity = toText(filled);
      executions.push({
        brokerOrderId: id,
        executionId: `E-${id}-${cumulativeQuantity}`,
        recordId: null,
        quantity: shares,
        price,
        cumulativeQuantity,
        executedAt: now(),
        at: now(),
      });
      const status = filled === quantity(order.terms.quantity) ? 'filled' : order.status;
      change(id, { filledQuantity: cumulativeQuantity, status });
      const before = quantity(held.get(order.symbol) ?? '0');
      const after = order.side === 'buy' ? plus(before, quantity(shares)) : minus(before, quantity(shares));
      if (after === 0n) held.delete(order.symbol);
      else held.set(order.symbol, toText(after));
    },
    /** Moves a position for no reason that its orders would tell. */
    hold(symbol: string, shares: string): void {
      if (shares === '0') held.delete(symbol);
      else held.set(symbol, shares);
    },
  };
}

const bare = ({ at: _at, ...execution }: Execution & { readonly at: string }): Execution => execution;
