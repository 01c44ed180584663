/**
 * What placing an order costs through HTTP, with everything else running, beside the bare cost of the two durable
 * appends that it waits for (admission, order) on the same Postgres.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { readConfig } from '../src/bootstrap/config.ts';
import { becomeTrader } from '../src/bootstrap/demo/visitor.ts';
import type { Visitor } from '../src/bootstrap/demo/visitor.ts';
import { removeDataFolder, startEmbeddedPostgres } from '../src/bootstrap/embedded-postgres.ts';
import { freePort } from '../src/bootstrap/free-port.ts';
import { startProduct } from '../src/bootstrap/product.ts';
import type { Figure } from './report.ts';
import { figure, quantile, timed } from './report.ts';

/** The free plan has four trades, so the orders are spread over many traders. */
const TRADERS = 150;
const ORDERS_EACH = 4;
const AT_ONCE = 8;
const APPENDS_EACH = 2;
const EVENT_BYTES = 1_500;

export async function orderPath(say: (line: string) => void): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tradsy-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir: folder });
  try {
    const settings = {
      PORT: `${await freePort()}`,
      TRADSY_DATA: folder,
      DATABASE_URL: postgres.url,
      LOG_LEVEL: 'warn',
      // It is the path that is measured, and not how many requests a real broker would take.
      ALPACA_REQUESTS_A_MINUTE: '100000',
      ALPACA_HOUSE_REQUESTS_A_MINUTE: '100000',
    };
    const product = await startProduct(readConfig(settings, process.cwd()), say);
    try {
      say(`${TRADERS} traders sign up and link ...`);
      const traders: Visitor[] = [];
      await timed(Array.from({ length: TRADERS }), 2, async () => {
        traders.push(await becomeTrader(product.url));
      });
      return await measure(postgres.url, traders, say);
    } finally {
      await product.stop();
    }
  } finally {
    await postgres.stop();
    await removeDataFolder(folder);
  }
}

async function measure(
  databaseUrl: string,
  traders: readonly Visitor[],
  say: (line: string) => void,
): Promise<readonly Figure[]> {
  const place = async (trader: Visitor): Promise<void> => {
    const form = {
      instrument: 'AAPL',
      side: 'buy',
      type: 'market',
      qty: '1',
      currentAsk: '0',
      currentBid: '0',
      confirmDuplicate: 'true',
    };
    const answer = await trader.place(form, randomUUID());
    if (!('orderId' in answer)) throw new Error(answer.errmsg);
  };
  const [first = [], ...rest] = Array.from({ length: ORDERS_EACH }, () => traders);
  const others = rest.flat();
  await timed(first.slice(0, 20), 1, place);

  say(`${first.length - 20} orders one after another, then ${others.length} with ${AT_ONCE} at once ...`);
  const before = await bareAppends(databaseUrl, first.length, 1);
  const alone = await timed(first.slice(20), 1, place);
  const together = await timed(others, AT_ONCE, place);
  say('the bare appends ...');
  const after = await bareAppends(databaseUrl, first.length, 1);
  const bareTogether = await bareAppends(databaseUrl, others.length, AT_ONCE);

  const bareAlone = [...before.each, ...after.each];
  return [
    figure('place-order p50', quantile(alone.each, 0.5), 'ms', quantile(bareAlone, 0.5)),
    figure('place-order p99', quantile(alone.each, 0.99), 'ms', quantile(bareAlone, 0.99)),
    figure(`place-order p50, ${AT_ONCE} at once`, quantile(together.each, 0.5), 'ms', quantile(bareTogether.each, 0.5)),
    figure(
      `place-order p99, ${AT_ONCE} at once`,
      quantile(together.each, 0.99),
      'ms',
      quantile(bareTogether.each, 0.99),
    ),
    figure(
      `orders per second, ${AT_ONCE} at once`,
      (others.length / together.all) * 1000,
      '1/s',
      (others.length / bareTogether.all) * 1000,
    ),
  ];
}

/** The appends of so many orders as plain inserts, each its own durable transaction. */
async function bareAppends(databaseUrl: string, orders: number, atOnce: number) {
  const clients = await Promise.all(
    Array.from({ length: atOnce }, async () => {
      const client = new Client({ connectionString: databaseUrl });
      await client.connect();
      return client;
    }),
  );
  const payload = JSON.stringify({ filler: 'x'.repeat(EVENT_BYTES) });
  await clients[0]?.query(
    'create table if not exists bench_bare (n bigint generated always as identity, data json not null)',
  );
  const free = [...clients];
  const result = await timed(Array.from({ length: orders }), atOnce, async () => {
    const client = free.pop() as Client;
    for (let n = 0; n < APPENDS_EACH; n += 1) {
      await client.query({ name: 'bare', text: 'insert into bench_bare (data) values ($1)', values: [payload] });
    }
    free.push(client);
  });
  await Promise.all(clients.map((client) => client.end()));
  return result;
}
