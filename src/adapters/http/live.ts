/** The live stream: one connection begins with a snapshot and is told whatever changes, until either side ends it. */
import type { ServerResponse } from 'node:http';
import type { LiveMessage } from '../../../contracts/live.ts';
import type { Quote } from '../../../contracts/market.ts';
import type { RecordedEvent } from '../../application/ports/event-store.ts';
import type { MarketClock, MarketSnapshot } from '../../application/ports/market-data.ts';
import type { Halts } from './halts.ts';
import { createLiveHalts } from './live-halts.ts';
import { openEventStream } from './event-stream.ts';
import type { Immutable } from './immutable.ts';
import { createLiveHub } from './live-hub.ts';
import type { LiveConnection } from './live-hub.ts';
import { createLivePortfolios } from './live-portfolios.ts';
import type { HttpNeeds } from './needs.ts';
import type { Portfolios, SnapshotOf } from './portfolio.ts';
import { createQuoteBoard } from './quote-board.ts';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';
import type { Principal } from './route.ts';

type Message = Immutable<LiveMessage>;

export interface Live {
  /** Prepares a connection; `open` takes over the response. */
  connect(
    principal: Principal,
    symbols: readonly string[],
  ): Promise<{ readonly kind: 'stream'; open(response: ServerResponse): void } | Refusal>;
  /** What the stream shows of a symbol that somebody looks at. */
  readonly snapshotOf: SnapshotOf;
  readonly onApplied: (events: readonly RecordedEvent[]) => void;
  /** Ends the connections of a session. */
  readonly endSession: (sessionId: string) => void;
  readonly close: () => void;
}

type Needs = Pick<HttpNeeds, 'accountOf' | 'sessions' | 'read' | 'venue' | 'marketData' | 'log'> & {
  readonly portfolios: Portfolios;
  readonly halts: Halts;
};

const HEARTBEAT_MS = 10_000;
const SESSION_CHECK_MS = 30_000;
const MOST_CONNECTIONS_A_USER = 10;

export function createLive(needs: Needs): Live {
  const { accountOf, sessions, read, venue, marketData, log, portfolios } = needs;
  /** Connections a user has, those being prepared included. */
  const counts = new Map<string, number>();
  let clock: MarketClock | null = null;
  let closed = false;

  const hub = createLiveHub({
    read,
    log,
    onPositions(accountId) {
      portfolios.forget(accountId);
      held.refresh(accountId);
    },
    onHalts: () => halts.hurry(),
  });
  const halts = createLiveHalts({ halts: needs.halts, connections: () => hub.connections, log });
  const board = createQuoteBoard({
    marketData,
    log,
    wanted: () => new Set([...hub.connections].flatMap((each) => [...wantedBy(each)])),
    onChange(changes) {
      for (const connection of hub.connections) {
        for (const symbol of wantedBy(connection)) {
          const change = changes.get(symbol);
          if (change !== undefined) tellPrices(connection, symbol, change.now, change.before);
        }
      }
      held.revalue(new Set(changes.keys()));
    },
  });
  const held = createLivePortfolios({
    portfolios,
    snapshotOf: board.snapshotOf,
    tell(accountId, worth) {
      for (const connection of hub.connections) if (connection.accountId === accountId) connection.send(worth);
      board.hurry();
    },
    onTrouble: (error) => log.warn('a portfolio could not be read', { error: String(error) }),
  });
  const wantedBy = ({ symbols, accountId }: LiveConnection): ReadonlySet<string> =>
    new Set([...symbols, ...held.heldSymbols(accountId)]);

  function count(userId: string, by: 1 | -1): void {
    const now = (counts.get(userId) ?? 0) + by;
    if (now === 0) counts.delete(userId);
    else counts.set(userId, now);
  }

  function leave(connection: LiveConnection): void {
    hub.leave(connection);
    count(connection.userId, -1);
    if (![...hub.connections].some(({ accountId }) => accountId === connection.accountId)) {
      held.forget(connection.accountId);
    }
  }

  async function prepare({ userId, sessionId }: Principal, symbols: readonly string[]) {
    const account = await accountOf(userId);
    if (account === null) return refuse('not_found');
    const { accountId } = account;
    const loaded = await portfolios.load(accountId);
    if (loaded.kind === 'refusal') return loaded;
    const portfolio = loaded.value;
    const now = await venue.clock().catch(() => null);
    if (now === null) return refuse('unavailable', { detail: 'The market’s clock can not be read at the moment.' });
    clock = now;
    return {
      kind: 'stream' as const,
      open(response: ServerResponse) {
        if (response.destroyed) return count(userId, -1);
        const stream = openEventStream(response);
        const connection: LiveConnection = {
          userId,
          sessionId,
          accountId,
          symbols: new Set(symbols),
          send: (message: Message) => stream.send(message),
          close: () => stream.close(),
        };
        response.once('close', () => leave(connection));
        void hub
          .join(connection, (orders) => {
            const { positions, state } = held.worthOf(portfolio);
            connection.send({ type: 'snapshot', orders, positions, state, clock: now });
          })
          .then(
            () => welcome(connection, response),
            () => response.destroy(),
          );

        function welcome(joined: LiveConnection, to: ServerResponse): void {
          if (to.destroyed || closed) {
            hub.leave(joined);
            return joined.close();
          }
          void halts.greet(joined);
          held.hold(accountId, portfolio);
          for (const symbol of wantedBy(joined)) {
            const known = board.snapshotOf(symbol);
            if (known !== undefined) tellPrices(joined, symbol, known, undefined);
          }
          held.refresh(accountId);
          board.hurry();
        }
      },
    };
  }

  async function beat(): Promise<void> {
    if (hub.connections.size === 0) return;
    clock = await venue.clock().catch(() => clock);
    for (const connection of hub.connections) {
      if (clock !== null) connection.send({ type: 'heartbeat', clock });
    }
    await halts.refresh();
    // Cash moves at the broker without an event of ours, and a new trading day begins without one.
    for (const accountId of new Set([...hub.connections].map((each) => each.accountId))) held.refresh(accountId);
  }

  async function checkSessions(): Promise<void> {
    for (const sessionId of new Set([...hub.connections].map((each) => each.sessionId))) {
      const live = await sessions.isLive(sessionId).catch(() => true);
      if (!live) endSession(sessionId);
    }
  }

  function endSession(sessionId: string): void {
    for (const connection of hub.connections) if (connection.sessionId === sessionId) connection.close();
  }

  const timers = [
    setInterval(() => void beat(), HEARTBEAT_MS),
    setInterval(() => void checkSessions(), SESSION_CHECK_MS),
  ];

  return {
    async connect(principal, symbols) {
      const { userId } = principal;
      if ((counts.get(userId) ?? 0) >= MOST_CONNECTIONS_A_USER) {
        return refuse('too_many_requests', { detail: 'Too many live connections are open.', retryAfterSeconds: 10 });
      }
      count(userId, 1);
      let prepared: Awaited<ReturnType<typeof prepare>> | null = null;
      try {
        prepared = await prepare(principal, symbols);
        return prepared;
      } finally {
        if (prepared?.kind !== 'stream') count(userId, -1);
      }
    },
    snapshotOf: board.freshSnapshotOf,
    onApplied: hub.onApplied,
    endSession,
    close() {
      closed = true;
      for (const timer of timers) clearInterval(timer);
      board.close();
      halts.close();
      for (const connection of hub.connections) connection.close();
    },
  };
}

/** Sends the quote, and the newest minute bar, where they are new. */
function tellPrices(to: LiveConnection, symbol: string, now: MarketSnapshot, before: MarketSnapshot | undefined): void {
  const quote = toQuote(now);
  if (before === undefined || JSON.stringify(toQuote(before)) !== JSON.stringify(quote))
    to.send({ type: 'quote', quote });
  const bar = now.minuteBar;
  if (bar !== null && JSON.stringify(before?.minuteBar) !== JSON.stringify(bar)) to.send({ type: 'bar', symbol, bar });
}

const toQuote = ({ quote, last, previousClose }: MarketSnapshot): Quote => ({ ...quote, last, previousClose });
