/**
 * A product with its broker, and traders whose orders come at a steady rate. The orders are admitted and placed by this
 * process, on the same database: so no plan and no rate limit of the front door has a say in how many there are.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { createPostgresEventStore } from '../../../src/adapters/postgres/event-store.ts';
import { systemIds } from '../../../src/adapters/node/clock-and-ids.ts';
import { createPool } from '../../../src/adapters/postgres/pool.ts';
import { CATALOGUE } from '../../../src/adapters/stored-events/catalogue.ts';
import { createEvolvingStore } from '../../../src/adapters/stored-events/evolving-store.ts';
import { createAggregates } from '../../../src/application/aggregates.ts';
import { placeAdmitted } from '../../../src/application/order/place-order.ts';
import { becomeTrader } from '../../../src/bootstrap/demo/visitor.ts';
import type { Visitor } from '../../../src/bootstrap/demo/visitor.ts';
import { removeDataFolder, startEmbeddedPostgres } from '../../../src/bootstrap/embedded-postgres.ts';
import { EMPTY, valuesOf } from '../../../src/domain/kernel/dictionary.ts';
import type { OrderTicket } from '../../../src/domain/order/events.ts';
import { BASIS, LIMITS, readInputs, tablesOf } from '../../../src/domain/risk-policy/samples.suite.ts';
import { riskStream } from '../../../src/domain/risk-policy/events.ts';
import { KILL_SWITCH_STREAM } from '../../../src/domain/risk-policy/kill-switch/events.ts';
import { startProduct, startSandboxProgram } from '../../support/running-product.ts';
import { launchProgram } from '../../support/run-program.ts';

const requestsSchema = z.object({
  requests: z.array(
    z.looseObject({
      at_ms: z.number(),
      method: z.string(),
      path: z.string(),
      account_id: z.string().nullable(),
      client_order_id: z.string().nullable(),
    }),
  ),
});
const accountsSchema = z.object({
  accounts: z.array(z.looseObject({ id: z.string(), open_orders: z.int(), positions: z.array(z.unknown()) })),
});

export type House = Awaited<ReturnType<typeof openHouse>>;
export type SeenRequest = z.infer<typeof requestsSchema>['requests'][number];

/** As many orders as anybody likes. */
const UNLIMITED = {
  ...BASIS,
  tables: tablesOf({
    ...LIMITS,
    largestExposure: null,
    mostOpenOrders: null,
    mostOrdersInTenSeconds: null,
    mostOrdersInAMinute: null,
    mostRepetitionsInAMinute: null,
  }),
};

/** Orders at the market, and twice as many that rest until somebody cancels them. */
const KINDS: readonly Partial<OrderTicket>[] = [
  { type: 'market', limitPrice: null },
  { type: 'limit', limitPrice: '100' },
  { type: 'limit', limitPrice: '101', timeInForce: 'gtc' },
];

export async function openHouse(traders: number) {
  const folder = mkdtempSync(join(tmpdir(), 'tradsy-kill-'));
  const [postgres, sandbox] = await Promise.all([
    startEmbeddedPostgres({ dataDir: join(folder, 'database') }),
    startSandboxProgram(join(folder, 'sandbox')),
  ]);
  const env = {
    DATABASE_URL: postgres.url,
    SANDBOX_URL: sandbox.url,
    TRADSY_SECRET: randomBytes(32).toString('hex'),
    TRADSY_DATA: join(folder, 'product'),
  };
  let product = await startProduct(env);
  const pool = createPool(postgres.url);
  const raw = createPostgresEventStore(pool);
  const store = createEvolvingStore(raw, { catalogue: CATALOGUE, log: { alarm: () => undefined } });
  const aggregates = createAggregates({ store, ids: systemIds });
  const cause = {
    correlationId: systemIds.random(),
    causationId: null,
    actor: { kind: 'system', id: 'test' },
  } as const;
  const visitors: Visitor[] = [];
  while (visitors.length < traders) visitors.push(await becomeTrader(product.url));

  async function control<T>(schema: z.ZodType<T>, path: string): Promise<T> {
    const answer = await fetch(`${sandbox.url}/control/${path}`);
    return schema.parse(await answer.json());
  }

  /** Admits and places one order; gives its id. */
  async function place(accountId: string, changes: Partial<OrderTicket>): Promise<string> {
    const at = new Date().toISOString();
    const ticket: OrderTicket = {
      orderId: systemIds.random(),
      accountId,
      symbol: 'AAPL',
      side: 'buy',
      type: 'market',
      quantity: '1',
      limitPrice: null,
      stopPrice: null,
      trailPrice: null,
      timeInForce: 'day',
      extendedHours: false,
      takeProfit: null,
      stopLoss: null,
      ...changes,
    };
    const inputs = readInputs({ tradesIncluded: null });
    const assess = { type: 'AssessOrder', ticket, channel: 'demo', inputs, basis: UNLIMITED, at } as const;
    await aggregates.risk.handle(riskStream(accountId), assess, cause);
    await placeAdmitted(aggregates, { ticket, channel: 'demo', at }, cause);
    return ticket.orderId;
  }

  return {
    store,
    visitors,
    /** Begins to place so many orders a second, by turns for every trader, until it is asked to stop. */
    flow(perSecond: number) {
      const placed: { readonly orderId: string; readonly at: number }[] = [];
      const underWay: Promise<void>[] = [];
      let isOver = false;
      const flowing = (async () => {
        const begun = performance.now();
        for (let n = 0; !isOver; n += 1) {
          const late = begun + (n * 1000) / perSecond - performance.now();
          if (late > 0) await wait(late);
          const at = Date.now();
          const { accountId } = visitors[n % visitors.length]!;
          // Another kind for every trader and turn.
          const kind = KINDS[(n + Math.floor(n / visitors.length)) % KINDS.length]!;
          underWay.push(place(accountId, kind).then((orderId) => void placed.push({ orderId, at })));
        }
        await Promise.all(underWay);
      })();
      return {
        placed,
        async stop() {
          isOver = true;
          await flowing;
        },
      };
    },
    place,
    /** Throws the switch, in a process of its own on the same database; gives the halt's id as soon as it stands. */
    async throwSwitch(args: readonly string[]): Promise<{ readonly haltId: string; readonly ended: Promise<number> }> {
      const child = launchProgram('kill', env, [...args, '--json']);
      const ended = once(child, 'close').then(([code]) => code as number);
      const lines = createInterface({ input: child.stdout! });
      const [line] = (await once(lines, 'line')) as [string];
      return { haltId: z.looseObject({ haltId: z.string() }).parse(JSON.parse(line)).haltId, ended };
    },
    /** Every request of a kind about orders that came to the broker, whatever it has answered. */
    requests: async (method: 'POST' | 'DELETE'): Promise<readonly SeenRequest[]> =>
      (await control(requestsSchema, `requests?method=${method}&path=/v2/orders`)).requests,
    brokerAccounts: async () => (await control(accountsSchema, 'accounts')).accounts,
    /** When the record took the halt, by the database's clock. */
    async haltedAt(haltId: string): Promise<number> {
      for (const { type, data, recordedAt } of await store.readStream(KILL_SWITCH_STREAM)) {
        if (type === 'TradingHalted' && (data as { haltId: string }).haltId === haltId) return Date.parse(recordedAt);
      }
      throw new Error(`halt ${haltId} is not recorded`);
    },
    /** The orders with which the halt closes positions. */
    async closingOrders(haltId: string): Promise<ReadonlySet<string>> {
      const { standing } = await aggregates.killSwitch.load(KILL_SWITCH_STREAM);
      const progress = standing.get(haltId)?.progress ?? EMPTY;
      return new Set([...valuesOf(progress)].flatMap(({ report }) => report.closing.map(({ orderId }) => orderId)));
    },
    /** What became of an order last. */
    async last(orderId: string): Promise<{ readonly type: string; readonly reason: string }> {
      const event = (await store.readStream(`order-${orderId}`)).at(-1);
      const { reason = '' } = (event?.data ?? {}) as { readonly reason?: string };
      return { type: event?.type ?? 'none', reason };
    },
    /** Kills the product, and starts it again. */
    async killAndRestart(): Promise<void> {
      await product.kill('SIGKILL');
      product = await startProduct(env);
    },
    async close(): Promise<void> {
      await product.kill('SIGTERM');
      await raw.close();
      await pool.end();
      await Promise.all([postgres.stop(), sandbox.kill('SIGTERM')]);
      await removeDataFolder(folder);
    },
  };
}
