import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { createFaults } from './control/faults.ts';
import { createRequests } from './control/requests.ts';
import { addControl } from './control/routes.ts';
import type { SandboxConfig } from './config.ts';
import { createExchange } from './exchange.ts';
import { StartFailure } from './failure.ts';
import { marketClock } from './market/clock.ts';
import { createMarket } from './market/market.ts';
import { replaySource } from './market/replay-source.ts';
import { syntheticSource } from './market/synthetic-source.ts';
import { newYorkDay } from './market/time.ts';
import { usableDays } from './market/usable-days.ts';
import { createEngine } from './matching/engine.ts';
import { createGrants } from './oauth/grants.ts';
import { addOAuth } from './oauth/routes.ts';
import { createLifecycle } from './orders/lifecycle.ts';
import { logIn } from './rest/auth.ts';
import { type Desk, resetWhileSending } from './rest/http.ts';
import { createRateLimiter } from './rest/rate-limit.ts';
import { addRoutes } from './rest/routes.ts';
import { defaultSettings } from './settings.ts';
import { lockFolder } from './state/folder-lock.ts';
import { openStore } from './state/store.ts';
import { createConnections } from './streams/connections.ts';
import { createDataFeed } from './streams/data-feed.ts';
import { type Feed, serveDataStream } from './streams/data-stream.ts';
import { serveEvents } from './streams/event-stream.ts';
import { createTestFeed } from './streams/test-feed.ts';
import { serveTradingStream } from './streams/trading-stream.ts';
import { acceptStreams } from './streams/upgrade.ts';
import { createTimekeeper, startPosition, worldOf } from './timekeeper.ts';

export type Sandbox = { readonly url: string; readonly port: number; close(): Promise<void> };

const TICK = 100;
/** How far the delayed feed lags behind. */
const DELAY = 15 * 60_000;
const BODY_LIMIT = '1mb';

/**
 * Starts a sandbox in this process. All state belongs to the instance; several can run side by side on different data
 * folders.
 * @throws StartFailure when the port is taken, or a folder can not be used or is in use
 */
export async function startSandbox(config: SandboxConfig): Promise<Sandbox> {
  const unlock = await lockFolder(config.dataFolder);
  try {
    const sandbox = await open(config);
    return {
      ...sandbox,
      async close() {
        await sandbox.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function open(config: SandboxConfig): Promise<Sandbox> {
  const real = Date.now;
  const source =
    config.barsFolder === null ? syntheticSource(config.seed) : replaySource(config.barsFolder, config.seed);
  const store = openStore(config.dataFolder);
  const days = usableDays(source, newYorkDay(real()));
  const world = worldOf(config, source);
  const clock = marketClock({ position: startPosition(config, days, world), speed: config.speed, paused: false }, real);
  const market = createMarket(source, config.seed);
  const settings = defaultSettings(config.partialFills);
  const exchange = createExchange({ seed: config.seed, store, market, clock, days, settings, real });
  const engine = createEngine(exchange);
  const lifecycle = createLifecycle(exchange, engine);
  const timekeeper = createTimekeeper(exchange, engine, config.dataFolder, world);
  const faults = createFaults(config.seed);
  const desk: Desk = {
    exchange,
    engine,
    lifecycle,
    faults,
    limiter: createRateLimiter(settings, real),
    requests: createRequests(real),
    logIn: (credentials) => logIn(exchange, credentials),
  };

  const connections = createConnections();
  const live = createDataFeed(exchange, 0);
  const delayed = createDataFeed(exchange, DELAY);
  const test = createTestFeed(config.seed, real);
  const feeds: Readonly<Record<string, Feed>> = {
    '/v2/iex': live,
    '/v2/sip': live,
    '/v2/delayed_sip': delayed,
    '/v2/test': test,
  };

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(resetWhileSending(desk));
  app.use(express.text({ type: () => true, limit: BODY_LIMIT, defaultCharset: 'utf-8' }));
  const grants = createGrants(exchange);
  addControl(app, { desk, timekeeper, connections, feeds: [live], grants });
  addOAuth(app, exchange, grants, faults);
  app.get('/v2/events/trades', serveEvents(desk, connections, faults));
  addRoutes(app, desk);
  addErrorAnswers(app);

  engine.resetTo(clock.now());
  lifecycle.settle();
  timekeeper.save(false);
  const server = createServer(app);
  const streamParts = { exchange, faults, connections, logIn: desk.logIn };
  const streams = acceptStreams(server, (path) => {
    if (path === '/stream' && settings.order_stream === 'closed') return 'closed';
    if (path === '/stream') return (socket, request) => serveTradingStream(streamParts, socket, request);
    const feed = feeds[path];
    return feed ? (socket, request) => serveDataStream(streamParts, feed, socket, request) : null;
  });
  const port = await listen(server, config).catch((error: unknown) => {
    lifecycle.close();
    store.close();
    throw error;
  });
  const ticker = setInterval(() => {
    timekeeper.tick();
    for (const feed of [live, delayed, test]) feed.tick();
  }, TICK);

  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    port,
    async close() {
      clearInterval(ticker);
      lifecycle.close();
      streams.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      timekeeper.save(true);
      store.close();
    },
  };
}

function listen(server: Server, config: SandboxConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? `port ${config.port} is taken` : `can not listen (${error.code})`;
      reject(new StartFailure(`SANDBOX_PORT: ${why} on ${config.host}`));
    });
    server.listen(config.port, config.host, () => resolve((server.address() as AddressInfo).port));
  });
}

function addErrorAnswers(app: Express): void {
  app.use((_req, res) => {
    res.status(404).json({ code: 40410000, message: 'endpoint not found' });
  });
  const answer: ErrorRequestHandler = (error: { status?: number; message?: string }, _req, res, _next) => {
    const status = error.status ?? 500;
    if (res.headersSent || status >= 500) {
      process.stderr.write(`${error instanceof Error ? error.stack : 'unknown error'}\n`);
    }
    if (res.headersSent) res.destroy();
    else if (status >= 500) {
      res.status(500).json({ code: 50010000, message: 'internal server error occurred' });
    } else
      res.status(status === 413 ? 413 : 400).json({
        code: 40010000,
        message: status === 413 ? 'request body is too large' : 'request body format is invalid',
      });
  };
  app.use(answer);
}
