/** One world of a run: a broker and a database that live on, and the product, which is killed again and again. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createPool } from '../../../src/adapters/postgres/pool.ts';
import { clusterFolder } from '../../../src/bootstrap/embedded-postgres/folder.ts';
import { findPostmaster } from '../../../src/bootstrap/embedded-postgres/postmaster.ts';
import { freePort } from '../../../src/bootstrap/free-port.ts';
import { removeDataFolder, startEmbeddedPostgres } from '../../../src/bootstrap/embedded-postgres.ts';
import { killTree } from '../../proofs/kill-tree.ts';
import { writeUnhurriedLimits } from '../../support/limits-file.ts';
import { startSandboxProgram } from '../../support/running-product.ts';
import { TIMES } from '../app/times.ts';
import { openDoor } from '../broker/door.ts';
import type { Door } from '../broker/door.ts';
import { createFaults } from '../broker/faults.ts';
import { symbolsOf } from '../plan/market.ts';
import type { WorldPlan } from '../plan/world-plan.ts';
import { openTcpProxy } from '../tcp-proxy.ts';
import type { TcpProxy } from '../tcp-proxy.ts';
import { createClients } from './clients.ts';
import type { Clients } from './clients.ts';
import { startLife } from './product.ts';
import type { Life } from './product.ts';
import { sandboxAt } from './sandbox.ts';
import type { Sandbox } from './sandbox.ts';
import { openingId, openTraders } from './traders.ts';
import type { Trader } from './traders.ts';
import { createEventReader } from './witness.ts';
import type { EventReader } from './witness.ts';

export interface World {
  readonly plan: WorldPlan;
  readonly databaseUrl: string;
  readonly dataFolder: string;
  readonly sandbox: Sandbox;
  readonly door: Door;
  readonly toBroker: TcpProxy;
  readonly toDatabase: TcpProxy;
  readonly traders: readonly Trader[];
  readonly clients: Clients;
  readonly reader: EventReader;
  /** Starts the product, at the address that it always has. */
  start(crashAt: string | null): Life;
  /** Kills the database with all its processes; it is started again at once, at the same address. */
  killDatabase(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a world in which every trader has linked an account, and the product has been stopped again. */
export async function openWorld(plan: WorldPlan, bug: string | null): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'tradsy-chaos-'));
  const closing: (() => Promise<unknown>)[] = [() => removeDataFolder(folder)];
  const onClose = <T>(part: T, close: (part: T) => Promise<unknown>): T => {
    closing.push(() => close(part));
    return part;
  };
  const close = async (): Promise<void> => {
    for (let next = closing.pop(); next !== undefined; next = closing.pop()) await next();
  };
  try {
    const [postgres, broker] = await Promise.all([
      startEmbeddedPostgres({ dataDir: join(folder, 'database') }).then((part) => onClose(part, (each) => each.stop())),
      startSandboxProgram(join(folder, 'sandbox'), { SANDBOX_SEED: `${plan.seed}` }).then((part) =>
        onClose(part, (each) => each.kill('SIGTERM')),
      ),
    ]);
    const sandbox = sandboxAt(broker.url);
    await sandbox.control('settings', {
      client_order_ids: plan.clientOrderIds,
      frames: plan.frames,
      ack_ms: plan.ackMs,
      cancel_ms: plan.cancelMs,
    });
    let nameOf = (clientOrderId: string): string => clientOrderId;
    const door = onClose(
      await openDoor({ sandboxUrl: broker.url, nameOf: (id) => nameOf(id), clientWaitsMs: TIMES.change }),
      (each) => each.close(),
    );
    const toBroker = onClose(await openTcpProxy(door.port), (each) => each.close());
    const address = new URL(postgres.url);
    const toDatabase = onClose(await openTcpProxy(Number(address.port)), (each) => each.close());
    address.port = `${toDatabase.port}`;
    const dataFolder = join(folder, 'product');
    const url = `http://127.0.0.1:${await freePort()}`;
    const env = {
      DATABASE_URL: address.toString(),
      SANDBOX_URL: `http://127.0.0.1:${toBroker.port}`,
      TRADSY_DATA: dataFolder,
      TRADSY_LIMITS: writeUnhurriedLimits(join(folder, 'limits.json'), { dailyLoss: '1000000' }),
      TRADSY_SECRET: randomBytes(32).toString('hex'),
    };
    let life: Life | null = null;
    closing.push(async () => life?.end('SIGKILL'));
    const start = (crashAt: string | null, extra: Readonly<Record<string, string>> = {}): Life =>
      (life = startLife(url, { ...env, ...extra, ...(crashAt === null ? {} : { TRADSY_CRASH_AT: crashAt }) }));

    const first = start(null);
    if ((await first.ready) === null) throw new Error(`the product did not start: ${first.output()}`);
    const traders = await openTraders(plan.traders, sandbox, url);
    const clients = createClients(traders, sandbox, url);
    nameOf = clients.nameOf;
    for (const [index, { key }] of traders.entries())
      for (const symbol of symbolsOf(index).sold) clients.enteredElsewhere.add(openingId(key, symbol));
    const pool = onClose(createPool(postgres.url, { applicationName: 'chaos', max: 4 }), (each) => each.end());
    const reader = onClose(createEventReader(pool), (each) => each.close());
    await untilObserved(reader, 2 * traders.length);
    await first.end('SIGTERM');
    await sandbox.control('settings', { partial_fills: plan.partialFills });
    door.setFaults(createFaults(plan.seed));
    return {
      plan,
      databaseUrl: postgres.url,
      dataFolder,
      sandbox,
      door,
      toBroker,
      toDatabase,
      traders,
      clients,
      reader,
      async killDatabase() {
        const server = findPostmaster(clusterFolder(join(folder, 'database', 'postgres')));
        if (server !== undefined) await killTree(server.pid);
      },
      start: (crashAt) => start(crashAt, bug === null ? {} : { TRADSY_CHAOS_BUG: bug }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const OBSERVED_WITHIN_MS = 10_000;

/** Waits until the product has recorded the orders by which the traders came to their shares. */
async function untilObserved(reader: EventReader, orders: number): Promise<void> {
  const end = Date.now() + OBSERVED_WITHIN_MS;
  while ((await reader.all()).filter(({ type }) => type === 'OrderFilled').length < orders) {
    if (Date.now() > end) throw new Error('the product has not observed the orders that the traders began with');
    await wait(20);
  }
}
