/** Who is connected for which account, and what is told to them when events have been applied to the read models. */
import type { BrokerOrder } from '../../../contracts/broker-api.ts';
import type { LiveMessage } from '../../../contracts/live.ts';
import type { RecordedEvent } from '../../application/ports/event-store.ts';
import type { Log } from '../../application/ports/log.ts';
import { orderStream } from '../../domain/order/events.ts';
import type { Fill, Recount } from '../../domain/order/events.ts';
import { KILL_SWITCH_STREAM } from '../../domain/risk-policy/kill-switch/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { OrderDenied, RiskEvent } from '../../domain/risk-policy/events.ts';
import type { Immutable } from './immutable.ts';
import type { ReadSide } from './read-side.ts';

export interface LiveConnection {
  readonly userId: string;
  readonly sessionId: string;
  readonly accountId: string;
  /** Symbols looked at besides those of open positions. */
  readonly symbols: ReadonlySet<string>;
  send(message: Immutable<LiveMessage>): void;
  close(): void;
}

export interface LiveHub {
  readonly connections: ReadonlySet<LiveConnection>;
  /** Takes note of applied events, in their order; what follows from them is sent from the read models. */
  readonly onApplied: (events: readonly RecordedEvent[]) => void;
  /**
   * Sends the working orders as part of a first message, and adds the connection: nothing falls between the two, and
   * nothing older comes after them.
   */
  join(connection: LiveConnection, greet: (orders: readonly BrokerOrder[]) => void): Promise<void>;
  leave(connection: LiveConnection): void;
}

export interface LiveHubNeeds {
  readonly read: Pick<ReadSide, 'listOrders' | 'findWithLegs' | 'findExecution'>;
  /** The account's positions or cash have changed. */
  readonly onPositions: (accountId: string) => void;
  /** A halt has begun, moved on or ended. */
  readonly onHalts: () => void;
  readonly log: Log;
}

/** After these the account's positions, or what is said of them, are others. */
const ON_POSITIONS: readonly string[] = [
  'FillBooked',
  'OpeningPositionsRecorded',
  'PositionMismatchFound',
  'PositionMismatchResolved',
  'BrokerPositionAdopted',
] satisfies RiskEvent['type'][];

/** After these there is one more halt in force, or one less: no order in the symbol while its position differs. */
const ON_HALTS: readonly string[] = [
  'PositionMismatchFound',
  'PositionMismatchResolved',
  'BrokerPositionAdopted',
] satisfies RiskEvent['type'][];

/** What has happened since the last round, each order once however often it changed. */
interface News {
  readonly orders: Set<string>;
  readonly executions: { readonly orderId: string; readonly place: Parameters<ReadSide['findExecution']>[0] }[];
}
const noNews = (): News => ({ orders: new Set(), executions: [] });

export function createLiveHub({ read, onPositions, onHalts, log }: LiveHubNeeds): LiveHub {
  const connections = new Set<LiveConnection>();
  let news = noNews();
  /** Rounds and greetings run one after another, so that every connection sees an order's states in their order. */
  let last: Promise<void> = Promise.resolve();
  let roundWaits = false;

  const inTurn = (work: () => Promise<void>): Promise<void> => (last = last.then(work, work));

  function sendTo(accountId: string, message: Immutable<LiveMessage>): void {
    for (const connection of connections) if (connection.accountId === accountId) connection.send(message);
  }

  async function round(): Promise<void> {
    roundWaits = false;
    const { orders, executions } = news;
    news = noNews();
    if (connections.size === 0) return;
    try {
      const accountOf = new Map<string, string>();
      for (const orderId of orders) {
        for (const { accountId, order } of await read.findWithLegs(orderId)) {
          accountOf.set(order.id, accountId);
          sendTo(accountId, { type: 'order', order });
        }
      }
      for (const { orderId, place } of executions) {
        const accountId = accountOf.get(orderId);
        const found = await read.findExecution(place);
        if (accountId !== undefined && found !== null) sendTo(accountId, { type: 'execution', execution: found });
      }
    } catch (error) {
      // What was not told can not be made up for but by a new snapshot.
      log.warn('live updates were lost; the connections begin anew', { error: String(error) });
      for (const connection of connections) connection.close();
    }
  }

  function note(event: RecordedEvent): void {
    if (event.unreadable) return;
    const { stream, type, data } = event;
    if (stream === KILL_SWITCH_STREAM) onHalts();
    else if (stream.startsWith(orderStream(''))) {
      const orderId = stream.slice(orderStream('').length);
      news.orders.add(orderId);
      const place = executionIn(type, data);
      if (place !== null) news.executions.push({ orderId, place });
    } else if (stream.startsWith(riskStream(''))) {
      if (type === 'OrderDenied') news.orders.add((data as OrderDenied['data']).ticket.orderId);
      if (ON_HALTS.includes(type)) onHalts();
      if (ON_POSITIONS.includes(type)) onPositions(stream.slice(riskStream('').length));
    }
  }

  return {
    connections,
    onApplied(events) {
      for (const event of events) note(event);
      if (news.orders.size === 0 || roundWaits) return;
      roundWaits = true;
      void inTurn(round);
    },
    join: (connection, greet) =>
      inTurn(async () => {
        greet(await read.listOrders(connection.accountId));
        connections.add(connection);
      }),
    leave(connection) {
      connections.delete(connection);
    },
  };
}

/** The execution that is new, or of which another amount counts now. */
function executionIn(type: string, data: unknown): News['executions'][number]['place'] | null {
  if (type === 'OrderPartiallyFilled' || type === 'OrderFilled') {
    const { execution, repeat } = data as Fill;
    return { ...execution, repeat };
  }
  return (data as { readonly recount?: Recount | null }).recount ?? null;
}
