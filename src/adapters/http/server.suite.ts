/**
 * The whole HTTP server for the tests beside this file: the application over the memory event store, everything else over
 * Postgres as in production, and a broker and a market that do as the test says.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { createTestDatabase } from '../../../test/support/postgres.ts';
import { createAcceptDocuments } from '../../application/account/accept-documents.ts';
import { createKnowsAccount } from '../../application/account/knows-account.ts';
import {
  createBeginLink,
  createCompleteLink,
  createLinkedAccounts,
  createReportRevoked,
  createUnlink,
} from '../../application/account/link-broker.ts';
import { createLogIn, createRefreshSession, createSignUp } from '../../application/account/sign-up.ts';
import { createAggregates } from '../../application/aggregates.ts';
import { createCancelOrder, createReplaceOrder } from '../../application/order/change-order.ts';
import { createPlaceOrder } from '../../application/order/place-order.ts';
import { createHaltTrading, createReleaseHalt } from '../../application/kill-switch/halt-trading.ts';
import { KILL_SWITCH_STREAM } from '../../domain/risk-policy/kill-switch/events.ts';
import type { BrokerAccounts, BrokerAuthorization, BrokerPosition } from '../../application/ports/broker.ts';
import { createHaltsOn, createReadHalts } from '../../application/risk-policy/halts-on.ts';
import {
  createAllowOrdersAgain,
  createChooseRiskProfile,
  createClearOverfill,
  createShowRisk,
  createTightenLimits,
} from '../../application/risk-policy/own-limits.ts';
import { createReadFigures } from '../../application/risk-policy/read-figures.ts';
import { createAdoptBrokerPosition } from '../../application/risk-policy/adopt-broker-position.ts';
import { accountStream } from '../../domain/account/events.ts';
import { LIMIT_TABLES } from '../../domain/risk-policy/limit-tables.ts';
import { ALPACA_CAPABILITIES } from '../alpaca/capabilities.ts';
import { createAccessTokens } from '../identity/access-tokens.ts';
import { createPasswords } from '../identity/passwords.ts';
import { createSecrets } from '../identity/secrets.ts';
import { withNamedFailures } from '../../application/store-failures.ts';
import { createMemoryEventStore } from '../memory/event-store.ts';
import { systemClock, systemIds } from '../node/clock-and-ids.ts';
import { createLinkAttempts } from '../postgres/identity/link-attempts.ts';
import { createSessions } from '../postgres/identity/sessions.ts';
import { createUsers } from '../postgres/identity/users.ts';
import { createPool } from '../postgres/pool.ts';
import { runProjections } from '../postgres/projections.ts';
import { createAccountQueries } from '../postgres/views/accounts.ts';
import { VIEWS } from '../postgres/views/all.ts';
import { createBrokerTokens } from '../postgres/broker-tokens.ts';
import { createDesk } from '../postgres/views/desk.suite.ts';
import { createExecutionQueries } from '../postgres/views/executions.ts';
import { createOrderQueries } from '../postgres/views/orders.ts';
import { createPositionQueries } from '../postgres/views/positions.ts';
import { createReadStory } from '../postgres/views/story.ts';
import { CATALOGUE } from '../stored-events/catalogue.ts';
import { createEvolvingStore } from '../stored-events/evolving-store.ts';
import { createHttpApp } from './app.ts';
import type { HttpApp } from './app.ts';
import { createClient } from './client.suite.ts';
import { listen } from './listen.suite.ts';
import { createMarket } from './market.suite.ts';
import type { HttpNeeds } from './needs.ts';
import { TRADINGVIEW_ORIGINS } from './needs.ts';

export type ServerUnderTest = Awaited<ReturnType<typeof openServer>>;

/** Starts a server of its own; `changes` puts other parts in the place of the usual ones. */
export async function openServer(changes: Partial<HttpNeeds> = {}, limitTables = LIMIT_TABLES) {
  const database = await createTestDatabase();
  const pool = createPool(database.url);
  const ids = systemIds;
  const clock = systemClock;
  const logged: { readonly message: string; readonly facts: unknown }[] = [];
  const note = (message: string, facts?: unknown): void => void logged.push({ message, facts });
  const log = { info: note, warn: note, alarm: note };
  const raw = createMemoryEventStore(systemClock);
  const store = createEvolvingStore(withNamedFailures(raw), { catalogue: CATALOGUE, log });
  const aggregates = createAggregates({ store, ids });
  const market = createMarket();
  const cash = new Map<string, string>();
  const held = new Map<string, readonly BrokerPosition[]>();
  const broker: BrokerAccounts = {
    account: ({ accountId, token }) =>
      Promise.resolve({
        kind: 'found',
        value: {
          brokerAccountId: token,
          brokerAccountNumber: `PA-${token}`,
          mayTrade: true,
          cash: cash.get(accountId) ?? '100000',
          equity: '100000',
          buyingPower: '400000',
          shortingEnabled: true,
        },
      }),
    positions: ({ accountId }) => Promise.resolve({ kind: 'found', value: held.get(accountId) ?? [] }),
  };
  const authorization: BrokerAuthorization = {
    authorizeUrl: ({ state, environment }) => `https://broker.test/oauth?state=${state}&env=${environment}`,
    exchange: (code) =>
      Promise.resolve(
        code.startsWith('good') ? { kind: 'granted', token: code } : { kind: 'refused', reason: 'unknown code' },
      ),
  };
  const sessions = createSessions(pool, ids, randomBytes(32));
  const tokens = createAccessTokens(randomBytes(32));
  const users = createUsers(pool);
  const brokerTokens = createBrokerTokens(pool, createSecrets(randomBytes(32)));
  const linked = createLinkedAccounts({ aggregates, brokerTokens });
  const identity = { aggregates, users, passwords: createPasswords(), sessions, tokens, clock, ids };
  const linking = {
    aggregates,
    store,
    authorization,
    broker,
    attempts: createLinkAttempts(pool),
    brokerTokens,
    clock,
    ids,
    log,
    venue: market,
    marketData: market,
  };
  const capabilities = ALPACA_CAPABILITIES;
  const pass = (): void => undefined;
  const trading = {
    aggregates,
    clock,
    ids,
    venue: market,
    marketData: market,
    capabilities,
    readFigures: createReadFigures({ broker, linked, clock }),
    haltsOn: createHaltsOn(createReadHalts({ store, clock })),
    reportRevoked: createReportRevoked(linking),
    limitTables,
    log,
    pass,
  };

  const ending = new AbortController();
  const projections = runProjections({
    pool,
    store,
    views: VIEWS,
    signal: ending.signal,
    onError: (error) => note('a view failed', String(error)),
    onApplied: (events) => app.onApplied(events),
  });
  const app: HttpApp = createHttpApp({
    settings: { publicUrl: null, webRoot: '/nowhere', brokerApiOrigins: TRADINGVIEW_ORIGINS },
    environment: { broker: 'sandbox', data: 'synthetic' },
    signUp: createSignUp(identity),
    logIn: createLogIn(identity),
    refreshSession: createRefreshSession(identity),
    acceptDocuments: createAcceptDocuments({ aggregates, clock }),
    beginLink: createBeginLink(linking),
    completeLink: createCompleteLink(linking),
    unlink: createUnlink(linking),
    knowsAccount: createKnowsAccount(linking),
    placeOrder: createPlaceOrder(trading),
    replaceOrder: createReplaceOrder(trading),
    cancelOrder: createCancelOrder(trading),
    showRisk: createShowRisk(trading),
    chooseRiskProfile: createChooseRiskProfile(trading),
    tightenLimits: createTightenLimits(trading),
    allowOrdersAgain: createAllowOrdersAgain(trading),
    clearOverfill: createClearOverfill(trading),
    haltTrading: createHaltTrading(trading),
    releaseHalt: createReleaseHalt(trading),
    killSwitch: () => aggregates.killSwitch.load(KILL_SWITCH_STREAM),
    adoptBrokerPosition: createAdoptBrokerPosition({ ...trading, linked, broker, log }),
    async accountOf(userId) {
      const account = await aggregates.accounts.load(accountStream(userId));
      return account.status === 'open' ? account : null;
    },
    users,
    sessions,
    tokens,
    read: {
      ...createOrderQueries(pool),
      ...createExecutionQueries(pool),
      ...createPositionQueries(pool),
      ...createAccountQueries(pool),
      readStory: createReadStory(pool, store),
      waitUntilApplied: projections.waitUntilApplied,
    },
    venue: market,
    marketData: market,
    capabilities,
    broker,
    linked,
    ids,
    log,
    pass,
    readiness: () => Promise.resolve({ ready: true, parts: { database: 'ok' } }),
    ...changes,
  });
  const server = createServer(app.handler);
  const port = await listen(server);
  const client = createClient(port);

  return {
    ...client,
    port,
    routes: app.routes,
    store,
    /** The store as it is without shapes. */
    raw,
    sessions,
    tokens,
    market,
    cash,
    /** What the broker holds, by account. */
    held,
    logged,
    deskOf: (accountId: string) => createDesk(store, accountId),
    /** Waits until the read models show all that is stored. */
    async settled() {
      const last = (await store.readAll('', 100_000)).at(-1);
      if (last !== undefined) await projections.waitUntilApplied(last.position, 5_000);
    },
    async close() {
      app.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      ending.abort();
      await projections.done;
      await pool.end();
      await database.close();
    },
  };
}
