/** The whole product on one machine or in production: starts every part, and stops all of them again. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLog } from '../adapters/node/log.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import { headKeeping } from './audit/folder.ts';
import { startApp } from './app.ts';
import type { App } from './app.ts';
import { alpacaConfig } from './broker-config.ts';
import type { Config } from './config.ts';
import type { Rewire } from './container.ts';
import { crashPoints } from './crash-points.ts';
import { ensureDataFolder } from './data-folder.ts';
import { openDatabase } from './database.ts';
import { freePort } from './free-port.ts';
import { openEventLog } from './event-log.ts';
import { openFrontDoor } from './front-door.ts';
import { createGateway } from './gateway.ts';
import { deriveKeys } from './keys.ts';
import { startSandbox } from './sandbox-process.ts';

export interface Product {
  /** Where browsers find it. */
  readonly url: string;
  /** The sandbox's own address; null with the real broker. */
  readonly sandboxUrl: string | null;
  readonly store: EventStore;
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Tests only: see `Rewire`. */
  readonly rewire?: Rewire;
  /** Ends the start: what was started is stopped, and the signal's reason thrown. */
  readonly signal?: AbortSignal;
}

/** The folder of the built product, beside which the sources and node_modules lie. */
const DIST = fileURLToPath(new URL('..', import.meta.url));

/** Starts everything; `say` is told what is going on. Throws StartupError, having stopped again what it had started. */
export async function startProduct(
  config: Config,
  say: (line: string) => void,
  { signal = new AbortController().signal, rewire = () => undefined }: StartOptions = {},
): Promise<Product> {
  const door = await openFrontDoor(config.host, config.port);
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    await door.close();
    for (let next = stops.pop(); next !== undefined; next = stops.pop()) await next();
  };
  try {
    const publicUrl = config.publicUrl ?? `http://${reachable(config.host)}:${door.port}`;
    ensureDataFolder(config.dataFolder);
    const keys = deriveKeys(config.secret, config.dataFolder);
    const log = createLog({
      file: config.production ? null : join(config.dataFolder, 'tradsy.log'),
      level: config.logLevel,
    });

    say('starting the database and the broker ...');
    // Both are waited for even when one fails, so that neither is left running.
    const [database, sandbox] = await Promise.allSettled([
      openDatabase({
        url: config.databaseUrl,
        ownerUrl: config.databaseOwnerUrl,
        dataFolder: config.dataFolder,
        log,
        say,
        signal,
      }).then((opened) => {
        stops.push(() => opened.stop());
        return opened;
      }),
      openSandbox(config, say).then((opened) => {
        if (opened !== null) stops.push(() => opened.stop());
        return opened;
      }),
    ]);
    if (database.status === 'rejected') throw database.reason;
    if (sandbox.status === 'rejected') throw sandbox.reason;
    signal.throwIfAborted();
    const sandboxUrl = sandbox.value?.url ?? null;

    const { pool, ownerUrl } = database.value;
    const eventLog = await openEventLog(config.eventStoreDbUrl, pool, log, 'move');
    stops.push(() => eventLog.close());
    signal.throwIfAborted();

    const app: App = await startApp({
      pool,
      ownerUrl,
      eventLog,
      log,
      keys,
      alpaca: alpacaConfig(config, sandboxUrl, publicUrl),
      pass: crashPoints(config.crashAt),
      limitTables: config.limitTables,
      publicUrl,
      webFolder: join(DIST, 'web'),
      environment: environmentOf(config),
      heads: headKeeping(config.auditFolder, keys, eventLog.name),
      rewire,
      say,
      starting: signal,
    });
    stops.push(() => app.stop());
    signal.throwIfAborted();
    door.open(app.handler, sandboxUrl === null ? null : createGateway(sandboxUrl));
    return { url: publicUrl, sandboxUrl, store: app.store, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openSandbox(
  { broker, dataFolder }: Config,
  say: (line: string) => void,
): Promise<{ readonly url: string; stop(): Promise<void> } | null> {
  if (broker.kind === 'alpaca') return null;
  if (broker.kind === 'sandbox-at') return { url: broker.url, stop: () => Promise.resolve() };
  return startSandbox({
    program: join(DIST, 'sandbox', 'main.js'),
    dataFolder: join(dataFolder, 'sandbox'),
    settings: broker.settings,
    port: await freePort(),
    onRestart: say,
  });
}

function environmentOf({ broker }: Config): Parameters<typeof startApp>[0]['environment'] {
  if (broker.kind === 'alpaca') return { broker: 'alpaca', data: 'live' };
  const replayed = broker.kind === 'sandbox' && broker.settings['SANDBOX_BARS'] !== undefined;
  return { broker: 'sandbox', data: replayed ? 'replay' : 'synthetic' };
}

/** An address that a browser on this machine can use for a host that we listen on. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
