/**
 * What happens to one order at the broker, chosen by chance and always possible: at most twelve messages, and in between what
 * is asked of the broker. The same numbers give the same trace.
 */
import { clientOrderId } from '../../../src/domain/order/client-order-id.ts';
import { createBrokerModel, isOver, leavesOf } from './broker-model.ts';
import type { BrokerModel, Message, ModelOrder } from './broker-model.ts';

export const ORDER_ID = '0d3c7a52-8a58-5f0e-9d0a-3f0f6f3a1c11';
const MOST_MESSAGES = 12;

export type Ask = { readonly kind: 'cancel' } | { readonly kind: 'replace'; readonly quantity: string };

/** How the order came to the broker, as far as our record knows; of some it is wrong, and the last four never got there. */
export const BEGINNINGS = [
  'answered',
  'answered',
  'answered',
  'answered',
  'retried',
  'unconfirmed',
  'unconfirmed',
  'given_up',
  'claimed',
  'restored',
  'lost_cancelled',
  'lost_not_sent',
  'lost_rejected',
  'elsewhere',
  'refused_at_once',
  'refused_in_doubt',
  'not_sent',
  'cancelled_unsent',
] as const;
export type Beginning = (typeof BEGINNINGS)[number];
const NEVER_THERE: readonly Beginning[] = ['refused_at_once', 'refused_in_doubt', 'not_sent', 'cancelled_unsent'];

export interface Plan {
  readonly beginning: Beginning;
  readonly side: 'buy' | 'sell';
  readonly type: 'market' | 'limit';
  readonly quantity: number;
  readonly isBracket: boolean;
}

export interface Trace {
  readonly plan: Plan;
  readonly model: BrokerModel;
  /** The order itself, and whatever has taken its place; empty when it never got there. */
  readonly chain: readonly ModelOrder[];
  /** What comes next: messages, something that is asked of the broker, or nothing any more. */
  next(): readonly Message[] | Ask | null;
  /** What is left of an order that is to be cancelled in the end. */
  cancelRest(): readonly Message[];
}

type Step = () => readonly Message[] | Ask;

export function createTrace(random: () => number): Trace {
  const below = (count: number): number => Math.floor(random() * count);
  const chance = (share: number): boolean => random() < share;
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;

  const beginning = pick(BEGINNINGS);
  const plan: Plan = {
    beginning,
    side: chance(0.8) ? 'buy' : 'sell',
    type: chance(0.3) ? 'market' : 'limit',
    quantity: 2 + below(9),
    isBracket: beginning !== 'elsewhere' && chance(0.4),
  };
  const model = createBrokerModel({ countFollows: chance(0.5), recordsFollow: chance(0.5), oneName: chance(0.5) });
  const isThere = !NEVER_THERE.includes(beginning);
  const chain: ModelOrder[] = [];
  if (isThere) {
    const { side, type, quantity } = plan;
    const limitPrice = type === 'limit' ? '100' : null;
    const name = beginning === 'elsewhere' ? 'web-1' : clientOrderId(ORDER_ID, 0);
    const terms = { clientOrderId: name, side, type, quantity, limitPrice, stopPrice: null } as const;
    const exits = side === 'buy' ? { takeProfit: '120', stopLoss: '90' } : { takeProfit: '80', stopLoss: '110' };
    chain.push(model.place(terms, plan.isBracket ? exits : null));
  }
  let messages = 0;
  let changes = 0;

  const price = (): number => 99 + below(5) / 2;
  const part = (order: ModelOrder): number => 1 + below(leavesOf(order));
  const own = (order: ModelOrder): boolean => beginning !== 'elsewhere' && order.parent === null;

  /** What may happen to a working order now. */
  function steps(order: ModelOrder): readonly Step[] {
    const { underWay } = order;
    const fill = (): readonly Message[] => model.fill(order, part(order), price(), chance(0.3));
    if (order.status === 'pending') return order.parent === null ? [() => model.confirm(order)] : [];
    if (leavesOf(order) <= 0) return [];
    if (underWay === 'cancel') return [() => model.cancel(order), () => model.refuseCancel(order), fill];
    if (underWay === 'replace') {
      const change = (): readonly Message[] => replaced(order);
      return [change, change, () => model.refuseReplace(order), fill, fill, fill];
    }
    const possible: Step[] = [fill, fill, fill, () => model.mention(order)];
    if (chance(0.3)) possible.push(() => model.expire(order));
    // Nobody has asked for it.
    if (chance(0.1)) possible.push(() => model.cancel(order));
    const reject = (): readonly Message[] => model.reject(order);
    if (order.executions.length === 0 && chance(0.1)) possible.push(reject);
    // Seldom enough by itself: a change is rejected, of an order that was executed before it.
    const isAfterFill = chain.indexOf(order) > 0 && chain.some((each) => each.executions.length > 0);
    if (isAfterFill && order.executions.length === 0) possible.push(reject, reject, reject);
    if (own(order)) possible.push(() => asked({ kind: 'cancel' }, () => model.askCancel(order)));
    const isUntouched = chain.every((each) => each.executions.length === 0);
    if (own(order) && !plan.isBracket && isUntouched && changes < 3) {
      // Fills end the time in which a change may be asked for.
      for (let times = 0; times < 8; times += 1) possible.push(() => askReplace(order));
    }
    if (order.parent !== null && chance(0.2)) possible.push(() => model.cancel(order));
    return possible;
  }

  let following: (() => readonly Message[]) | null = null;
  function asked(ask: Ask, then: () => readonly Message[]): Ask {
    following = then;
    return ask;
  }
  let wanted = 0;
  function askReplace(order: ModelOrder): Ask {
    changes += 1;
    do wanted = 1 + below(12);
    while (wanted === order.quantity);
    return asked({ kind: 'replace', quantity: `${wanted}` }, () => model.askReplace(order));
  }
  /** The broker makes the change that was asked for. */
  function replaced(order: ModelOrder): readonly Message[] {
    const told = model.replace(order, clientOrderId(ORDER_ID, changes), wanted);
    chain.push(model.orders.at(-1) as ModelOrder);
    return told;
  }

  function amend(): readonly Message[] {
    const standing = model.orders.flatMap((order) =>
      order.executions.filter((each) => each.standing.quantity > 0).map((each) => [order, each] as const),
    );
    const [order, execution] = pick(standing);
    if (chance(0.6)) return model.bust(order, execution);
    return model.correct(order, execution, 1 + below(execution.standing.quantity), price());
  }

  return {
    plan,
    model,
    chain,
    next() {
      if (!isThere) return null;
      if (following !== null) {
        const told = following();
        following = null;
        messages += told.length;
        return told;
      }
      const open = model.orders.filter((order) => !isOver(order));
      const undecided = open.filter((order) => order.underWay === 'replace');
      const ending = messages >= MOST_MESSAGES - 4;
      if (ending) return undecided[0] === undefined ? null : model.refuseReplace(undecided[0]);
      const executed = model.orders.some((order) => order.executions.some((each) => each.standing.quantity > 0));
      const isChanging = undecided.length > 0;
      if (executed && chance(isChanging ? 0.4 : 0.2)) {
        const told = amend();
        messages += told.length;
        return told;
      }
      const possible = open.flatMap(steps);
      if (possible.length === 0 || chance(0.03))
        return undecided[0] === undefined ? null : model.refuseReplace(undecided[0]);
      const done = pick(possible)();
      if (!('kind' in done)) messages += done.length;
      return done;
    },
    cancelRest() {
      const last = chain.at(-1);
      return last === undefined || isOver(last) ? [] : model.cancel(last);
    },
  };
}
