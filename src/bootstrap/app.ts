/** The app: its HTTP side, its read models and its order desk, started and stopped together. */
import type { Pool } from 'pg';
import type { AlpacaConfig } from '../adapters/alpaca/config.ts';
import { createHttpApp } from '../adapters/http/app.ts';
import { TRADINGVIEW_ORIGINS } from '../adapters/http/needs.ts';
import type { HttpNeeds } from '../adapters/http/needs.ts';
import { sha256 } from '../adapters/node/sha256.ts';
import { runProjections } from '../adapters/postgres/projections.ts';
import { watchLag } from '../adapters/postgres/projections/lag.ts';
import { StreamQuarantined } from '../adapters/postgres/projections/quarantine.ts';
import { createAccountQueries } from '../adapters/postgres/views/accounts.ts';
import { VIEWS } from '../adapters/postgres/views/all.ts';
import { createExecutionQueries } from '../adapters/postgres/views/executions.ts';
import { createPositionQueries } from '../adapters/postgres/views/positions.ts';
import { createReadStory } from '../adapters/postgres/views/story.ts';
import { asOwner } from '../application/as-owner.ts';
import { keepHeads } from '../application/audit/keep-heads.ts';
import type { HeadKeeping } from '../application/audit/keep-heads.ts';
import type { PassCrashPoint } from '../application/ports/crash-points.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import type { Log } from '../application/ports/log.ts';
import { KILL_SWITCH_STREAM } from '../domain/risk-policy/kill-switch/events.ts';
import { accountStream } from '../domain/account/events.ts';
import type { LimitTable } from '../domain/risk-policy/limits.ts';
import { createAbilities } from './abilities.ts';
import { createContainer, PORT } from './container.ts';
import type { Rewire } from './container.ts';
import type { EventLog } from './event-log.ts';
import type { Keys } from './keys.ts';
import { startOwners } from './owners.ts';
import { prepareReadModels } from './read-models.ts';
import { createReadiness } from './readiness.ts';
import type { RequestHandler } from './front-door.ts';

export interface AppOptions {
  readonly pool: Pool;
  readonly eventLog: EventLog;
  /** The database's, with the owner's user and password. */
  readonly ownerUrl: string;
  readonly log: Log;
  readonly keys: Keys;
  readonly alpaca: AlpacaConfig;
  readonly pass: PassCrashPoint;
  readonly limitTables: readonly LimitTable[];
  readonly publicUrl: string;
  readonly webFolder: string;
  readonly environment: HttpNeeds['environment'];
  readonly heads: HeadKeeping;
  readonly rewire: Rewire;
  /** Told what takes time while it starts, one line each. */
  readonly say: (line: string) => void;
  /** Ends a start that takes time. */
  readonly starting: AbortSignal;
}

export interface App {
  readonly handler: RequestHandler;
  readonly store: EventStore;
  stop(): Promise<void>;
}

/**
 * Several may run on one database: each serves and keeps the read models, and whoever is the owner reacts and sends.
 * Throws what the database throws when it fails at once; nothing runs then.
 */
export async function startApp(options: AppOptions): Promise<App> {
  const { pool, eventLog, ownerUrl, log, publicUrl, webFolder, environment, rewire, say, starting } = options;
  const container = createContainer(options);
  rewire(container);
  const alpaca = container.get(PORT.alpaca);
  const store = container.get(PORT.store);
  const abilities = createAbilities(container);
  const aggregates = container.get(PORT.aggregates);
  const clock = container.get(PORT.clock);

  await prepareReadModels({ pool, ownerUrl, log: eventLog.name, store, signal: starting }, say);
  const startedAt = clock.now();
  const ending = new AbortController();
  const { signal } = ending;
  const readStory = createReadStory(pool, store);
  const projections = runProjections({
    pool,
    store,
    log: eventLog.name,
    views: VIEWS,
    signal,
    onError: (error, event) =>
      error instanceof StreamQuarantined
        ? log.alarm('a stream is quarantined', { problem: error.message, event: event?.id })
        : log.alarm('a read model stands still', { error: String(error), event: event?.id }),
    onApplied: (events) => http.onApplied(events),
  });
  const http = createHttpApp({
    ...abilities,
    ...abilities.killSwitch,
    killSwitch: () => aggregates.killSwitch.load(KILL_SWITCH_STREAM),
    settings: { publicUrl, webRoot: webFolder, brokerApiOrigins: TRADINGVIEW_ORIGINS },
    environment,
    accountOf: async (userId) => {
      const account = await aggregates.accounts.load(accountStream(userId));
      return account.status === 'open' ? account : null;
    },
    users: container.get(PORT.users),
    sessions: container.get(PORT.sessions),
    tokens: container.get(PORT.tokens),
    read: {
      ...container.get(PORT.orders),
      ...createExecutionQueries(pool),
      ...createPositionQueries(pool),
      ...createAccountQueries(pool),
      readStory,
      waitUntilApplied: projections.waitUntilApplied,
    },
    venue: alpaca.venue,
    marketData: alpaca.marketData,
    capabilities: alpaca.capabilities,
    broker: alpaca.broker,
    linked: container.get(PORT.linked),
    ids: container.get(PORT.ids),
    log,
    pass: container.get(PORT.pass),
    readiness: createReadiness(pool, alpaca, projections),
  });

  const loops = [
    projections.done,
    watchLag({
      lag: projections.lag,
      signal,
      onBehind: ({ ms, position }) => log.alarm('the read models are behind the log', { ms, position }),
      onCaughtUp: () => log.info('the read models have caught up'),
    }),
    ...startOwners(container, abilities, signal),
  ];
  // Ends after the others, so that the last head covers what they have still written.
  const signing = new AbortController();
  const bareStore = container.get(PORT.bareStore);
  const headsKept = asOwner(
    'heads',
    (_fence, own) => keepHeads({ ...options.heads, store: bareStore, startedAt, sha256, clock, log }, own),
    { leases: container.get(PORT.leases), clock, log },
    signing.signal,
  );
  for (const loop of [...loops, headsKept])
    loop.catch((error: unknown) => log.alarm('a loop of the app ended', { error: String(error) }));

  return {
    handler: http.handler,
    store,
    async stop() {
      http.close();
      ending.abort();
      await Promise.allSettled(loops);
      signing.abort();
      await Promise.allSettled([headsKept]);
    },
  };
}
