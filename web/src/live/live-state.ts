import type { AccountState, BrokerExecution, BrokerOrder, BrokerPosition } from '../../../contracts/broker-api.ts';
import { formatMarketDay } from '../time/new-york.ts';
import type { Halts } from '../../../contracts/halts.ts';
import type { LiveMessage } from '../../../contracts/live.ts';
import type { Bar, MarketClock, Quote } from '../../../contracts/market.ts';

/** What the page knows of account and market, all of it fed by the live stream and the histories read beside it. */
export interface LiveState {
  /** Counts snapshots: a change means that the connection is new and histories must be read again. 0: nothing known yet. */
  epoch: number;
  orders: Readonly<Record<string, BrokerOrder>>;
  executions: Readonly<Record<string, BrokerExecution>>;
  positions: readonly BrokerPosition[];
  account: AccountState | null;
  clock: MarketClock | null;
  quotes: Readonly<Record<string, Quote>>;
  /** The newest minute bar of each symbol. */
  bars: Readonly<Record<string, Bar>>;
  /** What is halted; null until it is told. */
  halts: Halts | null;
}

export type LiveEvent =
  | LiveMessage
  | { type: 'orders_history'; orders: readonly BrokerOrder[] }
  | { type: 'executions_history'; executions: readonly BrokerExecution[] };

export const emptyLiveState: LiveState = {
  epoch: 0,
  orders: {},
  executions: {},
  positions: [],
  account: null,
  clock: null,
  quotes: {},
  bars: {},
  halts: null,
};

const byId = <T extends { id: string }>(items: readonly T[]): Record<string, T> =>
  Object.fromEntries(items.map((item) => [item.id, item]));

/** An order's history must not undo what the stream has said since. */
function withHistory(known: LiveState['orders'], history: readonly BrokerOrder[]): LiveState['orders'] {
  return { ...byId(history.filter((order) => !(order.id in known))), ...known };
}

/** Without what the broker has undone. */
function withExecution(known: LiveState['executions'], execution: BrokerExecution): LiveState['executions'] {
  if (execution.busted !== true) return { ...known, [execution.id]: execution };
  return Object.fromEntries(Object.entries(known).filter(([id]) => id !== execution.id));
}

/** What happened between the oldest and the newest of a history and does not stand in it was undone meanwhile. */
function withExecutions(known: LiveState['executions'], history: readonly BrokerExecution[]): LiveState['executions'] {
  const times = history.map(({ time }) => time);
  const [oldest, newest] = [Math.min(...times), Math.max(...times)];
  const instruments = new Set(history.map(({ instrument }) => instrument));
  const others = Object.values(known).filter(
    ({ instrument, time }) => !instruments.has(instrument) || time <= oldest || time >= newest,
  );
  return { ...byId(others), ...byId(history) };
}

/** The next state. A snapshot replaces working orders, positions and account; orders known to be done stay for the blotter. */
export function reduceLive(state: LiveState, event: LiveEvent): LiveState {
  switch (event.type) {
    case 'snapshot':
      return {
        ...state,
        epoch: state.epoch + 1,
        orders: {
          ...Object.fromEntries(Object.entries(state.orders).filter(([, order]) => isDone(order))),
          ...byId(event.orders),
        },
        positions: event.positions,
        account: event.state,
        clock: event.clock,
      };
    case 'order':
      return { ...state, orders: { ...state.orders, [event.order.id]: event.order } };
    case 'execution':
      return { ...state, executions: withExecution(state.executions, event.execution) };
    case 'positions':
      return { ...state, positions: event.positions, account: event.state };
    case 'quote':
      return { ...state, quotes: { ...state.quotes, [event.quote.symbol]: event.quote } };
    case 'bar':
      return { ...state, bars: { ...state.bars, [event.symbol]: event.bar } };
    case 'halts':
      return { ...state, halts: { halts: event.halts, operator: event.operator } };
    case 'heartbeat':
      return { ...state, clock: event.clock };
    case 'orders_history':
      return { ...state, orders: withHistory(state.orders, event.orders) };
    case 'executions_history':
      return { ...state, executions: withExecutions(state.executions, event.executions) };
  }
}

/** Whether an order's life is over. */
export const isDone = (order: BrokerOrder): boolean =>
  order.status === 'filled' || order.status === 'cancelled' || order.status === 'rejected';

/** Orders not yet done, newest first. */
export const workingOrders = (orders: LiveState['orders']): BrokerOrder[] =>
  allOrders(orders).filter((order) => !isDone(order));

/** All orders, the last changed first. */
export const allOrders = (orders: LiveState['orders']): BrokerOrder[] =>
  Object.values(orders).toSorted((a, b) => b.lastModified - a.lastModified || (a.id < b.id ? -1 : 1));

/** Executions, newest first. */
export const allExecutions = (executions: LiveState['executions']): BrokerExecution[] =>
  Object.values(executions).toSorted((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1));

/** The latest moment of the market that the stream has spoken of; null before the first snapshot. */
export function marketNow({ clock, quotes }: LiveState): string | null {
  if (clock === null) return null;
  return Object.values(quotes).reduce((latest, quote) => (quote.at > latest ? quote.at : latest), clock.now);
}

/** The market's calendar day, as `formatMarketDay` writes it; empty before the first snapshot. */
export const marketToday = ({ clock }: LiveState): string =>
  clock === null ? '' : formatMarketDay(new Date(clock.now));
