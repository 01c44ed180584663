/**
 * Every interleaving of fills, cancellations and changes of one order, in every order in which its messages can arrive (of
 * the longest ones some): what the whole chain may execute stays within what the trader wants, or is to be
 * cancelled, and nothing stays undecided.
 */
import { describe, expect, it } from 'vitest';
import { createBrokerModel, isOver, leavesOf } from '../../../test/proofs/fills/broker-model.ts';
import type { BrokerModel, Message, ModelOrder } from '../../../test/proofs/fills/broker-model.ts';
import { quantity, toText } from '../kernel/decimal.ts';
import type { BrokerReport } from './broker-report.ts';
import { excessOf, possibleOf } from './chain.ts';
import { clientOrderId, readClientOrderId } from './client-order-id.ts';
import type { OrderEvent } from './events.ts';
import { executionsMissing } from './executions.ts';
import { order } from './order.ts';
import type { OrderCommand } from './order.ts';
import { AT, claim, ORDER_ID, place, report, reported } from './samples.suite.ts';
import type { LiveOrder } from './state.ts';

const MOVES = [
  'partial',
  'fill',
  'ask cancel',
  'cancel',
  'refuse cancel',
  'ask replace',
  'replace',
  'refuse replace',
] as const;
type Move = (typeof MOVES)[number];

/** Something that our side asks for, or a message that it gets. */
type Step = { readonly ask: 'cancel' | 'replace' } | { readonly message: Message };

interface History {
  readonly moves: readonly Move[];
  readonly steps: readonly Step[];
  readonly model: BrokerModel;
}

const ORDERED = 10;

/** What happens at the broker, if these moves are possible one after another; null if they are not. */
function play(moves: readonly Move[], changedTo: number): History | null {
  const model = createBrokerModel({ countFollows: true, recordsFollow: false, oneName: true });
  const terms = { side: 'buy', type: 'limit', limitPrice: '100', stopPrice: null } as const;
  let working = model.place({ ...terms, clientOrderId: clientOrderId(ORDER_ID, 0), quantity: ORDERED });
  model.confirm(working);
  const steps: Step[] = [];
  const tell = (messages: readonly Message[]): boolean => {
    steps.push(...messages.map((message) => ({ message })));
    return true;
  };
  /** Asked for while a change is under way: the broker takes it only afterwards, when it is sent again. */
  let cancelWaits = false;
  const askCancel = (): boolean => {
    cancelWaits = working.underWay === 'replace';
    return steps.push({ ask: 'cancel' }) > 0 && (cancelWaits || tell(model.askCancel(working)));
  };
  const act: Record<Move, () => boolean> = {
    partial: () => leavesOf(working) > 3 && tell(model.fill(working, 3, 100)),
    fill: () => tell(model.fill(working, leavesOf(working), 100)),
    'ask cancel': () => working.underWay !== 'cancel' && askCancel(),
    cancel: () =>
      (working.underWay === 'cancel' || (cancelWaits && working.underWay === null)) && tell(model.cancel(working)),
    'refuse cancel': () => working.underWay === 'cancel' && tell(model.refuseCancel(working)),
    'ask replace': () =>
      working.underWay === null &&
      working.executions.length === 0 &&
      steps.push({ ask: 'replace' }) > 0 &&
      tell(model.askReplace(working)),
    replace: () => {
      if (working.underWay !== 'replace') return false;
      tell(model.replace(working, clientOrderId(ORDER_ID, 1), changedTo));
      working = model.orders.at(-1) as ModelOrder;
      return true;
    },
    'refuse replace': () => working.underWay === 'replace' && tell(model.refuseReplace(working)),
  };
  for (const move of moves) if (isOver(working) || !act[move]()) return null;
  return { moves, steps, model };
}

/** All histories in which each move happens once at most. */
function histories(changedTo: number): readonly History[] {
  const found: History[] = [];
  const extend = (moves: readonly Move[]): void => {
    for (const move of MOVES) {
      if (moves.includes(move)) continue;
      const history = play([...moves, move], changedTo);
      if (history === null) continue;
      found.push(history);
      extend([...moves, move]);
    }
  };
  extend([]);
  return found;
}

/** Every order in which the steps can come to our side: a message never before what was asked for to bring it about. */
function* arrivals(steps: readonly Step[]): Generator<readonly Step[]> {
  if (steps.length === 0) yield [];
  for (const [index, step] of steps.entries()) {
    const before = steps.slice(0, index);
    if ('ask' in step ? before.some((each) => 'ask' in each) : before.some((each) => 'ask' in each)) continue;
    for (const rest of arrivals([...before, ...steps.slice(index + 1)])) yield [step, ...rest];
  }
}

/** Every n-th of them. */
function* someOf<T>(all: Iterable<T>, every: number): Generator<T> {
  let index = 0;
  for (const each of all) if (index++ % every === 0) yield each;
}

/** Our side of one order, step by step. What it looks up is as far as the broker can have come by then. */
function ourSide({ steps, model }: History, changedTo: number) {
  let state = order.initial;
  let asked = 0;
  const events: OrderEvent[] = [];
  const command = (each: OrderCommand): void => {
    const decision = order.decide(each, state);
    if (decision.kind === 'refused') throw new Error(`${each.type}: ${decision.refusal.code}`);
    events.push(...decision.events);
    state = decision.events.reduce(order.evolve, state);
  };
  const live = (): LiveOrder => {
    if (state.status === 'none') throw new Error('there is no order');
    return state;
  };
  /** What the broker has told up to the next thing that is asked of it. */
  const toldByNow = (): readonly Message[] => {
    let asks = 0;
    return steps.flatMap((step) => {
      if ('ask' in step) asks += 1;
      return 'message' in step && asks <= asked ? [step.message] : [];
    });
  };
  const shown = (brokerOrderId: string): Message['order'] | undefined =>
    toldByNow().findLast((message) => message.order.brokerOrderId === brokerOrderId)?.order;
  const learn = (told: Message['order'], execution: Message['execution'], tookEffect: boolean): void => {
    const { brokerOrderId, status, terms, filledQuantity, replacedBy, updatedAt } = told;
    const revision = readClientOrderId(told.clientOrderId)?.revision ?? 0;
    const news = report({
      brokerOrderId,
      revision,
      status,
      terms,
      tookEffect,
      filledQuantity,
      replacedBy,
      at: updatedAt,
    });
    const record = (changes: Partial<BrokerReport>): void =>
      command({ type: 'RecordReport', report: { ...news, ...changes } });
    record({ executions: execution === null ? [] : [execution] });
    if (!executionsMissing(live(), news)) return;
    const known = toldByNow().filter((each) => each.execution?.brokerOrderId === brokerOrderId);
    record({ executions: known.flatMap((each) => each.execution ?? []), isComplete: true });
  };

  command(place({ quantity: `${ORDERED}` }));
  command(claim());
  command(reported({ brokerOrderId: model.orders[0]!.brokerOrderId, at: AT }));
  return {
    live,
    events,
    ask(what: 'cancel' | 'replace'): void {
      asked += 1;
      if (what === 'cancel') return command({ type: 'RequestCancel', at: AT });
      const { limitPrice, stopPrice, timeInForce } = live().ticket;
      command({
        type: 'RequestReplace',
        terms: { quantity: `${changedTo}`, limitPrice, stopPrice, timeInForce },
        at: AT,
      });
    },
    hear({ order: told, execution, refused }: Message): void {
      const next = told.replacedBy === null ? undefined : shown(told.replacedBy);
      if (next !== undefined) learn(next, null, true);
      learn(told, execution, false);
      if (live().brokerOrderId !== told.brokerOrderId) return;
      if (refused === 'cancel') command({ type: 'RecordCancelRefused', reason: 'no', at: AT });
      // A look at the broker says whether the change was made after all.
      if (refused === 'replace') command({ type: 'RecordReplaceRefused', revision: 1, reason: 'no', at: AT });
    },
    /** The look-ups that come sooner or later. */
    look(): void {
      for (const { brokerOrderId, replaces } of model.orders) {
        const now = shown(brokerOrderId);
        if (now !== undefined) learn(now, null, replaces !== null);
      }
    },
  };
}

/** What the trader may not suffer, at any moment. */
function violated(state: LiveOrder): string | null {
  const { chain, ticket, status, cancelRequested } = state;
  const ordered = quantity(ticket.quantity);
  if (status === 'working' && possibleOf(chain, state) > ordered && chain.length > 1 && !cancelRequested) {
    return `could execute ${toText(possibleOf(chain, state))} of ${ticket.quantity}, and is not cancelled`;
  }
  return null;
}

/** What the last fill said is left, of an order that was not changed: a change that is confirmed later has another whole. */
function leavesAreRight(state: LiveOrder, fill: OrderEvent | undefined, model: BrokerModel): boolean {
  if (fill?.type !== 'OrderFilled' && fill?.type !== 'OrderPartiallyFilled') return true;
  const leaves = quantity(state.ticket.quantity) - state.filled;
  return model.orders.length > 1 || quantity(fill.data.leavesQuantity) === (leaves < 0n ? 0n : leaves);
}

describe.each([
  ['more', 12],
  ['fewer', 7],
])('a change to %s shares', (_, changedTo) => {
  const all = histories(changedTo);

  it('races with fills and cancellations, and our side ends where the broker does', { timeout: 60_000 }, () => {
    let brought = 0;
    for (const history of all) {
      const { moves, steps, model } = history;
      const last = model.orders.at(-1) as ModelOrder;
      const executions = model.orders.flatMap((each) => each.executions);
      const executed = executions.reduce((sum, each) => sum + each.quantity, 0);
      const isMore = model.orders.length > 1 && model.orders[0]!.filled > 0 && !isOver(last);
      const found = new Set<string>();
      for (const arrival of someOf(arrivals(steps), steps.length > 6 ? 23 : steps.length > 5 ? 5 : 1)) {
        const side = ourSide(history, changedTo);
        for (const step of arrival) {
          if ('ask' in step) side.ask(step.ask);
          else side.hear(step.message);
          // What was refused is asked for again as soon as something is heard.
          if ('message' in step && step.message.refused !== null) side.look();
          found.add(violated(side.live()) ?? '');
        }
        side.look();
        brought += 1;
        const state = side.live();
        const fills = side.events.filter(({ type }) => type === 'OrderFilled' || type === 'OrderPartiallyFilled');
        found.add(fills.length === executions.length ? '' : `${fills.length} fills`);
        found.add(`${state.status} ${toText(state.filled)} ${state.brokerOrderId}`);
        const isUndecided = state.status === 'working' && state.replacement !== null && last.underWay !== 'replace';
        found.add(isUndecided ? 'undecided' : '');
        // An order that works on although the whole could be exceeded was found out, and is to be cancelled.
        const isFoundOut = state.exceeding.length === 1 && state.cancelRequested;
        found.add(isMore && !isFoundOut ? 'not found out' : '');
        found.add(leavesAreRight(state, fills.at(-1), model) ? '' : 'leaves');
      }
      const status = last.status === 'open' ? 'working' : last.status;
      found.delete('');
      expect([...found], moves.join(', ')).toEqual([`${status} ${executed} ${last.brokerOrderId}`]);
    }
    expect(all.length).toBeGreaterThan(40);
    expect(brought).toBeGreaterThan(1_000);
  });

  it('is found out when the broker executed more than the whole', () => {
    const partlyFilled = all.filter(({ model }) => model.orders.length > 1 && model.orders[0]!.filled > 0);
    expect(partlyFilled.length).toBeGreaterThan(0);
    for (const history of partlyFilled) {
      const { model, steps } = history;
      const side = ourSide(history, changedTo);
      for (const step of steps) {
        if ('ask' in step) side.ask(step.ask);
        else side.hear(step.message);
      }
      const executed = model.orders.reduce((sum, each) => sum + each.filled, 0);
      const isReached = model.orders.at(-1)!.filled > 0;
      const excess = isReached ? Math.max(executed - changedTo, 0) : 0;
      expect(toText(excessOf(side.live().chain, side.live()))).toBe(`${excess}`);
    }
  });
});
