/** What proofs about the broker stand on: a Postgres, a sandbox and the built product, processes of their own. */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { z } from 'zod';
import { removeDataFolder, startEmbeddedPostgres } from '../../src/bootstrap/embedded-postgres.ts';
import type { EmbeddedPostgres } from '../../src/bootstrap/embedded-postgres.ts';
import { NO_QUANTITY, plus, quantity, toText } from '../../src/domain/kernel/decimal.ts';
import { readLedger } from '../support/order-records.ts';
import { startProduct, startSandboxProgram } from '../support/running-product.ts';
import type { RunningProgram } from '../support/running-product.ts';

const logLine = z.looseObject({ time: z.string(), msg: z.string(), alarm: z.boolean().default(false) });
export type LogLine = z.infer<typeof logLine>;

export interface FillsCompared {
  /** By the sandbox's own ledger. */
  readonly executions: number;
  readonly booked: number;
  readonly missed: number;
  readonly doubled: number;
  /** Booked, and unknown to the ledger. */
  readonly invented: number;
}

const DATABASE = 'product';

export type BrokerStage = Awaited<ReturnType<typeof openBrokerStage>>;

export async function openBrokerStage(name: string) {
  const folder = mkdtempSync(join(tmpdir(), `tradsy-${name}-`));
  const secret = randomBytes(32).toString('hex');
  const [postgres, sandbox] = await Promise.all([
    startEmbeddedPostgres({ dataDir: join(folder, 'database') }),
    startSandboxProgram(join(folder, 'sandbox')),
  ]);
  await onServer(postgres, `create database ${DATABASE}`);
  const url = new URL(postgres.url);
  url.pathname = `/${DATABASE}`;
  const running = new Set<RunningProgram>();
  async function query<Row>(text: string): Promise<readonly Row[]> {
    const client = new Client({ connectionString: url.toString() });
    await client.connect();
    try {
      return (await client.query(text)).rows as Row[];
    } finally {
      await client.end();
    }
  }
  /** Where the last product listened: those who know it find the next one there. */
  let port: string | undefined;

  return {
    sandboxUrl: sandbox.url,

    async start(): Promise<RunningProgram> {
      const product = await startProduct({
        DATABASE_URL: url.toString(),
        SANDBOX_URL: sandbox.url,
        TRADSY_SECRET: secret,
        TRADSY_DATA: join(folder, 'data'),
        ...(port === undefined ? {} : { PORT: port }),
      });
      running.add(product);
      port = new URL(product.url).port;
      return product;
    },

    async stop(product: RunningProgram): Promise<void> {
      await product.kill('SIGTERM');
      running.delete(product);
    },

    /** Calls the sandbox's control interface. */
    async control<Body>(path: string, body?: object): Promise<Body> {
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      const answer = await fetch(`${sandbox.url}/control/${path}`, init);
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as Body;
    },

    /** A broker account that somebody uses from elsewhere, by a key of their own. */
    async openElsewhere() {
      const headers = { 'APCA-API-KEY-ID': `key-${randomUUID()}`, 'APCA-API-SECRET-KEY': 'secret' };
      const call = async (method: string, path: string, body?: object): Promise<Readonly<Record<string, unknown>>> => {
        const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
        const answer = await fetch(`${sandbox.url}/v2/${path}`, init);
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
        return (await answer.json()) as Readonly<Record<string, unknown>>;
      };
      return { accountId: String((await call('GET', 'account'))['id']), call };
    },

    query,

    /** How many events are stored. */
    countEvents: async () => Number((await query<{ count: string }>('select count(*) from events'))[0]?.count),

    /** The sandbox's executions beside the bookings here, one by one. */
    async compareFills(): Promise<FillsCompared> {
      const ledger = await readLedger(sandbox.url);
      const theirs = ledger.flatMap(({ id, executions }) => {
        let filled = NO_QUANTITY;
        return executions.map(({ qty }) => `${id}:${toText((filled = plus(filled, quantity(qty))))}`);
      });
      const rows = await query<{ key: string }>(
        `select data::jsonb ->> 'executionKey' as key from events where type = 'FillBooked'`,
      );
      const ours = rows.map(({ key }) => key);
      const known = new Set(ours);
      const there = new Set(theirs);
      return {
        executions: theirs.length,
        booked: ours.length,
        missed: theirs.filter((key) => !known.has(key)).length,
        doubled: ours.length - known.size,
        invented: ours.filter((key) => !there.has(key)).length,
      };
    },

    /** Keeps the database as it is now under a name; nobody may use it meanwhile. */
    backUp: (as: string) => onServer(postgres, `create database ${as} template ${DATABASE}`),
    /** Puts what was kept in the place of the database. */
    async restore(from: string): Promise<void> {
      await onServer(postgres, `drop database ${DATABASE} with (force)`);
      await onServer(postgres, `create database ${DATABASE} template ${from}`);
    },

    /** What the products have logged so far. */
    log(): readonly LogLine[] {
      const file = join(folder, 'data', 'tradsy.log');
      if (!existsSync(file)) return [];
      const lines = readFileSync(file, 'utf8').split('\n');
      return lines.filter((line) => line.endsWith('}')).map((line) => logLine.parse(JSON.parse(line)));
    },

    async close(): Promise<void> {
      await Promise.all([...running].map((product) => product.kill('SIGTERM')));
      await Promise.all([postgres.stop(), sandbox.kill('SIGTERM')]);
      await removeDataFolder(folder);
    },
  };
}

async function onServer({ url }: EmbeddedPostgres, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The milliseconds until it holds; throws after the time allowed. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  withinMs: number,
  everyMs = 50,
): Promise<number> {
  const begun = performance.now();
  for (;;) {
    if (await holds()) return Math.round(performance.now() - begun);
    if (performance.now() - begun > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await wait(everyMs);
  }
}
