/** A broker that keeps orders, executions and positions of one account, and counts what it is asked. For tests beside this file. */
import { minus, plus, quantity, toText } from '../../domain/kernel/decimal.ts';
import type { Execution } from '../../domain/order/events.ts';
import type { BrokerAccounts, BrokerOrder, BrokerPosition, LookUp, OrderRecords } from '../ports/broker.ts';
import { brokerOrder } from './order-path.suite.ts';

const found = <Value>(value: Value) => Promise.resolve({ kind: 'found', value } as const);

export type PaperBroker = ReturnType<typeof createPaperBroker>;

/** `now`: the market's time, at which whatever happens is stamped. */
export function createPaperBroker(now: () => string) {
  const orders = new Map<string, BrokerOrder & { readonly submittedAt: string; readonly parentId: string | null }>();
  const executions: (Execution & { readonly at: string })[] = [];
  const held = new Map<string, string>();
  const asked: string[] = [];
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

  async function answer<Value>(
    request: string,
    value: () => LookUp<Value> | Promise<LookUp<Value>>,
  ): Promise<LookUp<Value>> {
    asked.push(request);
    if (silent !== null) return { kind: silent, reason: 'silent' };
    return value();
  }

  const records: OrderRecords & BrokerAccounts = {
    byId: (_access, id) => answer('byId', () => (orders.has(id) ? found(nested(id)) : { kind: 'not_found' })),
    byClientOrderId: (_access, clientId) =>
      answer('byClientOrderId', () => {
        const order = [...orders.values()].find((each) => each.clientOrderId === clientId);
        return order === undefined ? { kind: 'not_found' } : found(nested(order.brokerOrderId));
      }),
    executionsOf: (_access, id) =>
      answer('executionsOf', () => found(executions.filter((each) => each.brokerOrderId === id).map(bare))),
    executionsAfter: (_access, moment) =>
      answer('executionsAfter', () => found(executions.filter(({ at }) => at > moment).map(bare))),
    submittedAfter: (_access, moment) =>
      answer('submittedAfter', () =>
        found(
          [...orders.values()]
            .filter(({ submittedAt, parentId }) => parentId === null && submittedAt > moment)
            .map(({ brokerOrderId }) => nested(brokerOrderId)),
        ),
      ),
    unfinished: () => answer('unfinished', () => found([...orders.values()].filter(isOpen).map(shown))),
    account: () => answer('account', () => ({ kind: 'unknown', reason: 'not part of this test' })),
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
