/**
 * A broker in miniature, which does everything right: orders, their changes, brackets, executions, busts and corrections.
 * It tells of each step in a message with the whole order, and has its own books, against which ours are held.
 */
import type { BrokerOrder } from '../../../src/application/ports/broker.ts';
import type { BrokerUpdate } from '../../../src/application/ports/broker.ts';
import type { Execution } from '../../../src/domain/order/events.ts';

export type Message = Extract<BrokerUpdate, { kind: 'order' }>;

/** What no document says of a broker: both ways of each are right. */
export interface Habits {
  /** Whether the filled quantity of an order goes down with a bust, and follows a correction. */
  readonly countFollows: boolean;
  /** Whether the records show a busted execution no more, and a corrected one as it is now. */
  readonly recordsFollow: boolean;
  /** Whether the records call an execution by the same name as the stream. */
  readonly oneName: boolean;
}

export interface ModelExecution {
  readonly executionId: string;
  readonly recordId: string;
  readonly quantity: number;
  readonly price: number;
  readonly cumulativeQuantity: number;
  readonly at: string;
  /** What stands of it, and how it is called now. */
  standing: { readonly name: string; readonly quantity: number; readonly price: number };
}

export interface ModelOrder {
  readonly brokerOrderId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly type: BrokerOrder['type'];
  quantity: number;
  readonly limitPrice: string | null;
  readonly stopPrice: string | null;
  status: BrokerOrder['status'];
  underWay: BrokerOrder['underWay'];
  /** By the broker's own count. */
  filled: number;
  readonly executions: ModelExecution[];
  replacedBy: string | null;
  readonly replaces: string | null;
  readonly parent: ModelOrder | null;
  readonly legs: ModelOrder[];
  updatedAt: string;
}

export const isOver = ({ status }: ModelOrder): boolean =>
  status === 'filled' ||
  status === 'cancelled' ||
  status === 'expired' ||
  status === 'rejected' ||
  status === 'replaced';

export const leavesOf = ({ quantity, filled }: ModelOrder): number => quantity - filled;

export const standsOf = ({ executions }: ModelOrder): number =>
  executions.reduce((sum, { standing }) => sum + standing.quantity, 0);

type Terms = Pick<ModelOrder, 'clientOrderId' | 'side' | 'type' | 'quantity' | 'limitPrice' | 'stopPrice'>;

export function createBrokerModel(habits: Habits) {
  const orders: ModelOrder[] = [];
  let seconds = 0;
  let names = 0;

  const nextName = (kind: string): string => `${kind}-${(names += 1)}`;
  /** Every step has a moment of its own. */
  const tick = (): string => new Date(Date.parse('2026-03-02T15:00:00.000Z') + (seconds += 1) * 1_000).toISOString();

  function told(order: ModelOrder, changes: Partial<Omit<Message, 'kind' | 'order'>> = {}): Message {
    order.updatedAt = tick();
    const told = { execution: null, amendment: null, refused: null, reason: null, ...changes };
    return { kind: 'order', order: shown(order), ...told };
  }

  function make(terms: Terms, parent: ModelOrder | null, replaces: string | null): ModelOrder {
    const order: ModelOrder = {
      ...terms,
      symbol: 'AAPL',
      brokerOrderId: nextName('B'),
      status: 'pending',
      underWay: null,
      filled: 0,
      executions: [],
      replacedBy: null,
      replaces,
      parent,
      legs: [],
      updatedAt: tick(),
    };
    orders.push(order);
    return order;
  }

  function ended(order: ModelOrder, status: ModelOrder['status'], reason: string | null = null): Message {
    order.status = status;
    order.underWay = null;
    return told(order, { reason });
  }

  /** Ends what is still open of a bracket with one of its orders. */
  const endGroup = (order: ModelOrder, status: 'cancelled' | 'expired'): Message[] =>
    [order.parent ?? order, ...(order.parent ?? order).legs]
      .filter((each) => !isOver(each))
      .map((each) => ended(each, status));

  /** A fill wakes the exits of its order; one of an exit ends the other, or makes it smaller. */
  function afterFill(order: ModelOrder, isRace: boolean): Message[] {
    if (order.parent === null) {
      if (order.status !== 'filled') return [];
      return order.legs
        .filter((leg) => leg.status === 'pending')
        .map((leg) => {
          leg.status = 'open';
          return told(leg);
        });
    }
    const others = order.parent.legs.filter((leg) => leg !== order && !isOver(leg));
    if (isRace) return [];
    return others.map((other) => {
      if (order.status === 'filled') return ended(other, 'cancelled');
      other.quantity = other.filled + leavesOf(order);
      return told(other);
    });
  }

  return {
    orders,
    shown,
    place(terms: Terms, exits: { readonly takeProfit: string; readonly stopLoss: string } | null = null): ModelOrder {
      const order = make(terms, null, null);
      if (exits !== null) {
        const side = terms.side === 'buy' ? 'sell' : 'buy';
        const leg = { side, quantity: terms.quantity, limitPrice: null, stopPrice: null } as const;
        for (const own of [
          { ...leg, type: 'limit', limitPrice: exits.takeProfit } as const,
          { ...leg, type: 'stop', stopPrice: exits.stopLoss } as const,
        ]) {
          order.legs.push(make({ ...own, clientOrderId: nextName('leg') }, order, null));
        }
      }
      return order;
    },
    confirm(order: ModelOrder): Message[] {
      order.status = 'open';
      return [told(order)];
    },
    /** A message that changes nothing, as `done_for_day` or `suspended`. */
    mention: (order: ModelOrder): Message[] => [told(order)],
    /** `isRace`: the venue fills the other exit before it hears of this one. */
    fill(order: ModelOrder, quantity: number, price: number, isRace = false): Message[] {
      order.filled += quantity;
      const executionId = nextName('E');
      const execution: ModelExecution = {
        executionId,
        recordId: habits.oneName ? executionId : nextName('R'),
        quantity,
        price,
        cumulativeQuantity: order.filled,
        at: tick(),
        standing: { name: executionId, quantity, price },
      };
      order.executions.push(execution);
      if (leavesOf(order) <= 0) {
        order.status = 'filled';
        order.underWay = null;
      }
      return [told(order, { execution: onStream(order, execution) }), ...afterFill(order, isRace)];
    },
    askCancel(order: ModelOrder): Message[] {
      order.underWay = 'cancel';
      return [told(order)];
    },
    cancel: (order: ModelOrder): Message[] => endGroup(order, 'cancelled'),
    refuseCancel(order: ModelOrder): Message[] {
      order.underWay = null;
      return [told(order, { refused: 'cancel', reason: 'TOO_LATE_TO_CANCEL' })];
    },
    expire: (order: ModelOrder): Message[] => endGroup(order, 'expired'),
    reject: (order: ModelOrder): Message[] => [ended(order, 'rejected', 'no')],
    askReplace(order: ModelOrder): Message[] {
      order.underWay = 'replace';
      return [told(order)];
    },
    replace(old: ModelOrder, clientOrderId: string, quantity: number): Message[] {
      const order = make({ ...old, clientOrderId, quantity }, old.parent, old.brokerOrderId);
      old.replacedBy = order.brokerOrderId;
      const gone = ended(old, 'replaced');
      order.status = 'open';
      return [gone, told(order)];
    },
    refuseReplace(order: ModelOrder): Message[] {
      order.underWay = null;
      return [told(order, { refused: 'replace', reason: 'no' })];
    },
    bust(order: ModelOrder, execution: ModelExecution): Message[] {
      const { name, quantity } = execution.standing;
      execution.standing = { ...execution.standing, quantity: 0 };
      if (habits.countFollows) order.filled -= quantity;
      const message = told(order, { reason: 'TRADE_BUST' });
      const amendment = { kind: 'bust', executionId: name, bustId: nextName('X'), at: order.updatedAt } as const;
      return [{ ...message, amendment }];
    },
    correct(order: ModelOrder, execution: ModelExecution, quantity: number, price: number): Message[] {
      const before = execution.standing;
      const correctedId = nextName('E');
      execution.standing = { name: correctedId, quantity, price };
      if (habits.countFollows) order.filled += quantity - before.quantity;
      const message = told(order);
      const amendment = {
        kind: 'correction',
        executionId: before.name,
        correctedId,
        corrected: { quantity: `${quantity}`, price: `${price}` },
        at: order.updatedAt,
      } as const;
      return [{ ...message, amendment }];
    },
    /** What its records hold of an order's executions. */
    records: (order: ModelOrder): Execution[] =>
      order.executions
        .filter(({ standing }) => !habits.recordsFollow || standing.quantity > 0)
        .map((execution) => ({
          ...onStream(order, execution),
          executionId: null,
          recordId: execution.recordId,
          ...(habits.recordsFollow && {
            quantity: `${execution.standing.quantity}`,
            price: `${execution.standing.price}`,
          }),
        })),
  };
}

export type BrokerModel = ReturnType<typeof createBrokerModel>;

const onStream = (order: ModelOrder, execution: ModelExecution): Execution => ({
  brokerOrderId: order.brokerOrderId,
  executionId: execution.executionId,
  recordId: null,
  quantity: `${execution.quantity}`,
  price: `${execution.price}`,
  cumulativeQuantity: `${execution.cumulativeQuantity}`,
  executedAt: execution.at,
});

function shown(order: ModelOrder): BrokerOrder {
  const { brokerOrderId, clientOrderId, symbol, side, type, status, underWay, replacedBy, replaces, updatedAt } = order;
  return {
    brokerOrderId,
    clientOrderId,
    symbol,
    side,
    type,
    terms: {
      quantity: `${order.quantity}`,
      limitPrice: order.limitPrice,
      stopPrice: order.stopPrice,
      timeInForce: 'day',
    },
    trailPrice: null,
    extendedHours: false,
    status,
    underWay,
    filledQuantity: `${order.filled}`,
    replacedBy,
    replaces,
    legs: order.legs.map(shown),
    updatedAt,
  };
}
